"""Salesforce's refusals, in one table: what came back → the error that says what to do next.

Routed by errorCode before status, for one status has many meanings. Sources: "Status Codes and
Error Responses" of the REST API guide, and bodies that real orgs answered.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from syncline.errors import ConfigurationError, RateLimitedError, RetryableError, SyncError

CONCURRENT_PAUSE: Final = 30
"""Seconds. The limit counts only requests that run for 20 s or longer."""
DAILY_PAUSE: Final = 3600
"""Seconds. The allowance is a rolling 24 hours, so some of it comes back every hour."""
LOGIN_PAUSE: Final = 900


@dataclass(frozen=True, slots=True)
class Answer:
    """What Salesforce said no with. `words` are its own: only a query's refusal repeats them,
    for other texts may hold a record's value."""

    status: int
    code: str
    words: str
    host: str


Maker = Callable[[Answer], SyncError]


def answer(status: int, body: Any, host: str) -> Answer:
    """Reads an error body: a list of objects, OAuth's object, or the HTML of an edge server."""
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, Mapping):
        return Answer(status, "", "", host)
    code = first.get("errorCode") or first.get("error") or first.get("exceptionCode") or ""
    words = first.get("message") or first.get("error_description") or ""
    return Answer(status, str(code), " ".join(str(words).split()), host)


def retry(code: str, what: str) -> Maker:
    return lambda said: RetryableError(f"{what} ({_cause(said)}).", code=code)


def _busy(_: Answer) -> SyncError:
    return RateLimitedError(
        "Too many long requests are running in the org at this moment.",
        retry_after_seconds=CONCURRENT_PAUSE,
        code="concurrent_limit",
    )


def _request_limit(said: Answer) -> SyncError:
    if "concurrent" in said.words.lower():
        return _busy(said)
    return RateLimitedError(
        "The org's API requests of the last 24 hours are used up.",
        retry_after_seconds=DAILY_PAUSE,
        daily=True,
        code="daily_limit",
    )


def _patience(said: Answer) -> SyncError:
    return RateLimitedError(
        f"Salesforce asks for patience ({_cause(said)}).", retry_after_seconds=CONCURRENT_PAUSE
    )


def _login_rate(_: Answer) -> SyncError:
    return RateLimitedError(
        "This user has logged in to Salesforce too often within an hour.",
        retry_after_seconds=LOGIN_PAUSE,
        code="login_rate",
    )


def configure(code: str, what: str, remedy: str, field: str | None = None) -> Maker:
    return lambda said: ConfigurationError(
        f"{what} ({_cause(said)}).", code=code, field=field, remedy=remedy
    )


def _credentials(what: str, remedy: str) -> Maker:
    return configure("credentials_refused", what, remedy, "credentials")


def _grant(said: Answer) -> SyncError:
    """`invalid_grant` covers a wrong secret, a revoked token and a hurried client."""
    if "rate" in said.words.lower():
        return _login_rate(said)
    return _credentials(
        "Salesforce refused the login",
        "Check the connected app's run-as user and policies, or authorise the connection anew.",
    )(said)


def _query(said: Answer) -> SyncError:
    return ConfigurationError(
        f"Salesforce refused the query: {_judgement(said.words) or _cause(said)}",
        code="query_refused",
        field="filter",
        remedy="Correct the filter or the mapped field that Salesforce names.",
    )


def _judgement(words: str) -> str:
    """Without the piece of the query that Salesforce shows first: it is ours, not the user's, and
    so is the row and column."""
    _, place, behind = words.rpartition("ERROR at Row:")
    return behind.partition(" ")[2] if place else words


def _cause(said: Answer) -> str:
    return f"{said.code}, HTTP {said.status}" if said.code else f"HTTP {said.status}"


_TOO_LONG: Final = configure(
    "query_too_long",
    "The query is longer than Salesforce accepts",
    "Shorten the filter, or map fewer fields.",
    "filter",
)
_UNAVAILABLE: Final = retry("org_unreachable", "Salesforce is not available for the moment")
_NO_ACCESS: Final = configure(
    "access_refused",
    "Salesforce refused the request",
    "Give the connection's user the permission 'API Enabled' and access to the object and fields.",
)
_APP: Final = _credentials(
    "Salesforce does not know the connected app",
    "Check client_id, and that the app is installed in this org and enabled for this flow.",
)
_BULK_UNFIT: Final = configure(
    "bulk_unsupported",
    "The Bulk API cannot read this",
    "Nothing needs to be done: the records are read by the REST API.",
)
_WRONG_ADDRESS: Final = configure(
    "login_url_wrong",
    "This is not the address of a Salesforce org that answers",
    "Give the org's My Domain address, such as https://example.my.salesforce.com.",
    "login_url",
)

ANY: Final = ""

