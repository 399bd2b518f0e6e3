"""The writing half of MemoryCrm: people, rows written at once, and jobs of rows."""

from collections import deque
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from syncline.engine.plan import SendKind
from syncline.errors import ConfigurationError, InvariantError, RetryableError
from syncline.memory.crm_guests import RELATION, guests_of
from syncline.memory.crm_requests import CrmRequests
from syncline.memory.crm_rows import RowWriter
from syncline.memory.org import MemoryOrg
from syncline.ports import (
    Cursor,
    ObjectDescription,
    OrgIdentity,
    Person,
    Row,
    RowAnswer,
    Waiting,
    WriteRequest,
)

ROWS_AT_ONCE: Final = 200
"""Rows of one request, and rows that a `job_stops` may be no multiple of."""

Refuse = Callable[[str, SendKind, Row], RowAnswer | None]
"""Judges a row (object, kind, row) before it is written; an answer refuses it."""


@dataclass(slots=True)
class _Job:
    request: WriteRequest
    rows: Sequence[Row]
    waits: int
    begun: bool = False
    ended: bool = False
    answers: list[tuple[Row, RowAnswer]] = field(default_factory=list)


class CrmWrites(CrmRequests):
    """What a test sets:

    `job_from` rows and more are for a job; `job_waits` is how often a job that has begun answers
    Waiting; until then it has written `job_holds` rows, unless `go_on` lets it; `job_stops` ends
    jobs as failed after so many rows, which stay written; `refuse` refuses rows (`refused` of
    crm_rows makes such an answer); `no_bulk` names objects, in lower case, that no job takes.
    """

    def __init__(self, org: MemoryOrg, identity: OrgIdentity) -> None:
        super().__init__(org, identity)
        self.job_from: int = 2000
        self.job_waits: int = 0
        self.job_holds: int = 0
        self.job_stops: int | None = None
        self.no_bulk: Container[str] = ()
        self.refuse: Refuse = lambda _object, _kind, _row: None
        self._writer = RowWriter(org, identity.user_id)
        self._jobs_made: list[_Job | None] = []

    def people(
        self, object: str, field: str, values: Collection[str]
    ) -> Mapping[str, Sequence[Person]]:
        self._description(object)
        wanted = {_folded(each) for each in values} - {""}
        found: dict[str, list[Person]] = {}
        if not wanted:
            return found
        self._request()
        for row in sorted(self.org.visible(object), key=lambda each: str(each["id"])):
            value = str(row.get(field.lower()) or "")
            hidden = row["isdeleted"] or row.get("isactive") is False
            if _folded(value) in wanted and not hidden:
                found.setdefault(_folded(value), []).append(Person(row["id"], value))
        return found

    def people_of(
        self, object: str, field: str, ids: Collection[str]
    ) -> Mapping[str, Sequence[str]]:
        if object.lower() != "event" or not ids or RELATION not in self.org.objects:
            return {}
        self._request()
        return guests_of(self.org, field, set(ids))

    def wants_job(self, request: WriteRequest) -> bool:
        return not request.repeatable or request.count >= self.job_from

    def write(self, request: WriteRequest, rows: Sequence[Row]) -> Sequence[RowAnswer]:
        if not request.repeatable:
            raise InvariantError("Only a job creates records without a key field once.")
        description = self._description(request.object)
        answers: list[RowAnswer] = []
        for start in range(0, len(rows), ROWS_AT_ONCE):
            with self._carried_out():
                some = rows[start : start + ROWS_AT_ONCE]
                answers += [self._written(request, description, each) for each in some]
        return answers

    def submit(self, request: WriteRequest, rows: Iterable[Row]) -> Cursor:
        self._description(request.object)
        with self._carried_out():
            if request.object.lower() in self.no_bulk:
                said = f"Entity '{request.object}' is not supported by the Bulk API."
                raise ConfigurationError(said, code="bulk_unsupported")
            self._jobs_made.append(_Job(request, list(rows), self.job_waits))
        return {"via": "memory", "ingest": len(self._jobs_made) - 1}

    def collect(self, request: WriteRequest, cursor: Cursor) -> "Waiting | MemoryAnswers":
        self._description(request.object)
        job = self._jobs_made[cursor["ingest"]]
        with self._carried_out():
            if job is None:
                raise RetryableError("The job is gone.", code="job_lost")
            job.begun = True
            if job.waits > 0 and not job.ended:
                job.waits -= 1
                self._work(job, self.job_holds)
                return Waiting(cursor)
            self._work_off(job)
        return MemoryAnswers(request, job.answers)

    def abandon(self, cursor: Cursor) -> None:
        job = self._jobs_made[cursor["ingest"]]
        with self._carried_out():
            if job is not None:
                job.ended = True

    def go_on(self) -> None:
        """Time passes for the jobs that have begun: they write their rows."""
        for job in self._jobs_made:
            if job is not None and job.begun:
                self._work_off(job)

    def _work_off(self, job: _Job) -> None:
        self._work(job, self.job_stops)
        job.ended = True

    def _work(self, job: _Job, rows: int | None) -> None:
        """Goes on until so many are done, or all of them."""
        if job.ended:
            return
        description = self._description(job.request.object)
        for each in job.rows[len(job.answers) : rows]:
            job.answers.append((each, self._written(job.request, description, each)))

    def forget_jobs(self) -> None:
        """As after seven days: what they wrote stays, their answers are gone."""
        self._jobs_made = [None for _ in self._jobs_made]

    def _written(
        self, request: WriteRequest, description: ObjectDescription, row: Row
    ) -> RowAnswer:
        known = {each.lower() for each in request.fields}
        strange = [each for each in row.values if each.lower() not in known]
        if strange:
            raise InvariantError(f"The request does not name the fields {strange} of its rows.")
        answer = self.refuse(description.name, request.kind, row)
        return answer or self._writer.write(request, description, row)


class MemoryAnswers:
    """The answers of one job, each given once."""

    def __init__(self, request: WriteRequest, answers: Iterable[tuple[Row, RowAnswer]]) -> None:
        self._request = request
        self._left: dict[object, deque[RowAnswer]] = {}
        for row, answer in answers:
            self._left.setdefault(self._mark(row), deque()).append(answer)

    def take(self, row: Row) -> RowAnswer | None:
        left = self._left.get(self._mark(row))
        return left.popleft() if left else None

    def close(self) -> None:
        self._left.clear()

    def _mark(self, row: Row) -> object:
        """What a row is known by: id, key, or all that it says."""
        if self._request.kind is not SendKind.CREATE:
            return row.id
        if self._request.key_field is not None:
            return row.key
        said = {name.lower(): value for name, value in row.values.items()}
        return tuple(said.get(each.lower()) or None for each in self._request.fields)


def _folded(value: str) -> str:
    return value.strip().lower()
