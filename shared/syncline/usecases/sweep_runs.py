"""The sweeper: fails runs whose lease ended and that no later leg took over, and says so."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from syncline.engine.coercion import canonical_instant
from syncline.errors import NotFoundError
from syncline.ports import Clock, Configuration, Lease, Notifications, Run, Runs, RunStatus
from syncline.usecases.report_run import report
from syncline.usecases.resolve_job import load_job

GRACE: Final = timedelta(minutes=10)
"""The leg's own follow-up schedule comes first; only when that failed too is the run given up."""


@dataclass(frozen=True, slots=True)
class SweepRuns:
    """Runs every few minutes. Never touches a run whose lease is live or was handed over lately."""

    configuration: Configuration
    runs: Runs
    notifications: Notifications
    clock: Clock

    def __call__(self) -> tuple[str, ...]:
        """The ids of the runs that were failed now."""
        now = self.clock.now()
        failed = [self._fail(lease) for lease in list(self.runs.expired(now - GRACE))]
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
        failed = replace(run, status=RunStatus.FAILED, error=error, ended_at=ended)
        self._tell(failed)
        return failed if self.runs.abandon(lease, failed) else None

    def _tell(self, run: Run) -> None:
        try:
            setup = load_job(self.configuration, run.workspace, run.job)
        except NotFoundError:
            return
        told = report(run, setup)
        if told is not None:
            subject, text, message = told
            self.notifications.publish(subject=subject, text=text, message=message)
