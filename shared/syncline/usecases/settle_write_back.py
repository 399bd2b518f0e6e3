"""What follows from how write-back ended: cross-references, conflicts, trails, receipts, outboxes.

In this order, because what is done last is what brings a record here: after a crash in between it
still waits, and is found to be written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from syncline.engine.merge import CONTESTED
from syncline.engine.outbox import latest_of
from syncline.engine.plan import Action, Plan, Verb
from syncline.engine.records import Link, OutboxEntry, PlatformRecord, Value
from syncline.engine.told import APPLIED, HELD, SUPERSEDED, Told
from syncline.errors import RetryableError
from syncline.ports import (
    Conflict,
    Conflicts,
    Journal,
    Links,
    LinkWrite,
    PlatformRecords,
    Receipts,
    RecordWrite,
    Results,
)
from syncline.usecases.apply_batch import journal_name, plan_to_entry
from syncline.usecases.leave_trails import aside_of, leave_trails
from syncline.usecases.plan_write_back import Entries, with_receipts
from syncline.usecases.send_write_back import Ending
from syncline.usecases.system_jobs import is_system_job

_Entries = tuple[OutboxEntry, ...]
_ATTEMPTS: Final = 6
_ASIDE: Final = frozenset({Verb.REJECT, Verb.SKIP, Verb.LEAVE})


@dataclass(frozen=True, slots=True)
class SettleWriteBack:
    """`run` is whose journal holds the decisions. `kept` are attributes whose edits stay when they
    are written: somebody else finds by them what he sends."""

    workspace: str
    connection: str
    object: str
    job: str
    run: str
    begun: str
    links: Links
    records: PlatformRecords
    receipts: Receipts
    journal: Journal
    conflicts: Conflicts
    kept: frozenset[str] = frozenset()

    def __call__(self, batch: int, endings: Sequence[Ending], entries: Entries, *, at: str) -> None:
        """`at` is the CRM's time by which the writes were answered. Safe to repeat."""
        pointers = self._journal(batch, endings, entries)
        self._link(endings, pointers, at)
        self._tell_conflicts(endings, at)
        told = {e.decision.action.key: e.told for e in endings if not e.waits()}
        done = {key: entries[key] for key in told if key in entries}
        asides = {
            e.decision.action.key: aside_of(e.action, pointers[e.decision.action.key])
            for e in endings
            if e.action.verb in _ASIDE
        }
        leave_trails(self.links, self.object, asides, {}, at=self.begun)
        self.receipts.settle(self._results(done, told))
        self._clear({key: (each, told[key]) for key, each in done.items()})

    def _journal(self, batch: int, endings: Sequence[Ending], entries: Entries) -> dict[str, str]:
        """Where each action is journalled: in the plan, or in what amends it."""
        place = f"{self.run}/{batch:08d}"
        pointers = {e.decision.action.key: f"{place}/00/{at}" for at, e in enumerate(endings)}
        amended = [e.action for e in endings if e.action is not e.decision.action]
        if amended:
            plan = Plan(read=0, left={}, actions=with_receipts(amended, entries))
            entry = plan_to_entry(plan, amends=True, at=self.begun)
            self.journal.put(self.workspace, self.run, journal_name(batch, 1), entry)
        return pointers | {each.key: f"{place}/01/{at}" for at, each in enumerate(amended)}

    def _link(self, endings: Sequence[Ending], pointers: Mapping[str, str], at: str) -> None:
        todo = [e for e in endings if e.action.crm_id and (e.settled or _held(e))]
        for _ in range(_ATTEMPTS):
            if not todo:
                return
            todo = self._try_to_link(todo, pointers, at)
        raise RetryableError("cross-references keep changing", code="links_busy")

    def _try_to_link(
        self, todo: Sequence[Ending], pointers: Mapping[str, str], at: str
    ) -> list[Ending]:
        stored = self.links.get([e.action.crm_id or "" for e in todo])
        writes: list[LinkWrite] = []
        writing: list[Ending] = []
        for ending in todo:
            before = stored.get(ending.action.crm_id or "")
            pointer = pointers[ending.action.key]
            if before is None or before.last == pointer or before.platform_id != ending.action.key:
                continue
            writes.append(LinkWrite(_agreed(before, ending, pointer, at), before.version, before))
            writing.append(ending)
        done = self.links.write(writes) if writes else ()
        return [each for each, ok in zip(writing, done, strict=True) if not ok]

    def _tell_conflicts(self, endings: Sequence[Ending], at: str) -> None:
        held = [
            Conflict(
                connection=self.connection,
                object=self.object,
                platform_id=ending.action.key,
                crm_id=ending.action.crm_id or "",
                job=self.job,
                run=self.run,
                at=at,
                fields=_contested(ending),
            )
            for ending in endings
            if _held(ending)
        ]
        if held:
            self.conflicts.put(held)

    def _results(
        self, entries: Entries, told: Mapping[str, Mapping[str, Told]]
    ) -> dict[str, Results]:
        """What comes and goes at once is in no run that anybody could look at."""
        run = self.run if is_system_job(self.run) else ""
        return {
            entry.receipt: {self.connection: _results_of(entry, all_entries, told[key], run)}
            for key, all_entries in entries.items()
            for entry in all_entries
        }

    def _clear(self, done: Mapping[str, tuple[_Entries, Mapping[str, Told]]]) -> None:
        """Takes what is done out of the outboxes, whatever people have changed meanwhile."""
        todo = set(done)
        for _ in range(_ATTEMPTS):
            if not todo:
                return
            found = self.records.get(self.object, todo)
            writes = [
                RecordWrite(after, record.version, record, feed=bool(after.edits))
                for own, record in found.items()
                if (after := self._cleared(record, *done[own])) is not None
            ]
            answers = self.records.write(writes) if writes else ()
            todo = {w.record.id for w, ok in zip(writes, answers, strict=True) if not ok}
        if todo:
            raise RetryableError("records keep changing", code="records_busy")

    def _cleared(
        self, record: PlatformRecord, entries: _Entries, told: Mapping[str, Told]
    ) -> PlatformRecord | None:
        done = {entry.receipt for entry in entries}
        left = [self._without_us(each) if each.receipt in done else each for each in record.outbox]
        outbox = tuple(each for each in left if each.to)
        if outbox == record.outbox:
            return None
        applied = {n for n, each in told.items() if each.outcome == APPLIED} - self.kept
        times = {(n, e.at) for n, e in latest_of(entries).items() if n in applied}
        times -= {(n, e.at) for e in outbox for n in e.values}
        edits = {n: at for n, at in record.edits.items() if (n, at) not in times}
        return replace(record, version=record.version + 1, outbox=outbox, edits=edits)

    def _without_us(self, entry: OutboxEntry) -> OutboxEntry:
        return replace(entry, to=tuple(name for name in entry.to if name != self.connection))


