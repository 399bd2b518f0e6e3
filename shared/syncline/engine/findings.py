"""A mapped CRM record, what is known of it, and the making of actions and links from both."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from syncline.engine.moments import latest
from syncline.engine.plan import Action, Verb
from syncline.engine.records import Link, LinkState, PlatformRecord, Values, last_known
from syncline.engine.rules import Rules

OTHER_OBJECT: Final = "other_object"


@dataclass(slots=True)
class Finding:
    """A live CRM record, mapped. `flaw` says why it could not be mapped."""

    key: str
    stamp: str
    modified: str
    values: Values
    flaw: tuple[str, str] | None = None
    """(reason, detail)"""
    made_for: str | None = None
    """The platform record that an outbound job created it for, as its creation key says."""


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
    claims: dict[str, str]
    own_ids: Mapping[str, str]


def action_for(
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


def elsewhere(link: Link | None, rules: Rules) -> bool:
    """Whether the CRM's record belongs to another object of the platform: the event that a campaign
    touch was sent as is no touchpoint."""
    return link is not None and link.state is LinkState.LINKED and link.object != rules.object


def tells_news(finding: Finding, link: Link, rules: Rules) -> bool:
    """Whether it differs from the baseline in more than who wrote and when, which the CRM itself
    sets at every write."""
    known, found = link.baseline, finding.values
    differing = (n for n in known.keys() | found.keys() if known.get(n) != found.get(n))
    return finding.flaw is not None or any(name not in rules.told_by_crm for name in differing)


def half_written(view: View, tried: Mapping[str, Action]) -> View:
    """With what lost attempts have written of their records as what was last agreed on: it is
    nobody's edit, and the cross-reference, which somebody else wrote since, does not know it."""
    if not tried:
        return view
    links = dict(view.links)
    for key, action in tried.items():
        link, record = links.get(key), view.records.get(action.platform_id or "")
        if link is None or record is None or link.platform_id != record.id:
            continue
        done = {
            name: after
            for name, _, after in action.changes
            if name not in record.edits and record.values.get(name) == after
        }
        known = {**link.baseline, **done}
        links[key] = replace(
            link,
            baseline={name: value for name, value in known.items() if value is not None},
            sent={name: value for name, value in link.sent.items() if name not in done},
        )
    return replace(view, links=links)


def times_of(
    finding: Finding, names: Iterable[str], before: Mapping[str, str], rules: Rules
) -> Mapping[str, str]:
    """When the values came to be: those that the CRM's record brings now, as far as they are of
    attributes that are written back, with its time. What is known to be of a later time stays so:
    a policy may have let an older value win."""
    mine = rules.timed.intersection(names)
    return {**before, **{n: latest((finding.modified, before.get(n, ""))) for n in mine}}


def link_for(
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
        sent=_settled(before, finding, rules) if before else {},
        sent_at=before.sent_at if before else None,
        **more,
    )


def set_aside(
    finding: Finding, link: Link | None, rules: Rules, verb: Verb, reason: str, detail: str
) -> Action:
    """Not imported, for a reason that only a change of the record can lift."""
    if link and link.reason == reason and link.stamp == finding.stamp:
        return action_for(finding, Verb.LEAVE, f"still_{reason}", link)
    if link and link.state is LinkState.LINKED:
        noted = replace(link, version=link.version + 1, reason=reason, stamp=finding.stamp)
    else:
        noted = link_for(finding, link, rules, state=LinkState.REJECTED, reason=reason)
    values = None if noted.baseline == finding.values else finding.values
    return action_for(finding, verb, reason, link, detail=detail, link=noted, values=values)


def needs(object: str, missing: str) -> str:
    """What a record lacks, in words: `missing` names attributes, joined by `_or_`."""
    return f"{_with_article(object)} needs {_with_article(missing)}"


def _with_article(name: str) -> str:
    """A user, an email: of our names none begins with a `u` that is spoken as a vowel."""
    article = "an" if name[0] in "aeio" else "a"
    return f"{article} {name.replace('_', ' ')}"


def _settled(before: Link, finding: Finding, rules: Rules) -> Values:
    """What an outbound job settled holds until the CRM says otherwise: then its value does."""
    if not before.sent:
        return before.sent
    known, found = last_known(before, rules.merged_attributes), finding.values
    moved = {n for n in rules.merged_attributes if known.get(n) != found.get(n)}
    return {n: found.get(n) if n in moved else value for n, value in before.sent.items()}


def matched_by(finding: Finding, record: PlatformRecord) -> str:
    """How the platform's record was found for one that has no live link."""
    external = finding.values.get("external_id")
    if finding.made_for == record.id:
        return "matched by the key that it was created with"
    if external is not None and str(external).lower() == record.values.get("external_id"):
        return "matched by its External Id"
    if external == record.id:
        return "matched by the platform's id, which is its External Id"
    return "matched with the record that was made for it before"


def folded(values: Values) -> Values:
    """With the External Id as the platform holds it (T4)."""
    external = values.get("external_id")
    return values if external is None else {**values, "external_id": str(external).lower()}
