"""Batch: up to 25 independent calls in one, each committed on its own.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_batch.htm
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.composite.subrequests import (
    INHERITED,
    Asked,
    Run,
    flag,
    method_of,
    objects_in,
    required,
    segments_of,
)
from local.salesforce.http.messages import Answer, Call, refused
from local.salesforce.http.versions import check_version
from local.salesforce.org import Org
from local.salesforce.values import dump

MAXIMUM_REQUESTS: Final = 25
OLDEST: Final = 34.0
_URL: Final = re.compile(
    r"(?:/?services/data)?/?(v(\d+\.\d))/([^?/][^?]*)\??(.*)", re.IGNORECASE | re.DOTALL
)
_RESOURCES: Final = frozenset({"limits", "sobjects", "query", "queryall"})
_BINARY: Final = frozenset({"binaryPartName", "binaryPartNameAlias"})


def batch(org: Org, call: Call, run: Run) -> Answer:
    """`POST /composite/batch`: each subrequest counts towards the daily limit.

    With haltOnError those after a failure are answered 412 and not run. A mistake of form is a
    400 before anything runs; of these refusals only the codes follow the documentation.
    """
    body = call.json_object()
    asked = objects_in(body, "batchRequests")
    if not 0 < len(asked) <= MAXIMUM_REQUESTS:
        raise ApiError(Kind.JSON_PARSER, text=f"batchRequests: 1 to {MAXIMUM_REQUESTS} requests")
    calls = [_call(call, each) for each in asked]
    org.requests_used += len(calls) - 1
    results: list[dict[str, object]] = []
    broken = False
    for each in calls:
        halt = broken and flag(body, "haltOnError")
        answer = refused(ApiError(Kind.BATCH_HALTED)) if halt else _run(org, each, run)
        broken = broken or answer.status >= 400
        results.append({"statusCode": answer.status, "result": answer.body})
    return Answer(200, {"hasErrors": broken, "results": results})


def _run(org: Org, call: Call, run: Run) -> Answer:
    if segments_of(call.path)[0] not in _RESOURCES:
        return refused(ApiError(Kind.NOT_FOUND))
    return run(org, call)


def _call(call: Call, asked: Asked) -> Call:
    """A subrequest as a call; its version lies between 34.0 and that of the batch."""
    method = method_of(asked)
    url = required(asked, "url")
    if _BINARY & asked.keys():
        raise ApiError(Kind.INVALID_INPUT, text="Binary parts need a multipart request")
    found = _URL.fullmatch(url)
    if found is None:
        raise ApiError(Kind.JSON_PARSER, text=f"Invalid value for url: {url}")
    check_version(found[1])
    if not OLDEST <= float(found[2]) <= float(call.version):
        raise ApiError(Kind.INVALID_INPUT, text=f"API version {found[2]} is not allowed here")
    rich = asked.get("richInput")
    return replace(
        call,
        method=method,
        path=f"/services/data/{found[1]}/{found[3]}",
        query=dict(parse_qsl(found[4], keep_blank_values=True)),
        headers={name: call.headers[name] for name in INHERITED & call.headers.keys()},
        body=b"" if rich is None else dump(rich),
        params={},
    )
