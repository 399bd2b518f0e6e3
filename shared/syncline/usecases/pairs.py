"""The job of the other direction: what both of a pair must know of each other (T2).

Runs of a pair take turns, and so do all runs that meet at one CRM object, such as touchpoints and
campaign touches at events. A record that one has just created on the other side has no
cross-reference yet; read in that moment by the other job it would be taken for a new one.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from syncline.config.models import Job
from syncline.engine.plan import SendKind
from syncline.kinds.kind import Direction
from syncline.kinds.registry import KINDS
from syncline.ports import Configuration, Run, Runs, RunStatus
from syncline.usecases.resolve_job import JobSetup, load_job
from syncline.usecases.resolve_outgoing import SETTLE

PLAN_ANEW: Final = "plan_anew"
"""Option of a run that a person has resumed: True while it waits, ANNOUNCED before it goes on."""
ANNOUNCED: Final = "announced"


PLACE: Final = "place"
"""Option of a run that others may have to wait for: when it was begun and began to look at them. It
may have been asked for long before."""
_CHOOSING: Final = ""


def partners(configuration: Configuration, setup: JobSetup) -> Iterator[JobSetup]:
    """The jobs of the counterpart kind on the same connection, enabled ones only."""
    if setup.kind.counterpart is None:
        return
    for name, stored in configuration.all(setup.workspace_name, "job"):
        job = Job.model_validate(stored.body)
        if (
            job.kind == setup.kind.counterpart
            and job.connection == setup.job.connection
            and job.enabled
        ):
            yield load_job(configuration, setup.workspace_name, name)


def partner(configuration: Configuration, setup: JobSetup) -> JobSetup | None:
    """The one that syncs the same CRM object, if there is one."""
    object = setup.crm_object.lower()
    others = partners(configuration, setup)
    return next((each for each in others if each.crm_object.lower() == object), None)


def neighbours(configuration: Configuration, setup: JobSetup) -> Iterator[tuple[str, str]]:
    """Name and kind of the jobs of the other direction that work on the same CRM object of the same
    connection, whatever they make of it on the platform, and of those that send the same object of
    the platform. Disabled ones too: what one of them has begun is not undone by that."""
    object = setup.crm_object.lower()
    for name, stored in configuration.all(setup.workspace_name, "job"):
        job = Job.model_validate(stored.body)
        kind = KINDS[job.kind]
        same = (job.salesforce_object or kind.crm_object).lower() == object
        here = job.connection == setup.job.connection
        sends_too = job.kind == setup.job.kind and kind.direction is Direction.OUTBOUND
        meets = kind.direction is not setup.kind.direction or (sends_too and name != setup.name)
        if same and here and meets:
            yield name, job.kind


def unsettled(run: Run) -> bool:
    """Whether the run may have created records in the CRM whose answers it has not settled."""
    phases = run.frame.get("phases", ())
    creates = run.options.get("sends", {}).get(SendKind.CREATE, 0)
    ended = run.status in (RunStatus.SUCCEEDED, RunStatus.PARTIAL)
    if not creates or ended or SETTLE not in phases:
        return False
    submitted = SendKind.CREATE in run.options.get("jobs", {})
    return submitted or phases.index(SETTLE) <= run.phase < len(phases)


def left_behind(runs: Runs, workspace: str, job: str, *, connection: str) -> Run | None:
    """The run of the job that has left such creations behind with that connection. There is one at
    most, for no run is begun before it is settled."""
    open_runs = _open_runs(runs, workspace, job, connection=connection)
    return next(filter(unsettled, open_runs), None)


def _open_runs(runs: Runs, workspace: str, job: str, *, connection: str) -> Iterator[Run]:
    """The one at work and the one left behind, however many have ended since it was made."""
    state = runs.state(workspace, job)
    for id in dict.fromkeys((state.run, state.left.get(connection))):
        run = runs.get(workspace, id) if id else None
        if run is not None and _with(run, connection):
            yield run


def _with(run: Run, connection: str) -> bool:
    return bool(run.frame.get("connection", connection) == connection)


def in_the_way(runs: Runs, run: Run, other: str, *, connection: str) -> Run | None:
    """The run of a job of the other direction that must end first: it is at work and was there
    before this one, or has left creations behind that nobody has settled."""
    for theirs in _open_runs(runs, run.workspace, other, connection=connection):
        if unsettled(theirs) or (theirs.status is RunStatus.RUNNING and _turn(theirs) < _turn(run)):
            return theirs
    return None


def next_place(
    runs: Runs, workspace: str, others: Iterable[str], *, connection: str, now: str
) -> str:
    """Behind everybody who has one already, whatever the clocks of our machines say."""
    met = (
        each.options.get(PLACE)
        for other in others
        for each in _open_runs(runs, workspace, other, connection=connection)
    )
    return max([now, *(f"{place}+" for place in met if place)])


def _turn(run: Run) -> tuple[bool, str, str, str]:
    """In the order in which they came; who has no place yet is waited for, for it may be about to
    take an earlier one. One that was resumed, and has not gone on yet, comes after those at work.
    """
    place = run.options.get(PLACE) or (run.created_at if run.frame else _CHOOSING)
    return run.options.get(PLAN_ANEW) is True, place, run.created_at, run.id
