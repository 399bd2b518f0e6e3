"""Captures change events: the change of the platform's record and its outbox entry are one
conditional write; then the writers are told.

Whatever is repeated after a crash, or delivered twice, leads to the same receipt and to one entry:
the record is read before the receipt. An entry goes only after its receipt is final, so a record
without the entry and a receipt that is not final tell, in this order, that it was never captured.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from syncline.engine.moments import canonical_instant, latest, order
from syncline.engine.records import OutboxEntry, PlatformRecord, Values, outbox_json
from syncline.engine.told import REFUSED, SUPERSEDED, Told
from syncline.errors import RetryableError
from syncline.ports import (
    Clock,
    Drain,
    PlatformRecords,
    Receipt,
    Receipts,
    ReceiptsFactory,
    RecordsFactory,
    RecordWrite,
    Results,
    WriteBackQueues,
)
from syncline.usecases.findings import KeyReusedError
from syncline.usecases.stored_changes import ChangeEvent

_ATTEMPTS: Final = 6
_MOST_WAITING: Final = 100_000
"""Bytes of an outbox that takes up something more."""
MOST_STORED: Final = 350_000
"""Bytes of values and outbox together; the record's item holds 400 KB in all."""
_FULL: Final = Told(REFUSED, "outbox_full", "too many changes of the record wait already")
_TOO_LARGE: Final = Told(REFUSED, "too_large", "the record has no room for values of this length")
_DELETED: Final = Told(REFUSED, "record_deleted", "the record was deleted on the platform")


@dataclass(frozen=True, slots=True)
class CaptureChanges:
    """Use case of the API for what is done before its answer, and of what expands a stored body."""

    records: RecordsFactory
    receipts: ReceiptsFactory
    queues: WriteBackQueues
    clock: Clock

    def __call__(self, workspace: str, events: Sequence[ChangeEvent]) -> Sequence[Receipt]:
        """The receipts in the order of the events. ConflictError(code="key_reused") where a key
        stands for another change; nothing was stored then. RetryableError: some of it was, and the
        same request again does the rest."""
        receipts = self.receipts(workspace)
        refuse_reused(events, receipts)
        once = list({event.receipt.id: event for event in events}.values())
        stored = receipts.open([event.receipt for event in once])
        _refuse_other(events, {receipt.id: receipt.digest for receipt in stored})
        waiting = [
            replace(event, receipt=receipt)
            for event, receipt in zip(once, stored, strict=True)
            if not receipt.final
        ]
        told = self._capture(self.records(workspace), receipts, waiting)
        if told:
            receipts.settle(told)
        self._tell_writers(workspace, [e for e in waiting if e.receipt.id not in told])
        now = receipts.get([event.receipt.id for event in events])
        return [now.get(event.receipt.id, event.receipt) for event in events]

    def _capture(
        self, records: PlatformRecords, receipts: Receipts, events: Sequence[ChangeEvent]
    ) -> dict[str, Results]:
        """What became of those that need no writer, by receipt."""
        told: dict[str, Results] = {}
        open_events = list(events)
        for _ in range(_ATTEMPTS):
            if not open_events:
                return told
            open_events = self._try(records, receipts, open_events, told)
        raise RetryableError("records keep changing", code="records_busy")

    def _try(
        self,
        records: PlatformRecords,
        receipts: Receipts,
        events: Sequence[ChangeEvent],
        told: dict[str, Results],
    ) -> list[ChangeEvent]:
        by_record: dict[tuple[str, str], list[ChangeEvent]] = {}
        for event in events:
            place = (event.receipt.object, event.receipt.record)
            by_record.setdefault(place, []).append(event)
        found = _read(records, by_record)
        known = receipts.get([event.receipt.id for event in events])
        writes: dict[tuple[str, str], RecordWrite] = {}
        said: dict[tuple[str, str], dict[str, Results]] = {}
        for place, mine in by_record.items():
            fresh = [e for e in mine if not known.get(e.receipt.id, e.receipt).final]
            before = found.get(place)
            if before is None or before.deleted:
                said[place] = {e.receipt.id: _results(e, _DELETED) for e in fresh}
                continue
            after, said[place] = self._captured(before, fresh)
            if after is not before:
                writes[place] = RecordWrite(after, before.version, before, feed=True)
        done = records.write(list(writes.values())) if writes else ()
        lost = [place for place, ok in zip(writes, done, strict=True) if not ok]
        for place in said.keys() - set(lost):
            told.update(said[place])
        return [event for place in lost for event in by_record[place]]

    def _captured(
        self, record: PlatformRecord, events: Iterable[ChangeEvent]
    ) -> tuple[PlatformRecord, dict[str, Results]]:
        """With the changes of the events, as far as nothing later is known of an attribute; and
        what became of those that are not captured, which holds for this record only."""
        have = {entry.receipt for entry in record.outbox}
        waits = bytes_waiting(record)
        told: dict[str, Results] = {}
        after = record
        for event in events:
            if event.receipt.id in have:
                continue
            at, entries = event.receipt.at, _entries(event)
            later = {n: t for n in event.values if order(t := _changed_at(after, n)) > order(at)}
            if later.keys() == event.values.keys():
                told[event.receipt.id] = _results(event, _superseded(latest(later.values())))
                continue
            size = _bytes(outbox_json(entries))
            if _is_full(after, event.values, waits=waits, more=size):
                told[event.receipt.id] = _results(event, _FULL if after.outbox else _TOO_LARGE)
                continue
            waits += size
            after = _changed(after, event, [n for n in event.values if n not in later], entries)
        if after is record:
            return record, told
        now = canonical_instant(self.clock.now())
        return replace(after, version=record.version + 1, updated_at=now), told

    def _tell_writers(self, workspace: str, events: Iterable[ChangeEvent]) -> None:
        """One message for many records; ids, never values."""
        ids: dict[tuple[str, str, bool], dict[str, None]] = {}
        for event in events:
            receipt = event.receipt
            for connection in receipt.to:
                place = (connection, receipt.object, receipt.bulk)
                ids.setdefault(place, {})[receipt.record] = None
        drains = [
            Drain(workspace, connection, object, tuple(records), bulk)
            for (connection, object, bulk), records in ids.items()
        ]
        if drains:
            self.queues.send(drains)


