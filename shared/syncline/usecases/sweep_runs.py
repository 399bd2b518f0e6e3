"""The sweeper: fails runs whose lease ended and that no later leg took over, and says so; starts
those that were asked for and that nobody has begun."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from syncline.engine.moments import canonical_instant
from syncline.errors import NotFoundError
from syncline.ports import (
    Clock,
    Configuration,
    JobStarter,
    Lease,
    Notifications,
    Run,
    Runs,
    RunStatus,
)
from syncline.usecases.find import find_job
from syncline.usecases.resolve_job import load_job
from syncline.usecases.run_ends import news, next_state
from syncline.usecases.start_run import wake

GRACE: Final = timedelta(minutes=10)
"""The leg's own follow-up schedule comes first; only when that failed too is the run given up."""
_SURELY: Final = timedelta(minutes=2)
"""Whoever asked for a run has started it by then, or never will."""


@dataclass(frozen=True, slots=True)
class SweepRuns:
    """Runs every few minutes. Never touches a run whose lease is live or was handed over lately."""

    configuration: Configuration
    runs: Runs
    starter: JobStarter
    notifications: Notifications
    clock: Clock

    def __call__(self) -> tuple[str, ...]:
        """The ids of the runs that were failed now."""
        now = self.clock.now()
        failed = [self._fail(lease) for lease in list(self.runs.expired(now - GRACE))]
        for run in self.runs.asked(now - _SURELY):
            self._start(run)
        return tuple(run.id for run in failed if run is not None)

    def _fail(self, lease: Lease) -> Run | None:
        run = self.runs.get(lease.workspace, lease.run)
        if run is None:
            return None
        error = {
            "code": "lease_expired",
            "message": f"leg {lease.leg} stopped without a word and no other leg went on",
            "remedy": "resume the run: it goes on from its checkpoint",
        }
        ended = canonical_instant(self.clock.now())
        failed = self._told(replace(run, status=RunStatus.FAILED, error=error, ended_at=ended))
        state = next_state(self.runs.state(lease.workspace, lease.job), failed)
        return failed if self.runs.abandon(lease, failed, state) else None

    def _told(self, run: Run) -> Run:
        try:
            setup = load_job(self.configuration, run.workspace, run.job)
        except NotFoundError:
            return run
        known, told = news(self.runs, run, setup)
        if told is not None:
            subject, text, message = told
            self.notifications.publish(subject=subject, text=text, message=message)
        return known

    def _start(self, run: Run) -> None:
        """Not while another run of its job is at work, which wakes it at its end. What has no job
        any more is left to its time."""
        if self.runs.state(run.workspace, run.job).run not in (None, run.id):
            return
        try:
            job = find_job(self.configuration, run.workspace, run.job)
        except NotFoundError:
            return
        wake(self.starter, run, kind=job.kind)
