"""Bulk API 2.0 ingest under `jobs/ingest`: create, upload once, close, watch, read the results.

https://developer.salesforce.com/docs/platform/api-asynch/guide/bulk-api-2-0-ingest.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from local.salesforce.bulk.ingest import IngestJob
from local.salesforce.bulk.rows import Operation
from local.salesforce.bulk.states import TERMINAL, JobState
from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.admission import UPLOAD
from local.salesforce.http.bulk_asking import (
    abort,
    choice,
    delete,
    job_of,
    listing,
    origin_of,
    since,
)
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.http.multipart import Parts, multipart
from local.salesforce.http.routing import Route
from local.salesforce.org import Org
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import Field, SObject

#: https://developer.salesforce.com/docs/platform/api-asynch/guide/create-job.html
LONGEST_MULTIPART: Final = 100_000
INGEST_SINCE: Final = 41.0
_CSV: Final = "text/csv"


def create(org: Org, call: Call) -> Answer:
    """`POST jobs/ingest`: open, or with the data in a multipart request closed at once.

    https://developer.salesforce.com/docs/atlas.en-us.250.0.api_asynch.meta/api_asynch/walkthrough_upload_multipart_data.htm
    """
    since(call, INGEST_SINCE)
    parts = multipart(call)
    asked = call.json_object() if parts is None else parts.job
    job = _new(org, call, asked)
    if parts is not None:
        _put(job, parts)
    org.jobs[job.id] = job
    answer = Answer(200, job.made())
    if parts is not None:
        org.runner.start(job)
    return answer


def _new(org: Org, call: Call, asked: Mapping[str, object]) -> IngestJob:
    operation = Operation(choice(asked, "operation", tuple(Operation)))
    sobject = _sobject(org.acting(call.user_id).schema, str(asked.get("object") or ""))
    if operation is Operation.HARD_DELETE and not org.settings.bulk_hard_delete:
        raise ApiError(Kind.BULK_HARD_DELETE)
    field = _external_id(sobject, asked) if operation is Operation.UPSERT else None
    rule = asked.get("assignmentRuleId")
    allocation, now = org.runner.allocation, org.clock.now()
    if allocation.batches(now) >= org.settings.bulk_daily_batches:
        raise ApiError(Kind.BULK_QUOTA)
    return IngestJob(
        origin_of(org, call, asked),
        operation,
        sobject.name,
        external_id=field.name if field else None,
        assignment_rule=str(rule) if rule else None,
    )


def _sobject(schema: Schema, name: str) -> SObject:
    """The text for an unknown object is that of Bulk 1.0, which clients know."""
    found = schema.get(name)
    if found is None:
        raise ApiError(Kind.BULK_VALUE, text=f"Unable to find object: {name}")
    if not found.traits.bulk:
        raise ApiError(Kind.BULK_ENTITY, value=found.name)
    return found


def _external_id(sobject: SObject, asked: Mapping[str, object]) -> Field:
    """The text for a missing one: https://github.com/wadewegner/Force.com-Toolkit-for-NET/issues/331."""
    name = str(asked.get("externalIdFieldName") or "")
    if not name:
        raise ApiError(
            Kind.BULK_VALUE,
            text=f"External ID was blank for {sobject.name}. An External ID must be specified for"
            " upsert.",
        )
    found = sobject.get(name)
    if found is None or not (found.external_id or found.id_lookup or found.name == "Id"):
        raise ApiError(
            Kind.BULK_VALUE,
            text=f"Field name provided, {name} does not match an External ID, Salesforce Id, or"
            f" indexed field for {sobject.name}",
        )
    return found


def _put(job: IngestJob, parts: Parts) -> None:
    if len(parts.content) > LONGEST_MULTIPART:
        raise ApiError(Kind.BODY_TOO_LARGE)
    job.path.write_bytes(parts.content)
    job.state = JobState.UPLOAD_COMPLETE


