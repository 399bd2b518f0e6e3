"""Asks a run to stop; it does so between two batches."""

from dataclasses import dataclass

from syncline.errors import ConflictError
from syncline.ports import Configuration, JobStarter, Run, Runs, RunStatus
from syncline.usecases.find import find_job, find_run, unknown
from syncline.usecases.run_job import FINAL
from syncline.usecases.start_run import wake


@dataclass(frozen=True, slots=True)
class CancelRun:
    """A queued run is woken, too, so that somebody reads the request."""

    configuration: Configuration
    runs: Runs
    starter: JobStarter

    def __call__(self, workspace: str, run: str) -> Run:
        """NotFoundError; ConflictError if it has ended."""
        found = find_run(self.runs, workspace, run)
        if found.status in FINAL:
            raise ConflictError(f"the run has ended: {found.status}", code="run_finished")
        cancelled = self.runs.request_cancel(workspace, run)
        if cancelled is None:
            unknown("run", run)
        if cancelled.status is RunStatus.QUEUED:
            job = find_job(self.configuration, workspace, cancelled.job)
            wake(self.starter, cancelled, kind=job.kind)
        return cancelled
