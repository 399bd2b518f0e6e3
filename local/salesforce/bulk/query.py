"""Bulk 2.0 query jobs: asynchronous, with a result file that stays as it was written."""

from __future__ import annotations

import base64
import binascii
import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from local.salesforce.bulk.states import (
    TERMINAL,
    Desk,
    JobState,
    Origin,
    Steering,
    common_facts,
)
from local.salesforce.soql.planned import Plan
from local.salesforce.store.printing import csv_header

#: Rows written before the server looks at other requests.
SLICE: Final = 2_000
_CHUNK: Final = 1 << 18
_MILLISECONDS_A_SLICE: Final = 20


@dataclass(slots=True)
class QueryJob:
    """One job; its rows are found in the first slice and written to a file in the others.

    `polls` counts the looks at its status: it is said to be in progress until enough were taken.
    """

    origin: Origin
    plan: Plan
    operation: str
    state: JobState = JobState.UPLOAD_COMPLETE
    changed: datetime | None = None
    error: str = ""
    polls: int = 0
    slices: int = 0
    taken: int = 0
    done: bool = False
    steering: Steering = field(default_factory=Steering)
    offsets: array[int] = field(default_factory=lambda: array("q", (0,)))
    _found: array[int] | None = None
    _file: BinaryIO | None = None

    @property
    def id(self) -> str:
        """The id of the job."""
        return self.origin.id

    @property
    def path(self) -> Path:
        """The result file."""
        return self.origin.folder / f"{self.id}.csv"

    @property
    def pending_since(self) -> datetime | None:
        """A query writes nothing that could be committed late."""
        return None

    @property
    def rows(self) -> int:
        """How many rows the result has so far."""
        return len(self.offsets) - 1

    def step(self, desk: Desk) -> bool:
        """One slice; False when there is nothing left to do."""
        if self.done or self.state in TERMINAL:
            return False
        if self._found is None:
            self._found = self._find(desk)
        file = self._file = self._file or self.path.open("wb")
        part = self._part(self._found)
        reader = desk.acting.reader("")
        dialect = self.origin.dialect
        lines = reader.csv_lines(
            self.plan, part, delimiter=dialect.separator, ending=dialect.newline
        )
        at = self.offsets[-1]
        for line in lines:
            at += file.write(line.encode())
            self.offsets.append(at)
        self.taken += len(part)
        self.slices += 1
        if self._go_on():
            return True
        desk.allocation.add_result(desk.acting.clock.now(), self.offsets[-1])
        return False

    def _find(self, desk: Desk) -> array[int]:
        return desk.acting.reader("").find(self.plan, everything=self.operation == "queryAll")

    def _part(self, found: array[int]) -> array[int]:
        """The rows of the next slice, in no order unless one was asked for."""
        part = found[self.taken : self.taken + SLICE]
        if not self.plan.ordered:
            random.Random(f"{self.id}{self.taken}").shuffle(part)
        return part

    def _go_on(self) -> bool:
        if self._found is not None and self.taken < len(self._found):
            return True
        self.close()
        self.done = True
        return False

    def close(self) -> None:
        """Let go of its file, which stays."""
        if self._file is not None:
            self._file.close()
        self._file = self._found = None

    def end(self, state: JobState, now: datetime, error: str = "") -> None:
        """The last state; there are results only of a job that is complete."""
        self.close()
        self.state, self.changed, self.error, self.done = state, now, error, True
        if state is not JobState.COMPLETE:
            self.discard()

    def discard(self) -> None:
        """Remove its file."""
        self.close()
        self.path.unlink(missing_ok=True)

    def header(self) -> bytes:
        """The first line of every page."""
        dialect = self.origin.dialect
        text = csv_header(self.plan.outputs, delimiter=dialect.separator, ending=dialect.newline)
        return text.encode()

    def page(self, start: int, end: int) -> Iterator[bytes]:
        """The header and some rows, in pieces."""
        yield self.header()
        left = self.offsets[end] - self.offsets[start] if start < end else 0
        if not left:
            return
        with self.path.open("rb") as file:
            file.seek(self.offsets[start])
            while left > 0:
                part = file.read(min(left, _CHUNK))
                left -= len(part)
                yield part

    def facts(self) -> dict[str, object]:
        """What aborting shows.

        https://developer.salesforce.com/docs/platform/api-asynch/guide/query-abort-job.html
        """
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.plan.sobject.name,
            **common_facts(
                self.origin, changed=self.changed or self.origin.created, state=self.state
            ),
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.origin.version),
        }

    def made(self) -> dict[str, object]:
        """What creating shows."""
        return {**self.facts(), **self._dialect()}

    def listed(self) -> dict[str, object]:
        """What the list of jobs shows."""
        return {**self.facts(), "jobType": "V2Query", **self._dialect()}

    def info(self) -> dict[str, object]:
        """What reading the job shows; times are a model, not a measurement.

        https://developer.salesforce.com/docs/platform/api-asynch/guide/query-get-one-job.html
        """
        ended = self.state is JobState.COMPLETE
        more: dict[str, object] = {"errorMessage": self.error} if self.error else {}
        return {
            **self.listed(),
            "numberRecordsProcessed": self.rows if ended else 0,
            "retries": 0,
            "totalProcessingTime": _MILLISECONDS_A_SLICE * self.slices if ended else 0,
            **more,
            "isPkChunkingSupported": not self.plan.ordered and self.plan.limit is None,
        }

    def _dialect(self) -> dict[str, object]:
        dialect = self.origin.dialect
        return {"lineEnding": dialect.ending, "columnDelimiter": dialect.delimiter}


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
