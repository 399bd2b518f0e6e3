"""Starts a run of a job, one at a time."""

from dataclasses import dataclass, replace

from syncline.config.models import Job
from syncline.engine.moments import canonical_instant
from syncline.errors import ConflictError
from syncline.ports import Clock, Configuration, JobStarter, Run, RunMode, Runs, RunStatus
from syncline.usecases.find import find_connection, find_job
from syncline.usecases.findings import RunUnfinishedError
from syncline.usecases.run_job import run_id
from syncline.usecases.turns import queued


@dataclass(frozen=True, slots=True)
class StartRun:
    """The run is stored first, then the job's Lambda is started.

    A crash in between leaves a queued run that nobody works on: the sweeper starts it, and so does
    asking again for the same thing. Starting a run twice is harmless: its first leg takes the
    lease.
    """

    configuration: Configuration
    runs: Runs
    starter: JobStarter
    clock: Clock

    def __call__(
        self, workspace: str, job: str, mode: RunMode, *, plan: str | None = None,
        trigger: str = "manual",
    ) -> Run:  # fmt: skip
        """NotFoundError; RunUnfinishedError; ConflictError if job or connection is disabled."""
        body = find_job(self.configuration, workspace, job)
        self._refuse_disabled(workspace, job, body)
        unfinished = self.runs.state(workspace, job).run
        if unfinished is not None:
            raise RunUnfinishedError(job, unfinished)
        run = queued(self.runs, workspace, job) or self._create(
            Run(
                workspace=workspace,
                job=job,
                id="",
                mode=mode,
                status=RunStatus.QUEUED,
                created_at=canonical_instant(self.clock.now()),
                trigger=trigger,
                plan=plan,
            )
        )
        wake(self.starter, run, kind=body.kind)
        if (run.mode, run.plan, run.cancel) != (mode, plan, False):
            raise RunUnfinishedError(job, run.id)
        return run

    def _create(self, run: Run) -> Run:
        """The id says the second of the start; a second run within it gets a number."""
        first = run_id(run.job, run.created_at)
        candidate, number = replace(run, id=first), 1
        while not self.runs.create(candidate):
            number += 1
            candidate = replace(run, id=f"{first}-{number:03d}")
        return candidate

    def _refuse_disabled(self, workspace: str, job: str, body: Job) -> None:
        if not body.enabled:
            raise ConflictError(
                f"the job '{job}' is disabled; enable it first", code="job_disabled"
            )
        if not find_connection(self.configuration, workspace, body.connection).enabled:
            raise ConflictError(
                f"the connection '{body.connection}' is disabled; enable it first",
                code="connection_disabled",
            )


def wake(starter: JobStarter, run: Run, *, kind: str) -> None:
    """Starts the kind's Lambda for this run."""
    event = {"workspace": run.workspace, "job": run.job, "run": run.id}
    starter.start(kind=kind, event=event)
