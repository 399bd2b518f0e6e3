"""What both kinds of Bulk 2.0 jobs share: choices of a body, the job of a path, and the list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from local.salesforce.bulk.ingest import IngestJob
from local.salesforce.bulk.query import QueryJob
from local.salesforce.bulk.runner import Job, prune
from local.salesforce.bulk.states import DELIMITERS, ENDINGS, TERMINAL, Dialect, JobState, Origin
from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Answer, Call
from local.salesforce.ids import mint
from local.salesforce.org import Org

J = TypeVar("J", QueryJob, IngestJob)

_ENDED: Final = {
    JobState.COMPLETE: "Completed",
    JobState.FAILED: "Failed",
    JobState.ABORTED: "Aborted",
}
_KINDS: Final[Mapping[str, type[QueryJob | IngestJob]]] = {
    "v2query": QueryJob,
    "v2ingest": IngestJob,
}
_CLASSIC: Final = frozenset({"classic", "bigobjectingest"})


def since(call: Call, version: float) -> None:
    """404 for an older version than the first that has it."""
    if float(call.version) < version:
        raise ApiError(Kind.NOT_FOUND)


def choice(
    asked: Mapping[str, object], name: str, known: Sequence[str], *, default: str | None = None
) -> str:
    """One of the known words, in any case; raises ApiError."""
    value = asked.get(name) or default
    found = next((each for each in known if each.lower() == str(value).lower()), None)
    if found is None:
        raise ApiError(Kind.BULK_VALUE, text=f"Invalid value for {name}: {value}")
    return found


def origin_of(org: Org, call: Call, asked: Mapping[str, object]) -> Origin:
    """A new job's id, owner and dialect; raises ApiError for a dialect that is none."""
    choice(asked, "contentType", ("CSV",), default="CSV")
    dialect = Dialect(
        choice(asked, "columnDelimiter", tuple(DELIMITERS), default="COMMA"),
        choice(asked, "lineEnding", tuple(ENDINGS), default="LF"),
    )
    job_id = mint("750", org.database.reserve("750"))
    return Origin(
        job_id, call.user_id, call.version, org.clock.stamp(), dialect, folder=org.scratch
    )


def job_of(org: Org, call: Call, kind: type[J]) -> J:
    """The job of the path, of one kind; 404 for any other."""
    prune(org)
    found = org.jobs.get(call.params["job"])
    if not isinstance(found, kind):
        raise ApiError(Kind.NOT_FOUND)
    return found


def abort(org: Org, job: Job) -> None:
    """Stop a job that goes on; what it committed stays.

    https://developer.salesforce.com/docs/platform/api-asynch/guide/query-abort-job.html
    """
    if job.state in TERMINAL:
        text = f"Aborting already {_ENDED[job.state]} Job not allowed"
        raise ApiError(Kind.BULK_STATE, text=text)
    job.end(JobState.ABORTED, org.clock.stamp())
    org.transactions.pop(f"bulk-{job.id}", None)


def delete(org: Org, job: Job, *, also: frozenset[JobState] = frozenset()) -> None:
    """Forget a job that has ended, or is in another state that allows it.

    https://developer.salesforce.com/docs/platform/api-asynch/guide/query-delete-job.html
    """
    if job.state not in TERMINAL | also:
        raise ApiError(
            Kind.BULK_RESTRICTION,
            text="Error encountered when deleting the job because the job is not terminated",
        )
    job.discard()
    del org.jobs[job.id]


def listing(resource: str, own: str) -> Callable[[Org, Call], Answer]:
    """`GET jobs/query` and `GET jobs/ingest`: up to 1,000 jobs a page.

    Filters are `jobType`, `isPkChunkingEnabled` (never true of Bulk 2.0 jobs), `concurrencyMode`
    and `queryLocator`.
    https://developer.salesforce.com/docs/platform/api-asynch/guide/query-get-all-jobs.html
    """

    def answer(org: Org, call: Call) -> Answer:
        prune(org)
        name, start = _place(call.query.get("queryLocator", ""))
        size = org.settings.bulk_list_size
        jobs = list(_chosen(org, call, own))
        records = [job.listed() for job in jobs[start : start + size]]
        done = start + size >= len(jobs)
        name = name or mint("01g", org.database.reserve("01g"))
        more = f"{call.base}/jobs/{resource}?queryLocator={name}-{start + size}"
        return Answer(
            200, {"done": done, "records": records, "nextRecordsUrl": None if done else more}
        )

    return answer


def _chosen(org: Org, call: Call, own: str) -> Iterator[Job]:
    wanted = call.query.get("jobType", "").lower() or own
    if wanted not in _KINDS and wanted not in _CLASSIC:
        raise ApiError(Kind.BULK_VALUE, text=f"Invalid value for jobType: {wanted}")
    if call.query.get("isPkChunkingEnabled", "").lower() == "true":
        return
    if call.query.get("concurrencyMode", "parallel").lower() != "parallel":
        return
    for job in org.jobs.values():
        if isinstance(job, _KINDS.get(wanted, ())):
            yield job


def _place(given: str) -> tuple[str, int]:
    name, _, offset = given.partition("-")
    if given and not (offset.isdigit() and name.startswith("01g")):
        raise ApiError(Kind.QUERY_LOCATOR)
    return name, int(offset or 0)
