"""Subrequests that stay or go together: every graph, and composite with allOrNone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from local.salesforce.http.composite.references import Done
from local.salesforce.http.composite.subrequests import Run, Subrequest, carry_out, halted, shown
from local.salesforce.http.messages import Call
from local.salesforce.org import Org

Failed = Callable[[Subrequest, Done], bool]


class _HaltedError(Exception):
    """A part failed and nothing may stay."""


def together(
    org: Org, call: Call, parts: Sequence[Subrequest], *, run: Run, failed: Failed
) -> tuple[list[dict[str, object]], bool]:
    """The entries of all parts, and whether they stayed.

    Nothing runs after the first failure, which keeps its own answer; every other part is answered
    as undone.
    """
    done: dict[str, Done] = {}
    try:
        with org.database.transaction():
            for part in parts:
                done[part.reference] = carry_out(org, call, part, before=done, run=run)
                _stop_if(stop=failed(part, done[part.reference]))
    except _HaltedError:
        return [_echo(part, done, failed) for part in parts], False
    return [shown(part, done[part.reference]) for part in parts], True


def _stop_if(*, stop: bool) -> None:
    if stop:
        raise _HaltedError


def _echo(part: Subrequest, done: Mapping[str, Done], failed: Failed) -> dict[str, object]:
    found = done.get(part.reference)
    return halted(part) if found is None or not failed(part, found) else shown(part, found)
