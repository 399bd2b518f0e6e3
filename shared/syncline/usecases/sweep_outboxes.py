"""The sweeper's second errand: what waits in outboxes though no message speaks of it any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from syncline.engine.moments import canonical_instant, order
from syncline.engine.records import PlatformRecord
from syncline.ports import (
    Clock,
    Configuration,
    Drain,
    RecordsFactory,
    WriteBackQueues,
)
from syncline.usecases.write_back_now import TRIES
from syncline.usecases.written_objects import written_objects

_MOST: Final = 5_000
"""Records of an object and writer that one sweep looks at: those that wait longest."""
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
        found = self._waiting(workspace, object)
        late = self._late(found)
        drains = [
            # One try: if the org still does not answer, the next sweep comes again.
            Drain(workspace, connection, object, tuple(ids), bulk, delays=TRIES)
            for (connection, bulk), ids in late.items()
        ]
        if drains:
            self.queues.send(drains)
        return len({own for ids in late.values() for own in ids})

    def _waiting(self, workspace: str, object: str) -> Sequence[PlatformRecord]:
        """Where there are more than one look shows, each connection is looked at by itself: those
        that wait longest may all be for one that cannot be reached."""
        records = self.records(workspace)
        ids: dict[str, None] = {}
        for bulk in (False, True):
            found = records.waiting(object, bulk=bulk, limit=_MOST)
            ids |= dict.fromkeys(found)
            if len(found) == _MOST:
                for name, _ in self.configuration.all(workspace, "connection"):
                    more = records.waiting(object, bulk=bulk, limit=_MOST, connection=name)
                    ids |= dict.fromkeys(more)
        return list(records.get(object, list(ids)).values()) if ids else []

    def _late(self, records: Sequence[PlatformRecord]) -> dict[_Where, dict[str, None]]:
        now = self.clock.now()
        since = {bulk: canonical_instant(now - grace) for bulk, grace in _GRACE.items()}
        late: dict[_Where, dict[str, None]] = {}
        for record in records:
            for entry in record.outbox:
                if order(entry.at) > order(since[entry.bulk]):
                    continue
                for connection in entry.to:
                    late.setdefault((connection, entry.bulk), {})[record.id] = None
        return late
