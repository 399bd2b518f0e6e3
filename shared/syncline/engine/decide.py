"""From a mapped change and what is known of it to an action: pure, one function per situation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from syncline.engine.merge import Merge, merge_record
from syncline.engine.plan import Action, Verb
from syncline.engine.records import Link, LinkState, PlatformRecord, Values
from syncline.engine.rules import Rules


@dataclass(frozen=True, slots=True)
class Finding:
    """A live CRM record, mapped. `flaw` says why it could not be mapped."""

    key: str
    stamp: str
    modified: str
    values: Values
    flaw: tuple[str, str] | None = None
    """(reason, detail)"""


@dataclass(frozen=True, slots=True)
class View:
    """What was read to decide a batch.

    `records` by platform id (tombstones included); `matches`: folded external id → platform id;
    `parents`: the CRM id of a parent → its platform id, absent ones missing; `claims`: platform id
    → the CRM id that holds its live link; `own_ids`: CRM id → the platform id we would give it.
    """

    links: Mapping[str, Link]
    records: Mapping[str, PlatformRecord]
    matches: Mapping[str, str]
    parents: Mapping[str, str]
    claims: Mapping[str, str]
    own_ids: Mapping[str, str]


def decide(finding: Finding, view: View, rules: Rules, now: str) -> Action:
    """The action for one live record. `now` is our clock, canonical, for `updated_at`."""
    link = view.links.get(finding.key)
    if finding.flaw is not None:
        return _set_aside(finding, link, rules, Verb.REJECT, *finding.flaw)
    if link is not None and link.state is LinkState.LINKED:
        return _update(finding, link, view, rules, now)
    if link is not None and link.state is LinkState.ALIAS:
        return _action(finding, Verb.LEAVE, "merged_away", link)
    return _arrival(finding, link, view, rules, now)


def _action(
    finding: Finding,
    verb: Verb,
    reason: str,
    before: Link | None,
    **more: Any,
) -> Action:
    """`more` are further fields of the action; made at once, for this runs for every record."""
    more.setdefault("platform_id", before.platform_id if before else None)
    return Action(
        key=finding.key,
        verb=verb,
        reason=reason,
        stamp=finding.stamp,
        modified=finding.modified,
        link_before=before if "link" in more else None,
        previous=before.last if before else None,
        **more,
    )


def _link(
    finding: Finding,
    before: Link | None,
    rules: Rules,
    *,
    state: LinkState = LinkState.LINKED,
    **more: Any,
) -> Link:
    return Link(
        crm_id=finding.key,
        object=rules.object,
        state=state,
        version=before.version + 1 if before else 1,
        stamp=finding.stamp,
        baseline={} if state is LinkState.PARKED else finding.values,
        **more,
    )


def _set_aside(
    finding: Finding, link: Link | None, rules: Rules, verb: Verb, reason: str, detail: str
) -> Action:
    """Not imported, for a reason that only a change of the record can lift."""
    if link and link.reason == reason and link.stamp == finding.stamp:
        return _action(finding, Verb.LEAVE, f"still_{reason}", link)
    if link and link.state is LinkState.LINKED:
        noted = replace(link, version=link.version + 1, reason=reason, stamp=finding.stamp)
    else:
        noted = _link(finding, link, rules, state=LinkState.REJECTED, reason=reason)
    return _action(finding, verb, reason, link, detail=detail, link=noted)


def _arrival(finding: Finding, link: Link | None, view: View, rules: Rules, now: str) -> Action:
    """A record that has no live link yet."""
    missing = _missing(finding.values, rules)
    if missing:
        return _set_aside(
            finding, link, rules, Verb.REJECT, f"no_{missing}", f"a {rules.object} needs {missing}"
        )
    parent = finding.values.get(rules.parent) if rules.parent else None
    if rules.parent and rules.apply_parent_rule:
        if parent is None:
            detail = f"a {rules.object} without an account cannot be imported"
            return _set_aside(finding, link, rules, Verb.SKIP, "no_account", detail)
        if str(parent) not in view.parents:
            return _park(finding, link, rules, str(parent))
    record = _counterpart(finding, view, rules)
    if record is None or record.deleted:
        return _create(finding, link, record, view, rules, now)
    holder = view.claims.get(record.id)
    if holder is not None and holder != finding.key:
        detail = "its platform record already belongs to another Salesforce record"
        return _set_aside(finding, link, rules, Verb.HOLD, "already_linked", detail)
    return _merge_in(finding, link, record, rules, now)


def _missing(values: Values, rules: Rules) -> str | None:
    for alternatives in rules.mandatory:
        for name in alternatives:
            if values.get(name) is not None:
                break
        else:
            return "_or_".join(alternatives)
    return None


def _counterpart(finding: Finding, view: View, rules: Rules) -> PlatformRecord | None:
    """The platform's record: by external id, by the platform's own id (T4), or our own creation."""
    external = finding.values.get("external_id")
    if external is not None:
        folded = str(external).lower()
        found = view.records.get(view.matches.get(folded, "")) or view.records.get(str(external))
        if found is not None and found.object == rules.object:
            return found
    return view.records.get(view.own_ids.get(finding.key, ""))


def _park(finding: Finding, link: Link | None, rules: Rules, parent: str) -> Action:
    parked_before = link is not None and link.state is LinkState.PARKED
    if link and parked_before and (link.parent, link.stamp) == (parent, finding.stamp):
        return _action(finding, Verb.LEAVE, "still_waiting", link)
    reason = "account_not_there"
    parked = _link(finding, link, rules, state=LinkState.PARKED, parent=parent, reason=reason)
    detail = f"its account {parent} is not on the platform yet; it is applied when that arrives"
    return _action(finding, Verb.PARK, reason, link, detail=detail, link=parked)


def _stored(finding: Finding, view_parents: Mapping[str, str], rules: Rules) -> Values:
    """The values as the platform holds them: its own id of the account, folded external id."""
    values = dict(_folded(finding.values))
    if rules.parent and rules.parent in values:
        crm_parent = str(values[rules.parent])
        values[rules.parent] = view_parents.get(crm_parent, crm_parent)
    return values


def _create(
    finding: Finding,
    link: Link | None,
    tombstone: PlatformRecord | None,
    view: View,
    rules: Rules,
    now: str,
) -> Action:
    if not rules.create:
        detail = "the job does not create records"
        return _action(finding, Verb.SKIP, "create_off", link, detail=detail)
    values = _stored(finding, view.parents, rules)
    record = PlatformRecord(
        object=rules.object,
        id=tombstone.id if tombstone else view.own_ids[finding.key],
        version=tombstone.version + 1 if tombstone else 1,
        values=values,
        updated_at=now,
    )
    return _action(
        finding,
        Verb.CREATE,
        _creation_reason(link),
        link,
        platform_id=record.id,
        changes=tuple([(name, None, value) for name, value in values.items()]),
        record=record,
        record_before=tombstone,
        link=_link(finding, link, rules, platform_id=record.id),
    )


_CREATION_REASONS = {
    LinkState.PARKED: "account_arrived",
    LinkState.REJECTED: "mended",
    LinkState.DELETED: "undeleted",
}


def _creation_reason(link: Link | None) -> str:
    return _CREATION_REASONS.get(link.state, "new") if link else "new"


def _update(finding: Finding, link: Link, view: View, rules: Rules, now: str) -> Action:
    """A record that is linked and differs from its baseline."""
    record = view.records.get(link.platform_id or "")
    if record is None or record.deleted:
        detail = "its platform record was deleted on the platform"
        return _set_aside(finding, link, rules, Verb.SKIP, "deleted_on_platform", detail)
    missing = _missing(finding.values, rules)
    if missing:
        detail = f"a {rules.object} needs {missing}; the platform keeps its last value"
        return _set_aside(finding, link, rules, Verb.REJECT, f"no_{missing}", detail)
    return _merge_in(finding, link, record, rules, now)


def _merge_in(
    finding: Finding, link: Link | None, record: PlatformRecord, rules: Rules, now: str
) -> Action:
    linked = link is not None and link.state is LinkState.LINKED
    merge = merge_record(
        baseline=_folded(link.baseline) if link is not None and linked else None,
        crm=_folded(finding.values),
        modified=finding.modified,
        record=record,
        attributes=rules.merged_attributes,
        policy=rules.policy,
    )
    moved = linked and link is not None and _moved(finding, link, rules)
    detail = _told(merge, moved=moved) if moved or merge.contests else ""
    if any(contest.winner == "hold" for contest in merge.contests):
        return _set_aside(finding, link, rules, Verb.HOLD, "contested", detail)
    verb, reason = _verdict(finding, link if linked else None, merge, rules)
    return _action(
        finding,
        verb,
        reason,
        link,
        detail=detail,
        platform_id=record.id,
        changes=merge.changes,
        record=_merged(record, merge, now) if merge.changes else None,
        record_before=record if merge.changes else None,
        link=_link(finding, link, rules, platform_id=record.id),
    )


_FROZEN = "its account changed in Salesforce; the account of an existing record stays as it is"


def _told(merge: Merge, *, moved: bool) -> str:
    told = [f"{contest.attribute}: {contest.why}" for contest in merge.contests]
    return "; ".join([*told, _FROZEN] if moved else told)


def _moved(finding: Finding, link: Link, rules: Rules) -> bool:
    """T6: a sync never moves a record to another account."""
    name = rules.parent
    return name is not None and link.baseline.get(name) != finding.values.get(name)


def _folded(values: Values) -> Values:
    """With the External Id as the platform holds it (T4)."""
    external = values.get("external_id")
    return values if external is None else {**values, "external_id": str(external).lower()}


def _verdict(finding: Finding, link: Link | None, merge: Merge, rules: Rules) -> tuple[Verb, str]:
    if link is None:
        return (Verb.UPDATE, "matched_and_differs") if merge.changes else (Verb.LINK, "matched")
    if merge.changes:
        return Verb.UPDATE, "contested" if merge.contests else "changed"
    if _moved(finding, link, rules):
        return Verb.SKIP, "account_never_changes"
    return Verb.LEAVE, "platform_is_later" if merge.contests else "agreed_meanwhile"


def _pending(record: PlatformRecord, merge: Merge) -> Mapping[str, str]:
    if not record.edits:
        return record.edits
    return {name: time for name, time in record.edits.items() if name not in merge.agreed}


def _merged(record: PlatformRecord, merge: Merge, now: str) -> PlatformRecord:
    values = dict(record.values)
    for name, _, after in merge.changes:
        if after is None:
            values.pop(name, None)
        else:
            values[name] = after
    return PlatformRecord(
        object=record.object,
        id=record.id,
        version=record.version + 1,
        values=values,
        updated_at=now,
        edits=_pending(record, merge),
        deleted=record.deleted,
        sync=record.sync,
    )
