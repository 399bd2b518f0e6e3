"""Mutants of functions, each put in the place of the function in a fork that has all tests ready.

Nothing is imported or collected anew, and only tests that come through the function are run: a
mutant costs some hundredths of a second. `running` has the rest: what lives on, tables, defaults.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from types import CodeType, FrameType, FunctionType
from typing import Final

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.running import OPTIONS, Replacement, Verdict, ended, fork

_NOT_SWAPPED: Final = 0
"""As of a mutant that lives: the caller looks at both again."""


def killed_by_swapping(
    work: Sequence[Replacement], tests: Sequence[str], *, seconds: int, at_once: int
) -> Mapping[int, Verdict]:
    """Place in `work`, all of one module, → verdict: of those that were killed, no others.

    SystemExit if a test fails without a mutant.
    """
    told, tell = os.pipe()
    loop = _Loop(work, seconds, at_once, tell)
    fork(partial(_collected, loop, tests), seconds * (len(work) + 1))
    os.close(tell)
    with os.fdopen(told) as lines:
        verdicts = [line.split(" ", 1) for line in lines]
    if os.wait()[1]:
        raise SystemExit(f"{work[0].path}: its tests fail without any mutant")
    return {int(place): Verdict(verdict.strip()) for place, verdict in verdicts}


def _collected(loop: "_Loop", tests: Sequence[str]) -> int:
    return int(pytest.main([*OPTIONS, *tests], plugins=[loop]))


@dataclass(slots=True)
class _Loop:
    """Takes the place of pytest's loop over the tests."""

    work: Sequence[Replacement]
    seconds: int
    at_once: int
    tell: int

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """All mutants instead of all tests."""
        reached = _reached(session.items, str(self.work[0].path))
        if reached is None:
            pytest.exit("no use in mutants", returncode=1)
        running: dict[int, int] = {}
        for place, replacement in enumerate(self.work):
            running[fork(partial(_tested, replacement, reached), self.seconds)] = place
            if len(running) == self.at_once:
                self._note(*ended(running))
        while running:
            self._note(*ended(running))
        return True

    def _note(self, place: int, verdict: Verdict) -> None:
        if verdict is not Verdict.SURVIVED:
            os.write(self.tell, f"{place} {verdict}\n".encode())


Reached = Mapping[tuple[str, int], Sequence[pytest.Item]]
"""A function's name and first line → the tests that come through it."""


def _reached(items: Sequence[pytest.Item], path: str) -> Reached | None:
    """None if one of them fails."""
    reached: dict[tuple[str, int], list[pytest.Item]] = {}
    for item in items:
        seen: set[tuple[str, int]] = set()
        sys.setprofile(partial(_see, seen, path))
        passed = _passes(item)
        sys.setprofile(None)
        if not passed:
            return None
        for name in seen:
            reached.setdefault(name, []).append(item)
    return reached


def _see(seen: set[tuple[str, int]], path: str, frame: FrameType, event: str, _arg: object) -> None:
    if event == "call" and frame.f_code.co_filename.endswith(path):
        seen.add(_name(frame.f_code))


def _name(code: CodeType) -> tuple[str, int]:
    return code.co_name, code.co_firstlineno


def _passes(item: pytest.Item) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def _tested(replacement: Replacement, reached: Reached) -> int:
    swapped = _swap(replacement)
    if swapped is None:
        return _NOT_SWAPPED
    return int(not all(_passes(item) for item in reached.get(_name(swapped), ())))


def _swap(replacement: Replacement) -> CodeType | None:
    """The one function that the mutant changes gets its code; returns that of before."""
    code = compile(replacement.source, str(replacement.path), "exec")
    mutated: dict[str, object] = {"__name__": replacement.name}
    exec(code, mutated)  # noqa: S102 - the mutant
    others = dict(_functions(mutated))
    for name, function in _functions(vars(sys.modules[replacement.name])):
        if function.__code__ != others[name].__code__:
            before, function.__code__ = function.__code__, others[name].__code__
            return before
    return None


def _functions(namespace: Mapping[str, object]) -> Iterator[tuple[str, FunctionType]]:
    for each in list(namespace.values()):
        members = vars(each).values() if isinstance(each, type) else (each,)
        for member in members:
            function = _bare(member)
            if function is not None and function.__module__ == namespace["__name__"]:
                yield f"{function.__qualname__}:{function.__code__.co_firstlineno}", function


_WRAPPED: Final[Mapping[type, Callable[..., object]]] = {
    classmethod: lambda it: it.__func__,
    staticmethod: lambda it: it.__func__,
    property: lambda it: it.fget,
    cached_property: lambda it: it.func,
}


def _bare(member: object) -> FunctionType | None:
    unwrap = _WRAPPED.get(type(member))
    bare = unwrap(member) if unwrap else member
    return bare if isinstance(bare, FunctionType) else None
