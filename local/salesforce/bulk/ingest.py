"""Bulk 2.0 ingest jobs: rows of an uploaded CSV, written in chunks of 200.

https://developer.salesforce.com/docs/platform/api-asynch/guide/bulk-api-2-0-ingest.html
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from local.salesforce.bulk.contention import parents, unlucky
from local.salesforce.bulk.results import Results
from local.salesforce.bulk.rows import CHUNK, Operation, RowResult, Work, run_chunk
from local.salesforce.bulk.sheet import Sheet, open_sheet
from local.salesforce.bulk.states import (
    TERMINAL,
    Desk,
    JobState,
    Origin,
    Steering,
    common_facts,
)
from local.salesforce.bulk.upload import UploadError, leftovers

#: Chunks that run side by side when their order or their locks matter.
PARALLEL: Final = 8
#: Rows of one internal batch, the unit of the daily allocation.
BATCH: Final = 10_000
_MILLISECONDS_A_CHUNK: Final = 40


@dataclass(slots=True)
class Counters:
    """What a job has done so far."""

    chunks: int = 0
    processed: int = 0
    failed: int = 0


@dataclass(slots=True)
class IngestJob:
    """One job. `polls` counts the looks at its status, as with a query job."""

    origin: Origin
    operation: Operation
    sobject: str
    external_id: str | None = None
    assignment_rule: str | None = None
    state: JobState = JobState.OPEN
    changed: datetime | None = None
    error: str = ""
    polls: int = 0
    done: bool = False
    recorded: bool = True
    steering: Steering = field(default_factory=Steering)
    counters: Counters = field(default_factory=Counters)
    _sheet: Sheet | None = None

    @property
    def id(self) -> str:
        """The id of the job."""
        return self.origin.id

    @property
    def path(self) -> Path:
        """The uploaded file."""
        return self.origin.folder / f"{self.id}.upload.csv"

    @property
    def pending_since(self) -> datetime | None:
        """The stamp of a chunk that runs and is not committed."""
        return self._sheet.begun if self._sheet and not self.done else None

    @property
    def results(self) -> Results:
        """The result files."""
        return Results(self.origin.folder, self.id, self.origin.dialect)

    def step(self, desk: Desk) -> bool:
        """One chunk; False when there is nothing to do now."""
        if self.done or self.state not in (JobState.UPLOAD_COMPLETE, JobState.IN_PROGRESS):
            return False
        try:
            self._sheet = self._sheet or self._open(desk)
            return self._chunk(desk, self._sheet)
        except UploadError as error:
            self.end(JobState.FAILED, desk.acting.clock.stamp(), str(error))
            return False

    def _open(self, desk: Desk) -> Sheet:
        schema = desk.acting.schema
        sobject = schema.require(self.sobject)
        key = sobject.get(self.external_id) if self.external_id else None
        work = Work(self.operation, sobject, key, assign=self.assignment_rule is not None)
        return open_sheet(self.path, self.origin.dialect, work, schema)

    def _chunk(self, desk: Desk, sheet: Sheet) -> bool:
        self._fill(sheet, desk)
        if not sheet.waiting:
            sheet.upload.close()
            self.done = True
            return False
        now = desk.acting.clock.stamp()
        begun = sheet.begun = sheet.begun or now
        if now < begun + timedelta(seconds=desk.pace.commit_delay_seconds):
            return False
        rows = sheet.waiting[0]
        results = self._written(desk, sheet, begun)
        del sheet.waiting[0]
        sheet.begun = None
        self._count(results)
        if self.recorded:
            self.results.add(rows, results, len(sheet.upload.header))
        return True

    def _fill(self, sheet: Sheet, desk: Desk) -> None:
        if sheet.waiting:
            return
        side_by_side = desk.pace.shuffled_chunks or desk.pace.lock_contention > 0
        for _ in range(PARALLEL if side_by_side else 1):
            rows = sheet.upload.rows(CHUNK)
            if rows:
                self._allow(desk, sheet, len(rows))
                sheet.waiting.append(rows)
                sheet.taken += len(rows)
        if desk.pace.shuffled_chunks:
            random.Random(f"{self.id}{sheet.taken}").shuffle(sheet.waiting)

    def _allow(self, desk: Desk, sheet: Sheet, rows: int) -> None:
        """Take from the daily allocation; without a batch results are not recorded."""
        now = desk.acting.clock.now()
        if sheet.taken % BATCH == 0:
            self.recorded = desk.allocation.take_batch(now, desk.pace.daily_batches)
        if not desk.allocation.take_records(now, rows, desk.pace.daily_records):
            raise UploadError("ExceededQuota : the daily maximum of records is reached")

    def _written(self, desk: Desk, sheet: Sheet, begun: datetime) -> list[RowResult]:
        rows = sheet.waiting[0]
        lost = self._lost(desk, sheet)
        tried = [row for at, row in enumerate(rows) if at not in lost] if lost else rows
        found = iter(
            run_chunk(
                desk.acting,
                sheet.work,
                tried,
                columns=sheet.columns,
                stamp=begun,
                reuse=desk.reuse,
            )
        )
        return [lost[at] if at in lost else next(found) for at in range(len(rows))]

    def _lost(self, desk: Desk, sheet: Sheet) -> dict[int, RowResult]:
        share = desk.pace.lock_contention
        if share <= 0 or len(sheet.waiting) < 2:
            return {}
        mine, *others = (parents(sheet.columns, rows) for rows in sheet.waiting)
        theirs = frozenset(name for rows in others for names in rows for name in names)
        return unlucky(mine, theirs, share=share, seed=f"{self.id}{self.counters.chunks}")

    def _count(self, results: list[RowResult]) -> None:
        self.counters.chunks += 1
        self.counters.processed += len(results)
        self.counters.failed += sum(result.failure is not None for result in results)

    def end(self, state: JobState, now: datetime, error: str = "") -> None:
        """The last state; what was committed stays, and what was not is unprocessed."""
        self.close()
        self.state, self.changed, self.error, self.done = state, now, error, True

    def close(self) -> None:
        """Let go of its files, which stay."""
        if self._sheet is not None:
            self._sheet.upload.close()

    def discard(self) -> None:
        """Remove its files."""
        self.end(self.state, self.changed or self.origin.created, self.error)
        self.path.unlink(missing_ok=True)
        self.results.discard()

    def names(self) -> list[str]:
        """The columns of the results: those that were found."""
        return list(self._sheet.columns.names) if self._sheet else self._header()

    def _header(self) -> list[str]:
        if not self.path.exists():
            return []
        return next(leftovers(self.path, self.origin.dialect, 0), [])

    def unprocessed(self) -> Iterator[bytes]:
        """The rows that no chunk took, also those of a file that was refused, under its header.

        https://developer.salesforce.com/docs/platform/api-asynch/guide/get-job-unprocessed-results.html
        says that a failed job shows what it did not process; what a refused file shows is not
        documented. Without a header the answer is empty.
        """
        names = self.names()
        if names:
            yield self.results.lines([names])
        if self.state is JobState.COMPLETE or not self.path.exists():
            return
        sheet = self._sheet
        for rows in sheet.waiting if sheet else ():
            yield self.results.lines(rows)
        left = leftovers(self.path, self.origin.dialect, sheet.taken if sheet else 0)
        next(left, None)
        while rows := list(islice(left, CHUNK)):
            yield self.results.lines(rows)

    def facts(self) -> dict[str, object]:
        """What closing and aborting show.

        https://developer.salesforce.com/docs/platform/api-asynch/guide/close-job.html
        """
        more: dict[str, object] = {}
        if self.external_id:
            more["externalIdFieldName"] = self.external_id
        if self.assignment_rule:
            more["assignmentRuleId"] = self.assignment_rule
        return {
            "id": self.id,
            "operation": self.operation.value,
            "object": self.sobject,
            **common_facts(
                self.origin, changed=self.changed or self.origin.created, state=self.state
            ),
            **more,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.origin.version),
        }

    def made(self) -> dict[str, object]:
        """What creating shows; the address has no slash in front, and is of open jobs only."""
        return {**self.facts(), **self._address(), **self._dialect()}

    def listed(self) -> dict[str, object]:
        """What the list of jobs shows."""
        return {**self.facts(), "jobType": "V2Ingest", **self._address(), **self._dialect()}

    def info(self) -> dict[str, object]:
        """What reading the job shows; times are a model, not a measurement.

        https://developer.salesforce.com/docs/platform/api-asynch/guide/get-job-info.html
        """
        counters = self.counters
        active = _MILLISECONDS_A_CHUNK * counters.chunks
        begun = self.state not in (JobState.OPEN, JobState.UPLOAD_COMPLETE)
        counted: dict[str, object] = {
            "numberRecordsProcessed": counters.processed,
            "numberRecordsFailed": counters.failed,
        }
        return {
            **self.listed(),
            **(counted if begun else {}),
            **({"errorMessage": self.error} if self.error else {}),
            "retries": 0,
            "totalProcessingTime": active if self.state in TERMINAL else 0,
            "apiActiveProcessingTime": active,
            "apexProcessingTime": 0,
        }

    def _address(self) -> dict[str, object]:
        if self.state is not JobState.OPEN:
            return {}
        version = self.origin.version
        return {"contentUrl": f"services/data/v{version}/jobs/ingest/{self.id}/batches"}

    def _dialect(self) -> dict[str, object]:
        dialect = self.origin.dialect
        return {"lineEnding": dialect.ending, "columnDelimiter": dialect.delimiter}
