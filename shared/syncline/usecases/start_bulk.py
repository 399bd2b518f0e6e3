"""Starts a run of bulk write-back for what a queue has gathered: one run at a time of a connection,
however many pollers deliver at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from syncline.engine.moments import canonical_instant
from syncline.ports import (
    Clock,
    Configuration,
    Drain,
    Journal,
    PlatformRecords,
    RecordsFactory,
    Run,
    RunMode,
    Runs,
    RunStatus,
    Turnstile,
    WriteBackQueues,
)
from syncline.usecases.bulk_write_back_leg import DELAYS
from syncline.usecases.plan_bulk_leg import MOST, told_aside
from syncline.usecases.plan_write_back import waiting_of
from syncline.usecases.run_job import run_id
from syncline.usecases.system_jobs import bulk_job_name, system_job
from syncline.usecases.turns import queued
from syncline.usecases.writers_turn import OBJECT, named

REST: Final = timedelta(minutes=15)
"""After a run that failed, was paused or cancelled its changes wait; the sweeper asks again."""
_BUSY: Final = 60
_LOCK: Final = timedelta(seconds=30)
_AT_ONCE: Final = 1000
_LATELY: Final = 5
"""Runs of other objects among which the last one of an object is looked for."""
_ILL: Final = frozenset({RunStatus.FAILED, RunStatus.PAUSED, RunStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Started:
    """The run whose first leg is to be worked on; else `why` there is none."""

    run: Run | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class StartBulk:
    """Use case of the bulk queue. Nothing but the outboxes says what is to be written, so a request
    that comes twice or late starts nothing."""

    configuration: Configuration
    records: RecordsFactory
    runs: Runs
    journal: Journal
    queues: WriteBackQueues
    turnstile: Turnstile
    clock: Clock

    def __call__(self, drain: Drain, *, holder: str) -> Started:
        """`drain` is what several messages about one place ask for together; `holder` is unique to
        this invocation. Two at once are kept apart by a turnstile of the job's own."""
        ids = self._waiting(drain)
        if not ids:
            return Started(why="nothing_waits")
        job = system_job(self.configuration, drain.workspace, bulk_job_name(drain.connection))
        if job is None:
            return self._leads_nowhere(drain, ids)
        if not job.enabled:
            return Started(why="connection_disabled")
        lock = named((drain.workspace, drain.connection, job.name))
        now = self.clock.now()
        if not self.turnstile.enter(lock, holder, now=now, until=now + _LOCK):
            return self._later(drain, "another_poller")
        try:
            return self._start(replace(drain, ids=ids), job.name, holder)
        finally:
            self.turnstile.leave(lock, holder)

    def _waiting(self, drain: Drain) -> tuple[str, ...]:
        """Those of the ids that have something for this connection; of a request that names none,
        whatever waits."""
        records = self.records(drain.workspace)
        connection = drain.connection
        asked = drain.ids or tuple(
            records.waiting(drain.object, bulk=True, limit=MOST, connection=connection)
        )
        return tuple(_with_something(records, drain, asked))

    def _leads_nowhere(self, drain: Drain, ids: tuple[str, ...]) -> Started:
        """The connection is gone; the other writer says so on the receipts."""
        self.queues.send([replace(drain, ids=ids, bulk=False, delays=0)])
        return Started(why="unknown_connection")

    def _start(self, drain: Drain, job: str, holder: str) -> Started:
        unfinished = self._unfinished(drain.workspace, job)
        if unfinished is not None:
            if unfinished.options.get(OBJECT) == drain.object:
                self._tell(unfinished, drain.ids, holder)
            return self._later(drain, "another_run")
        rest = self._rest(drain, job)
        if rest is not None:
            self.queues.send([drain], delay=rest)
            return Started(why="resting")
        return Started(self._create(drain, job, holder))

    def _unfinished(self, workspace: str, job: str) -> Run | None:
        """At work, or asked for."""
        id = self.runs.state(workspace, job).run
        return self.runs.get(workspace, id) if id else queued(self.runs, workspace, job)

    def _rest(self, drain: Drain, job: str) -> int | None:
        """Seconds until it is tried again what has just failed for the same object."""
        lately = self.runs.page(drain.workspace, job, limit=_LATELY)
        last = next((each for each in lately if each.options.get(OBJECT) == drain.object), None)
        if last is None or last.status not in _ILL:
            return None
        ended = datetime.fromisoformat(last.ended_at or last.created_at)
        left = int((ended + REST - self.clock.now()).total_seconds())
        return left if left > 0 else None

    def _later(self, drain: Drain, why: str) -> Started:
        self.queues.send([drain], delay=_BUSY)
        return Started(why=why)

    def _create(self, drain: Drain, job: str, holder: str) -> Run:
        """The id says the second of the start; a second run within it gets a number. What it was
        told of is stored first."""
        now = canonical_instant(self.clock.now())
        run = Run(
            workspace=drain.workspace,
            job=job,
            id=run_id(job, now),
            mode=RunMode.INCREMENTAL,
            status=RunStatus.QUEUED,
            created_at=now,
            trigger="write_back",
            options={OBJECT: drain.object, DELAYS: drain.delays},
        )
        candidate, number = run, 1
        self._tell(candidate, drain.ids, holder)
        while not self.runs.create(candidate):
            number += 1
            candidate = replace(run, id=f"{run.id}-{number:03d}")
            self._tell(candidate, drain.ids, holder)
        return candidate

    def _tell(self, run: Run, ids: Sequence[str], holder: str) -> None:
        """A run that has not made its list yet takes them up at once."""
        self.journal.put(run.workspace, told_aside(run.id), holder, {"ids": list(ids)})


def _with_something(records: PlatformRecords, drain: Drain, ids: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(ids), _AT_ONCE):
        found = records.get(drain.object, ids[start : start + _AT_ONCE])
        yield from waiting_of(found, drain.connection, bulk=True)
