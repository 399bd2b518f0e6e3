"""Whose turn it is: runs that meet at one CRM object take turns, and open creations come first.

A run that must wait ends its leg and looks again later; waiting costs no request to the CRM.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from syncline.errors import ConfigurationError
from syncline.kinds.kind import Direction
from syncline.ports import Clock, Configuration, Run, Runs, RunStatus, Schedules, Turnstile
from syncline.usecases.leg import CancelledError, LegLostError
from syncline.usecases.pairs import (
    ANNOUNCED,
    PLACE,
    PLAN_ANEW,
    in_the_way,
    left_behind,
    neighbours,
    next_place,
    unsettled,
)
from syncline.usecases.resolve_job import JobSetup
from syncline.usecases.run_outbound_leg import STOPPED
from syncline.usecases.writers_turn import WritersTurn

HANDOVER: Final = timedelta(seconds=5)
"""Until the next leg of a run, or of one that was woken, begins."""
TURN: Final = timedelta(seconds=60)
"""Until a run looks again whether the other one has ended."""
WOKEN: Final = "woken"
"""Option of a run that waits: the other run that it has woken, the leg of that one at the time,
and how often it was looked at."""
WAITED: Final = "waited"
"""Option of such a run: how many of its legs did nothing but wait."""
_MOST_LEGS: Final = 500
_MOST_LOOKS: Final = 15
"""Looks at a run that is woken and does not begin, before somebody is told."""
_LATELY: Final = 5
"""Runs of a job among which one may be queued."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Between jobs of the two directions on one connection, and the writers of changes."""

    configuration: Configuration
    runs: Runs
    schedules: Schedules
    turnstile: Turnstile
    clock: Clock

    def __call__(self, run: Run, setup: JobSetup, *, deadline: datetime) -> tuple[Run, bool]:
        """The run as it goes on, and whether it must wait for a TURN.

        It waits while a job of the other direction is at work on the same CRM object. One that
        ended with creations nobody has settled is woken; ConfigurationError if it then ends so
        again or does not begin. ConfigurationError, too, after too many legs.
        """
        _check(run)
        if unsettled(run):
            return run, False
        if setup.kind.direction is Direction.WRITE_BACK:
            return self._enter(run, setup.job.connection, deadline)
        if self._writer_at_work(run, setup):
            return _waiting(run), True
        run = self._placed(run, setup)
        if PLAN_ANEW not in run.options:
            return self._wait(run, self._theirs(run, setup))
        return self._go_on(run, setup)

    @property
    def _writers(self) -> WritersTurn:
        return WritersTurn(self.configuration, self.runs, self.turnstile, self.clock)

    def _enter(self, run: Run, connection: str, deadline: datetime) -> tuple[Run, bool]:
        """A plan whose place was not held all the time is made anew: others may have written."""
        holds = self._writers.holds(run, connection)
        if run.frame and not holds and PLAN_ANEW not in run.options:
            run = self._stored(_noted(run, PLAN_ANEW, True))
        enter = self._writers.stay if has_planned(run) else self._writers.enter
        entered = enter(run, connection, deadline=deadline)
        return (run, False) if entered else (_waiting(run), True)

    def leave(self, run: Run, setup: JobSetup) -> None:
        """A run that has ended lets the next one in."""
        if setup.kind.direction is Direction.WRITE_BACK:
            self._writers.leave(run, setup.job.connection)

    def _writer_at_work(self, run: Run, setup: JobSetup) -> bool:
        if setup.kind.direction is not Direction.OUTBOUND or has_planned(run):
            return False
        return self._writers.is_taken((run.workspace, setup.job.connection, setup.kind.object))

    def _placed(self, run: Run, setup: JobSetup) -> Run:
        """One that looks has its place first, so that whoever looks later sees it before him."""
        if run.frame or PLACE in run.options:
            return run
        others = [name for name, _ in neighbours(self.configuration, setup)]
        if not others:
            return run
        now, connection = self.clock.now().isoformat(), setup.job.connection
        place = next_place(self.runs, run.workspace, others, connection=connection, now=now)
        return self._stored(_noted(run, PLACE, place))

    def _go_on(self, run: Run, setup: JobSetup) -> tuple[Run, bool]:
        """A run that was resumed lets those at work pass. It looks once more when all can see that
        it goes on, for one that began in between has not waited for it."""
        waiting = _noted(run, PLAN_ANEW, True)
        theirs = self._theirs(waiting, setup)
        if theirs is None:
            run = self._stored(_noted(run, PLAN_ANEW, ANNOUNCED))
            theirs = self._theirs(waiting, setup)
        return self._wait(run if theirs is None else waiting, theirs)

    def _theirs(self, run: Run, setup: JobSetup) -> tuple[Run, str] | None:
        """The run that must end first, and its kind."""
        for name, kind in neighbours(self.configuration, setup):
            theirs = in_the_way(self.runs, run, name, connection=setup.job.connection)
            if theirs is not None:
                return theirs, kind
        return None

    def _wait(self, run: Run, found: tuple[Run, str] | None) -> tuple[Run, bool]:
        if found is None:
            return run, False
        theirs, kind = found
        waiting = _waiting(run)
        if theirs.status is not RunStatus.RUNNING:
            waiting = _noted(waiting, WOKEN, _looked_at(theirs, run.options.get(WOKEN, {})))
            self._stored(waiting)
            if theirs.status is not RunStatus.PAUSED:
                self.wake(theirs, kind)
        return waiting, True

    def _stored(self, run: Run) -> Run:
        if not self.runs.checkpoint(run):
            raise LegLostError("another leg of this run has taken over", code="leg_lost")
        return run

    def wake(self, run: Run, kind: str) -> None:
        """The job's Lambda is started for that run, by a schedule that survives us."""
        at = self.clock.now() + HANDOVER
        self.schedules.put_leg(run, kind=kind, leg=run.leg + 1, at=at)

    def settling(self, left: Run, setup: JobSetup) -> Run | None:
        """Before anything else, whatever the start asks for: the run that has left creations
        behind goes on where it ended. One that was cancelled sends nothing more."""
        options = {name: value for name, value in left.options.items() if name != "faults"}
        options.setdefault(STOPPED, True)
        reopened = self.runs.reopen(replace(left, options=options))
        return self.runs.get(setup.workspace_name, left.id) if reopened else None

    def left_behind(self, job: str, setup: JobSetup) -> Run | None:
        if setup.kind.direction is not Direction.OUTBOUND:
            return None
        connection = setup.job.connection
        return left_behind(self.runs, setup.workspace_name, job, connection=connection)


