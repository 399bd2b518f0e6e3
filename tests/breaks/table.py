"""The requirement lines, the tests that show them and the one-line breaks those tests catch."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
TABLE: Final = Path(__file__).with_name("lines.toml")
BROKEN: Final = Path("shared/syncline")
"""Breaks are of the deployed package: what is run is a copy of it."""

IDS: Final = (
    *(f"T{n}" for n in range(1, 24)),
    *(f"W{n}" for n in range(1, 16)),
    *(f"X{n}" for n in (1, 2, 3, 4, 5, 7, 8, 10)),
)
"""Those that are shown in full."""


@dataclass(frozen=True, slots=True)
class Break:
    """One line of one file made wrong. Every one of `tests` fails with it."""

    line: str
    number: int
    file: str
    before: str
    after: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.line}-{self.number}"

    def apply(self, source: str) -> str:
        """The source with the line replaced. ValueError unless it stands there exactly once."""
        lines = source.split("\n")
        found = lines.count(self.before)
        if found != 1:
            raise ValueError(f"{self.file} has this line {found} times, not once: {self.before}")
        lines[lines.index(self.before)] = self.after
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line: what holds, the tests that show it, those of its breaks among them."""

    id: str
    holds: str
    tests: tuple[str, ...]
    breaks: tuple[Break, ...]


def requirements(table: Path = TABLE) -> tuple[Requirement, ...]:
    """In the order of the table."""
    stored = tomllib.loads(table.read_text())
    return tuple(_requirement(id, row) for id, row in stored.items())


def _requirement(id: str, row: Mapping[str, Any]) -> Requirement:
    breaks = tuple(
        Break(id, number, each["file"], each["before"], each["after"], tuple(each["tests"]))
        for number, each in enumerate(row.get("breaks", ()), start=1)
    )
    named = [*row.get("tests", ()), *(test for each in breaks for test in each.tests)]
    return Requirement(
        id=id,
        holds=row["holds"],
        tests=tuple(dict.fromkeys(named)),
        breaks=breaks,
    )
