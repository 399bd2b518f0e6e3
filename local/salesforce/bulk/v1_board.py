"""All Bulk 1.0 jobs of an org, and whose turn it is.

As with Bulk 2.0 the server works between requests, a look does some of it too, and how many looks
a batch is in progress for is a setting; without a server, closing the job or a look at it does all
that is left.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING, Final

from local.salesforce.bulk.v1 import ENDED, Batch, BatchState, Job, JobState
from local.salesforce.bulk.v1_work import work_of
from local.salesforce.ids import mint

if TYPE_CHECKING:
    from local.salesforce.org import Org

_END: Final = object()


class Board:
    """Jobs by id; batches wait in the order they came."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self._waiting: deque[tuple[Job, Batch]] = deque()

    def add(self, org: Org, job: Job, content: bytes, *, whole: bool = True) -> Batch:
        """A new batch, put in turn."""
        batch_id = mint("751", org.database.reserve("751"))
        batch = Batch(batch_id, job.id, org.clock.stamp(), org.scratch, whole=whole)
        batch.request.write_bytes(content)
        job.batches[batch.id] = batch
        self._waiting.append((job, batch))
        if org.runner.wake is not None:
            org.runner.wake()
        return batch

    def turn(self, org: Org) -> bool:
        """One step of the batch whose turn it is; False when none waits."""
        while self._waiting:
            job, batch = self._waiting[0]
            begun = batch.work is not None
            if begun or (batch.outcome is None and batch.state not in ENDED):
                self._step(org, job, batch)
                return True
            self._waiting.popleft()
        return False

    def _step(self, org: Org, job: Job, batch: Batch) -> None:
        if batch.work is None:
            batch.work = work_of(job, batch, org.acting(job.user_id))
            batch.changed = org.clock.stamp()
        if next(batch.work, _END) is _END:
            batch.work = None
            self.settle(org, batch)
            for statement in batch.chunks:
                org.runner.allocation.take_batch(org.clock.now(), org.settings.bulk_daily_batches)
                self.add(org, job, statement.encode(), whole=False)

    def look(self, org: Org, job: Job, batches: Iterable[Batch]) -> None:
        """One look at some batches: counted, and shown as their number allows.

        In a serial job a look at any batch counts for the first that has not ended.
        """
        self._work(org)
        for batch in batches:
            seen = _first_open(job) if job.order.serial else batch
            if seen is not None and seen.state not in ENDED:
                seen.polls += 1
                seen.state = BatchState.IN_PROGRESS
                self.settle(org, seen)

    def settle(self, org: Org, batch: Batch) -> None:
        """A batch that did its work has ended once enough looks were taken at it."""
        needed = org.settings.bulk_in_progress_polls
        if batch.outcome is not None and (batch.polls > needed or needed == 0):
            batch.state, batch.changed = batch.outcome, org.clock.stamp()

    def _work(self, org: Org) -> None:
        """What waits: some steps, or all of them where no server works between requests."""
        steps = count() if org.runner.wake is None else range(org.settings.bulk_slices_per_poll)
        for _ in steps:
            if not self.turn(org):
                return

    def close(self, org: Org, job: Job) -> None:
        """No more batches; those that are there go on."""
        job.state, job.changed = JobState.CLOSED, org.clock.stamp()
        if org.runner.wake is None:
            self._work(org)

    def abort(self, org: Org, job: Job) -> None:
        """Batches that did not begin never will; the others go on to their end."""
        job.state, job.changed = JobState.ABORTED, org.clock.stamp()
        for batch in job.batches.values():
            if batch.work is None and batch.outcome is None:
                batch.state, batch.changed = BatchState.NOT_PROCESSED, org.clock.stamp()

    def forget(self) -> None:
        """Begin anew, as after a snapshot was restored."""
        self.jobs.clear()
        self._waiting.clear()


def _first_open(job: Job) -> Batch | None:
    return next((each for each in job.batches.values() if each.state not in ENDED), None)
