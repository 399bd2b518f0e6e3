"""Captures the changes of a stored request, some hundred at a time, from wherever it stood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from syncline.ports import (
    BatchReceipt,
    Bodies,
    BodiesFactory,
    Clock,
    Expand,
    Receipt,
    ReceiptsFactory,
    WriteBackQueues,
)
from syncline.usecases.announce_changes import AT_ONCE, body_name
from syncline.usecases.capture_changes import CaptureChanges, ChangeEvent

_MARGIN: Final = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class ExpandChanges:
    """Use case of the immediate writer's function. Repeatable at any place: what is captured
    already is found to be."""

    capture: CaptureChanges
    receipts: ReceiptsFactory
    bodies: BodiesFactory
    queues: WriteBackQueues
    clock: Clock

    def __call__(self, expand: Expand, *, deadline: datetime) -> int:
        """How many changes were captured; the rest is another message's."""
        receipts = self.receipts(expand.workspace)
        batch = receipts.get_batch(expand.batch)
        if batch is None:
            return 0
        events = stored_events(self.bodies(expand.workspace), batch)
        first = max(expand.start, batch.captured)
        for start in range(first, len(events), AT_ONCE):
            if start > first and self.clock.now() + _MARGIN > deadline:
                self.queues.send([Expand(expand.workspace, expand.batch, start)])
                return start - first
            self.capture(expand.workspace, events[start : start + AT_ONCE])
            receipts.advance(batch.id, min(start + AT_ONCE, len(events)))
        return max(len(events) - first, 0)


def stored_events(bodies: Bodies, batch: BatchReceipt) -> list[ChangeEvent]:
    """The changes of a stored request in their order; none when the bucket has forgotten it."""
    body = bodies.get(body_name(batch))
    return [_event(stored) for stored in (body or {}).get("events", ())]


def _event(stored: Mapping[str, Any]) -> ChangeEvent:
    told = {name: value for name, value in stored.items() if name not in ("values", "results")}
    told["to"] = {connection: tuple(names) for connection, names in stored["to"].items()}
    return ChangeEvent(Receipt(**told), stored["values"])
