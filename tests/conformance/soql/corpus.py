"""Reads corpus.txt: what is said of each statement, and the statement."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

CORPUS: Final = Path(__file__).with_name("corpus.txt")


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement; `why` is empty for those that Salesforce takes."""

    text: str
    accepted: bool
    why: str


def read() -> tuple[Entry, ...]:
    """All statements in their order."""
    entries: list[Entry] = []
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            entries[-1] = _longer(entries[-1], line.removeprefix("|").removeprefix(" "))
        elif line.startswith("+ "):
            entries.append(Entry(line[2:], accepted=True, why=""))
        elif line.startswith("- "):
            why, _, text = line[2:].partition("::")
            entries.append(Entry(text.removeprefix(" "), accepted=False, why=why.strip()))
    return tuple(entries)


def _longer(entry: Entry, line: str) -> Entry:
    return Entry(f"{entry.text}\n{line}", entry.accepted, entry.why)
