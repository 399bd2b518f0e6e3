"""Write units of a change event: taken in, and written back; with the real adapters, metered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from local.bench.budget import Row, require
from local.bench.changing import WRITTEN
from local.bench.place import WORKSPACE, Place, stand
from local.seed.org import demo_org, tasks
from syncline.config.attribute import attribute_name
from syncline.engine.moments import canonical_instant
from syncline.memory.messaging import MemoryNotifications
from syncline.memory.queues import MemoryQueues
from syncline.memory.troubles import MemoryTroubles
from syncline.ports import Drain, Receipt
from syncline.store.receipts import DynamoReceipts
from syncline.usecases.capture_changes import CaptureChanges
from syncline.usecases.known_outlets import KnownOutlets
from syncline.usecases.stored_changes import ChangeEvent
from syncline.usecases.tell_trouble import TellTrouble
from syncline.usecases.write_back_now import WriteBackNow

_TOGETHER: Final = 200
_KEPT: Final = timedelta(days=400)
_NOTE: Final = "They want the annex too, and somebody to show them around."


@dataclass(slots=True)
class Units:
    """An org with tasks, each of which is changed once."""

    place: Place
    size: int

    def rows(self) -> Iterator[Row]:
        """Taken in, then drained."""
        self._prepare()
        queues = MemoryQueues()
        self._count_anew()
        self._capture(queues)
        yield from self._rows("taken in")
        self._count_anew()
        self._drain(queues)
        yield from self._rows("written and settled")

    def _prepare(self) -> None:
        place = self.place
        place.salesforce.control.load(demo_org(place.now).foundation)
        place.configure({"accounts": "accounts_inbound", "tasks": "tasks_inbound"})
        place.load(tasks, self.size)
        for job in ("accounts", "tasks"):
            place.run(job)
        for name in WRITTEN:
            key = attribute_name("task", name)
            body = {"write_back": True}
            place.configuration().put(WORKSPACE, "attribute", key, body, expected=0)

    def _count_anew(self) -> None:
        meter = self.place.meter
        for counts in (meter.writes, meter.index_writes, meter.reads):
            counts.clear()

    def _capture(self, queues: MemoryQueues) -> None:
        capture = CaptureChanges(
            records=self.place.metered_records,
            receipts=self._receipts,
            queues=queues,
            clock=self.place.clock,
        )
        ids = list(self._ids())
        require(len(ids) == self.size, f"{len(ids)} tasks arrived")
        for first in range(0, self.size, _TOGETHER):
            own = enumerate(ids[first : first + _TOGETHER], first)
            capture(WORKSPACE, [self._event(number, id) for number, id in own])

    def _ids(self) -> Iterator[str]:
        after = None
        while True:
            found, after = self.place.records().page("task", limit=200, after=after)
            yield from (record.id for record in found)
            if after is None:
                return

    def _event(self, number: int, own: str) -> ChangeEvent:
        now = canonical_instant(self.place.clock.now())
        receipt = Receipt(
            id=f"{number:032x}",
            digest=f"{number:032x}",
            object="task",
            record=own,
            at=now,
            accepted_at=now,
            origin="profile",
            actor="ada@larkspur.example",
            to={"crm": ("description",)},
        )
        return ChangeEvent(receipt, {"description": _NOTE})

    def _drain(self, queues: MemoryQueues) -> None:
        writer = self._writer(queues)
        while queues.immediate:
            request = queues.immediate.pop(0).request
            require(isinstance(request, Drain), request)
            deadline = self.place.clock.now() + timedelta(minutes=5)
            writer(request, holder="bench", deadline=deadline)  # type: ignore[arg-type]
        left = self.place.records().waiting("task", bulk=False, limit=1)
        require(not left, "something still waits")

    def _writer(self, queues: MemoryQueues) -> WriteBackNow:
        place, configuration = self.place, self.place.configuration()
        return WriteBackNow(
            **place.metered_ports(),
            configuration=configuration,
            receipts=self._receipts,
            queues=queues,
            outlets=KnownOutlets(configuration, place.clock),
            tell=TellTrouble(configuration, MemoryTroubles(), MemoryNotifications(), place.clock),
            clock=place.clock,
        )

    def _receipts(self, workspace: str) -> DynamoReceipts:
        place = self.place
        database, table = place.database(place.meter), place.cloud.resource("RunsTable")
        return DynamoReceipts(database, table, workspace=workspace, kept=_KEPT)

    def _rows(self, what: str) -> Iterator[Row]:
        rows = self.place.unit_rows(f"change events, {what}", self.size, write_budget=None)
        indexes = sum(self.place.meter.index_writes.values()) / self.size
        for row in rows:
            detail = f"{row.detail}, indexes {indexes:g}" if "write" in row.what else row.detail
            yield Row(row.what, row.size, row.measured, None, detail)


def write_units(size: int, home: Path) -> Iterator[Row]:
    """Of so many change events, each of another record and of one attribute."""
    with stand("cheaper", home) as place:
        yield from Units(place, size).rows()
