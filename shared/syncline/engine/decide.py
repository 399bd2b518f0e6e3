"""From a mapped change and what is known of it to an action: pure, one function per situation."""

from collections.abc import Mapping

from syncline.engine.findings import (
    OTHER_OBJECT,
    Finding,
    View,
    action_for,
    elsewhere,
    link_for,
    needs,
    set_aside,
    tells_news,
    times_of,
)
from syncline.engine.incoming_merge import merge_in
from syncline.engine.plan import Action, Verb
from syncline.engine.records import Link, LinkState, PlatformRecord, Values
from syncline.engine.rules import Rules


def decide(finding: Finding, view: View, rules: Rules, now: str) -> Action:
    """The action for one live record. `now` is our clock, canonical, for `updated_at`."""
    link = view.links.get(finding.key)
    if elsewhere(link, rules):
        return action_for(finding, Verb.LEAVE, OTHER_OBJECT, link)
    if link is not None and link.stamp > finding.stamp:
        return action_for(finding, Verb.LEAVE, "newer_known", link)
    if finding.flaw is not None:
        return set_aside(finding, link, rules, Verb.REJECT, *finding.flaw)
    if link is not None and link.state is LinkState.LINKED:
        return _update(finding, link, view, rules, now)
    if link is not None and link.state is LinkState.ALIAS:
        return action_for(finding, Verb.LEAVE, "merged_away", link)
    return _arrival(finding, link, view, rules, now)


def _arrival(finding: Finding, link: Link | None, view: View, rules: Rules, now: str) -> Action:
    """A record that has no live link yet."""
    missing = _missing(finding.values, rules)
    if missing:
        detail = needs(rules.object, missing)
        return set_aside(finding, link, rules, Verb.REJECT, f"no_{missing}", detail)
    parent = finding.values.get(rules.parent) if rules.parent else None
    if rules.parent and rules.apply_parent_rule:
        if parent is None:
            detail = f"a {rules.object} without an account cannot be imported"
            return set_aside(finding, link, rules, Verb.SKIP, "no_account", detail)
        if str(parent) not in view.parents:
            return _park(finding, link, rules, str(parent))
    record = _counterpart(finding, link, view, rules)
    if record is None or record.deleted:
        return _create(finding, link, record, view, rules, now)
    holder = view.claims.get(record.id)
    if holder is not None and holder != finding.key:
        return _already_linked(finding, link, rules)
    return merge_in(finding, link, record, rules, now)


def _missing(values: Values, rules: Rules) -> str | None:
    for alternatives in rules.mandatory:
        for name in alternatives:
            if values.get(name) is not None:
                break
        else:
            return "_or_".join(alternatives)
    return None


def _counterpart(
    finding: Finding, link: Link | None, view: View, rules: Rules
) -> PlatformRecord | None:
    """The platform's record: by the key of its creation, by external id, by the platform's own id
    (T4), that of before its deletion, or our own creation."""
    origin = view.records.get(finding.made_for) if finding.made_for else None
    if origin is not None and not origin.deleted:
        return origin
    external = finding.values.get("external_id")
    if external is not None:
        folded = str(external).lower()
        found = view.records.get(view.matches.get(folded, "")) or view.records.get(str(external))
        if found is not None and found.object == rules.object:
            return found
    before = link.platform_id if link and link.state is LinkState.DELETED else None
    return view.records.get(before or view.own_ids.get(finding.key, ""))


def _park(finding: Finding, link: Link | None, rules: Rules, parent: str) -> Action:
    parked_before = link is not None and link.state is LinkState.PARKED
    if link and parked_before and (link.parent, link.stamp) == (parent, finding.stamp):
        return action_for(finding, Verb.LEAVE, "still_waiting", link)
    reason = "account_not_there"
    parked = link_for(finding, link, rules, state=LinkState.PARKED, parent=parent, reason=reason)
    detail = f"its account {parent} is not on the platform yet; it is applied when that arrives"
    return action_for(
        finding, Verb.PARK, reason, link, detail=detail, link=parked, values=finding.values
    )


def _stored(finding: Finding, view_parents: Mapping[str, str], rules: Rules) -> Values:
    """The values as the platform holds them: its own id of the account, folded external id."""
    values = dict(finding.values)
    external = values.get("external_id")
    if external is not None:
        values["external_id"] = str(external).lower()
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
        return action_for(finding, Verb.SKIP, "create_off", link, detail=detail)
    values = _stored(finding, view.parents, rules)
    record = PlatformRecord(
        object=rules.object,
        id=tombstone.id if tombstone else view.own_ids[finding.key],
        version=tombstone.version + 1 if tombstone else 1,
        values=values,
        updated_at=now,
        outbox=tombstone.outbox if tombstone else (),
        times=times_of(finding, values, tombstone.times if tombstone else {}, rules),
    )
    return action_for(
        finding,
        Verb.CREATE,
        _creation_reason(link),
        link,
        platform_id=record.id,
        changes=tuple([(name, None, value) for name, value in values.items()]),
        record=record,
        record_before=tombstone,
        link=link_for(finding, link, rules, platform_id=record.id),
    )


_CREATION_REASONS = {
    LinkState.PARKED: "account_arrived",
    LinkState.REJECTED: "mended",
    LinkState.DELETED: "undeleted",
}


def _creation_reason(link: Link | None) -> str:
    return _CREATION_REASONS[link.state] if link else "new"


def _update(finding: Finding, link: Link, view: View, rules: Rules, now: str) -> Action:
    """A record that is linked and differs from its baseline."""
    if link.reason is None and _is_own_write(finding, link, rules):
        return action_for(finding, Verb.LEAVE, "own_write", link)
    record = view.records.get(link.platform_id or "")
    if record is None or record.deleted:
        record = _remade(finding, view)
    if record is None:
        detail = "its platform record was deleted on the platform"
        return set_aside(finding, link, rules, Verb.SKIP, "deleted_on_platform", detail)
    missing = _missing(finding.values, rules)
    if missing and not _missing(record.values, rules):
        detail = f"{needs(rules.object, missing)}; the platform keeps its last value"
        return set_aside(finding, link, rules, Verb.REJECT, f"no_{missing}", detail)
    if _taken(finding, record, view):
        detail = "its External Id is now that of another platform record"
        return set_aside(finding, link, rules, Verb.HOLD, "external_id_taken", detail)
    if record.id != link.platform_id and view.claims.get(record.id, finding.key) != finding.key:
        return _already_linked(finding, link, rules)
    return merge_in(finding, link, record, rules, now)


def _remade(finding: Finding, view: View) -> PlatformRecord | None:
    """Of one that a person deleted, the record that was made anew with the same External Id."""
    external = finding.values.get("external_id")
    own = view.matches.get(str(external).lower()) if external is not None else None
    record = view.records.get(own) if own is not None else None
    return None if record is None or record.deleted else record


def _already_linked(finding: Finding, link: Link | None, rules: Rules) -> Action:
    detail = f"its platform record already belongs to another {rules.dialect.title} record"
    return set_aside(finding, link, rules, Verb.HOLD, "already_linked", detail)


def _taken(finding: Finding, record: PlatformRecord, view: View) -> bool:
    external = finding.values.get("external_id")
    return external is not None and view.matches.get(str(external).lower(), record.id) != record.id


def _is_own_write(finding: Finding, link: Link, rules: Rules) -> bool:
    """X3: nobody changed it since our own write, and all that differs is who wrote and when.

    Without a hand of a person in between LastModifiedDate is not later than the answer to us.
    """
    untouched = link.sent_at is not None and finding.modified <= link.sent_at
    return untouched and not tells_news(finding, link, rules)
