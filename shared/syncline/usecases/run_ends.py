"""What is left of a run that ended: the job's new state, what people are told, and where an error
came from."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from syncline.ports import JobState, Run, RunMode, Runs, RunStatus
from syncline.usecases.abandon_jobs import uncollected
from syncline.usecases.pairs import PLAN_ANEW, unsettled
from syncline.usecases.report_run import report
from syncline.usecases.resolve_job import JobSetup
from syncline.usecases.system_jobs import is_system_job
from syncline.usecases.writers_turn import OBJECT

TOLD: Final = "told"
"""Option of a run that has failed: the code of the cause that people know; "" once a person has
resumed it, who wants to hear of whatever comes."""
_PAIR: Final = "pair_unsettled"
_LATELY: Final = 5
_COMPLETE: Final = frozenset({RunStatus.SUCCEEDED, RunStatus.PARTIAL})


def next_state(state: JobState, run: Run) -> JobState:
    """A run that read everything moves the watermark to the CRM's time at its start.

    Not back, should an older run end later; and not over a record that kept changing.
    """
    started = run.frame.get("started")
    reading = run.mode in (RunMode.INCREMENTAL, RunMode.FULL)
    state = replace(state, run=None, org=state.org or _org(run), left=_left(state, run))
    if run.mode is RunMode.PLAN or run.status not in _COMPLETE:
        begun = state.begun or (started if reading else None)
        return replace(state, begun=begun)
    counts: Mapping[str, Any] = run.ledger
    gained = counts.get("created", 0) + counts.get("linked", 0) - counts.get("deleted", 0)
    state = replace(state, linked=max(0, state.linked + gained))
    if not reading or "held:kept_changing" in counts.get("reasons", {}):
        return state
    watermark = max(state.watermark or "", run.frame["started"])
    mapping = run.frame["fingerprint"]
    return replace(state, watermark=watermark, mapping=mapping, begun=None, org=_org(run))


def _org(run: Run) -> str:
    """Of a run that may have made links; a plan makes none."""
    if run.mode is RunMode.PLAN or "org" not in run.frame:
        return ""
    return f"{run.frame['connection']}|{run.frame['org']}"


def _left(state: JobState, run: Run) -> Mapping[str, str]:
    """A run that has begun to plan has settled or stopped first what was left before it."""
    begun = run.frame.get("connection") if PLAN_ANEW not in run.options else None
    others = {n: id for n, id in state.left.items() if id != run.id and n != begun}
    leaves = unsettled(run) or uncollected(run)
    return {**others, run.frame["connection"]: run.id} if leaves else others


def news(runs: Runs, run: Run, setup: JobSetup) -> tuple[Run, tuple[str, str, Any] | None]:
    """The run that ends, knowing what was told of it, and what is to be told now.

    A cause is told once, however often a run is woken and fails of it again, and however many runs
    of a job wait in vain for the same other one; so is that it is over.
    """
    known = _known(runs, run)
    if run.status is RunStatus.FAILED or (run.status is RunStatus.PAUSED and _is_made_anew(run)):
        cause = (run.error or {}).get("code")
        told = None if cause == known else report(run, setup)
        return replace(run, options={**run.options, TOLD: cause}), told
    if run.status not in _COMPLETE:
        return run, report(run, setup)
    options = {name: value for name, value in run.options.items() if name != TOLD}
    return replace(run, options=options), report(run, setup, again=known is not None)


def _known(runs: Runs, run: Run) -> str | None:
    """The cause that people were told of by this run, or by the one before it that waited."""
    if TOLD in run.options:
        return str(run.options[TOLD])
    if _is_made_anew(run):
        return _known_of_object(runs, run)
    before = next(iter(runs.page(run.workspace, run.job, limit=1, before=run.id)), None)
    error = before.error if before is not None else None
    if error is None or error["code"] != _PAIR:
        return None
    return _PAIR if run.error in (None, error) else None


def _is_made_anew(run: Run) -> bool:
    """Whether a run that ended ill is followed by another one for as long as changes wait."""
    return is_system_job(run.job)


def _known_of_object(runs: Runs, run: Run) -> str | None:
    """What people were told by the run before it that was about the same object."""
    mine = run.options.get(OBJECT)
    lately = runs.page(run.workspace, run.job, limit=_LATELY, before=run.id)
    before = next((each for each in lately if each.options.get(OBJECT) == mine), None)
    told = before.options.get(TOLD) if before is not None else None
    return None if told is None else str(told)


def place_of(exc: Exception) -> str:
    """Type and place, never the words: they may hold a value."""
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
    return f"{type(exc).__name__}{place}"
