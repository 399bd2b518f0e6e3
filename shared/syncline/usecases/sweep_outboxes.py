"""The sweeper's second errand: what waits in outboxes though no message speaks of it any more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from syncline.engine.moments import canonical_instant, order
from syncline.engine.records import PlatformRecord
from syncline.ports import (
    Clock,
    Configuration,
    Drain,
    PlatformRecords,
    RecordsFactory,
    WriteBackQueues,
)
from syncline.usecases.write_back_now import TRIES
from syncline.usecases.written_objects import written_objects

_MOST: Final = 5_000
"""Records of an object, connection and writer that one sweep looks at: those that wait longest."""
_AT_ONCE: Final = 1_000
"""Records in memory; one may hold 350,000 bytes, most hold a few thousand."""
_GRACE: Final = {False: timedelta(minutes=3), True: timedelta(minutes=10)}
"""Younger ones have a message of their own. The bulk writer's stay for its window, and while a job
of the CRM is at work."""

_Where = tuple[str, bool]
"""Connection, and whether it is the bulk writer's."""


@dataclass(frozen=True, slots=True)
class SweepOutboxes:
    """Runs every few minutes. A message is lost to a crash between capture and queue, given up on
    after an org did not answer for long, or lies among the dead letters; the entry in the outbox is
    still there, and a message that is sent once too often asks for nothing that is not."""

    configuration: Configuration
    records: RecordsFactory
    queues: WriteBackQueues
    clock: Clock

    def __call__(self) -> int:
        """How many records the writers were told of. RetryableError: the next sweep does it."""
        return sum(
            self._sweep(workspace, object)
            for workspace, object in written_objects(self.configuration)
        )

    def _sweep(self, workspace: str, object: str) -> int:
        records = self.records(workspace)
        ids = self._waiting(records, object)
        late: dict[_Where, dict[str, None]] = {}
        for start in range(0, len(ids), _AT_ONCE):
            found = records.get(object, ids[start : start + _AT_ONCE])
            self._find_late(found.values(), late)
        drains = [
            # One try: if the org still does not answer, the next sweep comes again.
            Drain(workspace, connection, object, tuple(own), bulk, delays=TRIES)
            for (connection, bulk), own in late.items()
        ]
        if drains:
            self.queues.send(drains)
        return len({each for own in late.values() for each in own})

    def _waiting(self, records: PlatformRecords, object: str) -> Sequence[str]:
        """Each connection has a share of its own: what waits longest may all be for one that cannot
        be reached."""
        ids: dict[str, None] = {}
        for bulk in (False, True):
            for mine in records.waiting_each(object, bulk=bulk, limit=_MOST).values():
                ids |= dict.fromkeys(mine)
        return list(ids)

    def _find_late(
        self, records: Iterable[PlatformRecord], late: dict[_Where, dict[str, None]]
    ) -> None:
        now = self.clock.now()
        since = {bulk: canonical_instant(now - grace) for bulk, grace in _GRACE.items()}
        for record in records:
            for entry in record.outbox:
                if order(entry.at) > order(since[entry.bulk]):
                    continue
                for connection in entry.to:
                    late.setdefault((connection, entry.bulk), {})[record.id] = None
