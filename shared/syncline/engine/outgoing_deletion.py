"""What a deletion on the platform is to the CRM: pure."""

from syncline.engine.made_anew import MADE_ANEW
from syncline.engine.outgoing_rules import OutgoingRules
from syncline.engine.outgoing_values import Found, action_of, agreed_before, filled
from syncline.engine.outgoing_view import OutgoingView
from syncline.engine.plan import Action, Send, SendKind, Verb
from syncline.engine.records import Link, PlatformRecord


def deletion(
    record: PlatformRecord, link: Link | None, view: OutgoingView, rules: OutgoingRules
) -> Action:
    if link is None:
        return action_of(record, None, Verb.LEAVE, "never_sent")
    if rules.included is not None and not (link.sent or rules.included(link.baseline)):
        return action_of(record, link, Verb.LEAVE, "filtered")
    if not rules.deletes:
        crm = rules.dialect.title
        detail = f"deleted on the platform; this job does not delete in {crm}"
        return action_of(record, link, Verb.SKIP, "deletes_off", detail=detail)
    if record.id in view.remade:
        return action_of(record, None, Verb.LEAVE, MADE_ANEW)
    current = view.found.get(link.crm_id)
    if current is not None and _edited_later(current, record, link, rules):
        detail = (
            f"deleted on the platform, but changed in {rules.dialect.title} later "
            f"({current.modified}); delete it there, or make the record anew here with the same "
            "External Id"
        )
        return action_of(record, link, Verb.HOLD, "edited_after_deletion", detail=detail)
    send = Send(SendKind.DELETE, link.crm_id, {}, version=record.version)
    return action_of(record, link, Verb.DELETE, "deleted_on_platform", send=send)


def _edited_later(current: Found, record: PlatformRecord, link: Link, rules: OutgoingRules) -> bool:
    """Whether somebody changed the CRM's record after the deletion. What both sides agreed on
    before it, and our own last write, do not count, whatever the CRM's clock says of them.

    Until our write was answered a seller may have worked on it, too: only its values tell. What the
    CRM itself filled in of a new record is not known before it is read.
    """
    if current.modified <= record.updated_at:
        return False
    ours = current.modified <= (link.sent_at or "")
    known = agreed_before(link, rules)
    if ours and (not link.stamp or link.reason):
        known = filled(known)
    differs = any(current.values.get(n) != each for n, each in known.items() if rules.reads(n))
    return differs or not (ours or rules.paired)
