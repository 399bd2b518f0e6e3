"""What becomes of the mutants of one module: the quick tests first, the long ones for the rest."""

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mutation.explained import PACKAGE
from tests.mutation.mutants import Mutant
from tests.mutation.running import Replacement, Stages, Verdict, run_all, run_one
from tests.mutation.swapping import killed_by_swapping

_GENEROUS: Final = 4
_AT_LEAST: Final = 10
"""Seconds and times the whole: a mutant that takes longer runs in circles."""


@dataclass(frozen=True, slots=True)
class Target:
    """A module, such as `engine/merge.py`, and the stages of tests that are to kill its mutants."""

    module: str
    stages: Stages
    at_once: int

    @property
    def path(self) -> Path:
        """The module's file."""
        return PACKAGE / self.module

    def replaced(self, source: str) -> Replacement:
        """The module with that source."""
        name = ".".join(self.path.relative_to(PACKAGE.parent).with_suffix("").parts)
        return Replacement(name, self.path, source)


def verdicts(
    target: Target, mutants: Sequence[Mutant], explained: Collection[tuple[str, str]]
) -> Iterator[tuple[Mutant, Verdict]]:
    """`explained` are (before, after) of mutants that need to survive the first stage alone: no
    test tells them apart, says the explanation, so the long ones are spared."""
    swaps = [target.replaced(each.source) for each in mutants]
    quick = killed_by_swapping(swaps, target.stages[0], seconds=_AT_LEAST, at_once=target.at_once)
    yield from ((mutants[place], verdict) for place, verdict in quick.items())
    lived = [each for place, each in enumerate(mutants) if place not in quick]
    for tests in (_naming(target), target.stages[0]):
        judged = list(_run(target, lived, [tests]))
        yield from (each for each in judged if each[1] is not Verdict.SURVIVED)
        lived = [mutant for mutant, verdict in judged if verdict is Verdict.SURVIVED]
    for mutant in lived:
        if not target.stages[1:] or (mutant.before, mutant.after) in explained:
            yield mutant, Verdict.SURVIVED
    lived = [each for each in lived if (each.before, each.after) not in explained]
    yield from _run(target, lived if target.stages[1:] else (), target.stages[1:])


def _naming(target: Target) -> Sequence[str]:
    """The unit tests that import from the module: what it breaks they tell first."""
    name = f"from {target.replaced('').name} import"
    files = sorted(Path(target.stages[0][0]).glob("test_*.py"))
    return [str(each) for each in files if name in each.read_text()] or target.stages[0]


def _run(
    target: Target, mutants: Sequence[Mutant], stages: Stages
) -> Iterator[tuple[Mutant, Verdict]]:
    if not mutants:
        return
    began = time.monotonic()
    unchanged = target.replaced(target.path.read_text())
    if run_one(unchanged, stages, seconds=600) is not Verdict.SURVIVED:
        raise SystemExit(f"{target.module}: its tests fail without any mutant")
    seconds = _AT_LEAST + int(_GENEROUS * (time.monotonic() - began))
    work = [(each, target.replaced(each.source)) for each in mutants]
    yield from run_all(work, stages, seconds=seconds, at_once=target.at_once)
