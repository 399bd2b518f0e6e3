"""What the CRM's answer makes of an action that was sent."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from syncline.engine.plan import GONE, Action, Send, SendKind, Verb
from syncline.engine.records import Link, LinkState
from syncline.ports import Links, RowAnswer

SETTLED: Final = frozenset({Verb.CREATE, Verb.UPDATE, Verb.LINK, Verb.DELETE})
"""Verbs after which both sides agree."""
_NO_PARENT: Final = "bad_reference"


@dataclass(frozen=True, slots=True)
class Answered:
    """An action with what the CRM said of it; None where it was not asked."""

    action: Action
    answer: RowAnswer | None

    @property
    def crm_id(self) -> str:
        """Of the link that the action changes; empty where it has none."""
        created = self.answer.id if self.answer and self.answer.done else None
        return self.action.crm_id or created or ""


def answered(
    action: Action, answers: Mapping[str, RowAnswer | None], others: Collection[str]
) -> Answered:
    """The action as the CRM's answer leaves it: the same object where it went as planned. A new
    record whose parent the CRM does not know waits under the parent's CRM id: it may have lost a
    merge that nobody has read yet."""
    if action.send is None or action.verb not in SETTLED:
        return Answered(action, None)
    answer = answers.get(action.key)
    if answer is None:
        detail = "the CRM did not come to it; it is sent again by the next run"
        return Answered(replace(action, verb=Verb.HOLD, reason="try_again", detail=detail), None)
    if action.key in others:
        detail = "the record made for it in the CRM was linked to another platform record"
        return Answered(
            replace(action, verb=Verb.HOLD, reason="already_linked", detail=detail), None
        )
    if answer.done:
        return Answered(action, answer)
    if answer.again:
        again = replace(action, verb=Verb.HOLD, reason="try_again", detail=answer.message)
        return Answered(again, answer)
    gone = answer.code == "record_deleted" and action.send.kind is not SendKind.CREATE
    refused = replace(
        action,
        verb=Verb.SKIP if gone else Verb.REJECT,
        reason=GONE if gone else answer.code,
        detail=answer.message,
        waits_for=_awaited(action, action.send, answer),
    )
    return Answered(refused, answer)


def _awaited(action: Action, send: Send, answer: RowAnswer) -> str | None:
    """What must change in the CRM before the action can go through."""
    if (send.kind, answer.code) == (SendKind.CREATE, _NO_PARENT):
        return send.parent or None
    if (send.kind, answer.code) == (SendKind.UPDATE, "record_deleted"):
        return action.crm_id
    return action.waits_for


def not_linkable(
    links: Links,
    object: str,
    answers: Mapping[str, RowAnswer | None],
    former: Mapping[str, str | None],
) -> frozenset[str]:
    """Platform ids that cannot be linked to the CRM record of their answer: another platform record
    has it by now, or they have another CRM record. `former`: platform id → that of the deleted
    record whose link it takes over, if it does."""
    made = {own: a.id for own, a in answers.items() if a and a.done and a.id}
    if not made:
        return frozenset()
    claims = links.claimed(object, made)
    known = links.get({*made.values(), *claims.values()})
    return frozenset(
        own
        for own, crm_id in made.items()
        if _is_anothers(known.get(crm_id), {own, former.get(own)})
        or (claims.get(own, crm_id) != crm_id and _is_live(known.get(claims[own])))
    )


def _is_live(link: Link | None) -> bool:
    return link is not None and link.state is LinkState.LINKED


def _is_anothers(link: Link | None, own: Collection[str | None]) -> bool:
    return link is not None and _is_live(link) and link.platform_id not in own