def upload(org: Org, call: Call) -> Answer:
    """`PUT jobs/ingest/{id}/batches`: the whole CSV, once; 150 MB once it is base64.

    https://developer.salesforce.com/docs/platform/api-asynch/guide/upload-job-data.html, and
    https://salesforce.stackexchange.com/questions/231917 for the second time. The page names
    `text/csv` as the only format; what another is answered is not documented, so it is that of
    REST. No type at all is taken.
    """
    job = job_of(org, call, IngestJob)
    kind = call.headers.get("content-type", "").partition(";")[0].strip() or _CSV
    if kind.lower() != _CSV:
        raise ApiError(Kind.UNSUPPORTED_MEDIA, value=kind)
    if job.state is not JobState.OPEN:
        text = f"Job is not open for uploads, its state is {job.state.value}"
        raise ApiError(Kind.BULK_STATE, text=text)
    if job.path.exists():
        raise ApiError(
            Kind.BULK_VALUE,
            text=f"Found multipe contents for job: <{job.id[:15]}>, please 'Close' / 'Abort' /"
            " 'Delete' the current Job then create a new Job and make sure you only do 'PUT' once"
            " on a given Job.",
        )
    call.keep(job.path)
    if -(-job.path.stat().st_size // 3) * 4 > org.settings.bulk_upload_bytes:
        job.path.unlink()
        raise ApiError(Kind.BODY_TOO_LARGE)
    return Answer(201)


def change(org: Org, call: Call) -> Answer:
    """`PATCH jobs/ingest/{id}`: {"state": "UploadComplete"} or {"state": "Aborted"}."""
    job = job_of(org, call, IngestJob)
    state = call.json_object().get("state")
    if state == JobState.ABORTED.value:
        abort(org, job)
    elif state != JobState.UPLOAD_COMPLETE.value:
        raise ApiError(Kind.BULK_STATE, text=f"Invalid value for state: {state}")
    elif job.state is not JobState.OPEN:
        text = f"Closing already {job.state.value} Job not allowed"
        raise ApiError(Kind.BULK_STATE, text=text)
    else:
        job.state, job.changed = JobState.UPLOAD_COMPLETE, org.clock.stamp()
    answer = Answer(200, job.facts())
    if job.state is JobState.UPLOAD_COMPLETE:
        org.runner.start(job)
    return answer


def status(org: Org, call: Call) -> Answer:
    """`GET jobs/ingest/{id}`: each look brings the job forward."""
    job = job_of(org, call, IngestJob)
    if job.state is not JobState.OPEN:
        org.runner.look(org, job)
    return Answer(200, job.info())


def remove(org: Org, call: Call) -> Answer:
    """`DELETE jobs/ingest/{id}`: not while it is open or works."""
    waiting = frozenset({JobState.UPLOAD_COMPLETE})
    delete(org, job_of(org, call, IngestJob), also=waiting)
    return NO_CONTENT


def _results(read: Callable[[IngestJob], Iterator[bytes]]) -> Callable[[Org, Call], Answer]:
    """A result of a job that has ended, also of one that failed or was aborted.

    What an earlier reader is told is not documented.
    """

    def answer(org: Org, call: Call) -> Answer:
        job = job_of(org, call, IngestJob)
        if job.state not in TERMINAL:
            raise ApiError(Kind.BULK_NOT_COMPLETE, id=job.id)
        return Answer(200, stream=read(job), media=_CSV)

    return answer


_BASE: Final = "/services/data/{version}/jobs/ingest"
_JOB: Final = f"{_BASE}/{{job}}"
ROUTES = (
    Route("POST", _BASE, "bulk.ingest.create", create),
    Route("GET", _BASE, "bulk.ingest.list", listing("ingest", "v2ingest")),
    Route("PUT", f"{_JOB}/batches", UPLOAD, upload, upload=True),
    Route("PATCH", _JOB, "bulk.ingest.change", change),
    Route("GET", _JOB, "bulk.ingest.status", status),
    Route("DELETE", _JOB, "bulk.ingest.delete", remove),
    Route(
        "GET",
        f"{_JOB}/successfulresults",
        "bulk.ingest.results",
        _results(lambda job: job.results.successful_file(job.names())),
    ),
    Route(
        "GET",
        f"{_JOB}/failedresults",
        "bulk.ingest.results",
        _results(lambda job: job.results.failed_file(job.names())),
    ),
    Route(
        "GET",
        f"{_JOB}/unprocessedrecords",
        "bulk.ingest.results",
        _results(lambda job: job.unprocessed()),
    ),
)
