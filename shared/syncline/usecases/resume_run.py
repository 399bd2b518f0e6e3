"""Goes on with a run that paused or failed, from its checkpoint."""

from dataclasses import dataclass, replace
from typing import Final

from syncline.errors import ConflictError
from syncline.ports import Configuration, JobStarter, Run, Runs, RunStatus
from syncline.usecases.abandon_jobs import ABANDONED
from syncline.usecases.find import find_job, find_run
from syncline.usecases.findings import RunUnfinishedError, changed_meanwhile
from syncline.usecases.pairs import PLAN_ANEW, left_behind
from syncline.usecases.run_ends import TOLD
from syncline.usecases.start_run import wake
from syncline.usecases.turns import WAITED, WOKEN

_RESUMABLE: Final = frozenset({RunStatus.PAUSED, RunStatus.FAILED})


@dataclass(frozen=True, slots=True)
class ResumeRun:
    """Reopened first, started second. A run that was reopened and never started is still open:
    resuming it again starts it."""

    configuration: Configuration
    runs: Runs
    starter: JobStarter

    def __call__(self, workspace: str, run: str, *, confirm_deletes: bool = False) -> Run:
        """`confirm_deletes` turns the job's deletion guard off for this run.

        NotFoundError; RunUnfinishedError if another run of the job is under way.
        """
        found = find_run(self.runs, workspace, run)
        job = find_job(self.configuration, workspace, found.job)
        state = self.runs.state(workspace, found.job)
        unfinished = state.run
        if unfinished not in (None, run):
            raise RunUnfinishedError(found.job, str(unfinished))
        if found.frame.get("started", found.created_at) < (state.watermark or ""):
            raise ConflictError(
                "a newer run has gone further than this one: what it planned is out of date",
                code="run_superseded",
            )
        left = left_behind(self.runs, workspace, found.job, connection=job.connection)
        if left is not None and left.id != run:
            raise ConflictError(
                f"the run {left.id} has created records in the CRM and not linked them; start "
                "the job, which does it first",
                code="creations_unsettled",
            )
        reopened = found.status in _RESUMABLE
        if not reopened and found.status is not RunStatus.RUNNING:
            raise ConflictError(
                f"only a paused or failed run can be resumed; this one is {found.status}",
                code="run_not_resumable",
            )
        counted = {"faults", WOKEN, WAITED, ABANDONED}
        options = {name: value for name, value in found.options.items() if name not in counted}
        if reopened:
            options |= {PLAN_ANEW: True, **({TOLD: ""} if TOLD in options else {})}
        if confirm_deletes:
            options["confirm_deletes"] = True
        if reopened and not self.runs.reopen(replace(found, options=options)):
            raise changed_meanwhile("the run")
        wake(self.starter, found, kind=job.kind)
        return find_run(self.runs, workspace, run)
