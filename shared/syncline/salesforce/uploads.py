"""The file of an ingest job: rows as CSV on disk, cut where it would be too large."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Final

from syncline.errors import InvariantError
from syncline.ports import Row, WriteRequest
from syncline.salesforce.answers import columns, row_cells
from syncline.salesforce.printing import Printer, UnprintableError, line

LARGEST: Final = 100_000_000
"""Bytes of one upload; Salesforce's 150 MB are counted after it has made them larger.

https://developer.salesforce.com/docs/platform/api-asynch/guide/upload-job-data.html
"""


@dataclass(frozen=True, slots=True)
class Part:
    """The upload of one job, and how many rows are in it."""

    file: IO[bytes]
    rows: int


def parts(
    request: WriteRequest, printer: Printer, rows: Iterable[Row], *, largest: int = LARGEST
) -> Iterator[Part]:
    """One part after the other: the file of each is gone when the next is asked for.

    A row that cannot be sent is left out; its answer is known without Salesforce.
    """
    header = line(columns(request)).encode()
    lines = _lines(request, printer, rows)
    held: bytes | None = next(lines, None)
    while held is not None:
        with closing(TemporaryFile()) as file:
            size, count = file.write(header), 0
            while held is not None and (count == 0 or size + len(held) <= largest):
                size += file.write(held)
                count += 1
                held = next(lines, None)
            yield Part(file, count)


def _lines(request: WriteRequest, printer: Printer, rows: Iterable[Row]) -> Iterator[bytes]:
    names = [name.lower() for name in columns(request)]
    known = frozenset(names)
    for row in rows:
        try:
            cells = row_cells(request, printer, row)
        except UnprintableError:
            continue
        if not cells.keys() <= known:
            raise InvariantError("A row has fields that its request does not name.")
        # What cannot be told in UTF-8 is no text either.
        yield line([cells.get(name, "") for name in names]).encode("utf-8", "replace")