def queued(runs: Runs, workspace: str, job: str) -> Run | None:
    """The newest run that was asked for and that nobody has begun."""
    lately = runs.page(workspace, job, limit=_LATELY)
    return next((run for run in lately if run.status is RunStatus.QUEUED), None)


def _noted(run: Run, option: str, value: Any) -> Run:
    return replace(run, options={**run.options, option: value})


def has_planned(run: Run) -> bool:
    """And whether what it has planned still counts."""
    return bool(run.frame) and PLAN_ANEW not in run.options


def _waiting(run: Run) -> Run:
    return _noted(run, WAITED, run.options.get(WAITED, 0) + 1)


def _check(run: Run) -> None:
    if run.leg - run.options.get(WAITED, 0) > _MOST_LEGS:
        raise ConfigurationError(
            f"the run needed more than {_MOST_LEGS} legs", code="too_many_legs"
        )
    if run.cancel:
        raise CancelledError("cancelled on request", code="cancelled")


def _looked_at(theirs: Run, before: dict[str, Any]) -> dict[str, Any]:
    """ConfigurationError where waking has not helped."""
    if before.get("run") != theirs.id:
        return {"run": theirs.id, "leg": theirs.leg, "looks": 1}
    if theirs.leg > before["leg"] or before["looks"] >= _MOST_LOOKS:
        raise ConfigurationError(
            f"the run {theirs.id} has created records in the CRM and not linked them; read now "
            "they would be taken for new ones",
            code="pair_unsettled",
            field="job",
            remedy=f"see why {theirs.id} ended, mend it and start {theirs.job}: it settles them "
            "first",
        )
    return {**before, "looks": before["looks"] + 1}
