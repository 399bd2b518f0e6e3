"""Exit codes: what a script may decide by (docs/command-line.md)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final


class Exit(IntEnum):
    """Stable: a script may rely on each of them."""

    SUCCESS = 0
    STOPPED = 1
    """A person said no, or the command itself is broken."""
    USAGE = 2
    """Wrong options, a wrong file, no address."""
    PARTIAL = 3
    """Some of it was done, the rest was not."""
    FAILURE = 4
    """It was tried and failed."""
    REFUSED = 5
    """The API answered with a problem."""
    UNREACHABLE = 6
    """No answer, or not from this API."""
    INTERRUPTED = 130
    """Ctrl-C, as shells tell it."""


RUN_EXITS: Final[Mapping[str, Exit]] = {
    "succeeded": Exit.SUCCESS,
    "partial": Exit.PARTIAL,
    "failed": Exit.FAILURE,
    "paused": Exit.FAILURE,
    "cancelled": Exit.FAILURE,
}
"""The end states of a run. A paused run has not done its work: it waits for somebody."""
