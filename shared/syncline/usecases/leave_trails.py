"""Leaves what leads to the stories of records that no link remembers (X5)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from syncline.engine.plan import Action
from syncline.ports import Aside, Links, Trail

_MOST: Final = 20
"""Asides kept of one record; the oldest go first."""


def aside_of(action: Action, entry: str) -> Aside:
    """`entry` is where the action is journalled. A record that is read again as it was, and decided
    as it was, comes to the same."""
    return Aside(f"{action.verb}:{action.reason}@{action.modified}", entry)


def leave_trails(
    links: Links, object: str, asides: Mapping[str, Aside], lost: Mapping[str, str], *, at: str
) -> None:
    """One read for all, and one write for those of which it is news; safe to repeat.

    `asides` by the id of the record, platform id or CRM id; `lost`: platform id → the CRM id whose
    link no longer leads to it. `at` is a time of the run, canonical.
    """
    ids = asides.keys() | lost.keys()
    if not ids:
        return
    known = links.trails(object, ids)
    news = {}
    for id in ids:
        before = known.get(id, Trail())
        after = _grown(before, asides.get(id), lost.get(id))
        if after != before:
            news[id] = after
    if news:
        links.leave_trails(object, news, at=at)


def _grown(before: Trail, aside: Aside | None, crm_id: str | None) -> Trail:
    after = replace(before, crm_id=crm_id or before.crm_id)
    if aside is None or any(aside.told == each.told for each in before.asides):
        return after
    return replace(after, asides=(aside, *before.asides)[:_MOST])
