"""Captures the changes of a stored request, some hundred at a time, from wherever it stood."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from syncline.ports import (
    BodiesFactory,
    Clock,
    Expand,
    Receipts,
    ReceiptsFactory,
    WriteBackQueues,
)
from syncline.usecases.capture_changes import CaptureChanges
from syncline.usecases.stored_changes import AT_ONCE, ChangeEvent, stored_events

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
            some = events[start : start + AT_ONCE]
            self.capture(expand.workspace, _not_taken(some, receipts))
            receipts.advance(batch.id, min(start + AT_ONCE, len(events)))
        return max(len(events) - first, 0)


def _not_taken(events: Sequence[ChangeEvent], receipts: Receipts) -> list[ChangeEvent]:
    """Without those whose key somebody used for another change since the request was answered:
    what the receipt tells is about that one, and the others must not wait for it."""
    known = receipts.get([event.receipt.id for event in events])
    return [
        event
        for event in events
        if known.get(event.receipt.id, event.receipt).digest == event.receipt.digest
    ]