def _held(ending: Ending) -> bool:
    return any(each.outcome == HELD for each in ending.told.values())


def _contested(ending: Ending) -> dict[str, tuple[Value, Value]]:
    return {name: (crm, ours) for name, crm, ours, who in ending.action.contests if who == "hold"}


def _agreed(before: Link, ending: Ending, pointer: str, at: str) -> Link:
    """The baseline is what the CRM holds now; what was sent is the platform's own value."""
    forms = ending.decision.action.values or {}
    own = {name: after for name, _, after in ending.decision.action.changes}
    baseline, sent = dict(before.baseline), dict(before.sent)
    for name in ending.settled:
        if _has_moved(name, before, ending.decision.action):
            continue
        sent[name] = own.get(name, forms[name])
        if forms[name] is None:
            baseline.pop(name, None)
        else:
            baseline[name] = forms[name]
    written = any(each.reason == "written" for each in ending.told.values())
    return replace(
        before,
        version=before.version + 1,
        baseline=baseline,
        sent=sent,
        sent_at=at if written else before.sent_at,
        reason=CONTESTED if _held(ending) else before.reason,
        last=pointer,
    )


def _has_moved(name: str, link: Link, action: Action) -> bool:
    """Whether an inbound run settled another value since the plan, and maybe wrote it to the
    record: the next one then finds what is in the CRM now, and brings it."""
    if link.last == action.previous:
        return False
    planned = next((before for each, before, _ in action.changes if each == name), None)
    return link.baseline.get(name) not in (planned, (action.values or {}).get(name))


def _results_of(
    entry: OutboxEntry, entries: Sequence[OutboxEntry], told: Mapping[str, Told], run: str
) -> dict[str, Told]:
    """Of the attributes of one change event: those that a later one changed too are superseded."""
    latest = latest_of(entries)
    return {
        name: replace(told[name] if latest[name] is entry else _superseded(latest[name]), run=run)
        for name in entry.values
    }


def _superseded(by: OutboxEntry) -> Told:
    return Told(SUPERSEDED, "later_change", f"the change of {by.at} replaced it ({by.receipt})")
