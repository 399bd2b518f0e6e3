"""Runs tests in forks of this process, each with one module replaced by a mutant of it.

The parent has loaded pytest and what tests import besides our own packages, and never those.
"""

import importlib.abc
import importlib.util
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Final, TypeVar

import boto3  # noqa: F401 - loaded once for all forks
import hypothesis  # noqa: F401 - loaded once for all forks
import pydantic  # noqa: F401 - loaded once for all forks
import pytest

from tests import searching

_MOST_MEMORY: Final = 2 << 30
_WALL: Final = 20
"""Seconds of the clock for each second of work that a mutant may take: others work here too."""
OPTIONS: Final = (
    "-x", "-q", "--no-header", "--tb=no", "--assert=plain", "-p", "no:cacheprovider",
    "-p", "no:unraisableexception", "-p", "no:threadexception",
)  # fmt: skip
"""What only tells more about a failure is left out: it takes longer than the tests."""

Stages = Sequence[Sequence[str]]
"""Groups of tests, the quick ones first: what they find costs no more."""
T = TypeVar("T")


class Verdict(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A module's name, its file and the source that stands in for it."""

    name: str
    path: Path
    source: str


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, replacement: Replacement) -> None:
        self.replacement = replacement

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        if fullname != self.replacement.name:
            return None
        file = self.replacement.path
        return importlib.util.spec_from_file_location(fullname, file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self.replacement.source, str(self.replacement.path), "exec")
        exec(code, module.__dict__)  # noqa: S102 - the mutant


def prepare() -> None:
    """Once, before the first fork: every example is the same in each of them."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["SYNCLINE_PROPERTY"] = searching.MUTANTS


def run_all(
    work: Iterable[tuple[T, Replacement]], stages: Stages, *, seconds: int, at_once: int
) -> Iterator[tuple[T, Verdict]]:
    """In the order in which they end."""
    running: dict[int, T] = {}
    for what, replacement in work:
        running[fork(partial(_tested, replacement, stages), seconds)] = what
        if len(running) == at_once:
            yield ended(running)
    while running:
        yield ended(running)


def run_one(replacement: Replacement, stages: Stages, *, seconds: int) -> Verdict:
    """The same for one."""
    return next(
        verdict for _, verdict in run_all([(None, replacement)], stages, seconds=seconds, at_once=1)
    )


def ended(running: dict[int, T]) -> tuple[T, Verdict]:
    """Waits for one of the forks, by process id, and takes it out."""
    pid, status = os.wait()
    return running.pop(pid), _verdict(status)


def _verdict(status: int) -> Verdict:
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGPROF, signal.SIGALRM):
        return Verdict.TIMED_OUT
    return Verdict.KILLED if status else Verdict.SURVIVED


def fork(child: Callable[[], int], seconds: int) -> int:
    """The process id of a fork that ends with what `child` returns, after so many seconds of work
    at most."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.alarm(_WALL * seconds)
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        _silence()
        status = child()
    finally:
        os._exit(status)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def _tested(replacement: Replacement, stages: Stages) -> int:
    sys.meta_path.insert(0, _Finder(replacement))
    for tests in stages:
        status = pytest.main([*OPTIONS, *tests])
        if status:
            return int(status)
    return 0
