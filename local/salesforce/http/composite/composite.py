"""Composite: up to 25 calls in one, each able to use the answers of those before it.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Answer, Call, refused
from local.salesforce.http.routing import Route
from local.salesforce.org import Org
from local.salesforce.values import dump

MAXIMUM_REQUESTS: Final = 25

Run = Callable[[Org, Call], Answer]


class _HaltedError(Exception):
    """A part failed and nothing may stay."""


def routes(run: Run) -> tuple[Route, ...]:
    """The route, given what answers its parts."""

    def composite(org: Org, call: Call) -> Answer:
        return _composite(org, call, run)

    return (Route("POST", "/services/data/{version}/composite", "composite", composite),)


def _composite(org: Org, call: Call, run: Run) -> Answer:
    body = call.json_object()
    requests = body.get("compositeRequest")
    if not isinstance(requests, list) or not 0 < len(requests) <= MAXIMUM_REQUESTS:
        raise ApiError(Kind.JSON_PARSER, text=f"compositeRequest: 1 to {MAXIMUM_REQUESTS} requests")
    answers: dict[str, Answer] = {}
    try:
        with org.database.transaction():
            for each in requests:
                part = _part(call, each, answers)
                answers[str(each.get("referenceId"))] = run(org, part)
            _keep_or_undo(answers, all_or_none=body.get("allOrNone") is True)
    except _HaltedError:
        halted = refused(ApiError(Kind.PROCESSING_HALTED))
        answers = {name: each if _failed(each) else halted for name, each in answers.items()}
    return Answer(200, {"compositeResponse": [_result(*pair) for pair in answers.items()]})


def _keep_or_undo(answers: Mapping[str, Answer], *, all_or_none: bool) -> None:
    if all_or_none and any(_failed(answer) for answer in answers.values()):
        raise _HaltedError


def _failed(answer: Answer) -> bool:
    return answer.status >= 400


def _result(reference: str, answer: Answer) -> dict[str, object]:
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": reference,
    }


def _part(call: Call, request: Mapping[str, object], answers: Mapping[str, Answer]) -> Call:
    url = urlsplit(_filled(str(request.get("url", "")), answers))
    body = request.get("body")
    return Call(
        method=str(request.get("method", "GET")).upper(),
        path=url.path,
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        headers=call.headers,
        body=b"" if body is None else dump(_replaced(body, answers)),
        origin=call.origin,
        user_id=call.user_id,
    )


def _replaced(value: object, answers: Mapping[str, Answer]) -> object:
    if isinstance(value, str):
        return _filled(value, answers)
    if isinstance(value, dict):
        return {name: _replaced(each, answers) for name, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, answers) for each in value]
    return value


def _filled(text: str, answers: Mapping[str, Answer]) -> str:
    """`@{reference.id}` as the value it stands for; an unknown one stays as it is."""
    before, mark, rest = text.partition("@{")
    if not mark:
        return text
    name, end, after = rest.partition("}")
    value = _looked_up(name, answers) if end else None
    return before + (f"@{{{name}{end}" if value is None else value) + _filled(after, answers)


def _looked_up(name: str, answers: Mapping[str, Answer]) -> str | None:
    reference, _, path = name.partition(".")
    answer = answers.get(reference)
    found: object = None if answer is None else answer.body
    for step in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, list) and step.isdigit() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return None if found is None else str(found)
