"""Pages of a Bulk result: streamed to disk, parsed row by row, counted before being trusted."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Final

import requests

from syncline.errors import RetryableError
from syncline.salesforce.session import OrgSession

PAGE_ROWS: Final = 50_000
IN_MEMORY: Final = 1 << 20
"""Bytes; what is larger goes to a temporary file."""
_CHUNK: Final = 1 << 16
_BROKEN: Final = (csv.Error, UnicodeDecodeError)
"""What reading says of a text that is no CSV, or that ends inside of a character."""

# A long text field may have 131,072 characters, which is just what the module stops at.
csv.field_size_limit(1 << 20)


@dataclass(slots=True)
class ResultPage:
    """One page as a file. `count` is what Salesforce says is in it, `next` the next page."""

    file: IO[bytes]
    next: str | None
    count: int | None

    def rows(self, skip: int) -> Iterator[Sequence[str]]:
        """The header, then the rows behind the first `skip`.

        RetryableError(code="answer_damaged") at the end where rows are missing. The last row is
        given only when all have been counted, for it may be a part of one. Line breaks inside of
        values survive, as csv reads the text with its line ends as they are.
        """
        self.file.seek(0)
        text = TextIOWrapper(self.file, encoding="utf-8", newline="")
        # Strict: a quote that is never closed is an error and not a shorter value.
        rows = csv.reader(text, strict=True)
        header = _first(rows)
        if header is None:
            if self.count:
                raise _damaged()
            return
        yield header
        yield from islice(self._whole(rows, len(header)), skip, None)

    def _whole(self, rows: Iterator[list[str]], width: int) -> Iterator[list[str]]:
        held: list[str] | None = None
        found = 0
        try:
            for row in rows:
                if held is not None:
                    yield held
                held = row
                found += 1
        except _BROKEN as exc:
            raise _damaged() from exc
        if self.count is not None and found != self.count:
            raise _damaged()
        if held is not None:
            if len(held) != width:
                raise _damaged()
            yield held


def _first(rows: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(rows, None)
    except _BROKEN as exc:
        raise _damaged() from exc


def _damaged() -> RetryableError:
    return RetryableError("A Bulk result was cut short.", code="answer_damaged")


def download(session: OrgSession, job: str, locator: str | None) -> ResultPage:
    """One page of a finished query job. Locators stay good as long as the job, so a page can be
    fetched again."""
    params = {"maxRecords": str(PAGE_ROWS), **({"locator": locator} if locator else {})}
    return session.download(f"jobs/query/{job}/results", params, _receive)


def download_rows(session: OrgSession, job: str, which: str) -> ResultPage:
    """The rows of one kind of an ingest job that has ended: one answer, however long."""
    return session.download(f"jobs/ingest/{job}/{which}/", {}, _receive)


def _receive(response: requests.Response) -> ResultPage:
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the page's reader closes it
    try:
        for chunk in response.iter_content(_CHUNK):
            # NUL bytes have been seen in real results and are no text.
            file.write(chunk.replace(b"\0", b""))
    except BaseException:
        file.close()
        raise
    locator = response.headers.get("Sforce-Locator", "null")
    count = response.headers.get("Sforce-NumberOfRecords")
    # The end is told by the word "null".
    return ResultPage(
        file, None if locator in ("null", "") else locator, int(count) if count else None
    )
