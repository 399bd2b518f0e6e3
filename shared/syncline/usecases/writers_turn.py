"""Who may write an object of the platform to a connection: one writer of changes at a time, and
none beside a scheduled run that goes the same way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from syncline.kinds.kind import Direction
from syncline.kinds.registry import KINDS
from syncline.ports import Clock, Configuration, JobState, Run, Runs, Turnstile
from syncline.usecases.find import find_jobs
from syncline.usecases.resolve_job import JobSetup

OBJECT: Final = "object"
"""Option of a run of bulk write-back: the platform object that it drains."""
_HELD: Final = timedelta(minutes=5)
"""Beyond the end of a leg: by then the next one has begun, also after a death of this one."""

Place = tuple[str, str, str]
"""Workspace, connection, platform object."""


def written_place(run: Run, setup: JobSetup) -> Place:
    """Where a run that goes to the CRM writes."""
    object = run.options.get(OBJECT, setup.kind.object)
    return run.workspace, setup.job.connection, object


def named(place: Place) -> str:
    """As the turnstile knows it."""
    return "|".join(place)


def outbound_states(configuration: Configuration, runs: Runs, place: Place) -> list[JobState]:
    """Of the scheduled jobs that write there."""
    workspace, connection, object = place
    return [
        runs.state(workspace, name)
        for name, job in find_jobs(configuration, workspace).items()
        if KINDS[job.kind].direction is Direction.OUTBOUND
        and KINDS[job.kind].object == object
        and job.connection == connection
    ]


def at_work(scheduled: Sequence[JobState]) -> bool:
    """Whether a scheduled run has planned, perhaps with values that are older than ours: it ends
    first."""
    return any(state.run is not None for state in scheduled)


@dataclass(frozen=True, slots=True)
class WritersTurn:
    """A run of bulk write-back holds its place from its plan to its end, over all its legs. An
    outbound run holds none: that it is its job's unfinished one is what the writers look at."""

    configuration: Configuration
    runs: Runs
    turnstile: Turnstile
    clock: Clock

    def holds(self, run: Run, connection: str) -> bool:
        place = named(_place(run, connection))
        return self.turnstile.holder(place, now=self.clock.now()) == run.id

    def enter(self, run: Run, connection: str, *, deadline: datetime) -> bool:
        """Before a plan is made. Who enters first and looks second cannot miss an outbound run that
        begins and looks at the same time."""
        if not self.stay(run, connection, deadline=deadline):
            return False
        if at_work(outbound_states(self.configuration, self.runs, _place(run, connection))):
            self.leave(run, connection)
            return False
        return True

    def stay(self, run: Run, connection: str, *, deadline: datetime) -> bool:
        """Until a while after `deadline`, the end of the leg."""
        place, until = named(_place(run, connection)), deadline + _HELD
        return self.turnstile.enter(place, run.id, now=self.clock.now(), until=until)

    def leave(self, run: Run, connection: str) -> None:
        self.turnstile.leave(named(_place(run, connection)), run.id)

    def is_taken(self, place: Place) -> bool:
        return self.turnstile.holder(named(place), now=self.clock.now()) is not None


def _place(run: Run, connection: str) -> Place:
    return run.workspace, connection, run.options[OBJECT]
