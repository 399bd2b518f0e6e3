"""Captures the changes of a stored request, some hundred at a time, from wherever it stood."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from syncline.ports import (
    BodiesFactory,
    Clock,
    Expand,
    ReceiptsFactory,
    WriteBackQueues,
)
from syncline.usecases.capture_changes import CaptureChanges
from syncline.usecases.stored_changes import AT_ONCE, stored_events

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
