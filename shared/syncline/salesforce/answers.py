"""The answers of ended ingest jobs, on disk: rows of results in, the answer to a row out.

Results have no order and no column of ours, so a row is found by what it says of itself: its id,
its key, or all its cells.
https://developer.salesforce.com/docs/platform/api-asynch/guide/get-job-successful-results.html
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Final
from weakref import finalize

from syncline.engine.plan import SendKind
from syncline.kinds.salesforce_ids import long_id
from syncline.ports import Row, RowAnswer, WriteRequest
from syncline.salesforce.printing import Printer, UnprintableError
from syncline.salesforce.refusals import answered, of_csv
from syncline.salesforce.writing import refused_value

CsvRows = Iterable[Sequence[str]]
Mark = Callable[[Mapping[str, str]], str]
"""What a row is known by, from its cells by lower-case column."""

_TABLES: Final = """
CREATE TABLE answer (mark TEXT, id TEXT, created INTEGER, error TEXT);
CREATE TABLE untouched (mark TEXT);
"""
_INDEXES: Final = """
CREATE INDEX IF NOT EXISTS answers ON answer (mark, id, error);
CREATE INDEX IF NOT EXISTS untouched_marks ON untouched (mark);
"""
_FIND: Final = (
    "SELECT rowid, id, created, error FROM answer WHERE mark = ? ORDER BY id, error LIMIT 1"
)
UNKNOWN: Final = "outcome_unknown"
"""Code of a creation that may have been done, and that nobody may repeat without looking."""


class JobAnswers:
    """Ports' Answers. SQLite's unnamed database is a file that goes when it is closed, and keeps a
    few megabytes in memory (https://www.sqlite.org/inmemorydb.html).

    Equal rows are interchangeable, but those who collect twice must see the same answers: they are
    given in the order of the records' ids, not in that of the download.
    """

    def __init__(self, request: WriteRequest, printer: Printer) -> None:
        self._request = request
        self._printer = printer
        self._mark = _marker(request)
        self._disk = sqlite3.connect("", isolation_level=None)
        self._disk.executescript(_TABLES)
        self._unknown = 0
        self._release = finalize(self, self._disk.close)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """What is added in the block is kept if it ends well, and else nothing of it."""
        self._disk.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._disk.execute("ROLLBACK")
            raise
        self._disk.execute("COMMIT")

    def add_answers(self, rows: CsvRows) -> int:
        """A result file, header first: sf__Id, sf__Created or sf__Error, then our columns. How many
        rows it had."""
        return self._spool(rows, "INSERT INTO answer VALUES (?, ?, ?, ?)", self._answer)

    def add_untouched(self, rows: CsvRows) -> int:
        """The rows that a job never came to; how many."""
        return self._spool(rows, "INSERT INTO untouched VALUES (?)", self._untouched)

    def ready(self, unknown: int) -> None:
        """All is loaded; `unknown` rows were uploaded of which no result tells anything."""
        self._disk.executescript(_INDEXES)
        self._unknown = unknown

    def take(self, row: Row) -> RowAnswer | None:
        try:
            mark = self._mark(row_cells(self._request, self._printer, row))
        except UnprintableError as exc:
            return refused_value(row, exc)
        found = self._disk.execute(_FIND, (mark,)).fetchone()
        if found is None:
            return self._nothing(mark)
        number, id, created, error = found
        self._disk.execute("DELETE FROM answer WHERE rowid = ?", (number,))
        if error is not None:
            return answered(self._request.kind, row, of_csv(error))
        return RowAnswer(id or row.id, created=bool(created))

    def close(self) -> None:
        self._release()

    def _nothing(self, mark: str) -> RowAnswer | None:
        """Salesforce records no results beyond the daily allocation of batches. A creation that it
        tells nothing of may have been made; anything else may be repeated."""
        if self._request.repeatable:
            return None
        find = "SELECT rowid FROM untouched WHERE mark = ? LIMIT 1"
        found = self._disk.execute(find, (mark,)).fetchone()
        if found is not None:
            self._disk.execute("DELETE FROM untouched WHERE rowid = ?", found)
            return None
        if self._unknown <= 0:
            return None
        self._unknown -= 1
        return RowAnswer(None, code=UNKNOWN, message="Salesforce kept no result of this row.")

    def _spool(
        self, rows: CsvRows, insert: str, values: Callable[[Mapping[str, str]], tuple[object, ...]]
    ) -> int:
        every = iter(rows)
        header = [name.lower() for name in next(every, ())]
        before = self._disk.total_changes
        self._disk.executemany(
            insert, (values(dict(zip(header, cells, strict=False))) for cells in every)
        )
        return self._disk.total_changes - before

    def _answer(self, cells: Mapping[str, str]) -> tuple[object, ...]:
        id = cells.get("sf__id") or None
        created = cells.get("sf__created", "").lower() == "true"
        return self._mark(cells), id, created, cells.get("sf__error")

    def _untouched(self, cells: Mapping[str, str]) -> tuple[object, ...]:
        return (self._mark(cells),)


def columns(request: WriteRequest) -> tuple[str, ...]:
    """The columns of a job's file: the first tells the record, where there is something to tell."""
    match request.kind:
        case SendKind.DELETE:
            return ("Id",)
        case SendKind.UPDATE:
            return ("Id", *_others(request, "Id"))
        case SendKind.CREATE if request.key_field is not None:
            return (request.key_field, *_others(request, request.key_field))
        case SendKind.CREATE:
            return tuple(request.fields)


def _others(request: WriteRequest, first: str) -> list[str]:
    return [name for name in request.fields if name.lower() != first.lower()]


def row_cells(request: WriteRequest, printer: Printer, row: Row) -> dict[str, str]:
    """The cells of a row by lower-case column, but empty ones. UnprintableError where it cannot be
    sent."""
    match request.kind:
        case SendKind.DELETE:
            return {"id": str(row.id)}
        case SendKind.UPDATE:
            return {**printer.cells(row.values), "id": str(row.id)}
        case SendKind.CREATE:
            cells = printer.cells(row.values, creating=True)
            key = request.key_field
            return {**cells, key.lower(): row.key} if key is not None else cells


def _marker(request: WriteRequest) -> Mark:
    if request.kind is not SendKind.CREATE:
        return lambda cells: long_id(cells.get("id", "").strip())
    if request.key_field is not None:
        key = request.key_field.lower()
        return lambda cells: cells.get(key, "").strip()
    names = sorted(name.lower() for name in request.fields)
    return lambda cells: _digest(names, cells)


def _digest(names: Sequence[str], cells: Mapping[str, str]) -> str:
    """Of all that a row says. A result has the text of the upload; what may differ all the same,
    blanks around and line ends, is made equal, and an empty cell is none."""
    digest = blake2b(digest_size=16)
    for name in names:
        text = cells.get(name, "").replace("\r\n", "\n").strip()
        if text:
            digest.update(f"{name}\0{text}\0".encode("utf-8", "replace"))
    return digest.hexdigest()