def is_full(record: PlatformRecord, values: Values, *, waits: int) -> bool:
    """Whether a change to these values finds no room in the record or its outbox, of which
    `waits` bytes are taken."""
    return _is_full(record, values, waits=waits, more=_bytes(dict(values)))


def _is_full(record: PlatformRecord, values: Values, *, waits: int, more: int) -> bool:
    """`more` is what the change adds to the `waits` bytes of the outbox."""
    stored = _bytes({**record.values, **values}) + more + waits
    return waits > _MOST_WAITING or stored > MOST_STORED


def bytes_waiting(record: PlatformRecord) -> int:
    """Bytes of its outbox as stored: of a small value most are not the value's."""
    return _bytes(outbox_json(record.outbox))


def _bytes(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


def _read(
    records: PlatformRecords, places: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], PlatformRecord]:
    by_object: dict[str, list[str]] = {}
    for object, own in places:
        by_object.setdefault(object, []).append(own)
    return {
        (object, own): record
        for object, ids in by_object.items()
        for own, record in records.get(object, ids).items()
    }


def _changed(
    record: PlatformRecord,
    event: ChangeEvent,
    names: Sequence[str],
    entries: Sequence[OutboxEntry],
) -> PlatformRecord:
    at = event.receipt.at
    values = {**record.values, **{name: event.values[name] for name in names}}
    times = dict.fromkeys(names, at)
    return replace(
        record,
        values={name: value for name, value in values.items() if value is not None},
        edits={**record.edits, **times},
        times={**record.times, **times},
        outbox=(*record.outbox, *entries),
    )


def _changed_at(record: PlatformRecord, name: str) -> str:
    """Times are kept from when an attribute is switched on; a person may have edited before."""
    return latest((record.times.get(name, ""), record.edits.get(name, "")))


def _entries(event: ChangeEvent) -> list[OutboxEntry]:
    """One for all connections that the same attributes go to: each is told of its own alone."""
    receipt = event.receipt
    together: dict[tuple[str, ...], list[str]] = {}
    for connection, names in receipt.to.items():
        together.setdefault(tuple(names), []).append(connection)
    return [
        OutboxEntry(
            receipt=receipt.id,
            at=receipt.at,
            values={name: event.values[name] for name in names},
            to=tuple(connections),
            bulk=receipt.bulk,
        )
        for names, connections in together.items()
    ]


def _results(event: ChangeEvent, told: Told) -> Results:
    return {
        connection: dict.fromkeys(names, told) for connection, names in event.receipt.to.items()
    }


def _superseded(at: str) -> Told:
    return Told(SUPERSEDED, "later_change", f"a later change, of {at}, was known already")


def refuse_reused(events: Sequence[ChangeEvent], receipts: Receipts) -> None:
    """ConflictError for a key that stands for another change, stored or in the same request."""
    known = receipts.get([event.receipt.id for event in events])
    _refuse_other(events, {id: receipt.digest for id, receipt in known.items()})


def _refuse_other(events: Sequence[ChangeEvent], digests: dict[str, str]) -> None:
    """`digests` are those that are stored."""
    for index, event in enumerate(events):
        receipt = event.receipt
        if digests.setdefault(receipt.id, receipt.digest) != receipt.digest:
            raise KeyReusedError(
                f"the idempotency key of the change of {receipt.object} '{receipt.record}' was "
                "used for another change; give each change a key of its own",
                field=f"/changes/{index}",
            )
