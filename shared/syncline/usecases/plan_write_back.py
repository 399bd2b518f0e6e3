"""Plans one batch of write-back: reads in batches what the engine must know, and lets it decide."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from syncline.engine.edited import Edited, EditPlace
from syncline.engine.outbox import latest_of, seen_by
from syncline.engine.plan import Action
from syncline.engine.records import Link, OutboxEntry, PlatformRecord
from syncline.engine.write_back import Decision, decide_write_back
from syncline.engine.write_lines import Mode
from syncline.engine.write_view import WriteView
from syncline.ports import Crm, Links, PlatformRecords
from syncline.usecases.outlets import Fetched, Fetching, Outlet, outlet_of
from syncline.usecases.suspects import Suspects

_REMEMBERED: Final = 20_000
_NAMED: Final = 20
Entries = Mapping[str, tuple[OutboxEntry, ...]]
"""Platform id → what waits of the record for this connection and writer."""
Changes = Mapping[str, Mapping[str, OutboxEntry]]
"""Platform id → attribute → its latest change."""


@dataclass(frozen=True, slots=True)
class WriteBackPlan:
    """The decisions of a batch, and the change events that each is about."""

    decisions: tuple[Decision, ...]
    entries: Entries


def with_receipts(actions: Iterable[Action], entries: Entries) -> tuple[Action, ...]:
    """As they are journalled: each names the change events that it is about, the latest ones of
    many."""
    return tuple(
        replace(each, receipts=[entry.receipt for entry in entries.get(each.key, ())][-_NAMED:])
        for each in actions
    )


@dataclass(frozen=True, slots=True)
class PlanWriteBack:
    """Writes nothing. `suspects` are the CRM ids that may not be what their baseline says; they are
    fetched, the others are what they were."""

    connection: str
    object: str
    outlets: Sequence[Outlet]
    links: Links
    records: PlatformRecords
    crm: Crm
    bulk: bool
    suspects: Suspects = field(default_factory=lambda: Suspects(None))
    _people: dict[str, dict[tuple[str, str], tuple[tuple[str, str], ...]]] = field(
        default_factory=dict
    )
    """By CRM object: each finds by its own fields."""

    def __call__(self, ids: Collection[str]) -> WriteBackPlan:
        """Of those of the records that have something to write."""
        found = self.records.get(self.object, ids)
        entries = waiting_of(found, self.connection, bulk=self.bulk)
        return WriteBackPlan(self._decide([found[own] for own in entries], entries), entries)

    def _decide(self, records: Sequence[PlatformRecord], entries: Entries) -> tuple[Decision, ...]:
        claimed = self.links.claimed(self.object, list(entries)) if entries else {}
        known = self.links.get(claimed.values()) if claimed else {}
        links = {own: known[crm_id] for own, crm_id in claimed.items() if crm_id in known}
        changes = {own: latest_of(each) for own, each in entries.items()}
        views = {outlet.object: self._view(outlet, changes, links) for outlet in self.outlets}
        return tuple(
            self._decided(record, links.get(record.id), entries[record.id], views)
            for record in records
        )

    def _decided(
        self,
        record: PlatformRecord,
        link: Link | None,
        entries: Sequence[OutboxEntry],
        views: Mapping[str, WriteView],
    ) -> Decision:
        outlet = outlet_of(self.outlets, link.crm_id) if link else None
        view = views[outlet.object] if outlet else WriteView({}, "latest", self.crm.dialect)
        return decide_write_back(seen_by(record, self.connection), link, entries, view)

    def _view(self, outlet: Outlet, changes: Changes, links: Mapping[str, Link]) -> WriteView:
        mine = {
            own: each
            for own, each in changes.items()
            if own in links and outlet_of(self.outlets, links[own].crm_id) is outlet
        }
        self._look_up(outlet, mine)
        asked = frozenset(self._doubtful(outlet, mine, links))
        fetched = self._fetch(outlet, asked)
        return WriteView(
            lines=outlet.lines,
            policy=outlet.policy,
            dialect=self.crm.dialect,
            whole_record=outlet.whole_record,
            found={crm_id: each.found for crm_id, each in fetched.items()},
            fetched=asked,
            references={crm_id: each.references for crm_id, each in fetched.items()},
            touched={crm_id: each.touched for crm_id, each in fetched.items()},
            edited=self._edited(outlet, mine, fetched),
            people=self._people.get(outlet.object, {}),
        )

    def _doubtful(
        self, outlet: Outlet, changes: Changes, links: Mapping[str, Link]
    ) -> Iterable[str]:
        """What was set aside leaves its baseline behind; whom a reference leads to is in none."""
        editing = {n for n, line in outlet.lines.items() if line.mode is Mode.EDIT_VALUE}
        for own, latest in changes.items():
            link = links[own]
            edits = not editing.isdisjoint(latest)
            if link.reason or edits or link.crm_id in self.suspects:
                yield link.crm_id

    def _fetch(self, outlet: Outlet, ids: Collection[str]) -> dict[str, Fetched]:
        if not ids:
            return {}
        read = Fetching(outlet, self.crm.dialect)
        return {each.key: read(each) for each in self.crm.find(read.request, sorted(ids))}

    def _edited(
        self, outlet: Outlet, changes: Changes, fetched: Mapping[str, Fetched]
    ) -> Mapping[EditPlace, Edited]:
        """Of whom the references lead to, or are made to lead to."""
        said = {name for latest in changes.values() for name in latest}
        lines = [outlet.lines[name] for name in said if name in outlet.lines]
        fields = {line.field.lower() for line in lines if line.mode is Mode.EDIT_VALUE}
        if not fields:
            return {}
        ids = {id for each in fetched.values() for id in each.references.values()}
        asked = {(name, _said(latest, name)) for latest in changes.values() for name in latest}
        people = self._people.get(outlet.object, {})
        ids |= {id for each in asked for id, _ in people.get(each, ())}
        ids.update(_named_by_id(outlet, changes))
        return self.links.edited({(id, name) for id in ids for name in fields})

    def _look_up(self, outlet: Outlet, changes: Changes) -> None:
        """W7, W11: one question for all values of an attribute."""
        people = self._people.setdefault(outlet.object, {})
        if len(people) > _REMEMBERED:
            people.clear()
        for name, line in outlet.lines.items():
            if line.mode is not Mode.UPDATE_REFERENCE or line.by_id or line.flaw is not None:
                continue
            values = {_said(latest, name) for latest in changes.values()}
            unknown = {each for each in values if each and (name, each) not in people}
            found = self.crm.people(line.object, line.by, unknown) if unknown else {}
            for each in unknown:
                persons = found.get(each, ())
                people[name, each] = tuple((p.id, p.value) for p in persons)


def _named_by_id(outlet: Outlet, changes: Changes) -> Iterable[str]:
    """Whom references are made to lead to without being looked up."""
    for line in (each for each in outlet.lines.values() if each.by_id):
        for latest in changes.values():
            said = latest[line.attribute].values[line.attribute] if line.attribute in latest else ""
            id = line.dialect.ids.long_id(str(said))
            if line.dialect.ids.is_id(id):
                yield id


def _said(latest: Mapping[str, OutboxEntry], name: str) -> str:
    value = latest[name].values[name] if name in latest else None
    return "" if value is None else str(value).lower()


def waiting_of(records: Mapping[str, PlatformRecord], connection: str, *, bulk: bool) -> Entries:
    """Of those records, what a writer of the connection has to write; the bulk writer takes what
    goes out as it comes, too."""
    found = {
        own: tuple(e for e in record.outbox if connection in e.to and (bulk or not e.bulk))
        for own, record in records.items()
    }
    return {own: entries for own, entries in found.items() if entries}
