"""Bulk jobs as a test steers them: hold, let go, fail, and see how far they are."""

from __future__ import annotations

from local.salesforce.bulk.ingest import IngestJob
from local.salesforce.bulk.runner import Job, advance, steer
from local.salesforce.bulk.states import Steering
from local.salesforce.http.control.asking import (
    BadRequestError,
    Count,
    Name,
    Order,
    asked_model,
    routes,
)
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.org import Org

_FAILURE = "TooManyLockFailure : Too many lock failures"


class HoldOrder(Order):
    """Which job, and after how many more chunks."""

    job: Name | None = None
    chunks: Count = 0


class FailOrder(HoldOrder):
    """The same, with what the job says of its end."""

    message: Name = _FAILURE


class ReleaseOrder(Order):
    """Which job."""

    job: Name


class RunOrder(ReleaseOrder):
    """Which job, and how many chunks."""

    chunks: Count = 1


def _job(org: Org, name: str) -> Job:
    found = org.jobs.get(name)
    if found is None:
        known = f"one of {', '.join(org.jobs)}" if org.jobs else "there is none yet"
        raise BadRequestError("job", name, "no such job", known)
    return found


def _perhaps(org: Org, name: str | None) -> Job | None:
    return None if name is None else _job(org, name)


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
    asked = asked_model(call, HoldOrder)
    steer(org, _perhaps(org, asked.job), Steering(hold_after=asked.chunks))
    return NO_CONTENT


def fail(org: Org, call: Call) -> Answer:
    """`POST jobs/fail`: {"job", "chunks": 0, "message"} ends a job as failed after so many more.

    What was committed stays. Without a job it is the next that starts.
    """
    asked = asked_model(call, FailOrder)
    steering = Steering(fail_after=asked.chunks, message=asked.message)
    steer(org, _perhaps(org, asked.job), steering)
    return NO_CONTENT


def release(org: Org, call: Call) -> Answer:
    """`POST jobs/release`: {"job"} goes on, and is not failed either."""
    steer(org, _job(org, asked_model(call, ReleaseOrder).job), Steering())
    return NO_CONTENT


def run(org: Org, call: Call) -> Answer:
    """`POST jobs/run`: {"job", "chunks": 1} does so many chunks now; answers how many it did.

    A held job does them too and stays held.
    """
    asked = asked_model(call, RunOrder)
    job = _job(org, asked.job)
    held = job.steering.hold_after
    job.steering.hold_after = None
    did = 0
    while did < asked.chunks and advance(org, job):
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
