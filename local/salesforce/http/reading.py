"""From ASGI events to a call: headers in lower case, the body whole and unpacked."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from local.salesforce.http.messages import Call

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


async def read(scope: Scope, receive: Receive) -> Call:
    """A request with its whole body."""
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    body = await _body(receive)
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    host = headers.get("host", "127.0.0.1")
    path = scope.get("raw_path") or scope["path"].encode()
    return Call(
        method=scope["method"],
        path=path.decode().partition("?")[0],
        query=dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
        headers=headers,
        body=body,
        origin=f"{scope['scheme']}://{host}",
    )


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = bool(message.get("more_body", False))
    return b"".join(parts)
