"""The ASGI application: armed faults, gzip, and the headers that every answer carries."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from http import HTTPStatus
from typing import Any, Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.faults import Fault, FaultKind
from local.salesforce.http.bounds import too_long
from local.salesforce.http.control.asking import CONTROL
from local.salesforce.http.dispatch import answer, endpoint_of
from local.salesforce.http.limitinfo import usage
from local.salesforce.http.messages import Answer, Call, refused
from local.salesforce.http.packing import encoding_for, gzipped, packed
from local.salesforce.http.printing import pretty
from local.salesforce.http.reading import Receive, Scope, read
from local.salesforce.journal import Entry
from local.salesforce.org import Org

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Cut = Callable[[Scope], None]

_CUT_STATUS: Final = 0
_API: Final = "/services/data/"
_HTML: Final = (
    b"<html><head><title>Service Unavailable</title></head>"
    b"<body><h1>We are down for maintenance.</h1></body></html>"
)
_AFTER: Final = frozenset({FaultKind.TRUNCATED_BODY, FaultKind.TIMEOUT_AFTER_COMMIT})


class Application:
    """Answers for one org. `reset` drops a connection at once, `close` after what was sent."""

    def __init__(self, org: Org, *, reset: Cut, close: Cut) -> None:
        self._org = org
        self._reset = reset
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        refusal = too_long(scope["raw_path"] + b"?" + scope["query_string"], scope["headers"])
        if refusal is not None:
            await self._send(Call(scope["method"], scope["path"]), refusal, send)
            return
        call = await read(scope, receive)
        endpoint = endpoint_of(call.method, call.path)
        fault = None if endpoint == CONTROL else self._org.faults.take(endpoint)
        status = await self._serve(scope, call, fault, send)
        if endpoint != CONTROL:
            query = scope["query_string"].decode()
            self._org.journal.add(Entry(call.method, call.path, query, endpoint, status))

    async def _serve(self, scope: Scope, call: Call, fault: Fault | None, send: Send) -> int:
        if fault is not None and fault.kind is FaultKind.CONNECTION_RESET:
            self._reset(scope)
            return _CUT_STATUS
        if fault is not None and fault.kind is FaultKind.DELAY:
            await asyncio.sleep(fault.seconds)
        found = self._instead(call, fault) or self._answer(call)
        if fault is not None and fault.kind in _AFTER:
            await self._spoil(scope, call, found, fault, send)
            return _CUT_STATUS
        await self._send(call, found, send)
        return found.status

    def _answer(self, call: Call) -> Answer:
        """A mistake of the emulator itself is shown to who runs it and ends one call only."""
        try:
            return answer(self._org, call)
        except Exception as error:  # noqa: BLE001  the next call must find the server alive
            traceback.print_exc()
            text = f"the emulator failed: {type(error).__name__}: {error}"
            return refused(ApiError(Kind.UNKNOWN, text=text))

    def _instead(self, call: Call, fault: Fault | None) -> Answer | None:
        """The answer of a fault that replaces the work."""
        if fault is None or fault.kind not in (
            FaultKind.SESSION_EXPIRED,
            FaultKind.ERROR,
            FaultKind.HTML_503,
        ):
            return None
        if fault.kind is FaultKind.HTML_503:
            return Answer(503, raw=_HTML, media="text/html; charset=UTF-8")
        if fault.kind is FaultKind.SESSION_EXPIRED:
            token = call.headers.get("authorization", "").partition(" ")[2]
            self._org.sessions.expire(token)
            body = {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
            return Answer(401, [body])
        return Answer(fault.status, [{"message": fault.message, "errorCode": fault.code}])

    async def _spoil(
        self, scope: Scope, call: Call, found: Answer, fault: Fault, send: Send
    ) -> None:
        """The work is done, but the client does not learn of it, or of half of it."""
        if fault.kind is FaultKind.TIMEOUT_AFTER_COMMIT:
            await asyncio.sleep(fault.seconds)
            self._reset(scope)
            return
        content = b"".join(found.stream) if found.stream else found.content()
        headers = [*self._headers(call, found), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": found.status, "headers": headers})
        half = content[: len(content) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        self._close(scope)

    def _headers(self, call: Call, found: Answer) -> list[tuple[bytes, bytes]]:
        named = {
            "Date": self._org.clock.http_date(),
            **usage(self._org, call, found),
            **({"Content-Type": found.media} if found.status != HTTPStatus.NO_CONTENT else {}),
            **found.headers,
        }
        return [(name.lower().encode(), value.encode()) for name, value in named.items()]

    async def _send(self, call: Call, found: Answer, send: Send) -> None:
        headers = self._headers(call, found)
        encoding = encoding_for(call.headers.get("accept-encoding", ""))
        if found.stream is not None:
            await _send_stream(found, found.stream, headers, zipped=encoding == "gzip", send=send)
            return
        spread = call.headers.get("x-prettyprint") == "1" and found.body is not None
        content, used = packed(pretty(found.body) if spread else found.content(), encoding)
        if used is not None:
            headers.append((b"content-encoding", used.encode()))
        headers.append((b"content-length", str(len(content)).encode()))
        await send({"type": "http.response.start", "status": found.status, "headers": headers})
        await send({"type": "http.response.body", "body": content})


async def _send_stream(
    found: Answer,
    parts: Iterator[bytes],
    headers: list[tuple[bytes, bytes]],
    *,
    zipped: bool,
    send: Send,
) -> None:
    if zipped:
        headers.append((b"content-encoding", b"gzip"))
        parts = gzipped(parts)
    await send({"type": "http.response.start", "status": found.status, "headers": headers})
    for part in parts:
        if part:
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b""})
