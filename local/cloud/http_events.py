"""HTTP requests as API Gateway's payload format 2.0, and the function's answer as a response.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from local.cloud.loopback import Answer, Headers, Request
from local.cloud.routes import Route
from local.cloud.template import ACCOUNT, Json

_TEXT_TYPES: Final = {"application/json", "application/javascript", "application/xml"}
_NOT_FORWARDED: Final = {"connection", "transfer-encoding", "content-length"}


def proxy_event(
    request: Request, route: Route, parameters: Mapping[str, str], *, api_id: str, at: datetime
) -> Json:
    """The event of a proxy integration, without the authorizer's context.

    rawPath is decoded, as HTTP APIs do it; values that come several times are joined by a comma,
    and cookies go apart.
    """
    headers = _joined((name.lower(), value) for name, value in request.headers.items())
    cookies = headers.pop("cookie", None)
    event: Json = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": unquote(request.path),
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": _context(request, route, headers, api_id, at),
        "isBase64Encoded": False,
    }
    if cookies is not None:
        event["cookies"] = [each.strip() for each in cookies.replace(",", ";").split(";")]
    if request.query:
        pairs = parse_qsl(request.query, keep_blank_values=True)
        event["queryStringParameters"] = _joined(pairs)
    if parameters:
        event["pathParameters"] = dict(parameters)
    if request.body:
        text = _as_text(request.body, headers.get("content-type", ""))
        event["isBase64Encoded"] = text is None
        event["body"] = base64.b64encode(request.body).decode() if text is None else text
    return event


def authorizer_event(event: Json, route: Route, *, region: str, identity: list[str]) -> Json:
    """The event of a REQUEST authorizer, format 2.0: the proxy event without a body.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
    """
    context = event["requestContext"]
    http = context["http"]
    arn = f"arn:aws:execute-api:{region}:{ACCOUNT}:{context['apiId']}/$default"
    kept = {key: value for key, value in event.items() if key not in ("body", "isBase64Encoded")}
    return {
        **kept,
        "type": "REQUEST",
        "routeArn": f"{arn}/{http['method']}{http['path']}",
        "identitySource": identity,
        "routeKey": route.key,
    }


def answer_of(payload: Any) -> Answer:
    """The HTTP response for what the function returned.

    With a statusCode the answer is taken apart; anything else is the body of a 200 in JSON.
    Raises ValueError (or KeyError, TypeError) for an answer that API Gateway could not read.
    """
    if not (isinstance(payload, dict) and "statusCode" in payload):
        text = payload if isinstance(payload, str) else json.dumps(payload)
        return Answer(200, text.encode(), (("Content-Type", "application/json"),))
    body = payload.get("body") or ""
    if not isinstance(body, str):
        raise TypeError("body must be a text")
    data = base64.b64decode(body) if payload.get("isBase64Encoded") else body.encode()
    return Answer(int(payload["statusCode"]), data, _answer_headers(payload))


def _answer_headers(payload: Json) -> Headers:
    headers = [
        (str(name), str(value))
        for name, value in (payload.get("headers") or {}).items()
        if str(name).lower() not in _NOT_FORWARDED
    ]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "text/plain;charset=UTF-8"))
    headers += [("Set-Cookie", str(cookie)) for cookie in payload.get("cookies") or []]
    return (*headers, ("Apigw-Requestid", uuid.uuid4().hex[:16]))


def _context(
    request: Request, route: Route, headers: Mapping[str, str], api_id: str, at: datetime
) -> Json:
    host = headers.get("host", "")
    return {
        "accountId": ACCOUNT,
        "apiId": api_id,
        "domainName": host,
        "domainPrefix": host.partition(".")[0],
        "http": {
            "method": request.method,
            "path": unquote(request.path),
            "protocol": "HTTP/1.1",
            "sourceIp": request.peer,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": str(uuid.uuid4()),
        "routeKey": route.key,
        "stage": "$default",
        "time": at.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(at.timestamp() * 1000),
    }


def _joined(pairs: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _as_text(body: bytes, content_type: str) -> str | None:
    """The body as text, None when it has to travel in base64."""
    kind = content_type.partition(";")[0].strip().lower()
    textual = (
        not kind
        or kind.startswith("text/")
        or kind in _TEXT_TYPES
        or kind.endswith(("+json", "+xml"))
    )
    try:
        return body.decode() if textual else None
    except UnicodeDecodeError:
        return None
