"""Changes of one field of one record that several references lead to: of those of a run the latest
is written, whichever batch it is in."""

from collections.abc import Iterable, Mapping, Sequence

from syncline.engine.write_back import Decision, EditOther
from syncline.usecases.plan_write_back import WriteBackPlan
from syncline.usecases.send_write_back import EDITED_LATER

Latest = Mapping[tuple[str, str, str], str]
"""CRM object, id and field → when it was changed last."""


def latest_edits(plans: Iterable[WriteBackPlan]) -> Latest:
    latest: dict[tuple[str, str, str], str] = {}
    for plan in plans:
        for decision in plan.decisions:
            for edit in decision.edits:
                place = _place(edit)
                latest[place] = max(edit.at, latest.get(place, ""))
    return latest


def without_overtaken(decisions: Sequence[Decision], latest: Latest) -> Sequence[Decision]:
    """What another change has overtaken is told so, and not sent."""
    return [_without(each, latest) if each.edits else each for each in decisions]


def _without(decision: Decision, latest: Latest) -> Decision:
    kept = tuple(each for each in decision.edits if latest.get(_place(each), "") <= each.at)
    told = {each.attribute: EDITED_LATER for each in decision.edits if each not in kept}
    return Decision(decision.action, {**decision.told, **told}, kept)


def _place(edit: EditOther) -> tuple[str, str, str]:
    return edit.object, edit.id, edit.field.lower()
