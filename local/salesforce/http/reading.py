"""From ASGI events to a call: headers in lower case, the body whole and unpacked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl

from local.salesforce.errors import ApiError
from local.salesforce.http.messages import Call
from local.salesforce.http.unpacking import Unpacking

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

#: A POST may say which method it stands for, for clients that know no PATCH:
#: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_update_fields.htm
_OVERRIDE: Final = "_HttpMethod"


def head(scope: Scope) -> Call:
    """A request before its body has come."""
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    path = scope.get("raw_path") or scope["path"].encode()
    query = query_of(scope["query_string"].decode("latin-1"))
    return Call(
        method=_method(scope["method"], query),
        path=path.decode("latin-1").partition("?")[0],
        query=query,
        headers=headers,
        origin=_origin(scope["scheme"], headers.get("host", "127.0.0.1")),
    )


async def read(scope: Scope, receive: Receive) -> Call:
    """A request with its whole body; what cannot be unpacked is told in `unreadable`."""
    call = head(scope)
    try:
        body = await _body(receive, call.headers.get("content-encoding", ""))
    except ApiError as error:
        return replace(call, unreadable=error)
    return replace(call, body=body)


def query_of(text: str) -> dict[str, str]:
    """Parameters by name; of one given twice the first counts, as with Java's servlets."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(name, value)
    return found


def _method(given: str, query: Mapping[str, str]) -> str:
    return query.get(_OVERRIDE, given).upper() if given == "POST" else given


def _origin(scheme: str, host: str) -> str:
    """The address a client used, without the port that the scheme implies."""
    implied = ":443" if scheme == "https" else ":80"
    return f"{scheme}://{host.lower().removesuffix(implied)}"


async def _body(receive: Receive, encoding: str) -> bytes:
    """Read to its end even when it is bad, so that the connection can go on."""
    unpacking = Unpacking(encoding)
    parts: list[bytes] = []
    refusal: ApiError | None = None
    more = True
    while more:
        message = await receive()
        more = bool(message.get("more_body", False))
        if refusal is None:
            refusal = _take(unpacking, message.get("body", b""), parts, last=not more)
    if refusal is not None:
        raise refusal
    return b"".join(parts)


def _take(unpacking: Unpacking, part: bytes, parts: list[bytes], *, last: bool) -> ApiError | None:
    try:
        parts.append(unpacking.feed(part))
        if last:
            unpacking.end()
    except ApiError as error:
        return error
    return None
