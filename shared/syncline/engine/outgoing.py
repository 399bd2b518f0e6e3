"""What becomes of a platform record that people changed, on its way to the CRM: pure.

What the CRM holds is its baseline, unless it changed too: then it was fetched and is merged field
by field. Only attributes whose value differs from what both sides last agreed on are sent.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from syncline.engine.findings import needs
from syncline.engine.made_anew import taking_over
from syncline.engine.merge import CONTESTED, Contest
from syncline.engine.outgoing_deletion import deletion
from syncline.engine.outgoing_merge import alike, compared, is_edited
from syncline.engine.outgoing_rules import OutgoingRules
from syncline.engine.outgoing_values import (
    Drafted,
    Found,
    action_of,
    agreed_before,
    drafted,
    filled,
    refusal,
    sent_values,
)
from syncline.engine.outgoing_view import OutgoingView
from syncline.engine.plan import GONE, Action, Send, SendKind, Verb
from syncline.engine.records import Link, LinkState, PlatformRecord, Values


def decide_outgoing(record: PlatformRecord, view: OutgoingView, rules: OutgoingRules) -> Action:
    """The action for one record; `Action.key` is its platform id."""
    link = view.links.get(record.id)
    if link is not None and not link.crm_id.startswith(rules.key_prefix or ""):
        detail = f"its {_crm(rules)} record is of another object than the one this job writes"
        return action_of(record, link, Verb.SKIP, "linked_to_another_object", detail=detail)
    if record.deleted:
        return deletion(record, link, view, rules)
    unfit = _unfit(record, link, rules)
    if unfit is not None:
        return unfit
    return _linked(record, link, view, rules) if link else _unlinked(record, view, rules)


def _crm(rules: OutgoingRules) -> str:
    return rules.dialect.title


def _unlinked(record: PlatformRecord, view: OutgoingView, rules: OutgoingRules) -> Action:
    if record.id in view.unclear:
        reason, detail = view.unclear[record.id]
        return action_of(record, None, Verb.HOLD, reason, detail=detail)
    crm_id = view.carried.get(record.id)
    if crm_id is not None and not rules.always_new:
        return _carrying(record, crm_id, view, rules)
    return _creation(record, view, rules)


def _unfit(record: PlatformRecord, link: Link | None, rules: OutgoingRules) -> Action | None:
    if rules.included is not None and not rules.included(record.values):
        return action_of(record, link, Verb.LEAVE, "filtered")
    missing = _missing(record, rules)
    if missing is None:
        return None
    detail = f"{needs(rules.object, missing)}; nothing was sent"
    return action_of(record, link, Verb.REJECT, f"no_{missing}", detail=detail)


def _missing(record: PlatformRecord, rules: OutgoingRules) -> str | None:
    for group in rules.mandatory:
        if all(record.values.get(name) is None for name in group):
            return "_or_".join(group)
    return None


def _linked(record: PlatformRecord, link: Link, view: OutgoingView, rules: OutgoingRules) -> Action:
    if rules.always_new:
        return action_of(record, link, Verb.LEAVE, "sent_already")
    if link.crm_id in view.fetched and link.crm_id not in view.found:
        detail = f"its {_crm(rules)} record is gone; should that come back, this is sent"
        waits_for = link.crm_id
        return action_of(record, link, Verb.SKIP, GONE, detail=detail, waits_for=waits_for)
    return _merged(record, link, view, rules)


def _carrying(
    record: PlatformRecord, crm_id: str, view: OutgoingView, rules: OutgoingRules
) -> Action:
    """A record without a live link whose External Id is a record of the CRM: matched by it."""
    known = view.known.get(record.id)
    if known is not None and known.state is LinkState.ALIAS:
        merged = f"its {_crm(rules)} record was merged into {known.winner}"
        detail = f"{merged}; it is no longer written"
        return action_of(record, known, Verb.HOLD, "merged_away", detail=detail)
    if known is not None and known.state is LinkState.LINKED and crm_id not in view.orphans:
        detail = f"its {_crm(rules)} record already belongs to another record of the platform"
        return action_of(record, known, Verb.HOLD, "already_linked", detail=detail)
    if crm_id not in view.found:
        detail = f"no {rules.object} in {_crm(rules)} has the External Id that it carries"
        return action_of(record, known, Verb.REJECT, "unknown_external_id", detail=detail)
    parent = _parent_of(record, rules)
    if rules.parent and rules.apply_parent_rule and parent not in view.resolved.parents:
        return _waiting(record, None, parent, rules)
    action = _merged(record, Link(crm_id, rules.object, LinkState.LINKED, 0), view, rules)
    return taking_over(action, known) if known and crm_id in view.orphans else action


def _parent_of(record: PlatformRecord, rules: OutgoingRules) -> str:
    return str(record.values.get(rules.parent) or "") if rules.parent else ""


def _waiting(
    record: PlatformRecord, link: Link | None, parent: str, rules: OutgoingRules
) -> Action:
    """T16, X8: neither created nor matched nor moved while its account is not."""
    detail = f"its account has no match in {_crm(rules)}; it is sent when it has one"
    reason = "account_not_matched"
    return action_of(record, link, Verb.SKIP, reason, detail=detail, waits_for=parent or None)


def _creation(record: PlatformRecord, view: OutgoingView, rules: OutgoingRules) -> Action:
    if not rules.create:
        detail = "the job does not create records"
        return action_of(record, None, Verb.SKIP, "create_off", detail=detail)
    parent = _parent_of(record, rules)
    crm_parent = view.resolved.parents.get(parent, "")
    if rules.parent and rules.apply_parent_rule and not crm_parent:
        return _waiting(record, None, parent, rules)
    draft = drafted(record, view.resolved, rules, creating=True)
    for flaw in draft.flaws.values():
        return refusal(record, None, flaw)
    values = dict(draft.values)
    if rules.parent_field and crm_parent:
        values[rules.parent_field] = crm_parent
    values = dict(rules.prepare(record.values, values, True)) if rules.prepare else values
    forms = {**draft.forms, **({rules.parent: crm_parent} if rules.parent and crm_parent else {})}
    send = Send(SendKind.CREATE, None, filled(values), crm_parent, record.version)
    return action_of(
        record,
        None,
        Verb.CREATE,
        "new",
        detail="; ".join(_passed(draft, values, rules, rules.people)),
        changes=tuple((name, None, record.values[name]) for name in draft.forms),
        values=filled(forms),
        send=send,
    )


def _merged(record: PlatformRecord, link: Link, view: OutgoingView, rules: OutgoingRules) -> Action:
    draft = drafted(record, view.resolved, rules, creating=False)
    current = view.found.get(link.crm_id)
    same = alike(link, draft, current, rules) if current is not None else {}
    action = _knowing(_decided(record, link, draft, current, same, rules), record, same, rules)
    parent = _parent_of(record, rules)
    if not (rules.apply_parent_rule and parent and rules.parent in draft.unsaid):
        return action
    if not is_edited(str(rules.parent), record, link, draft):
        return action
    if action.verb is Verb.LEAVE and not action.contests:
        return _waiting(record, link, parent, rules)
    return replace(action, waits_for=parent)


def _knowing(action: Action, record: PlatformRecord, same: Values, rules: OutgoingRules) -> Action:
    """What is the same on both sides is agreed on, whatever else is sent: a later change of one
    side is no contest then."""
    if action.verb not in (Verb.LINK, Verb.UPDATE):
        return action
    own = {name: record.values.get(name) for name in same if name in rules.paired}
    return replace(action, values={**same, **(action.values or {})}, agreed=own)


def _decided(
    record: PlatformRecord,
    link: Link,
    draft: Drafted,
    current: Found | None,
    same: Values,
    rules: OutgoingRules,
) -> Action:
    changed, contests = compared(record, link, draft, current, rules)
    told = _told(link, contests)
    details = [(each.attribute, each.crm, each.platform, each.winner) for each in contests]
    if any(each.winner == "hold" for each in contests):
        return action_of(
            record,
            link,
            Verb.HOLD,
            CONTESTED,
            detail=told,
            contests=details,
            waits_for=link.crm_id,
        )
    lost = {each.attribute for each in contests if each.winner == "crm"}
    sending = tuple(name for name in changed if name not in lost)
    for name in sending:
        if name in draft.flaws:
            return refusal(record, link, draft.flaws[name])
    if not sending:
        over = link.reason == CONTESTED and current is not None
        if link.version and not contests and (same or over):
            return action_of(record, link, Verb.LINK, "agreed_meanwhile")
        return _nothing(record, link, bool(contests), told, details)
    return _update(record, link, draft, rules, sending, contests)


def _told(link: Link, contests: Sequence[Contest]) -> str:
    matched = [] if link.version else ["matched by the External Id that it carries"]
    return "; ".join([*matched, *(f"{each.attribute}: {each.why}" for each in contests)])


def _nothing(
    record: PlatformRecord, link: Link, contested: bool, told: str, details: Sequence[object]
) -> Action:
    """Both sides agree, or the CRM's values win: those are the inbound job's to bring."""
    if link.version == 0:
        return action_of(record, link, Verb.LINK, "matched", detail=told, contests=details)
    reason = "crm_is_later" if contested else "unchanged"
    return action_of(record, link, Verb.LEAVE, reason, detail=told, contests=details)


def _update(
    record: PlatformRecord,
    link: Link,
    draft: Drafted,
    rules: OutgoingRules,
    sending: Sequence[str],
    contests: Sequence[Contest],
) -> Action:
    values = sent_values(draft, rules, sending)
    values = dict(rules.prepare(record.values, values, False)) if rules.prepare else values
    unsaid = [name for name in record.edits if name in draft.unsaid]
    passed = _passed(draft, values, rules, [*sending, *unsaid])
    reason = "matched_and_differs" if link.version == 0 else CONTESTED if contests else "changed"
    before = {**agreed_before(link, rules), **{each.attribute: each.crm for each in contests}}
    return action_of(
        record,
        link,
        Verb.UPDATE,
        reason,
        detail="; ".join(filter(None, [_told(link, contests), *passed])),
        contests=[(each.attribute, each.crm, each.platform, each.winner) for each in contests],
        changes=tuple((name, before.get(name), record.values.get(name)) for name in sending),
        values={name: draft.forms.get(name) for name in sending},
        send=Send(SendKind.UPDATE, link.crm_id, values, _parent(link, rules), record.version),
    )


def _passed(
    draft: Drafted, values: Values, rules: OutgoingRules, names: Collection[str]
) -> list[str]:
    """Who is named in these attributes and not sent (T21)."""
    told = [draft.passed[name] for name in names if name in draft.passed]
    people = [(name, line.crm) for name, line in rules.people.items() if name in names]
    return told + [
        f"{name}: not sent ({rules.passes_over})"
        for name, field in people
        if field in draft.values and field not in values
    ]


def _parent(link: Link, rules: OutgoingRules) -> str:
    return str(link.baseline.get(rules.parent) or "") if rules.parent else ""