FAULTS: Final[Mapping[tuple[int, str], Maker]] = {
    # (status, errorCode); status 0 and code "" stand for any. The most exact row wins.
    (0, "INVALID_SESSION_ID"): _credentials(
        "Salesforce ended the session and refused a new one", "Authorise the connection anew."
    ),
    (0, "INVALID_AUTH_HEADER"): _credentials(
        "Salesforce did not accept the session", "Authorise the connection anew."
    ),
    (401, ANY): _credentials(
        "Salesforce did not accept the session", "Authorise the connection anew."
    ),
    (0, "REQUEST_LIMIT_EXCEEDED"): _request_limit,
    (0, "API_DISABLED_FOR_ORG"): configure(
        "api_disabled",
        "The org's edition has no API",
        "Ask the org's administrator for API access.",
    ),
    (0, "API_CURRENTLY_DISABLED"): configure(
        "api_disabled",
        "The user may not use the API",
        "Give the connection's user the permission 'API Enabled'.",
    ),
    (0, "TXN_SECURITY_METERING_ERROR"): retry(
        "security_policy_slow", "A transaction security policy of the org did not answer in time"
    ),
    (403, ANY): _NO_ACCESS,
    (0, "INSUFFICIENT_ACCESS_OR_READONLY"): _NO_ACCESS,
    (0, "INSUFFICIENT_ACCESS"): _NO_ACCESS,
    (0, "MALFORMED_QUERY"): _query,
    (0, "INVALID_FIELD"): _query,
    (0, "INVALID_TYPE"): _query,
    (0, "INVALID_QUERY_FILTER_OPERATOR"): _query,
    (0, "INVALID_QUERY"): _query,
    (0, "NUMBER_OUTSIDE_VALID_RANGE"): _query,
    (0, "QUERY_TOO_COMPLICATED"): _query,
    (0, "MALFORMED_ID"): configure(
        "malformed_id", "Salesforce did not accept a record id", "Correct the id in the filter."
    ),
    (0, "QUERY_TIMEOUT"): retry("query_timeout", "The query ran longer than two minutes"),
    (0, "OPERATION_TOO_LARGE"): _query,
    (0, "INVALID_QUERY_LOCATOR"): retry("query_locator", "Salesforce forgot the query's cursor"),
    (0, "INVALID_REPLICATION_DATE"): configure(
        "deletions_expired",
        "Salesforce keeps no log of deletions for that time",
        "Start a full sync: it compares all ids and finds what was purged before.",
    ),
    (0, "EXCEEDED_ID_LIMIT"): configure(
        "deletions_too_many",
        "More records were deleted than Salesforce lists at once",
        "Start a full sync: it compares all ids and finds what was purged before.",
    ),
    (0, "INVALIDENTITY"): _BULK_UNFIT,
    (0, "API_ERROR"): _BULK_UNFIT,
    (0, "FEATURENOTENABLED"): _BULK_UNFIT,
    (0, "LIMIT_EXCEEDED"): _BULK_UNFIT,
    (0, "JOB_NOT_COMPLETE"): retry("bulk_not_complete", "The Bulk job is not ready"),
    (0, "UNABLE_TO_LOCK_ROW"): retry("row_locked", "A record is locked by somebody else"),
    (0, "SERVER_UNAVAILABLE"): _UNAVAILABLE,
    (0, "UNKNOWN_EXCEPTION"): retry("salesforce_failed", "Salesforce failed inside"),
    (0, "UNSUPPORTED_API_VERSION"): configure(
        "api_version_retired",
        "Salesforce has retired this API version",
        "Give a newer api_version.",
        "api_version",
    ),
    (410, ANY): configure(
        "api_version_retired",
        "Salesforce has retired this API version",
        "Give a newer api_version.",
        "api_version",
    ),
    (404, ANY): configure(
        "not_found",
        "Salesforce does not know what was asked for",
        "Check the connection's api_version and the object's API name.",
    ),
    (409, ANY): configure(
        "bulk_version",
        "The Bulk job was made with another API version",
        "Nothing needs to be done: another job is made.",
    ),
    (414, ANY): _TOO_LONG,
    (431, ANY): _TOO_LONG,
    (406, ANY): _patience,
    (420, ANY): _patience,
    (429, ANY): _patience,
    (500, ANY): _UNAVAILABLE,
    (300, ANY): _WRONG_ADDRESS,
    (400, ANY): configure(
        "salesforce_refused",
        "Salesforce refused the request",
        "Check the connection and the job against the org.",
    ),
}

LOGIN_FAULTS: Final[Mapping[tuple[int, str], Maker]] = {
    # OAuth's errors come with HTTP 400 or 401 and an object.
    (0, "invalid_grant"): _grant,
    (0, "invalid_client"): _credentials(
        "Salesforce refused the connected app's secret", "Correct client_secret."
    ),
    (0, "invalid_client_id"): _credentials(
        "Salesforce does not know the connected app", "Correct client_id."
    ),
    (0, "invalid_client_credentials"): _credentials(
        "Salesforce refused the connected app's secret", "Correct client_secret."
    ),
    (0, "app_not_found"): _APP,
    (0, "invalid_app_access"): _APP,
    (0, "unauthorized_client"): _APP,
    (0, "unsupported_grant_type"): _credentials(
        "The org does not offer this login flow",
        "Enable the flow in the connected app, and give the org's own My Domain address.",
    ),
    (0, "invalid_request"): _credentials(
        "Salesforce did not understand the login", "Check the flow and its values."
    ),
    (0, "inactive_user"): _credentials(
        "The connection's user is not active", "Activate the user, or authorise another one."
    ),
    (0, "inactive_org"): _credentials("The org is not active", "Ask the org's administrator."),
    (0, "login_rate_exceeded"): _login_rate,
    (404, ANY): _WRONG_ADDRESS,
    (300, ANY): _WRONG_ADDRESS,
    (406, ANY): _patience,
    (420, ANY): _patience,
    (429, ANY): _patience,
    (500, ANY): _UNAVAILABLE,
    (400, ANY): _credentials("Salesforce refused the login", "Check the connection's credentials."),
}


def _rows(said: Answer) -> Iterator[tuple[int, str]]:
    yield said.status, said.code
    yield 0, said.code
    yield said.status, ANY
    yield said.status // 100 * 100, ANY


def refusal(said: Answer, table: Mapping[tuple[int, str], Maker] = FAULTS) -> SyncError:
    """The error for an answer of 300 or above. Every such status has a row."""
    for row in _rows(said):
        maker = table.get(row) if row != (0, ANY) else None
        if maker is not None:
            return maker(said)
    return RetryableError(f"Salesforce gave an odd answer ({_cause(said)}).", code="odd_answer")
