"""The result files of an ingest job, written as its chunks end, in the job's own dialect."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from local.salesforce.bulk.rows import RowResult
from local.salesforce.bulk.states import Dialect
from local.salesforce.bulk.upload import Cells

_PIECE: Final = 1 << 18
_NUL: Final = "\0"


class Results:
    """Two files: rows that succeeded and rows that failed, each with its columns as given."""

    def __init__(self, folder: Path, name: str, dialect: Dialect) -> None:
        self._dialect = dialect
        self._name = name
        self.successful = folder / f"{name}.successful.csv"
        self.failed = folder / f"{name}.failed.csv"

    def add(self, rows: Sequence[Cells], results: Sequence[RowResult], width: int) -> None:
        """The rows of one chunk, in no order, since none is guaranteed.

        https://developer.salesforce.com/docs/platform/api-asynch/guide/get-job-successful-results.html
        """
        good: list[Cells] = []
        bad: list[Cells] = []
        for row, result in zip(rows, results, strict=True):
            if len(row) < width:
                row = row + [""] * (width - len(row))  # noqa: PLW2901  a short row ends in blanks
            if result.failure is None:
                good.append([result.id, "true" if result.created else "false", *row])
            else:
                bad.append([result.id, result.error, *row])
        for path, lines in ((self.successful, good), (self.failed, bad)):
            if lines:
                with path.open("ab") as file:
                    file.write(self._text(shuffled(lines, self._name)).encode())

    def successful_file(self, names: Sequence[str]) -> Iterator[bytes]:
        """Header and rows of what was written, in pieces."""
        return self._pieces(("sf__Id", "sf__Created", *names), self.successful)

    def failed_file(self, names: Sequence[str]) -> Iterator[bytes]:
        """Header and rows of what was refused, in pieces."""
        return self._pieces(("sf__Id", "sf__Error", *names), self.failed)

    def lines(self, rows: Iterable[Sequence[str]]) -> bytes:
        """Rows as a result shows them."""
        return self._text(rows).encode()

    def discard(self) -> None:
        """Remove the files."""
        self.successful.unlink(missing_ok=True)
        self.failed.unlink(missing_ok=True)

    def _text(self, rows: Iterable[Sequence[str]]) -> str:
        """Everything quoted; no cell has a NUL, since uploads lose theirs."""
        between, end = f'"{self._dialect.separator}"', f'"{self._dialect.newline}'
        lines: list[str] = []
        for row in rows:
            joined = _NUL.join(row)
            if '"' in joined:
                joined = joined.replace('"', '""')
            lines.append(f'"{joined.replace(_NUL, between)}{end}')
        return "".join(lines)

    def _pieces(self, header: Sequence[str], path: Path) -> Iterator[bytes]:
        yield self.lines([header])
        if path.exists():
            with path.open("rb") as file:
                while part := file.read(_PIECE):
                    yield part


def shuffled(lines: list[Cells], seed: str) -> list[Cells]:
    """Another order, never the one given, and the same at every run."""
    if len(lines) < 2:
        return lines
    mixed = list(lines)
    random.Random(f"{seed}{len(lines)}").shuffle(mixed)
    return mixed if mixed != lines else mixed[::-1]
