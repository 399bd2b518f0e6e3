"""Changes of one field of one record that several references lead to: of those of a run the latest
is written, whichever batch it is in, and noted for those that come later."""

from collections.abc import Iterable, Mapping, Sequence

from syncline.engine.edited import EDITED_LATER, EditOther, last_edits
from syncline.engine.moments import latest, order
from syncline.engine.write_back import Decision
from syncline.ports import Links
from syncline.usecases.plan_write_back import WriteBackPlan

Latest = Mapping[tuple[str, str, str], str]
"""CRM object, id and field → when it was changed last."""


def latest_edits(plans: Iterable[WriteBackPlan]) -> Latest:
    found: dict[tuple[str, str, str], str] = {}
    for plan in plans:
        for decision in plan.decisions:
            for edit in decision.edits:
                place = _place(edit)
                found[place] = latest((edit.at, found.get(place, "")))
    return found


def without_overtaken(decisions: Sequence[Decision], last: Latest) -> Sequence[Decision]:
    """What another change has overtaken is told so, and not sent."""
    return [_without(each, last) if each.edits else each for each in decisions]


def note_edits(links: Links, decisions: Iterable[Decision], *, at: str) -> None:
    """Before they are written: a death in between leaves a note of what is not there, which counts
    for nothing, and none after it a write that nobody knows of. `at` is canonical."""
    edits = last_edits(edit for decision in decisions for edit in decision.edits)
    if edits:
        links.note_edited(edits, at=at)


def _without(decision: Decision, last: Latest) -> Decision:
    kept = tuple(
        each for each in decision.edits if order(last.get(_place(each), "")) <= order(each.at)
    )
    told = {each.attribute: EDITED_LATER for each in decision.edits if each not in kept}
    return Decision(decision.action, {**decision.told, **told}, kept)


def _place(edit: EditOther) -> tuple[str, str, str]:
    return edit.object, edit.id, edit.field.lower()
