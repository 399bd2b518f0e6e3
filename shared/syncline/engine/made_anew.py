"""A record that was deleted and made anew, with the same External Id, goes on with its link."""

from dataclasses import replace
from typing import Final

from syncline.engine.plan import Action, Verb
from syncline.engine.records import Link

MADE_ANEW: Final = "made_anew"
"""Why a deletion is not carried on; and of a link, that its baseline is behind: the next record has
taken it over and nothing was written to the CRM, so no import reads what the CRM has besides."""


def orphaned(link: Link) -> Link:
    """The link of a deleted record as the next one takes it over. Nothing that was agreed on with
    the deleted one is known of the next, so it is matched like a record that is seen first."""
    return replace(link, baseline={}, sent={}, sent_at=None, stamp="", reason=None)


def taking_over(action: Action, known: Link) -> Action:
    """Outbound. `link_before` is the link that the deleted record had."""
    if action.verb not in (Verb.LINK, Verb.UPDATE):
        return action
    detail = f"{action.detail}; in place of {known.platform_id}, which was deleted"
    return replace(action, link_before=known, previous=known.last, detail=detail)


def has_moved(before: Link | None, platform_id: str | None) -> bool:
    """Whether a link that led to another platform record leads to this one now."""
    return before is not None and before.platform_id not in (None, platform_id)
