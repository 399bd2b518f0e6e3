"""Composite: up to 25 calls in one, each able to use the answers of those before it.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.composite.references import Done
from local.salesforce.http.composite.subrequests import (
    Run,
    Subrequest,
    carry_out,
    flag,
    read_all,
    segments_of,
    shown,
)
from local.salesforce.http.composite.together import together
from local.salesforce.http.messages import Answer, Call
from local.salesforce.org import Org

MAXIMUM_REQUESTS: Final = 25
MAXIMUM_QUERIES: Final = 5
_QUERIES: Final = frozenset({("query",), ("queryall",)})
#: What a longer request gets: https://github.com/guardian/support-service-lambdas/pull/766
_TOO_MANY: Final[Mapping[str, object]] = {
    "body": [
        {
            "errorCode": "LIMIT_EXCEEDED",
            "message": "The request can\u2019t contain more than 25 operations.",
        }
    ],
    "httpHeaders": {},
    "httpStatusCode": 400,
    "referenceId": None,
}


def listing(_org: Org, call: Call) -> Answer:
    """`GET /composite`: where the others of the family are."""
    names = ("tree", "batch", "sobjects", "graph")
    return Answer(200, {name: f"{call.base}/composite/{name}" for name in names})


def composite(org: Org, call: Call, run: Run) -> Answer:
    """`POST /composite`: one call towards the daily limit, however many are in it.

    Subrequests run in the order given: `collateSubrequests` only allows Salesforce another order.
    With allOrNone nothing runs after the first failure, and every other answer is its echo.
    """
    body = call.json_object()
    parts = read_all(body, "compositeRequest", version=call.version)
    if len(parts) > MAXIMUM_REQUESTS:
        return _answer([_TOO_MANY])
    _check(parts)
    if flag(body, "allOrNone"):
        entries, _ = together(org, call, parts, run=_guarded(run), failed=_failed)
        return _answer(entries)
    done: dict[str, Done] = {}
    for part in parts:
        done[part.reference] = carry_out(org, call, part, before=done, run=_guarded(run))
    return _answer([shown(part, done[part.reference]) for part in parts])


def _check(parts: tuple[Subrequest, ...]) -> None:
    """These limits are documented, the texts of their refusals are not."""
    if not parts:
        raise ApiError(Kind.JSON_PARSER, text=f"compositeRequest: 1 to {MAXIMUM_REQUESTS} requests")
    if sum(_is_query(part.segments) for part in parts) > MAXIMUM_QUERIES:
        raise ApiError(
            Kind.JSON_PARSER,
            text=f"compositeRequest: at most {MAXIMUM_QUERIES} query or sObject Collections"
            " operations",
        )


def _is_query(segments: tuple[str, ...]) -> bool:
    return segments[:1] in _QUERIES or _is_collection(segments)


def _is_collection(segments: tuple[str, ...]) -> bool:
    return segments[:2] == ("composite", "sobjects")


def _guarded(run: Run) -> Run:
    """Only sObject, query and Collections resources; the text of the refusal is not documented."""

    def guarded(org: Org, call: Call) -> Answer:
        segments = segments_of(call.path)
        if segments[:1] != ("sobjects",) and not _is_query(segments):
            raise ApiError(Kind.NOT_FOUND)
        return run(org, call)

    return guarded


def _failed(part: Subrequest, done: Done) -> bool:
    """One record of a collection that failed counts as a failure of the whole.

    https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_allornone.htm
    """
    if done.failed:
        return True
    items = done.answer.body
    if not _is_collection(part.segments) or not isinstance(items, list):
        return False
    return any(isinstance(each, Mapping) and each.get("success") is False for each in items)


def _answer(entries: Sequence[Mapping[str, object]]) -> Answer:
    return Answer(200, {"compositeResponse": list(entries)})
