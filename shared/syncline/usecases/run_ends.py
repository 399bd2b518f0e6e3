"""What is left of a run that ended: the job's new state, and where an error came from."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from syncline.ports import JobState, Run, RunMode, RunStatus


def next_state(state: JobState, run: Run) -> JobState:
    """A run that read everything moves the watermark to the CRM's time at its start.

    Not back, should an older run end later; and not over a record that kept changing.
    """
    started = run.frame.get("started")
    reading = run.mode in (RunMode.INCREMENTAL, RunMode.FULL)
    complete = run.status in (RunStatus.SUCCEEDED, RunStatus.PARTIAL)
    if run.mode is RunMode.PLAN or not complete:
        begun = state.begun or (started if reading else None)
        return replace(state, run=None, begun=begun)
    counts: Mapping[str, Any] = run.ledger
    gained = counts.get("created", 0) + counts.get("linked", 0) - counts.get("deleted", 0)
    state = replace(state, run=None, linked=max(0, state.linked + gained))
    if not reading or "held:kept_changing" in counts.get("reasons", {}):
        return state
    org = f"{run.frame.get('connection', '')}|{run.frame.get('org', '')}"
    watermark = max(state.watermark or "", run.frame["started"])
    mapping = run.frame["fingerprint"]
    return replace(state, watermark=watermark, mapping=mapping, begun=None, org=org)


def place_of(exc: Exception) -> str:
    """Type and place, never the words: they may hold a value."""
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
    return f"{type(exc).__name__}{place}"
