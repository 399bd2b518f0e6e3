"""Every refusal of Bulk 1.0 and every reason of a failed batch, in one table.

https://developer.salesforce.com/docs/platform/api-asynch/guide/asynch-api-reference-errors.html
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Trouble(StrEnum):
    """What went wrong with a request; the table below has its exceptionCode and text."""

    NO_SESSION = "no_session"
    BAD_SESSION = "bad_session"
    UNKNOWN_VERSION = "unknown_version"
    RETIRED_VERSION = "retired_version"
    OTHER_VERSION = "other_version"
    UNPARSED_JOB = "unparsed_job"
    UNKNOWN_OBJECT = "unknown_object"
    UNSUPPORTED_ENTITY = "unsupported_entity"
    UNSUPPORTED_QUERY = "unsupported_query"
    BLANK_EXTERNAL_ID = "blank_external_id"
    WRONG_EXTERNAL_ID = "wrong_external_id"
    UNKNOWN_JOB = "unknown_job"
    UNKNOWN_BATCH = "unknown_batch"
    UNKNOWN_RESULT = "unknown_result"
    JOB_NOT_OPEN = "job_not_open"
    JOB_ENDED = "job_ended"
    BATCH_NOT_COMPLETED = "batch_not_completed"
    NOT_PROCESSED = "not_processed"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    BATCH_QUOTA = "batch_quota"
    REQUEST_QUOTA = "request_quota"
    HARD_DELETE = "hard_delete"


#: Sources of the texts, by the order of the rows: simple-salesforce 406 and 619; a client that
#: tells versions apart by "unknown version"; jsforce 186; simple-salesforce 453; the describe
#: test of a Visual Basic client (Entity); jsforce 413; Force.com-Toolkit-for-NET 331;
#: jetstream 2061 (not open); restforce 905 (already); simple-salesforce 366 (not processed);
#: jsforce 31 (size). The texts for unknown ids, a retired or other version, a wrong external id,
#: quotas, hardDelete, a body that is badly packed and a batch that is not completed are from
#: practice, not from a page.
TROUBLES: Final[Mapping[Trouble, tuple[str, str]]] = {
    Trouble.NO_SESSION: ("InvalidSessionId", "Unable to find session id"),
    Trouble.BAD_SESSION: ("InvalidSessionId", "Invalid session id"),
    Trouble.UNKNOWN_VERSION: ("InvalidUrl", "unknown version: {version}"),
    Trouble.RETIRED_VERSION: ("InvalidVersion", "unsupported version: {version}"),
    Trouble.OTHER_VERSION: (
        "InvalidVersion",
        "Version in the URL does not match that of the job: {version}",
    ),
    Trouble.UNPARSED_JOB: ("InvalidJob", "Unable to parse Job"),
    Trouble.UNKNOWN_OBJECT: ("InvalidJob", "Unable to find object: {name}"),
    Trouble.UNSUPPORTED_ENTITY: (
        "InvalidEntity",
        "Entity '{name}' is not supported by the Bulk API.",
    ),
    Trouble.UNSUPPORTED_QUERY: (
        "InvalidEntity",
        "Entity '{name}' is not supported by the Bulk Query API.",
    ),
    Trouble.BLANK_EXTERNAL_ID: (
        "InvalidJob",
        "External ID was blank for {name}. An External ID must be specified for upsert.",
    ),
    Trouble.WRONG_EXTERNAL_ID: (
        "InvalidJob",
        (
            "Field name provided, {field} does not match an External ID, Salesforce Id, or indexed"
            " field for {name}"
        ),
    ),
    Trouble.UNKNOWN_JOB: ("InvalidJob", "Invalid job id: {id}"),
    Trouble.UNKNOWN_BATCH: ("InvalidBatch", "Invalid batch id: {id}"),
    Trouble.UNKNOWN_RESULT: ("InvalidBatch", "Invalid result id: {id}"),
    Trouble.JOB_NOT_OPEN: (
        "InvalidJobState",
        "Failed to create batch, since the Job is not Open. Current job state is '{state}'",
    ),
    Trouble.JOB_ENDED: ("InvalidJobState", "{doing} already {state} Job not allowed"),
    Trouble.BATCH_NOT_COMPLETED: ("InvalidBatch", "Batch not completed"),
    Trouble.NOT_PROCESSED: ("InvalidBatch", "Records not processed"),
    Trouble.TOO_LARGE: (
        "ClientInputError",
        "Failed to read request. Exceeded max size limit of {limit}",
    ),
    Trouble.UNREADABLE: ("ClientInputError", "{text}"),
    Trouble.BATCH_QUOTA: ("ExceededQuota", "ApiBatchItems Limit exceeded."),
    Trouble.REQUEST_QUOTA: ("ExceededQuota", "TotalRequests Limit exceeded."),
    Trouble.HARD_DELETE: (
        "FeatureNotEnabled",
        (
            "hardDelete operation requires special user profile permission, please contact your"
            " system administrator"
        ),
    ),
}


class AsyncError(Exception):
    """One refused request: always HTTP 400, an object with two keys, never a list."""

    def __init__(self, trouble: Trouble, **values: object) -> None:
        self.code, template = TROUBLES[trouble]
        self.message = template.format(**values)
        super().__init__(self.message)


class BatchError(Exception):
    """Why a whole batch failed; the text is its `stateMessage`."""
