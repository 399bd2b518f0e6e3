"""The PlatformRecords port in memory, with the change feed and the list of what waits for the
writers, which are sparse indexes on AWS.

Lookups are taken before the records and given up after them, for the whole batch.
"""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from syncline.engine.records import (
    PlatformRecord,
    by_connection,
    fed_at,
    is_stored,
    outbox_from,
    record_lookups,
    waits_for,
    waits_since,
)
from syncline.errors import InvariantError
from syncline.kinds.objects import OBJECTS
from syncline.memory.table import Table
from syncline.ports import Cursor, RecordWrite

Lookup = tuple[str, str, str]
"""Object, attribute, folded value."""


@dataclasses.dataclass(slots=True)
class RecordTables:
    """Where the records of all workspaces of a cloud are kept.

    While `index_is_late`, readers of `feed` and `waiting` see what they held when `catch_up` was
    last called: an index on AWS follows its table with a delay.
    """

    records: Table = dataclasses.field(default_factory=Table)
    lookups: Table = dataclasses.field(default_factory=Table)
    feed: Table = dataclasses.field(default_factory=Table)
    waiting: Table = dataclasses.field(default_factory=Table)
    """The writer and since when, of each record with something in its outbox."""
    index_is_late: bool = False
    _seen: dict[str, Any] = dataclasses.field(default_factory=dict)

    def catch_up(self) -> None:
        self._seen = {"feed": self.feed.dump(), "waiting": self.waiting.dump()}

    def indexed_feed(self) -> Mapping[str, Any]:
        return self._seen.get("feed", {}) if self.index_is_late else self.feed.dump()

    def indexed_waiting(self) -> Mapping[str, Any]:
        return self._seen.get("waiting", {}) if self.index_is_late else self.waiting.dump()


