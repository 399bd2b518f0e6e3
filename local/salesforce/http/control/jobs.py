"""Bulk jobs as a test steers them: hold, let go, fail, and see how far they are."""

from __future__ import annotations

from collections.abc import Mapping

from local.salesforce.bulk.ingest import IngestJob
from local.salesforce.bulk.runner import Job, advance, steer
from local.salesforce.bulk.states import Steering
from local.salesforce.http.control.asking import asked_object, routes
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.org import Org

_FAILURE = "TooManyLockFailure : Too many lock failures"


def _job(org: Org, asked: Mapping[str, object]) -> Job | None:
    given = asked.get("job")
    return None if given is None else org.jobs[str(given)]


def _count(asked: Mapping[str, object], default: int) -> int:
    return int(str(asked.get("chunks", default)))


def show(org: Org, _call: Call) -> Answer:
    """`GET jobs`: all Bulk 2.0 jobs with what they have done; nothing counts as a look."""
    return Answer(200, {"jobs": [_facts(job) for job in org.jobs.values()]})


def _facts(job: Job) -> dict[str, object]:
    return {
        "id": job.id,
        "state": job.state.value,
        "chunks": job.counters.chunks if isinstance(job, IngestJob) else job.slices,
        "done": job.done,
        "polls": job.polls,
        "held": job.steering.hold_after == 0,
    }


def hold(org: Org, call: Call) -> Answer:
    """`POST jobs/hold`: {"job", "chunks": 0} stops a job after so many more chunks.

    Without a job it is the next that starts.
    """
    asked = asked_object(call)
    steer(org, _job(org, asked), Steering(hold_after=_count(asked, 0)))
    return NO_CONTENT


def fail(org: Org, call: Call) -> Answer:
    """`POST jobs/fail`: {"job", "chunks": 0, "message"} ends a job as failed after so many more.

    What was committed stays. Without a job it is the next that starts.
    """
    asked = asked_object(call)
    message = str(asked.get("message") or _FAILURE)
    steer(org, _job(org, asked), Steering(fail_after=_count(asked, 0), message=message))
    return NO_CONTENT


def release(org: Org, call: Call) -> Answer:
    """`POST jobs/release`: {"job"} goes on, and is not failed either."""
    job = org.jobs[str(asked_object(call)["job"])]
    steer(org, job, Steering())
    return NO_CONTENT


def run(org: Org, call: Call) -> Answer:
    """`POST jobs/run`: {"job", "chunks": 1} does so many chunks now; answers how many it did.

    A held job does them too and stays held.
    """
    asked = asked_object(call)
    job = org.jobs[str(asked["job"])]
    held = job.steering.hold_after
    job.steering.hold_after = None
    did = 0
    while did < _count(asked, 1) and advance(org, job):
        did += 1
    job.steering.hold_after = held
    return Answer(200, {"chunks": did, **_facts(job)})


ROUTES = routes(
    (
        ("GET", "jobs", show),
        ("POST", "jobs/hold", hold),
        ("POST", "jobs/fail", fail),
        ("POST", "jobs/release", release),
        ("POST", "jobs/run", run),
    )
)
