"""Bulk 1.0 jobs and batches: what they are, their states, and what their infos show.

https://developer.salesforce.com/docs/platform/api-asynch/guide/asynch-api-reference-jobinfo.html
https://developer.salesforce.com/docs/platform/api-asynch/guide/asynch-api-reference-batchinfo.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

Pairs = list[tuple[str, object]]


class JobState(StrEnum):
    """A job is closed by its client; that says nothing about its batches."""

    OPEN = "Open"
    CLOSED = "Closed"
    ABORTED = "Aborted"


class BatchState(StrEnum):
    """https://developer.salesforce.com/docs/platform/api-asynch/guide/asynch-api-batches-interpret-status.html"""

    QUEUED = "Queued"
    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"
    NOT_PROCESSED = "NotProcessed"


class Format(StrEnum):
    """The contentType of a job; the kinds with attachments (ZIP_...) are not there."""

    CSV = "CSV"
    JSON = "JSON"
    XML = "XML"


ENDED: Final = frozenset({BatchState.COMPLETED, BatchState.FAILED, BatchState.NOT_PROCESSED})
QUERIES: Final = frozenset({"query", "queryAll"})
_MILLISECONDS_A_RECORD: Final = 1


@dataclass(frozen=True, slots=True)
class Order:
    """What the creator of a job asked for; `chunk_size` is that of PK chunking, None without."""

    operation: str
    sobject: str
    format: Format
    external_id: str | None = None
    assignment_rule: str | None = None
    serial: bool = False
    chunk_size: int | None = None

    @property
    def is_query(self) -> bool:
        """Its batches are statements, not records."""
        return self.operation in QUERIES


@dataclass(slots=True)
class Batch:
    """One batch; its request and its result are files.

    `work` is what is left to do, made when the batch begins; `polls` counts the looks at it.
    `whole` says that its statement is not one of those that PK chunking made.
    """

    id: str
    job_id: str
    created: datetime
    folder: Path
    state: BatchState = BatchState.QUEUED
    outcome: BatchState | None = None
    message: str = ""
    changed: datetime | None = None
    polls: int = 0
    processed: int = 0
    failed: int = 0
    result_id: str | None = None
    whole: bool = True
    chunks: tuple[str, ...] = ()
    work: Iterator[None] | None = None

    @property
    def request(self) -> Path:
        """The body as it came."""
        return self.folder / f"{self.id}.request"

    @property
    def result(self) -> Path:
        """What `result` or `result/{id}` answers."""
        return self.folder / f"{self.id}.result"

    def finish(self, outcome: BatchState, message: str = "") -> None:
        """Nothing is left to do; it is shown when enough looks were taken."""
        self.outcome, self.message = outcome, message

    def facts(self) -> Pairs:
        """A batchInfo, in the order of its schema; times are a model, not a measurement."""
        spent = _MILLISECONDS_A_RECORD * self.processed
        message: Pairs = [("stateMessage", self.message)] if self._tells else []
        return [
            ("id", self.id),
            ("jobId", self.job_id),
            ("state", self.state.value),
            *message,
            ("createdDate", self.created),
            ("systemModstamp", self.changed or self.created),
            ("numberRecordsProcessed", self.processed),
            ("numberRecordsFailed", self.failed),
            ("totalProcessingTime", spent),
            ("apiActiveProcessingTime", spent),
            ("apexProcessingTime", 0),
        ]

    @property
    def _tells(self) -> bool:
        return bool(self.message) and self.state is BatchState.FAILED


@dataclass(slots=True)
class Job:
    """One job and its batches, in the order they came."""

    id: str
    order: Order
    version: str
    user_id: str
    created: datetime
    state: JobState = JobState.OPEN
    changed: datetime | None = None
    batches: dict[str, Batch] = field(default_factory=dict)

    def facts(self) -> Pairs:
        """A jobInfo, in the order of its schema."""
        states = Counter(batch.state for batch in self.batches.values())
        batches = self.batches.values()
        spent = sum(batch.processed for batch in batches) * _MILLISECONDS_A_RECORD
        order = self.order
        optional: Pairs = [
            ("externalIdFieldName", order.external_id),
            ("assignmentRuleId", order.assignment_rule),
        ]
        return [
            ("id", self.id),
            ("operation", order.operation),
            ("object", order.sobject),
            ("createdById", self.user_id),
            ("createdDate", self.created),
            ("systemModstamp", self.changed or self.created),
            ("state", self.state.value),
            *(pair for pair in optional if pair[1]),
            ("concurrencyMode", "Serial" if order.serial else "Parallel"),
            ("contentType", order.format.value),
            ("numberBatchesQueued", states[BatchState.QUEUED]),
            ("numberBatchesInProgress", states[BatchState.IN_PROGRESS]),
            ("numberBatchesCompleted", states[BatchState.COMPLETED]),
            ("numberBatchesFailed", states[BatchState.FAILED]),
            ("numberBatchesTotal", len(self.batches)),
            ("numberRecordsProcessed", sum(batch.processed for batch in batches)),
            ("numberRetries", 0),
            ("apiVersion", float(self.version)),
            ("numberRecordsFailed", sum(batch.failed for batch in batches)),
            ("totalProcessingTime", spent),
            ("apiActiveProcessingTime", spent),
            ("apexProcessingTime", 0),
        ]
