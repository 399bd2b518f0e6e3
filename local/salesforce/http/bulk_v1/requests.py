"""What every request of Bulk 1.0 needs: a version, a session, a place in the daily limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from local.salesforce.bulk.v1 import Batch, Job
from local.salesforce.bulk.v1_errors import AsyncError, Trouble
from local.salesforce.errors import ApiError
from local.salesforce.http.admission import count, signed_in
from local.salesforce.http.bulk_v1.answers import refusal
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Handler
from local.salesforce.http.versions import NEWEST, OLDEST
from local.salesforce.org import Org


def guarded(work: Callable[[Org, Call], Answer]) -> Handler:
    """A handler that answers every refusal as Bulk 1.0 does."""

    def handler(org: Org, call: Call) -> Answer:
        try:
            return work(org, _admitted(org, call))
        except AsyncError as error:
            return refusal(org, call, error)

    return handler


def _admitted(org: Org, call: Call) -> Call:
    """The call with its user, counted towards the calls of the day."""
    _check_version(call.params["release"])
    admitted = _signed_in(org, call)
    try:
        count(org, admitted)
    except ApiError as error:
        raise AsyncError(Trouble.REQUEST_QUOTA) from error
    if call.unreadable is not None:
        raise AsyncError(Trouble.UNREADABLE, text=call.unreadable.message)
    return admitted


def _check_version(given: str) -> None:
    """`62.0`, without the letter that the paths of REST have."""
    whole, dot, tenth = given.partition(".")
    if not (whole.isdigit() and dot and tenth == "0"):
        raise AsyncError(Trouble.UNKNOWN_VERSION, version=given)
    if int(whole) < OLDEST:
        raise AsyncError(Trouble.RETIRED_VERSION, version=given)
    if int(whole) > NEWEST:
        raise AsyncError(Trouble.UNKNOWN_VERSION, version=given)


def _signed_in(org: Org, call: Call) -> Call:
    """As the user of `X-SFDC-Session`; an Authorization header is not looked at."""
    token = call.headers.get("x-sfdc-session", "").strip()
    if not token:
        raise AsyncError(Trouble.NO_SESSION)
    headers = {**call.headers, "authorization": f"Bearer {token}"}
    try:
        return signed_in(org, replace(call, headers=headers))
    except ApiError as error:
        raise AsyncError(Trouble.BAD_SESSION) from error


def job_of(org: Org, call: Call) -> Job:
    """The job of the path, made with the version of the path."""
    given = call.params["job"]
    found = org.bulk_v1.jobs.get(given) or _by_short_id(org, given)
    if found is None:
        raise AsyncError(Trouble.UNKNOWN_JOB, id=given)
    if found.version != call.params["release"]:
        raise AsyncError(Trouble.OTHER_VERSION, version=found.version)
    return found


def _by_short_id(org: Org, given: str) -> Job | None:
    return next((job for job in org.bulk_v1.jobs.values() if job.id[:15] == given), None)


def batch_of(call: Call, job: Job) -> Batch:
    """The batch of the path."""
    given = call.params["batch"]
    found = job.batches.get(given)
    if found is None:
        found = next((each for each in job.batches.values() if each.id[:15] == given), None)
    if found is None:
        raise AsyncError(Trouble.UNKNOWN_BATCH, id=given)
    return found