class MemoryRecords:
    """The platform's records of one workspace."""

    def __init__(self, workspace: str, tables: RecordTables) -> None:
        self._workspace = workspace
        self._tables = tables

    def get(self, object: str, ids: Collection[str]) -> Mapping[str, PlatformRecord]:
        found = ((key, self._record(object, key)) for key in ids)
        return {key: record for key, record in found if record is not None}

    def find(self, object: str, attribute: str, values: Collection[str]) -> Mapping[str, str]:
        folded = {value.lower() for value in values}
        found = {key: self._holder((object, attribute, key)) for key in folded}
        return {key: holder for key, holder in found.items() if holder is not None}

    def write(self, writes: Sequence[RecordWrite]) -> Sequence[bool]:
        if len({(w.record.object, w.record.id) for w in writes}) != len(writes):
            raise InvariantError("the same record twice in one batch", code="repeated_key")
        for write in writes:
            self._tables.records.check((write.record.id,), dataclasses.asdict(write.record))
        fresh: set[Lookup] = set()
        taken = [self._take(write.record, fresh) for write in writes]
        answers = [ok and self._store(write) for ok, write in zip(taken, writes, strict=True)]
        for write, ok in zip(writes, answers, strict=True):
            self._give_up(write, ok, fresh)
        return answers

    def page(
        self, object: str, *, limit: int, after: str | None = None
    ) -> tuple[Sequence[PlatformRecord], str | None]:
        found: list[PlatformRecord] = []
        for key, stored in self._tables.records.under((self._workspace, object)):
            if (after is None or key[-1] > after) and not stored["deleted"]:
                found.append(_record_from(stored))
            if len(found) > limit:
                return found[:limit], found[limit - 1].id
        return found, None

    def edited(
        self, object: str, *, since: str, limit: int, cursor: Cursor | None = None
    ) -> tuple[Sequence[str], Cursor | None]:
        """`until`, the newest entry when the reading began, keeps out what is edited meanwhile."""
        feed = self._feed(object)
        if cursor is None:
            until, after = max((at for at, _ in feed), default=""), (since, "")
        else:
            until, after = cursor["until"], (cursor["changed_at"], cursor["id"])
        found = [each for each in feed if after < each and each[0] <= until]
        ids = [id_ for _, id_ in found[:limit]]
        if len(found) <= limit:
            return ids, None
        changed_at, id_ = found[limit - 1]
        return ids, {"until": until, "changed_at": changed_at, "id": id_}

    def waiting(
        self, object: str, *, bulk: bool, limit: int, connection: str | None = None
    ) -> Sequence[str]:
        found = self._waiting(object, bulk=bulk)
        return [own for place, own in found if waits_for(place, connection)][:limit]

    def waiting_each(self, object: str, *, bulk: bool, limit: int) -> Mapping[str, Sequence[str]]:
        return by_connection(self._waiting(object, bulk=bulk), limit)

    def _waiting(self, object: str, *, bulk: bool) -> list[tuple[str, str]]:
        """Place and id, in order."""
        prefix, writer = f"{self._workspace}|{object}|", _writer(bulk=bulk)
        return sorted(
            (place, key.removeprefix(prefix))
            for key, (by, place) in self._tables.indexed_waiting().items()
            if by == writer and key.startswith(prefix)
        )

    def _feed(self, object: str) -> list[tuple[str, str]]:
        """Time and id of the last edit of each record, as the index shows them, in order."""
        prefix = f"{self._workspace}|{object}|"
        entries = self._tables.indexed_feed().items()
        return sorted((at, k.removeprefix(prefix)) for k, at in entries if k.startswith(prefix))

    def _record(self, object: str, id_: str) -> PlatformRecord | None:
        stored = self._tables.records.get((self._workspace, object, id_))
        return None if stored is None else _record_from(stored)

    def _holder(self, lookup: Lookup) -> str | None:
        holder = self._tables.lookups.get((self._workspace, *lookup))
        return None if holder is None else str(holder)

    def _take(self, record: PlatformRecord, fresh: set[Lookup]) -> bool:
        wanted = lookups_of(record)
        for lookup in sorted(wanted):
            if self._tables.lookups.insert((self._workspace, *lookup), record.id):
                fresh.add(lookup)
        return all(self._holder(lookup) == record.id for lookup in wanted)

    def _store(self, write: RecordWrite) -> bool:
        record = write.record
        stored = self._record(record.object, record.id)
        if (stored.version if stored else 0) != write.expected:
            return stored is not None and is_stored(record, write.before, stored)
        key = (self._workspace, record.object, record.id)
        self._tables.records.put(key, dataclasses.asdict(record))
        if write.feed:
            self._tables.feed.put(key, fed_at(record))
        elif not record.edits:
            self._tables.feed.remove(key)
        if record.outbox:
            writer = _writer(bulk=all(entry.bulk for entry in record.outbox))
            self._tables.waiting.put(key, [writer, waits_since(record)])
        else:
            self._tables.waiting.remove(key)
        return True

    def _give_up(self, write: RecordWrite, ok: bool, fresh: set[Lookup]) -> None:
        mine = lookups_of(write.record) & fresh
        if ok and write.before:
            mine |= lookups_of(write.before)
        stored = self._record(write.record.object, write.record.id)
        for lookup in mine - (lookups_of(stored) if stored else set()):
            if self._holder(lookup) == write.record.id:
                self._tables.lookups.remove((self._workspace, *lookup))


def _record_from(stored: Mapping[str, Any]) -> PlatformRecord:
    return PlatformRecord(**{**stored, "outbox": outbox_from(stored["outbox"])})


def _writer(*, bulk: bool) -> str:
    return "bulk" if bulk else "now"


def lookups_of(record: PlatformRecord) -> set[Lookup]:
    """What the record is found by; a tombstone is found by nothing."""
    known = OBJECTS.get(record.object)
    if known is None or record.deleted:
        return set()
    values = record_lookups(record.values, known.lookups)
    return {(record.object, attribute, value) for attribute, value in values.items()}
