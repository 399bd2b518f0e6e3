"""Whose turn it is: runs that meet at one CRM object take turns, and open creations come first.

A run that must wait ends its leg and looks again later; waiting costs no request to the CRM.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from syncline.errors import ConfigurationError
from syncline.kinds.kind import Direction
from syncline.ports import Clock, Configuration, Run, Runs, RunStatus, Schedules
from syncline.usecases.leg import CancelledError, HandoverError
from syncline.usecases.pairs import in_the_way, left_behind, neighbours, unsettled
from syncline.usecases.resolve_job import JobSetup
from syncline.usecases.run_outbound_leg import STOPPED

HANDOVER: Final = timedelta(seconds=5)
"""Until the next leg of a run, or of one that was woken, begins."""
_TURN: Final = 60
"""Seconds until a run looks again whether the other one has ended."""
_MOST_LEGS: Final = 500
_MOST_WAITS: Final = 15
"""Looks at a run of the other job that nobody works on, before somebody is told."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Between jobs of the two directions on one connection."""

    configuration: Configuration
    runs: Runs
    schedules: Schedules
    clock: Clock

    def __call__(self, run: Run, setup: JobSetup) -> None:
        """ConfigurationError after too many legs.

        HandoverError while a job of the other direction is at work on the same CRM object; one
        that ended with creations nobody has settled is woken, and told of if that does not help.
        """
        _check(run)
        if unsettled(run):
            return
        for name, kind in neighbours(self.configuration, setup):
            theirs = in_the_way(self.runs, run, name, connection=setup.job.connection)
            if theirs is None:
                continue
            if theirs.status is not RunStatus.RUNNING:
                if run.leg > _MOST_WAITS:
                    raise _unsettled_pair(theirs)
                if theirs.status is not RunStatus.PAUSED:
                    self.wake(theirs, kind)
            raise HandoverError(_TURN)

    def wake(self, run: Run, kind: str) -> None:
        """The job's Lambda is started for that run, by a schedule that survives us."""
        at = self.clock.now() + HANDOVER
        self.schedules.put_leg(run, kind=kind, leg=run.leg + 1, at=at)

    def settling(self, left: Run, setup: JobSetup) -> Run | None:
        """Before anything else, whatever the start asks for: the run that has left creations
        behind goes on where it ended. One that was cancelled sends nothing more."""
        options = {name: value for name, value in left.options.items() if name != "faults"}
        options[STOPPED] = True
        reopened = self.runs.reopen(replace(left, options=options))
        return self.runs.get(setup.workspace_name, left.id) if reopened else None

    def left_behind(self, job: str, setup: JobSetup) -> Run | None:
        if setup.kind.direction is not Direction.OUTBOUND:
            return None
        connection = setup.job.connection
        return left_behind(self.runs, setup.workspace_name, job, connection=connection)


def _check(run: Run) -> None:
    if run.leg > _MOST_LEGS:
        raise ConfigurationError(
            f"the run needed more than {_MOST_LEGS} legs", code="too_many_legs"
        )
    if run.cancel:
        raise CancelledError("cancelled on request", code="cancelled")


def _unsettled_pair(theirs: Run) -> ConfigurationError:
    return ConfigurationError(
        f"the run {theirs.id} of the other direction has created records in Salesforce and not "
        "linked them; read now they would be taken for new ones",
        code="pair_unsettled",
        field="job",
        remedy=f"see why {theirs.id} ended, mend it and start {theirs.job}: it settles them first",
    )
