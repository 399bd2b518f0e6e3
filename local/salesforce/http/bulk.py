"""Bulk API 2.0 queries under `jobs/query`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.ids import mint
from local.salesforce.jobs import DELIMITERS, ENDINGS, TERMINAL, JobState, QueryJob, locator, row_of
from local.salesforce.org import Org
from local.salesforce.soql.planned import Plan


def create(org: Org, call: Call) -> Answer:
    """`POST jobs/query`: the statement is checked now, and run when the job is looked at."""
    asked = call.json_object()
    operation = _choice(asked, "operation", ("query", "queryAll"), default=None)
    plan = org.acting(call.user_id).plan(str(asked.get("query") or ""))
    _check(plan)
    job_id = mint("750", org.database.reserve("750"))
    job = QueryJob(
        id=job_id,
        plan=plan,
        operation=operation,
        version=call.version,
        user_id=call.user_id,
        created=org.clock.stamp(),
        delimiter=_choice(asked, "columnDelimiter", tuple(DELIMITERS), default="COMMA"),
        ending=_choice(asked, "lineEnding", tuple(ENDINGS), default="LF"),
        path=org.scratch / f"{job_id}.csv",
    )
    org.jobs[job_id] = job
    return Answer(200, job.facts())


def _choice(
    asked: Mapping[str, object], name: str, known: tuple[str, ...], *, default: str | None
) -> str:
    value = asked.get(name, default)
    found = next((each for each in known if each.lower() == str(value).lower()), None)
    if found is None:
        raise ApiError(Kind.BULK_VALUE, text=f"Invalid value for {name}: {value}")
    return found


def _check(plan: Plan) -> None:
    """What Bulk queries cannot do.

    https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm
    """
    if not plan.sobject.traits.bulk:
        raise ApiError(Kind.BULK_ENTITY, value=plan.sobject.name)
    if plan.aggregates or plan.offset:
        raise ApiError(
            Kind.BULK_RESTRICTION,
            text="Implementation restriction: no aggregates and no OFFSET in Bulk Query",
        )
    if plan.children:
        raise ApiError(Kind.BULK_RESTRICTION, text="Nested queries are not supported in Bulk Query")
    if any(output.is_address for output in plan.outputs):
        raise ApiError(
            Kind.BULK_RESTRICTION, text="Selecting compound data not supported in Bulk Query"
        )


def _job(org: Org, call: Call) -> QueryJob:
    found = org.jobs.get(call.params["job"])
    if found is None:
        raise ApiError(Kind.NOT_FOUND)
    return found


def status(org: Org, call: Call) -> Answer:
    """`GET jobs/query/{id}`: each look brings the job forward."""
    job = _job(org, call)
    job.poll(
        org.acting(call.user_id).reader(call.base),
        in_progress_polls=org.settings.bulk_in_progress_polls,
        now=org.clock.stamp(),
    )
    return Answer(200, _info(job))


def _info(job: QueryJob) -> dict[str, object]:
    spent = {"retries": 0, "totalProcessingTime": 100 * job.polls}
    done = job.rows if job.state is JobState.COMPLETE else 0
    return {**job.facts(), "jobType": "V2Query", "numberRecordsProcessed": done, **spent}


def listing(org: Org, _call: Call) -> Answer:
    """`GET jobs/query`: all jobs on one page."""
    records = [{**job.facts(), "jobType": "V2Query"} for job in org.jobs.values()]
    return Answer(200, {"done": True, "records": records, "nextRecordsUrl": None})


def results(org: Org, call: Call) -> Answer:
    """`GET jobs/query/{id}/results`: CSV; `Sforce-Locator` is the word null on the last page.

    The version must be the one the job was made with.
    https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm
    """
    job = _job(org, call)
    if job.version != call.version:
        raise ApiError(Kind.BULK_VERSION, version=job.version)
    if job.state is not JobState.COMPLETE:
        raise ApiError(Kind.BULK_NOT_COMPLETE, id=job.id)
    start = _start(call, job)
    size = _size(call) or org.settings.bulk_page_size
    end = min(start + size, job.rows)
    headers = {
        "Sforce-NumberOfRecords": str(end - start),
        "Sforce-Locator": locator(end) if end < job.rows else "null",
    }
    return Answer(200, headers=headers, stream=job.page(start, end), media="text/csv")


def _start(call: Call, job: QueryJob) -> int:
    given = call.query.get("locator", "")
    start = row_of(given) if given else 0
    if start is None or start > job.rows:
        raise ApiError(Kind.BULK_VALUE, text=f"Invalid locator: {given}")
    return start


def _size(call: Call) -> int | None:
    given = call.query.get("maxRecords", "")
    if not given:
        return None
    if not given.isdigit() or int(given) == 0:
        raise ApiError(Kind.BULK_VALUE, text=f"Invalid maxRecords: {given}")
    return int(given)


def abort(org: Org, call: Call) -> Answer:
    """`PATCH jobs/query/{id}` with {"state": "Aborted"}."""
    job = _job(org, call)
    state = call.json_object().get("state")
    if state != JobState.ABORTED.value:
        raise ApiError(Kind.BULK_VALUE, text=f"Invalid value for state: {state}")
    if job.state in TERMINAL:
        raise ApiError(Kind.BULK_STATE, text=f"Aborting {job.state.value} job not allowed")
    job.abort(org.clock.stamp())
    return Answer(200, job.facts())


def delete(org: Org, call: Call) -> Answer:
    """`DELETE jobs/query/{id}`: only when it has ended."""
    job = _job(org, call)
    if job.state not in TERMINAL:
        raise ApiError(Kind.BULK_STATE, text=f"Deleting {job.state.value} job not allowed")
    job.path.unlink(missing_ok=True)
    del org.jobs[job.id]
    return NO_CONTENT


_BASE: Final = "/services/data/{version}/jobs/query"
ROUTES = (
    Route("POST", _BASE, "bulk.create", create),
    Route("GET", _BASE, "bulk.list", listing),
    Route("GET", f"{_BASE}/{{job}}", "bulk.status", status),
    Route("PATCH", f"{_BASE}/{{job}}", "bulk.abort", abort),
    Route("DELETE", f"{_BASE}/{{job}}", "bulk.delete", delete),
    Route("GET", f"{_BASE}/{{job}}/results", "bulk.results", results),
)
