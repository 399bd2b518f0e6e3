"""Results that are read in pages."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

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


def spilled(rows: array[int], folder: Path) -> Sequence[int]:
    """The same numbers in a file without a name, which is gone with the cursor."""
    with TemporaryFile(dir=folder) as file:
        rows.tofile(file)
        file.flush()
        return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ)).cast("q")
