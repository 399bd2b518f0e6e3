"""Bulk 2.0 query jobs: asynchronous, with a result file that stays as it was written."""

from __future__ import annotations

import base64
import binascii
import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from local.salesforce.soql.planned import Plan
from local.salesforce.store.printing import csv_header
from local.salesforce.store.reader import Reader

_CHUNK: Final = 1 << 18


class JobState(StrEnum):
    """What a job can be in.

    https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_job_states.htm
    """

    UPLOAD_COMPLETE = "UploadComplete"
    IN_PROGRESS = "InProgress"
    COMPLETE = "JobComplete"
    FAILED = "Failed"
    ABORTED = "Aborted"


TERMINAL: Final = frozenset({JobState.COMPLETE, JobState.FAILED, JobState.ABORTED})
DELIMITERS: Final = {
    "COMMA": ",",
    "BACKQUOTE": "`",
    "CARET": "^",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
ENDINGS: Final = {"LF": "\n", "CRLF": "\r\n"}


@dataclass(slots=True)
class QueryJob:
    """One job; its rows are read at the first poll and written to a file once."""

    id: str
    plan: Plan
    operation: str
    version: str
    user_id: str
    created: datetime
    delimiter: str
    ending: str
    path: Path
    state: JobState = JobState.UPLOAD_COMPLETE
    changed: datetime | None = None
    polls: int = 0
    offsets: array[int] = field(default_factory=lambda: array("q"))

    @property
    def rows(self) -> int:
        """How many rows the result has."""
        return max(0, len(self.offsets) - 1)

    def poll(self, reader: Reader, *, in_progress_polls: int, now: datetime) -> None:
        """One look at the job: it starts with the first and is done after the given number."""
        if self.state in TERMINAL:
            return
        if self.polls == 0:
            self._run(reader)
        self.polls += 1
        self.state = JobState.COMPLETE if self.polls > in_progress_polls else JobState.IN_PROGRESS
        self.changed = now

    def abort(self, now: datetime) -> None:
        """Stop; there will be no results."""
        self.state = JobState.ABORTED
        self.changed = now
        self.path.unlink(missing_ok=True)

    def _run(self, reader: Reader) -> None:
        rows = reader.find(self.plan, everything=self.operation == "queryAll")
        if not self.plan.ordered:
            random.Random(self.id).shuffle(rows)
        delimiter, ending = DELIMITERS[self.delimiter], ENDINGS[self.ending]
        with self.path.open("wb") as file:
            at = 0
            self.offsets.append(at)
            for line in reader.csv_lines(self.plan, rows, delimiter=delimiter, ending=ending):
                at += file.write(line.encode())
                self.offsets.append(at)

    def header(self) -> bytes:
        """The first line of every page."""
        delimiter, ending = DELIMITERS[self.delimiter], ENDINGS[self.ending]
        return csv_header(self.plan.outputs, delimiter=delimiter, ending=ending).encode()

    def page(self, start: int, end: int) -> Iterator[bytes]:
        """The header and some rows, in pieces."""
        yield self.header()
        if start >= end:
            return
        left = self.offsets[end] - self.offsets[start]
        with self.path.open("rb") as file:
            file.seek(self.offsets[start])
            while left > 0:
                part = file.read(min(left, _CHUNK))
                left -= len(part)
                yield part

    def facts(self) -> dict[str, object]:
        """What creating and reading a job both show."""
        changed = self.changed or self.created
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.plan.sobject.name,
            "createdById": self.user_id,
            "createdDate": _moment(self.created),
            "systemModstamp": _moment(changed),
            "state": self.state.value,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version),
            "lineEnding": self.ending,
            "columnDelimiter": self.delimiter,
        }


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000+0000"


def locator(row: int) -> str:
    """Where the next page starts: base64 of the row number, as the documentation shows it."""
    return base64.b64encode(str(row).encode()).decode().rstrip("=")


def row_of(text: str) -> int | None:
    """The row a locator stands for; None when it is none of ours."""
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return int(found) if found.isdigit() else None
