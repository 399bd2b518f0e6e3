"""What a CRM record makes of the platform record that it belongs to or is matched with: pure."""

from collections.abc import Mapping
from dataclasses import replace

from syncline.engine.findings import (
    Finding,
    action_for,
    folded,
    link_for,
    matched_by,
    set_aside,
    times_of,
)
from syncline.engine.made_anew import has_moved, orphaned
from syncline.engine.merge import CONTESTED, Merge, merge_record
from syncline.engine.outbox import seen_by
from syncline.engine.plan import Action, Verb
from syncline.engine.records import Link, LinkState, PlatformRecord, last_known
from syncline.engine.rules import Rules


def merge_in(
    finding: Finding, link: Link | None, record: PlatformRecord, rules: Rules, now: str
) -> Action:
    """By the link of a deleted record, whose place this one takes, it is a first match."""
    live = link if link is not None and link.state is LinkState.LINKED else None
    known = None if has_moved(live, record.id) else live
    linked = known is not None
    own = {} if known else rules.mapper.alike(record.values, finding.values)
    merge = merge_record(
        baseline=folded(last_known(known, rules.merged_attributes)) if known else None,
        crm={**folded(finding.values), **own},
        modified=finding.modified,
        record=seen_by(record, rules.connection),
        attributes=rules.merged_attributes,
        policy=rules.policy,
        title=rules.dialect.title,
        whole_record=rules.whole_record,
        settled=known.sent if known else {},
    )
    moved = known is not None and _moved(finding, known, rules)
    told = _told(merge, rules, moved=moved) if moved or merge.contests else []
    detail = "; ".join(told if linked else [matched_by(finding, record), *told])
    contests = tuple((c.attribute, c.crm, c.platform, c.winner) for c in merge.contests)
    if contests and any(contest.winner == "hold" for contest in merge.contests):
        aside = set_aside(finding, link, rules, Verb.HOLD, CONTESTED, detail)
        return replace(aside, platform_id=record.id, contests=contests)
    before = orphaned(live) if live and not linked else link
    after = link_for(finding, before, rules, platform_id=record.id)
    return action_for(
        finding,
        *_verdict(merge, linked=linked, moved=moved),
        link,
        detail=detail,
        platform_id=record.id,
        changes=merge.changes,
        record=_merged(finding, record, merge, rules, now) if merge.changes else None,
        record_before=record if merge.changes else None,
        link=replace(after, sent={**after.sent, **own}) if own else after,
        contests=contests,
    )


def _told(merge: Merge, rules: Rules, *, moved: bool) -> list[str]:
    told = [f"{contest.attribute}: {contest.why}" for contest in merge.contests]
    changed = f"its account changed in {rules.dialect.title}"
    return (
        [*told, f"{changed}; the account of an existing record stays as it is"] if moved else told
    )


def _moved(finding: Finding, link: Link, rules: Rules) -> bool:
    """T6: a sync never moves a record to another account."""
    known = link.baseline.get(rules.parent) if rules.parent else None
    return known is not None and known != finding.values.get(rules.parent or "")


def _verdict(merge: Merge, *, linked: bool, moved: bool) -> tuple[Verb, str]:
    if not linked:
        return (Verb.UPDATE, "matched_and_differs") if merge.changes else (Verb.LINK, "matched")
    if merge.changes:
        return Verb.UPDATE, CONTESTED if merge.contests else "changed"
    if moved:
        return Verb.SKIP, "account_never_changes"
    return Verb.LEAVE, "platform_is_later" if merge.contests else "agreed_meanwhile"


def _pending(record: PlatformRecord, merge: Merge) -> Mapping[str, str]:
    if not record.edits:
        return record.edits
    return {name: time for name, time in record.edits.items() if name not in merge.agreed}


def _merged(
    finding: Finding, record: PlatformRecord, merge: Merge, rules: Rules, now: str
) -> PlatformRecord:
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
        outbox=record.outbox,
        times=times_of(finding, [name for name, _, _ in merge.changes], record.times, rules),
    )
