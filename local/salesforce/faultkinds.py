"""Every failure that can be armed by name, in one table: what the client meets, and when the work
is done.

Texts are those of recorded answers where one is public: SERVER_UNAVAILABLE from restforce issue
156, UNKNOWN_EXCEPTION from restforce issue 821, QUERY_TIMEOUT from restforce issue 790,
QUERY_TOO_COMPLICATED from simple-salesforce issue 179, TXN_SECURITY_METERING_ERROR from the tests
of airbyte's source-salesforce, which alone record it with a status (400; its error handler looks at
code and text only), the two limits from
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm and answers
quoted by users. The pages of HTML are made up: what matters is that they are no JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class FaultKind(StrEnum):
    """The names of the table."""

    ERROR = "error"
    SESSION_EXPIRED = "session_expired"
    DAILY_LIMIT = "daily_limit"
    CONCURRENT_LIMIT = "concurrent_limit"
    UNAVAILABLE = "unavailable"
    HTML_503 = "html_503"
    UNKNOWN_EXCEPTION = "unknown_exception"
    BAD_GATEWAY = "bad_gateway"
    GATEWAY_TIMEOUT = "gateway_timeout"
    NOT_ACCEPTABLE = "not_acceptable"
    NOT_ACCEPTABLE_HTML = "not_acceptable_html"
    EDGE_420 = "edge_420"
    TOO_MANY_REQUESTS = "too_many_requests"
    QUERY_TIMEOUT = "query_timeout"
    QUERY_TOO_COMPLICATED = "query_too_complicated"
    INVALID_LOCATOR = "invalid_locator"
    SECURITY_METERING = "security_metering"
    API_DISABLED = "api_disabled"
    CONNECTION_RESET = "connection_reset"
    RESET_IN_REQUEST = "reset_in_request"
    TIMEOUT_AFTER_COMMIT = "timeout_after_commit"
    COMMIT_LATER = "commit_later"
    TRUNCATED_BODY = "truncated_body"
    INVALID_JSON = "invalid_json"
    DELAY = "delay"
    TRICKLE = "trickle"
    LOCKED_ROWS = "locked_rows"
    DUPLICATES_DETECTED = "duplicates_detected"
    LATE_COMMIT = "late_commit"
    QUERY_LAG = "query_lag"


class Meets(StrEnum):
    """What becomes of the call."""

    ANSWER = "answer"  # the answer of the table instead of the true one
    RESET = "reset"  # no answer, the connection is reset
    RESET_IN_REQUEST = "reset_in_request"  # the same while the body is still being sent
    HALF = "half"  # half of the true answer, then the end of the connection
    MANGLED = "mangled"  # half of the true body as if it were all of it
    TRUE_ANSWER = "true_answer"  # late, in drips, or about rows that failed


class Work(StrEnum):
    """When the work of the call is done."""

    NEVER = "never"
    DONE = "done"
    LATER = "later"  # seen once the org's clock has gone on by `seconds`, stamped now


_HTML: Final = "text/html; charset=UTF-8"


def _page(title: str, text: str) -> bytes:
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
    ).encode()


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """One row; a `code` makes the body the usual list, otherwise it is `page`, which may be ""."""

    sentence: str
    meets: Meets = Meets.ANSWER
    work: Work = Work.NEVER
    status: int = 0
    code: str = ""
    message: str = ""
    page: bytes = b""
    media: str = _HTML
    headers: Mapping[str, str] = field(default_factory=dict)


_UNKNOWN: Final = (
    "An unexpected error occurred. Please include this ErrorId if you contact support:"
    " 1452464078-314667 (-1173371248)"
)

FAULTS: Final[Mapping[FaultKind, FaultSpec]] = {
    FaultKind.ERROR: FaultSpec(
        "status, code, message, headers and body as given; nothing was done",
        status=500,
        code="UNKNOWN_EXCEPTION",
        message=_UNKNOWN,
    ),
    FaultKind.SESSION_EXPIRED: FaultSpec(
        "401, and the token of the call is dead from then on",
        status=401,
        code="INVALID_SESSION_ID",
        message="Session expired or invalid",
    ),
    FaultKind.DAILY_LIMIT: FaultSpec(
        "403: no more requests in these 24 hours",
        status=403,
        code="REQUEST_LIMIT_EXCEEDED",
        message="TotalRequests Limit exceeded.",
    ),
    FaultKind.CONCURRENT_LIMIT: FaultSpec(
        "403: too many long requests at the same time",
        status=403,
        code="REQUEST_LIMIT_EXCEEDED",
        message="ConcurrentPerOrgLongTxn Limit exceeded.",
    ),
    FaultKind.UNAVAILABLE: FaultSpec(
        "503 as JSON",
        status=503,
        code="SERVER_UNAVAILABLE",
        message="Server too busy",
    ),
    FaultKind.HTML_503: FaultSpec(
        "503 as a page of HTML",
        status=503,
        page=_page("Service Unavailable", "We are down for maintenance."),
    ),
    FaultKind.UNKNOWN_EXCEPTION: FaultSpec(
        "500 as JSON, with an ErrorId",
        status=500,
        code="UNKNOWN_EXCEPTION",
        message=_UNKNOWN,
    ),
    FaultKind.BAD_GATEWAY: FaultSpec(
        "502 as a page of HTML",
        status=502,
        page=_page("Bad Gateway", "The server returned an invalid response."),
    ),
    FaultKind.GATEWAY_TIMEOUT: FaultSpec(
        "504 as a page of HTML",
        status=504,
        page=_page("Gateway Timeout", "The server did not respond in time."),
    ),
    FaultKind.NOT_ACCEPTABLE: FaultSpec("406 without a body", status=406),
    FaultKind.NOT_ACCEPTABLE_HTML: FaultSpec(
        "406 as a page of HTML",
        status=406,
        page=_page("CustomNotAcceptable", "Not acceptable."),
    ),
    FaultKind.EDGE_420: FaultSpec(
        "420 from the edge, as a page of HTML",
        status=420,
        page=_page("Stay tuned", "We are setting things up for you."),
    ),
    FaultKind.TOO_MANY_REQUESTS: FaultSpec(
        "429 without a body and without Retry-After", status=429
    ),
    FaultKind.QUERY_TIMEOUT: FaultSpec(
        "400: the query took too long",
        status=400,
        code="QUERY_TIMEOUT",
        message="Your query request was running for too long.",
    ),
    FaultKind.QUERY_TOO_COMPLICATED: FaultSpec(
        "400: too many fields or formulas",
        status=400,
        code="QUERY_TOO_COMPLICATED",
        message="Query is either selecting too many fields or the filter conditions are too"
        " complicated.",
    ),
    FaultKind.INVALID_LOCATOR: FaultSpec(
        "400: the cursor of a page is gone",
        status=400,
        code="INVALID_QUERY_LOCATOR",
        message="invalid query locator",
    ),
    FaultKind.SECURITY_METERING: FaultSpec(
        "400: a transaction security policy was too slow",
        status=400,
        code="TXN_SECURITY_METERING_ERROR",
        message="We can't complete the action because enabled transaction security policies took"
        " too long to complete.",
    ),
    FaultKind.API_DISABLED: FaultSpec(
        "403: the edition or the user has no API",
        status=403,
        code="API_DISABLED_FOR_ORG",
        message="The REST API is not enabled for this Organization.",
    ),
    FaultKind.CONNECTION_RESET: FaultSpec(
        "the connection is reset before the work", meets=Meets.RESET
    ),
    FaultKind.RESET_IN_REQUEST: FaultSpec(
        "the connection is reset when half of the request's body has come",
        meets=Meets.RESET_IN_REQUEST,
    ),
    FaultKind.TIMEOUT_AFTER_COMMIT: FaultSpec(
        "the work is done, then the connection is reset, after `seconds`",
        meets=Meets.RESET,
        work=Work.DONE,
    ),
    FaultKind.COMMIT_LATER: FaultSpec(
        "the connection is reset now; the writes are seen once the org's clock has gone on by"
        " `seconds`, stamped now",
        meets=Meets.RESET,
        work=Work.LATER,
    ),
    FaultKind.TRUNCATED_BODY: FaultSpec(
        "the work is done, half of the answer arrives, zipped or in chunks as it would have come",
        meets=Meets.HALF,
        work=Work.DONE,
    ),
    FaultKind.INVALID_JSON: FaultSpec(
        "the work is done, the status is the true one, the body is cut where JSON is not whole",
        meets=Meets.MANGLED,
        work=Work.DONE,
    ),
    FaultKind.DELAY: FaultSpec(
        "the work and the answer, after `seconds`; from 20 on it is a long request",
        meets=Meets.TRUE_ANSWER,
        work=Work.DONE,
    ),
    FaultKind.TRICKLE: FaultSpec(
        "the answer in ten drips over `seconds`",
        meets=Meets.TRUE_ANSWER,
        work=Work.DONE,
    ),
    FaultKind.LOCKED_ROWS: FaultSpec(
        "UNABLE_TO_LOCK_ROW for the rows that `rows` tells, or for all of the call",
        meets=Meets.TRUE_ANSWER,
        work=Work.DONE,
        status=400,
        code="UNABLE_TO_LOCK_ROW",
    ),
    FaultKind.DUPLICATES_DETECTED: FaultSpec(
        "DUPLICATES_DETECTED for the rows that `rows` tells, or for all of the call",
        meets=Meets.TRUE_ANSWER,
        work=Work.DONE,
        status=400,
        code="DUPLICATES_DETECTED",
    ),
    FaultKind.LATE_COMMIT: FaultSpec(
        "the answer comes, but nobody sees the writes before the org's clock has gone on by"
        " `seconds`; with `answer` `at_commit` the answer waits as well",
        meets=Meets.TRUE_ANSWER,
        work=Work.LATER,
    ),
    FaultKind.QUERY_LAG: FaultSpec(
        "the answer comes, a retrieve by id sees the writes, queries do so after `seconds`",
        meets=Meets.TRUE_ANSWER,
        work=Work.DONE,
    ),
}
