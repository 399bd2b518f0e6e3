"""Jobs of the CRM whose run has ended without them: they must not write old values over new ones.

What they have written stays, and is found there by whoever plans next.
"""

from collections.abc import Sequence
from dataclasses import replace
from json import dumps
from typing import Final

from syncline.engine.plan import SendKind
from syncline.errors import SyncError
from syncline.ports import Crm, CrmFactory, Cursor, JobState, Run, Runs, RunStatus
from syncline.usecases.system_jobs import bulk_job_name
from syncline.usecases.writers_turn import Place

DIRECT: Final = "direct"
"""In place of a job's cursor: the rows are written at once."""
ABANDONED: Final = "abandoned"
"""Option of a run that ended so: its jobs write no more."""
_ENDED_ILL: Final = frozenset({RunStatus.FAILED, RunStatus.PAUSED, RunStatus.CANCELLED})


def uncollected(run: Run) -> dict[str, Cursor]:
    """The jobs of a run that has ended whose answers it has not had, as `options` name them. Those
    that create are left out: their run settles them before anything else is done."""
    told = ABANDONED in run.options or "settled" in (run.cursor or {})
    return jobs_of(run) if run.status in _ENDED_ILL and not told else {}


def jobs_of(run: Run) -> dict[str, Cursor]:
    """The jobs that a run has submitted, but for those that create."""
    jobs = run.options.get("jobs", {})
    return {
        name: cursor
        for name, cursor in jobs.items()
        if name != SendKind.CREATE and DIRECT not in cursor
    }


def without_jobs(run: Run, crm: CrmFactory, connection: str) -> Run:
    """The run that ends. Where the CRM does not hear of it now, it does from whoever writes next
    to the same place, for the state of its job names the run."""
    jobs = uncollected(run)
    if not jobs:
        return run
    try:
        abandon(crm(run.workspace, connection), list(jobs.values()))
    except SyncError:
        return run
    return replace(run, options={**run.options, ABANDONED: True})


def abandon(crm: Crm, jobs: Sequence[Cursor]) -> None:
    for cursor in jobs:
        crm.abandon(cursor)


def abandon_left(
    runs: Runs, crm: Crm, place: Place, scheduled: Sequence[JobState], *, stopped: set[str]
) -> None:
    """Before anything is planned that goes to the place: what runs that have ended there left at
    work in the CRM. Asking twice is harmless, and costs a request or two: `stopped` is what the
    caller's process has stopped, to be asked no more. `scheduled` is of the jobs that write
    there."""
    workspace, connection, _ = place
    bulk = runs.state(workspace, bulk_job_name(connection))
    for state in (bulk, *scheduled):
        left = state.left.get(connection)
        run = runs.get(workspace, left) if left else None
        jobs = uncollected(run) if run is not None else {}
        named = {dumps([workspace, left, dict(c)], sort_keys=True): c for c in jobs.values()}
        abandon(crm, [cursor for name, cursor in named.items() if name not in stopped])
        stopped.update(named)
