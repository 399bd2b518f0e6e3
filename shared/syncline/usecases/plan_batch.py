"""Plans one batch of changes: reads what the engine must know, in batches, and lets it decide."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from syncline.engine.coercion import TOO_LARGE, UNFIT
from syncline.engine.decide import decide
from syncline.engine.findings import Finding, View, half_written
from syncline.engine.moments import canonical_instant
from syncline.engine.plan import Action, Plan, Verb
from syncline.engine.records import (
    Change,
    Deleted,
    Inherited,
    Link,
    LinkState,
    Merged,
    PlatformRecord,
    Upserted,
    is_read,
)
from syncline.engine.removals import MOVED, Removal, decide_removal
from syncline.engine.rules import Rules
from syncline.ports import Clock, Links, PlatformRecords
from syncline.usecases.further_people import FurtherPeople
from syncline.usecases.look_again import LookAgain
from syncline.usecases.map_changes import map_changes

Narrow = Callable[[Sequence[Finding], View], Sequence[Finding]]
_PARENTS_REMEMBERED: Final = 20_000
_ALIAS_STEPS: Final = 5


@dataclass(frozen=True, slots=True)
class PlanBatch:
    """Writes nothing. Unchanged records cost one link read and no read of their counterpart.

    `look` looks again at rows that may be older than our own write; `narrow` says what of the
    findings is decided about.
    """

    links: Links
    records: PlatformRecords
    rules: Rules
    clock: Clock
    people: FurtherPeople | None = None
    look: LookAgain | None = None
    narrow: Narrow | None = None
    anew: bool = False
    """Whether all is read anew, for what is mapped may have changed."""
    _parents: dict[str, str] = field(default_factory=dict)
    _heirs: dict[str, Link] = field(default_factory=dict)
    """Links that merges move to their winners: a plan writes none, and goes on as if it had."""

    def __call__(self, changes: Sequence[Change]) -> Plan:
        """The plan of the batch; each change is in exactly one place of it."""
        left: Counter[str] = Counter()
        latest = {change.key: change for change in changes}
        left["read_twice"] += len(changes) - len(latest)
        links = self._links(latest.keys())
        removals = [change for change in latest.values() if not isinstance(change, Upserted)]
        live = [change for change in latest.values() if isinstance(change, Upserted)]
        mapped = map_changes(self.rules, live)
        late = self.rules.merged_attributes if self.anew else ()
        found, gone = self._looked(_changed(mapped, links, late), links)
        findings = _changed(found, links, late)
        left["unchanged"] += len(mapped) - len(findings) - len(gone)
        actions = gone + self._decide(findings, removals, links)
        self.recall(actions)
        listed = [action for action in actions if action.verb is not Verb.LEAVE or action.link]
        left.update(a.reason for a in actions if a.verb is Verb.LEAVE and a.link is None)
        return Plan(read=len(changes), left=+left, actions=tuple(listed))

    def recall(self, actions: Iterable[Action]) -> None:
        """Merges that were planned and not written."""
        self._heirs.update({a.key: a.link for a in actions if a.link and _moves_in(a)})

    def again(self, stale: Iterable[Action]) -> tuple[Action, ...]:
        """Decides anew about records that somebody else changed since they were planned."""
        stale = tuple(stale)
        links = self.links.get([action.key for action in stale])
        planned = [_finding_of(action) for action in stale if not action.gone]
        findings, gone = self._looked(planned, links)
        removals = [_removal_of(action) for action in stale if action.gone]
        tried = {action.key: action for action in stale if action.record is not None}
        return tuple(gone + self._decide(findings, removals, links, tried))

    def _looked(
        self, findings: Sequence[Finding], links: Mapping[str, Link]
    ) -> tuple[Sequence[Finding], list[Action]]:
        """What to decide about, and what is said of those that are gone."""
        return self.look(findings, links) if self.look is not None else (findings, [])

    def _links(self, keys: Collection[str]) -> Mapping[str, Link]:
        found = dict(self.links.get(keys))
        for key in self._heirs.keys() & set(keys):
            if key not in found or found[key].version < self._heirs[key].version:
                found[key] = self._heirs[key]
        return found

    def _decide(
        self,
        findings: Sequence[Finding],
        removals: Sequence[Removal],
        links: Mapping[str, Link],
        tried: Mapping[str, Action] | None = None,
    ) -> list[Action]:
        """`tried` are actions that may be written in part."""
        if not findings and not removals:
            return []
        view = half_written(self._view(findings, removals, links), tried or {})
        if self.narrow is not None:
            findings = self.narrow(findings, view)
        now = canonical_instant(self.clock.now())
        decided = [self._claiming(decide(f, view, self.rules, now), view) for f in findings]
        if self.people is not None:
            decided = self.people(decided)
        return decided + [decide_removal(change, view, self.rules, now) for change in removals]

    def _claiming(self, action: Action, view: View) -> Action:
        """What one record of the batch links to is taken for the others."""
        if action.link and action.link.state is LinkState.LINKED and action.platform_id:
            view.claims.setdefault(action.platform_id, action.key)
        return action

    def _view(
        self, findings: Sequence[Finding], removals: Sequence[Removal], links: Mapping[str, Link]
    ) -> View:
        arrivals = [f for f in findings if not _linked(links.get(f.key)) and f.flaw is None]
        unseen = [r.key for r in removals if isinstance(r, Merged) and r.key not in links]
        matches = self._matches([*arrivals, *_renamed(findings, links)], unseen)
        own_ids = {f.key: self.rules.platform_id(f.key) for f in arrivals}
        wanted = {
            link.platform_id
            for key in [f.key for f in findings] + [r.key for r in removals]
            if (link := links.get(key)) is not None and link.platform_id is not None
        }
        wanted.update(matches.values(), own_ids.values(), _foreign_ids(arrivals))
        wanted.update(f.made_for for f in arrivals if f.made_for)
        records = self.records.get(self.rules.object, wanted) if wanted else {}
        orphans = _orphans(findings, links, records)
        if orphans:
            matches = {**matches, **self._matches(orphans)}
            records = {**records, **self.records.get(self.rules.object, set(matches.values()))}
        claims = (
            self.links.claimed(self.rules.object, [i for i, r in records.items() if not r.deleted])
            if (arrivals or orphans) and records
            else {}
        )
        return View(
            links=links,
            records=records,
            matches=matches,
            parents=self._resolve_parents(arrivals),
            claims=dict(claims),
            own_ids=own_ids,
        )

    def _matches(
        self, arrivals: Sequence[Finding], unseen: Sequence[str] = ()
    ) -> Mapping[str, str]:
        """`unseen` are CRM ids that were merged away before they were linked: a record that carries
        one may be waited for."""
        external = {str(value).lower() for f in arrivals if (value := f.values.get("external_id"))}
        external.update(key.lower() for key in unseen)
        if not external:
            return {}
        return self.records.find(self.rules.object, "external_id", external)

    def _resolve_parents(self, arrivals: Sequence[Finding]) -> Mapping[str, str]:
        if self.rules.parent is None:
            return {}
        asked = {
            str(f.values[self.rules.parent]) for f in arrivals if self.rules.parent in f.values
        }
        unknown = asked - self._parents.keys()
        if len(self._parents) + len(unknown) > _PARENTS_REMEMBERED:
            self._parents.clear()
            unknown = asked
        if unknown:
            self._parents.update(self._live(resolve_parents(self.links, unknown)))
        return self._parents

    def _live(self, parents: Mapping[str, str]) -> Mapping[str, str]:
        """T5: an account that a person deleted is not on the platform, whatever it is linked to."""
        if self.rules.parent_object is None or not parents:
            return parents
        records = self.records.get(self.rules.parent_object, set(parents.values()))
        gone = {id for id in parents.values() if id not in records or records[id].deleted}
        return {asked: id for asked, id in parents.items() if id not in gone}


def _foreign_ids(arrivals: Iterable[Finding]) -> Iterable[str]:
    """External Ids that may be the platform's own ids (T4): those that are not the CRM's."""
    for finding in arrivals:
        external = finding.values.get("external_id")
        if external is not None and str(external).lower() != finding.key.lower():
            yield str(external)


def _renamed(findings: Iterable[Finding], links: Mapping[str, Link]) -> Iterable[Finding]:
    """Linked ones whose External Id is another now: somebody else may have it."""
    for finding in findings:
        link = links.get(finding.key)
        if link is not None and _linked(link) and finding.flaw is None:
            known = link.baseline.get("external_id")
            if finding.values.get("external_id") != known:
                yield finding


def _orphans(
    findings: Iterable[Finding], links: Mapping[str, Link], records: Mapping[str, PlatformRecord]
) -> Sequence[Finding]:
    """Linked ones whose platform record a person deleted, and may have made anew."""
    live = {id for id, record in records.items() if not record.deleted}
    return [
        finding
        for finding in findings
        if (link := links.get(finding.key)) is not None
        and _linked(link)
        and finding.flaw is None
        and link.platform_id not in live
    ]


def resolve_parents(links: Links, crm_ids: Collection[str]) -> dict[str, str]:
    """CRM id of a parent → its platform id, through merges; ids without a live link are absent."""
    found: dict[str, str] = {}
    open_ids = {crm_id: crm_id for crm_id in crm_ids}
    for _ in range(_ALIAS_STEPS):
        known = links.get(set(open_ids.values()))
        following: dict[str, str] = {}
        for asked, crm_id in open_ids.items():
            link = known.get(crm_id)
            if link and link.state is LinkState.LINKED and link.platform_id:
                found[asked] = link.platform_id
            elif link and link.state is LinkState.ALIAS and link.winner:
                following[asked] = link.winner
        if not following:
            break
        open_ids = following
    return found


def _linked(link: Link | None) -> bool:
    return link is not None and link.state is LinkState.LINKED


def _changed(
    findings: Sequence[Finding], links: Mapping[str, Link], late: Sequence[str]
) -> Sequence[Finding]:
    return [f for f in findings if not _unchanged(f, links.get(f.key), late)]


def _unchanged(finding: Finding, link: Link | None, late: Sequence[str]) -> bool:
    return (
        link is not None
        and link.state is LinkState.LINKED
        and link.reason is None
        and finding.flaw is None
        and link.baseline == finding.values
        and (not (late and link.sent) or is_read(link, late))
    )


def _finding_of(action: Action) -> Finding:
    known = action.link.baseline if action.link else {}
    values = known if action.values is None else action.values
    flaw = (action.reason, action.detail) if action.reason in (UNFIT, TOO_LARGE) else None
    return Finding(action.key, action.stamp, action.modified, values, flaw, action.platform_id)


def _moves_in(action: Action) -> bool:
    return action.gone and action.verb is Verb.LINK


def _removal_of(action: Action) -> Removal:
    link = action.link
    if link and link.state is LinkState.ALIAS and link.winner:
        return Merged(action.key, link.winner, action.stamp, moves=action.reason == MOVED)
    if link and _moves_in(action):
        return Inherited(action.key, link, action.stamp)
    return Deleted(action.key, action.stamp)
