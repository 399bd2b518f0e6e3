"""`python -m tests.mutation [--quick] [--module engine/merge.py …]`: which mutants live?

Not part of `make test`: more than 2,000 short runs. Ends with 1 if under 95 % of all mutants are
killed, if one lives that explained.toml does not explain, or if it explains one that is killed.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.mutation.explained import PACKAGE, Explanations, explanations
from tests.mutation.judging import Target, verdicts
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.running import Stages, Verdict, prepare

WANTED: Final = 0.95

RUNS: Final = ("tests/unit/usecases", "--ignore=tests/unit/usecases/test_id_sweep.py")
"""Whole runs in memory, without the one test that takes as long as all others."""
ENGINE: Final[Stages] = (
    ("tests/unit/engine",),
    ("tests/property/test_merge.py", "tests/property/test_ids.py"),
    RUNS,
)
KINDS: Final[Stages] = (
    ("tests/unit/kinds",),
    ("tests/unit/usecases_config",),
    ("tests/unit/http/test_jobs.py", "tests/unit/http/test_bad_input.py"),
    RUNS,
)
"""The first stage has the unit tests, which are run on mutants of functions without a restart."""
STAGES: Final = {"engine": ENGINE, "kinds": KINDS}


@dataclass(slots=True)
class Tally:
    counts: Counter[Verdict] = field(default_factory=Counter)
    explained: int = 0
    unexplained: list[tuple[str, Mutant]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of all mutants, how many are killed; those that were explained are not."""
        total = self.counts.total()
        return 1 - self.counts[Verdict.SURVIVED] / total if total else 1.0

    def line(self, what: str) -> str:
        """`timed out` are those of the killed that ran in circles."""
        circling = self.counts[Verdict.TIMED_OUT]
        killed = self.counts[Verdict.KILLED] + circling
        return (
            f"{what}: {self.counts.total()} mutants, {killed} killed ({circling} timed out), "
            f"{self.explained} explained, {len(self.unexplained)} unexplained; {self.share:.1%}"
        )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("--module", action="append", help="such as engine/merge.py; else all")
    parser.add_argument("--quick", action="store_true", help="with the unit tests alone")
    parser.add_argument("--at-once", type=int, default=2, help="mutants at a time")
    asked = parser.parse_args(arguments)
    chosen = asked.module or _modules()
    sys.path.insert(0, str(PACKAGE.parent.resolve()))
    prepare()
    unused = explanations()
    whole = Tally()
    for module in chosen:
        stages = STAGES[Path(module).parts[0]]
        _run_module(
            Target(module, stages[:1] if asked.quick else stages, asked.at_once),
            unused,
            whole,
        )
    stale = [key for key in unused if key[0] in chosen]
    for key in stale:
        _tell(f"explained, but killed or not there any more: {' | '.join(key)}")
    _tell(whole.line("all"))
    return 1 if whole.share < WANTED or whole.unexplained or stale else 0


def _modules() -> list[str]:
    found = (path for room in STAGES for path in sorted((PACKAGE / room).glob("*.py")))
    return [str(path.relative_to(PACKAGE)) for path in found if path.name != "__init__.py"]


def _run_module(target: Target, unused: Explanations, whole: Tally) -> None:
    mutants = list(mutants_of(target.path.read_text()))
    known = {(before, after) for module, before, after in unused if module == target.module}
    tally = Tally()
    explained = _judge(target.module, verdicts(target, mutants, known), unused, tally)
    for key in explained:
        unused.pop(key, None)
    whole.counts += tally.counts
    whole.explained += tally.explained
    whole.unexplained += tally.unexplained
    _tell(tally.line(target.module))
    for _, mutant in sorted(tally.unexplained, key=lambda each: each[1].line):
        _tell(f"  {target.path}:{mutant.line}\n    {mutant.before}\n    {mutant.after}")


def _judge(
    module: str,
    judged: Iterable[tuple[Mutant, Verdict]],
    unused: Explanations,
    tally: Tally,
) -> set[tuple[str, str, str]]:
    """Counts; returns the explanations that were needed."""
    needed = set()
    for mutant, verdict in judged:
        tally.counts[verdict] += 1
        key = (module, mutant.before, mutant.after)
        if verdict is not Verdict.SURVIVED:
            continue
        if key in unused:
            needed.add(key)
            tally.explained += 1
        else:
            tally.unexplained.append((module, mutant))
    return needed


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
