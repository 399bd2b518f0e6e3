"""Who makes jobs go on: the server between requests, and looks at their status.

A job works in slices, so that no request waits for long. Without a server (in one process) a look
at the status does all that is left.
"""

from __future__ import annotations

import asyncio
import traceback
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from local.salesforce.bulk.allocation import Allocation
from local.salesforce.bulk.ingest import IngestJob
from local.salesforce.bulk.query import QueryJob
from local.salesforce.bulk.reuse import Reuse
from local.salesforce.bulk.states import KEPT, TERMINAL, Desk, JobState, Pace, Steering
from local.salesforce.store.transactions import Transaction
from local.salesforce.store.veil import Sight

if TYPE_CHECKING:
    from local.salesforce.org import Org

Job = QueryJob | IngestJob

#: How long the server waits for a chunk that commits late before it looks again.
_NAP_SECONDS: Final = 0.05


class Progress(Enum):
    """What one turn of the server came to."""

    WORKED = auto()
    WAITING = auto()
    IDLE = auto()


class Runner:
    """The jobs that are ready, in turn; `wake` is set by a server that runs them."""

    def __init__(self) -> None:
        self.allocation = Allocation()
        self.reuse = Reuse()
        self.armed: list[Steering] = []
        self.wake: Callable[[], None] | None = None
        self._ready: deque[str] = deque()

    def __getstate__(self) -> dict[str, object]:
        """All but the server, which is not of the org."""
        return {**vars(self), "wake": None}

    def start(self, job: Job) -> None:
        """Let a job go on from now; the first that starts takes what was armed for the next."""
        if self.armed:
            job.steering = self.armed.pop(0)
        self.ready(job)

    def ready(self, job: Job) -> None:
        """Put a job back in turn."""
        if job.id not in self._ready:
            self._ready.append(job.id)
        if self.wake is not None:
            self.wake()

    def turn(self, org: Org) -> Progress:
        """One slice of the next job."""
        for _ in range(len(self._ready)):
            job = org.jobs.get(self._ready.popleft())
            if job is None or job.done or _held(job):
                continue
            worked = advance(org, job)
            if not job.done:
                self._ready.append(job.id)
            return Progress.WORKED if worked or job.done else Progress.WAITING
        return Progress.WORKED if org.bulk_v1.turn(org) else Progress.IDLE

    def look(self, org: Org, job: Job) -> None:
        """One look at the status: counted, and work is done for it."""
        slices = 0
        limit = None if self.wake is None else org.settings.bulk_slices_per_poll
        while (limit is None or slices < limit) and advance(org, job):
            slices += 1
        job.polls += 1
        settle(org, job)

    def forget(self) -> None:
        """Begin anew, as after a snapshot was restored."""
        self.allocation = Allocation()
        self.armed.clear()
        self._ready.clear()


def advance(org: Org, job: Job) -> bool:
    """One slice of a job, unless it is held; False when nothing could be done."""
    now = org.clock.stamp()
    if job.done or job.state in TERMINAL or job.state is JobState.OPEN:
        return False
    if job.steering.fail_after == 0:
        job.end(JobState.FAILED, now, job.steering.message)
    elif not _held(job):
        return _slice(org, job)
    _note_transaction(org, job)
    return False


def _held(job: Job) -> bool:
    return job.steering.hold_after == 0


def _slice(org: Org, job: Job) -> bool:
    if job.state is JobState.UPLOAD_COMPLETE:
        job.state, job.changed = JobState.IN_PROGRESS, org.clock.stamp()
    org.database.veil.show(Sight.QUERY)
    try:
        worked = job.step(desk_of(org, job.origin.user_id))
    except Exception as error:  # noqa: BLE001  one job must not stop all others
        traceback.print_exc()
        job.end(JobState.FAILED, org.clock.stamp(), f"InternalServerError : {error}")
        worked = False
    if worked:
        job.steering.counted()
    _note_transaction(org, job)
    settle(org, job)
    return worked


def _note_transaction(org: Org, job: Job) -> None:
    """A chunk that is not committed holds back `latestDateCovered`, as any transaction does."""
    name, since = f"bulk-{job.id}", job.pending_since
    if since is None:
        org.transactions.pop(name, None)
    else:
        org.transactions[name] = Transaction(name, since, ())


def settle(org: Org, job: Job) -> None:
    """A job that did its work is complete once enough looks were taken at it."""
    needed = org.settings.bulk_in_progress_polls
    if job.done and job.state not in TERMINAL and (job.polls > needed or needed == 0):
        job.end(JobState.COMPLETE, org.clock.stamp())


def desk_of(org: Org, user_id: str) -> Desk:
    """What a slice works with."""
    settings = org.settings
    pace = Pace(
        commit_delay_seconds=settings.bulk_commit_delay_seconds,
        lock_contention=settings.bulk_lock_contention,
        shuffled_chunks=settings.bulk_shuffled_chunks,
        daily_batches=settings.bulk_daily_batches,
        daily_records=settings.bulk_daily_records,
    )
    return Desk(org.acting(user_id), pace, org.runner.allocation, org.runner.reuse)


def prune(org: Org) -> None:
    """Jobs that ended a week ago are gone."""
    now = org.clock.now()
    for job in tuple(org.jobs.values()):
        if job.state in TERMINAL and job.changed is not None and now - job.changed > KEPT:
            job.discard()
            del org.jobs[job.id]


def steer(org: Org, job: Job | None, steering: Steering) -> None:
    """Hold or fail one job, or the next that starts."""
    if job is None:
        org.runner.armed.append(steering)
        return
    job.steering = replace(steering)
    org.runner.ready(job)


@asynccontextmanager
async def working(org: Org) -> AsyncIterator[None]:
    """Jobs go on between requests, for as long as the block lasts."""
    task = asyncio.ensure_future(_keep_working(org))
    try:
        yield
    finally:
        task.cancel()
        org.runner.wake = None


async def _keep_working(org: Org) -> None:
    awake = asyncio.Event()
    org.runner.wake = awake.set
    awake.set()
    while True:
        await awake.wait()
        awake.clear()
        await _work_off(org)


async def _work_off(org: Org) -> None:
    """Every slice gives way to the requests that came meanwhile."""
    found = org.runner.turn(org)
    while found is not Progress.IDLE:
        nap = _NAP_SECONDS if found is Progress.WAITING else 0
        await asyncio.sleep(nap)
        found = org.runner.turn(org)
