"""The sweeper's third errand: stored requests whose changes nobody captures any more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from syncline.engine.moments import canonical_instant
from syncline.ports import (
    BatchReceipt,
    Clock,
    Configuration,
    Expand,
    ReceiptsFactory,
    WriteBackQueues,
)
from syncline.usecases.written_objects import written_objects

_GRACE: Final = timedelta(minutes=15)
"""Younger ones have a message of their own."""


@dataclass(frozen=True, slots=True)
class SweepRequests:
    """Runs every few minutes. A message is lost to a crash between storage and queue, or thrown
    away as a dead letter; asking once too often finds everything captured."""

    configuration: Configuration
    receipts: ReceiptsFactory
    queues: WriteBackQueues
    clock: Clock

    def __call__(self) -> int:
        """How many requests were asked for. RetryableError: the next sweep does it."""
        workspaces = dict.fromkeys(name for name, _ in written_objects(self.configuration))
        return sum(map(self._sweep, workspaces))

    def _sweep(self, workspace: str) -> int:
        receipts, now = self.receipts(workspace), self.clock.now()
        late = receipts.listed(before=canonical_instant(now - _GRACE))
        if late:
            self.queues.send([Expand(workspace, each.id, each.captured) for each in late])
        for each in late:
            receipts.put_off(each.id, at=_next_look(each, now))
        return len(late)


def _next_look(batch: BatchReceipt, now: datetime) -> str:
    """At twice its age: what fails every time makes few dead letters."""
    age = now - datetime.fromisoformat(batch.accepted_at)
    return canonical_instant(now + age - _GRACE)
