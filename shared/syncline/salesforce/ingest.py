"""Writing by Bulk API 2.0 ingest jobs: uploaded at one visit, begun at the next, never waited for.

A job does nothing before it is closed, so its id is stored by then: whatever is lost on the way, no
row is sent twice. Jobs are left to Salesforce, which deletes them after seven days.
https://developer.salesforce.com/docs/platform/api-asynch/guide/bulk-api-2-0-ingest.html
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any, Final

from syncline.engine.plan import SendKind
from syncline.errors import ConfigurationError, RetryableError
from syncline.ports import Cursor, Row, Waiting, WriteRequest
from syncline.salesforce.answers import CsvRows, JobAnswers
from syncline.salesforce.printing import Printer
from syncline.salesforce.results import download_rows
from syncline.salesforce.session import OrgSession
from syncline.salesforce.uploads import LARGEST, parts
from syncline.salesforce.writefaults import job_fault

LOST: Final = "Lost"
"""Our own word for a job that Salesforce does not know any more."""
ENDED: Final = frozenset({"JobComplete", "Failed", "Aborted", LOST})
_WORKING: Final = frozenset({"UploadComplete", "InProgress"})
DOWNLOADS: Final = 3
"""Times that results are fetched when they are damaged or rows are missing in them."""
_DAMAGED: Final = "answer_damaged"
_GONE: Final = "not_found"
_REFUSED: Final = ("InvalidBatch", "ClientInputError", "InvalidEntity", "FeatureNotEnabled")
"""What the message of a job begins with that no repetition would help."""

Job = Mapping[str, Any]
"""One job in the cursor: `id`, `rows` uploaded, `state` as we know it, `error` at its end."""


class IngestJobs:
    """The rows of one request: one job, or several where they are too many for an upload."""

    def __init__(self, session: OrgSession, request: WriteRequest) -> None:
        self._session = session
        self._request = request

    def submit(
        self,
        rows: Iterable[Row],
        *,
        object: str,
        types: Mapping[str, str],
        largest: int = LARGEST,
    ) -> Cursor:
        """The cursor holds all that later visits need, so that they ask for no describe."""
        jobs: list[Job] = []
        for part in parts(self._request, Printer(types), rows, largest=largest):
            made = self._session.once("POST", "jobs/ingest", self._body(object), job_fault)
            job = str(made["id"])
            self._session.upload(f"jobs/ingest/{job}/batches", part.file, job_fault)
            jobs.append({"id": job, "rows": part.rows, "state": "Open"})
        return {"via": "ingest", "jobs": jobs, "types": dict(types)}

    def collect(self, cursor: Cursor) -> Waiting | JobAnswers:
        """Closes what is open, or asks once for the state of what has not ended."""
        jobs: Sequence[Job] = cursor["jobs"]
        begins = any(each["state"] == "Open" for each in jobs)
        look = self._closed if begins else partial(_asked, self._session)
        jobs = [each if _ended(each) else look(each) for each in jobs]
        if jobs and all(each["state"] == LOST for each in jobs):
            raise RetryableError("Salesforce has deleted the Bulk job.", code="job_lost")
        if not all(_ended(each) for each in jobs):
            return Waiting({**cursor, "jobs": jobs})
        return self._answers(jobs, Printer(cursor["types"]))

    def _body(self, object: str) -> dict[str, str]:
        request = self._request
        body = {
            "object": object,
            "operation": str(request.kind),
            "contentType": "CSV",
            "lineEnding": "LF",
            "columnDelimiter": "COMMA",
        }
        if request.kind is not SendKind.CREATE:
            return body
        if request.key_field is None:
            return {**body, "operation": "insert"}
        return {**body, "operation": "upsert", "externalIdFieldName": request.key_field}

    def _closed(self, job: Job) -> Job:
        """Closing twice is harmless: what is closed already refuses, in words that are not
        documented, so the job itself is asked."""
        if job["state"] != "Open":
            return job
        try:
            path = f"jobs/ingest/{job['id']}"
            self._session.put("PATCH", path, {"state": "UploadComplete"}, job_fault)
        except ConfigurationError:
            asked = _asked(self._session, job)
            if asked["state"] == "Open":
                raise
            return asked
        return {**job, "state": "UploadComplete"}

    def _answers(self, jobs: Sequence[Job], printer: Printer) -> JobAnswers:
        _check_refusal(jobs)
        answers = JobAnswers(self._request, printer)
        try:
            answers.ready(sum(self._loaded(answers, each) for each in jobs))
        except BaseException:
            answers.close()
            raise
        return answers

    def _loaded(self, answers: JobAnswers, job: Job) -> int:
        """Loads the results of a job; how many of its rows no result tells anything of."""
        if job["state"] == LOST:
            return int(job["rows"])
        for left in range(DOWNLOADS - 1, -1, -1):
            try:
                with answers.loading():
                    return self._downloaded(answers, job, strict=left > 0)
            except ConfigurationError as exc:
                if exc.code != _GONE:
                    raise
                return int(job["rows"])
            except RetryableError as exc:
                if exc.code != _DAMAGED or not left:
                    raise
        raise AssertionError  # the last turn returns or raises

    def _downloaded(self, answers: JobAnswers, job: Job, *, strict: bool) -> int:
        """What was refused is fetched only where not all rows were written. What a job that ended
        early did not come to is fetched only where its rows must not be sent twice; where they may,
        it does not matter why a row has no result. `strict` takes missing rows for damage."""
        left = int(job["rows"]) - self._file(job, "successfulResults", answers.add_answers)
        if left > 0:
            left -= self._file(job, "failedResults", answers.add_answers)
        if left > 0 and job["state"] != "JobComplete":
            if self._request.repeatable:
                return 0
            left -= self._file(job, "unprocessedrecords", answers.add_untouched)
        if left > 0 and strict:
            raise RetryableError("Rows are missing in a Bulk result.", code=_DAMAGED)
        return max(left, 0)

    def _file(self, job: Job, which: str, add: Callable[[CsvRows], int]) -> int:
        page = download_rows(self._session, job["id"], which)
        with closing(page.file):
            return add(page.rows(0))


def abort(session: OrgSession, jobs: Sequence[Job]) -> None:
    """No more rows of these jobs are processed; what is committed is not rolled back. A job that
    has ended refuses, in words that are not documented, so it is asked; one that is open still, and
    that another user made, is left so, for nobody closes it. Whether rows that are being processed
    at that moment are committed is not documented.
    https://developer.salesforce.com/docs/platform/api-asynch/guide/abort-job.html
    https://developer.salesforce.com/docs/atlas.en-us.192.0.api_asynch.meta/api_asynch/asynch_api_jobs_abort.htm
    """
    for job in jobs:
        if _ended(job):
            continue
        try:
            session.put("PATCH", f"jobs/ingest/{job['id']}", {"state": "Aborted"}, job_fault)
        except ConfigurationError:
            if _asked(session, job)["state"] in _WORKING:
                raise


def _asked(session: OrgSession, job: Job) -> Job:
    try:
        said = session.get(f"jobs/ingest/{job['id']}")
    except ConfigurationError as exc:
        if exc.code != _GONE:
            raise
        return {**job, "state": LOST}
    told = {
        "state": str(said["state"]),
        "processed": said.get("numberRecordsProcessed"),
        "error": said.get("errorMessage"),
    }
    return {**job, **{name: each for name, each in told.items() if each is not None}}


def _ended(job: Job) -> bool:
    return job["state"] in ENDED


def _check_refusal(jobs: Sequence[Job]) -> None:
    """What no job processed and a person must correct is not worth another job."""
    words = [str(each.get("error", "")) for each in jobs if each["state"] == "Failed"]
    refused = [each for each in words if each.startswith(_REFUSED)]
    if refused and all(each.get("processed") == 0 for each in jobs):
        raise ConfigurationError(
            f"Salesforce refused the Bulk job: {' '.join(refused[0].split())}",
            code="job_refused",
            field="mapping",
            remedy="Correct the mapping, or give the user access to the field that is named.",
        )
