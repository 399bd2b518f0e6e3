"""The CSV of an ingest job, read from its file in pieces, as strictly as Salesforce reads it.

What cannot be read fails the whole job from there on. The texts:
https://github.com/amp-labs/connectors/pull/118 (Field name not found), the answer to a file with a
byte order mark and quotes (Failed to parse CSV), and the errors that the Salesforce command line
shows for a wrong line ending (https://github.com/salesforcecli/plugin-data/pull/1098). What
Salesforce says to a row with too many columns and to broken UTF-8 is not documented.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final, Self

from local.salesforce.bulk.states import Dialect

#: https://developer.salesforce.com/docs/platform/api-asynch/guide/datafiles-prepare-csv.html
LONGEST_HEADER: Final = 32_000
_LONGEST_CELL: Final = 1 << 24

Cells = list[str]


def leftovers(path: Path, dialect: Dialect, taken: int) -> Iterator[Cells]:
    """The header, then the rows after those `taken`, also where an Upload gives up.

    It ends where rows cannot be told apart; broken UTF-8 is shown as such.
    """
    csv.field_size_limit(_LONGEST_CELL)
    with path.open("rb") as file, suppress(csv.Error):
        lines = (line.replace(b"\0", b"").decode(errors="replace") for line in file)
        rows = (row for row in csv.reader(lines, delimiter=dialect.separator) if row)
        yield from islice(rows, 1)
        yield from islice(rows, taken, None)


class UploadError(ValueError):
    """Why a job cannot go on; the text is its `errorMessage`."""


class Upload:
    """The rows of one file, in order; the first `taken` are passed over."""

    def __init__(self, path: Path, dialect: Dialect, taken: int = 0, closed: bool = False) -> None:
        csv.field_size_limit(_LONGEST_CELL)
        self._path = path
        self._taken = 0
        self._file = path.open("rb")
        self._dialect = dialect
        self._crlf = dialect.ending == "CRLF"
        self._raw: list[bytes] = []
        self._rows = csv.reader(self._lines(), delimiter=dialect.separator, strict=True)
        self._whole = _whole_record(dialect.separator)
        try:
            self.header = self._header()
            self._pass_over(taken)
        except UploadError:
            self.close()
            raise
        if closed:
            self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[object, ...]:
        """For a snapshot: the file is opened anew and read to where it was."""
        return Upload, (self._path, self._dialect, self._taken, self._file.closed)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def rows(self, count: int) -> list[Cells]:
        """The next rows; fewer only at the end. Raises UploadError."""
        found = list(islice(self._checked(), count))
        self._taken += len(found)
        return found

    def _pass_over(self, count: int) -> None:
        for _ in islice(self._checked(), count):
            self._taken += 1

    def _lines(self) -> Iterator[str]:
        for raw in self._file:
            self._raw.append(raw)
            yield raw.replace(b"\0", b"").decode()

    def _header(self) -> Cells:
        first = next(self._checked(check_width=False), None)
        if first is None:
            raise UploadError("InvalidBatch : Records not found")
        if sum(map(len, first)) > LONGEST_HEADER:
            raise UploadError("InvalidBatch : Failed to parse CSV. The header is too long")
        return first

    def _checked(self, *, check_width: bool = True) -> Iterator[Cells]:
        try:
            for row in self._rows:
                raw, self._raw = self._raw, []
                if raw[-1].endswith(b"\r\n") is not self._crlf:
                    self._check_ending(raw[-1])
                if not row:
                    continue
                if check_width and len(row) > len(self.header):
                    raise UploadError(
                        "InvalidBatch : Failed to parse CSV. A row has more columns than the header"
                    )
                if b'"' in raw[0] and '"' in "".join(row):
                    self._check_quotes(raw)
                yield row
        except csv.Error as error:
            raise _unescaped() from error
        except UnicodeDecodeError as error:
            raise UploadError("InvalidBatch : Failed to parse CSV. Invalid UTF-8") from error

    def _check_ending(self, line: bytes) -> None:
        """The last line of a file needs no end."""
        if line.endswith(b"\n"):
            raise UploadError(
                "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting"
                f" is {self._dialect.ending}"
            )

    def _check_quotes(self, raw: list[bytes]) -> None:
        """A quote may stand in a value only where the value itself is within quotes."""
        if self._whole.fullmatch(b"".join(raw).decode()) is None:
            raise _unescaped()


def _unescaped() -> UploadError:
    return UploadError(
        "InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be"
        " within a quote"
    )


@cache
def _whole_record(separator: str) -> re.Pattern[str]:
    mark = re.escape(separator)
    cell = rf'(?:"[^"]*(?:""[^"]*)*"|[^"{mark}\r\n]*)'
    return re.compile(rf"{cell}(?:{mark}{cell})*(?:\r?\n)?")
