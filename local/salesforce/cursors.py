"""Results that are read in pages."""

from __future__ import annotations

import weakref
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, overload

from local.salesforce.soql.planned import Plan

#: https://developer.salesforce.com/docs/platform/salesforce-app-limits-cheatsheet/guide/salesforce-app-limits-platform-apicursors.html
CURSOR_LIFE: Final = timedelta(days=2)
#: Longer results wait in a file: many of a million rows each would fill the memory.
_IN_MEMORY: Final = 20_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rows of a statement as they were when it ran; their values are read page by page."""

    plan: Plan
    rows: Sequence[int]
    everything: bool
    size: int
    opened: datetime
    user_id: str


def keep(cursors: dict[str, Cursor], name: str, cursor: Cursor, *, scratch: Path) -> None:
    """Remember a cursor, and forget those that nobody can use any more."""
    while cursors and cursor.opened - next(iter(cursors.values())).opened > CURSOR_LIFE:
        del cursors[next(iter(cursors))]
    rows = cursor.rows
    if isinstance(rows, array) and len(rows) > _IN_MEMORY:
        cursor = replace(cursor, rows=spilled(rows, scratch))
    cursors[name] = cursor


class SpilledRows(Sequence[int]):
    """Row numbers in a file of their own, which goes with them.

    Nothing stays open between two pages: a thousand cursors would use up the process's files.
    """

    def __init__(self, path: Path, length: int) -> None:
        self._path = path
        self._length = length
        weakref.finalize(self, path.unlink, missing_ok=True)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> array[int]: ...
    def __getitem__(self, at: int | slice) -> int | array[int]:
        if isinstance(at, int):
            return self[at : at + 1][0]
        start, stop, _ = at.indices(self._length)
        found = array("q")
        with self._path.open("rb") as file:
            file.seek(start * found.itemsize)
            found.fromfile(file, max(0, stop - start))
        return found


def spilled(rows: array[int], folder: Path) -> SpilledRows:
    """The same numbers in a file."""
    with NamedTemporaryFile(dir=folder, prefix="cursor-", delete=False) as file:
        rows.tofile(file)
    return SpilledRows(Path(file.name), len(rows))
