"""Runs a job: the lease, the legs and the end of a run, whatever happens in between."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from syncline.engine.ledger import Ledger
from syncline.engine.moments import canonical_instant
from syncline.errors import (
    ConfigurationError,
    InvariantError,
    NotFoundError,
    RateLimitedError,
    RetryableError,
    SyncError,
)
from syncline.kinds.kind import Direction
from syncline.ports import (
    Clock,
    Configuration,
    ConflictsFactory,
    CrmFactory,
    Journal,
    LinksFactory,
    Notifications,
    RecordsFactory,
    Run,
    RunMode,
    Runs,
    RunStatus,
    Schedules,
    Turnstile,
)
from syncline.usecases.abandon_jobs import abandon_left, without_jobs
from syncline.usecases.begun_elsewhere import refuse_another_connection, refuse_another_org
from syncline.usecases.frames import Frames
from syncline.usecases.leg import (
    CancelledError,
    DeletionGuardError,
    HandoverError,
    Leg,
    LegLostError,
)
from syncline.usecases.resolve_job import BATCH_SIZE, JobSetup, load_job
from syncline.usecases.run_ends import news, next_state, place_of
from syncline.usecases.run_leg import InboundLeg
from syncline.usecases.run_outbound_leg import OutboundLeg
from syncline.usecases.turns import HANDOVER, TURN, Turns, has_planned, queued
from syncline.usecases.writers_turn import outbound_states, written_place

_LEASE_MARGIN: Final = timedelta(seconds=30)
_FOLLOW_UP_MARGIN: Final = timedelta(seconds=60)
_MOST_FAULTS: Final = 5
Legs = Mapping[Direction, Callable[..., Leg]]
LEGS: Final[Legs] = MappingProxyType(
    {Direction.INBOUND: InboundLeg, Direction.OUTBOUND: OutboundLeg}
)
"""What works on the runs of a direction; that of write-back needs more than these."""
FINAL: Final = frozenset(
    {
        RunStatus.SUCCEEDED,
        RunStatus.PARTIAL,
        RunStatus.FAILED,
        RunStatus.PAUSED,
        RunStatus.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True)
class Start:
    """What a schedule, the API or the leg before hands to the job's Lambda.

    `run` is missing in the events of a job's own schedule; `moment` then names the run, so that a
    start delivered twice meets the run of the first. `leg` is set by legs only.
    """

    workspace: str
    job: str
    run: str | None = None
    leg: int | None = None
    moment: str | None = None
    trigger: str = "manual"


@dataclass(frozen=True, slots=True)
class RunJob:
    """Use case of every job kind's Lambda."""

    configuration: Configuration
    crm: CrmFactory
    links: LinksFactory
    records: RecordsFactory
    runs: Runs
    journal: Journal
    conflicts: ConflictsFactory
    schedules: Schedules
    notifications: Notifications
    turnstile: Turnstile
    clock: Clock
    batch_size: int = BATCH_SIZE
    legs: Legs = LEGS

    def __call__(self, start: Start, *, deadline: datetime) -> Run | None:
        """Works on one leg until `deadline`. None where there is nothing to do: another leg is
        at work, or the start came late or twice."""
        try:
            setup = load_job(self.configuration, start.workspace, start.job)
        except NotFoundError:
            if start.run is None:
                raise
            return None
        run = self._run_to_work_on(start, setup)
        if run is None:
            return None
        until = deadline + _LEASE_MARGIN
        follow_up = until + _FOLLOW_UP_MARGIN
        self.schedules.put_leg(run, kind=setup.job.kind, leg=run.leg + 2, at=follow_up)
        begun = self.runs.begin_leg(run, now=self.clock.now(), until=until)
        if begun is None:
            return None
        return self._work(begun, setup, deadline)

    def _run_to_work_on(self, start: Start, setup: JobSetup) -> Run | None:
        """The job's unfinished run if there is one, else the one asked for, else a new one. One
        that was queued and whose start was lost is taken up in place of one that has ended or is
        new."""
        unfinished = self.runs.state(start.workspace, start.job).run
        if unfinished is None and (left := self._turns.left_behind(start.job, setup)) is not None:
            return self._turns.settling(left, setup) if setup.connection.enabled else None
        wanted = unfinished or start.run
        if wanted is not None:
            run = self.runs.get(start.workspace, wanted)
            if run is not None and run.status in FINAL:
                return queued(self.runs, start.workspace, start.job)
            late = start.leg is not None and run is not None and start.leg <= run.leg
            return None if late else run
        if start.leg is not None or not (setup.job.enabled and setup.connection.enabled):
            return None
        return queued(self.runs, start.workspace, start.job) or self._new_run(start)

    def _new_run(self, start: Start) -> Run | None:
        now = self.clock.now()
        run = Run(
            workspace=start.workspace,
            job=start.job,
            id=run_id(start.job, start.moment or canonical_instant(now)),
            mode=RunMode.INCREMENTAL,
            status=RunStatus.QUEUED,
            created_at=canonical_instant(now),
            trigger=start.trigger,
        )
        if self.runs.create(run):
            return run
        stored = self.runs.get(run.workspace, run.id)
        return stored if stored and stored.status is RunStatus.QUEUED else None

    @property
    def _turns(self) -> Turns:
        return Turns(self.configuration, self.runs, self.schedules, self.turnstile, self.clock)

    def _work(self, run: Run, setup: JobSetup, deadline: datetime) -> Run | None:
        leg: Leg | None = None
        try:
            run, waits = self._turns(run, setup, deadline=deadline)
            if waits:
                return self._hand_over(run, setup, TURN)
            leg = self._open_leg(run, setup, deadline)
            done = leg.work()
            return self._end(self._counted(done, leg), setup, _verdict(done))
        except SyncError as exc:
            return self._stop(_now(leg, run), setup, exc)
        except Exception as exc:  # noqa: BLE001 the run must end, and its words may hold a value
            known = InvariantError(f"an error in Syncline itself: {place_of(exc)}")
            self._end(_failed(_now(leg, run), known), setup, RunStatus.FAILED)
            raise known from None

    def _stop(self, run: Run, setup: JobSetup, exc: SyncError) -> Run | None:
        """What to do next is the error's type; the checkpoint is where the run stands."""
        match exc:
            case LegLostError():
                return None
            case HandoverError():
                return self._hand_over(run, setup, timedelta(seconds=exc.seconds))
            case RetryableError():
                return self._try_later(run, setup, exc)
            case CancelledError():
                return self._end(run, setup, RunStatus.CANCELLED)
            case DeletionGuardError():
                return self._end(_failed(run, exc), setup, RunStatus.PAUSED)
            case _:
                return self._end(_failed(run, exc), setup, RunStatus.FAILED)

    def _open_leg(self, run: Run, setup: JobSetup, deadline: datetime) -> Leg:
        crm = self.crm(run.workspace, setup.job.connection)
        state = self.runs.state(run.workspace, run.job)
        refuse_another_org(setup, crm, state)
        refuse_another_connection(setup, run)
        if setup.kind.direction is not Direction.INBOUND and not has_planned(run):
            place = written_place(run, setup)
            scheduled = outbound_states(self.configuration, self.runs, place)
            abandon_left(self.runs, crm, place, scheduled, stopped=set())
        frames = Frames(self.configuration, self.runs, self.clock.now())
        leg = self.legs[setup.kind.direction](
            setup=setup,
            run=run,
            crm=crm,
            links=self.links(run.workspace, setup.job.connection),
            records=self.records(run.workspace),
            runs=self.runs,
            journal=self.journal,
            conflicts=self.conflicts(run.workspace),
            clock=self.clock,
            deadline=deadline,
            batch_size=self.batch_size,
            linked=state.linked + frames.linked_by_partner(setup),
        )
        if not run.frame:
            frame = frames(setup, crm, run)
            begun = canonical_instant(self.clock.now())
            ledger = Ledger().to_json()
            leg.begin(replace(run, frame=frame, ledger=ledger, started_at=begun))
        return leg

    def _counted(self, run: Run, leg: Leg) -> Run:
        return replace(run, requests=run.requests + leg.crm.requests())

    def _hand_over(self, run: Run, setup: JobSetup, wait: timedelta) -> Run | None:
        if not self.runs.handover(run):
            return None
        at = self.clock.now() + max(wait, HANDOVER)
        self.schedules.put_leg(run, kind=setup.job.kind, leg=run.leg + 1, at=at)
        return run

    def _try_later(self, run: Run, setup: JobSetup, exc: RetryableError) -> Run | None:
        """A passing fault costs a leg; several in a row without progress fail or pause the run."""
        faults = run.options.get("faults", {})
        count = faults.get("count", 0) + 1 if faults.get("batch") == run.batch else 1
        if isinstance(exc, RateLimitedError) and exc.daily:
            return self._end(_failed(run, exc), setup, RunStatus.PAUSED)
        if count >= _MOST_FAULTS:
            return self._end(_failed(run, exc), setup, RunStatus.FAILED)
        noted = replace(
            run, options={**run.options, "faults": {"batch": run.batch, "count": count}}
        )
        wait = exc.retry_after_seconds if isinstance(exc, RateLimitedError) else 60 * count
        return self._hand_over(noted, setup, timedelta(seconds=wait))

    def _end(self, run: Run, setup: JobSetup, status: RunStatus) -> Run | None:
        """Tells people first: a crash in between tells them twice, never not at all. What follows
        is woken before our own next leg, which would find it, is called off."""
        ended = replace(run, status=status, ended_at=canonical_instant(self.clock.now()))
        ended = without_jobs(ended, self.crm, setup.job.connection)
        ended, told = news(self.runs, ended, setup)
        if told is not None:
            subject, text, message = told
            self.notifications.publish(subject=subject, text=text, message=message)
        state = self.runs.state(run.workspace, run.job)
        if not self.runs.finish(ended, next_state(state, ended)):
            return None
        self._turns.leave(ended, setup)
        following = queued(self.runs, run.workspace, run.job)
        if following is not None:
            self._turns.wake(following, setup.job.kind)
        for leg in {max(ended.leg, 2), ended.leg + 1}:
            self.schedules.delete_leg(ended, leg=leg)
        return ended


def _now(leg: Leg | None, run: Run) -> Run:
    """The run as last stored, with the requests this leg has made."""
    if leg is None:
        return run
    return replace(leg.run, requests=leg.run.requests + leg.crm.requests())


def _failed(run: Run, exc: SyncError) -> Run:
    error = {"code": exc.code, "message": exc.message}
    if isinstance(exc, ConfigurationError):
        error.update({"field": exc.field or "", "remedy": exc.remedy or ""})
    return replace(run, error=error)


def _verdict(run: Run) -> RunStatus:
    trouble = Ledger.from_json(run.ledger).trouble
    return RunStatus.PARTIAL if trouble or run.error else RunStatus.SUCCEEDED


def run_id(job: str, moment: str) -> str:
    """`<job>.<YYYYMMDDTHHMMSSZ>`: sorts by start, and says when it was."""
    return f"{job}.{moment.replace('-', '').replace(':', '')}"
