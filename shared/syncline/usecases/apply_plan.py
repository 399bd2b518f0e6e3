"""Starts the run that does exactly what a stored plan says (X1)."""

from dataclasses import dataclass
from typing import Final

from syncline.errors import ConflictError
from syncline.ports import Run, RunMode, Runs, RunStatus
from syncline.usecases.find import find_run, unknown
from syncline.usecases.start_run import StartRun

_READY: Final = frozenset({RunStatus.SUCCEEDED, RunStatus.PARTIAL})


def find_plan(runs: Runs, workspace: str, job: str, plan: str) -> Run:
    """The run that made the plan; NotFoundError if it is no plan of this job."""
    found = find_run(runs, workspace, plan, what="plan")
    if found.job != job or found.mode is not RunMode.PLAN:
        unknown("plan", plan)
    return found


@dataclass(frozen=True, slots=True)
class ApplyPlan:
    runs: Runs
    start: StartRun

    def __call__(self, workspace: str, job: str, plan: str) -> Run:
        """NotFoundError; ConflictError while the plan is not complete or the job runs."""
        found = find_plan(self.runs, workspace, job, plan)
        if found.status not in _READY:
            raise ConflictError(
                f"the plan is {found.status}; only a complete one can be applied",
                code="plan_not_ready",
            )
        return self.start(workspace, job, RunMode.APPLY, plan=plan)
