"""Salesforce's refusals of whole requests that write: what came back → what to do next.

The table of faults, with other words where a refusal of a query is not one of a write.
"""

from collections.abc import Mapping
from typing import Final

from syncline.errors import RateLimitedError, RetryableError, SyncError
from syncline.ports import Row, RowAnswer
from syncline.salesforce.faults import (
    ANY,
    DAILY_PAUSE,
    FAULTS,
    Answer,
    Maker,
    configure,
    refusal,
    retry,
)

POISONED: Final = frozenset({"body_refused", "body_too_large"})
"""Codes of errors that one row may be the cause of: its neighbours are sent without it."""
PERHAPS: Final = frozenset({"salesforce_failed", "read_timed_out"})
"""The same, but the org itself may be unwell."""
UNFIT: Final = "bulk_unsupported"
"""Code of the ConfigurationError that says: no jobs for this object."""

_BODY: Final = configure(
    "body_refused", "Salesforce could not read a record", "Correct the record's values.", "mapping"
)
_TARGET: Final = configure(
    "write_refused",
    "Salesforce refused to write to the object or to a field of it",
    "Check the mapping against the object's fields and the user's access to them.",
    "mapping",
)
_NO_JOBS: Final = configure(
    UNFIT,
    "The Bulk API cannot write this object",
    "Name a creation key for the object in the connection, so that no job is needed.",
    "salesforce_object",
)
_NO_JOB: Final = configure(
    "job_refused",
    "Salesforce refused the Bulk job",
    "Check the object, and that the creation key is an external id of it.",
    "mapping",
)


def _quota(_: Answer) -> SyncError:
    """https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_bulkapi.htm"""
    return RateLimitedError(
        "The org's Bulk batches of the last 24 hours are used up.",
        retry_after_seconds=DAILY_PAUSE,
        daily=True,
        code="daily_limit",
    )


JOB_FAULTS: Final[Mapping[tuple[int, str], Maker]] = {
    **FAULTS,
    (0, "INVALIDENTITY"): _NO_JOBS,
    (0, "API_ERROR"): _NO_JOBS,
    (0, "FEATURENOTENABLED"): _NO_JOBS,
    (0, "INVALIDJOB"): _NO_JOB,
    (0, "EXCEEDEDQUOTA"): _quota,
    (0, "LIMIT_EXCEEDED"): _quota,
}
WRITE_FAULTS: Final[Mapping[tuple[int, str], Maker]] = {
    **FAULTS,
    (0, "JSON_PARSER_ERROR"): _BODY,
    (0, "MALFORMED_ID"): _BODY,
    (0, "INVALID_ID_FIELD"): _BODY,
    (413, ANY): configure(
        "body_too_large", "The request is larger than Salesforce accepts", "Shorten the records."
    ),
    (0, "INVALID_FIELD"): _TARGET,
    (0, "INVALID_TYPE"): _TARGET,
    (404, ANY): _TARGET,
    (0, "NOT_FOUND"): _TARGET,
    (0, "REQUEST_RUNNING_TOO_LONG"): retry("read_timed_out", "The request ran for too long"),
}


def write_fault(said: Answer) -> SyncError:
    """The error for a request of rows."""
    return refusal(said, WRITE_FAULTS)


def job_fault(said: Answer) -> SyncError:
    """The error for making a job, or uploading its rows."""
    return refusal(said, JOB_FAULTS)


def spoiled(row: Row, error: SyncError, *, alone: bool) -> RowAnswer:
    """The answer to a row that no request could be sent with. If others were in it to the last, it
    may not have been this one, so it is tried again at another time."""
    again = not alone or isinstance(error, RetryableError)
    return RowAnswer(row.id, code=error.code, message=error.message, again=again)
