"""The ASGI application: armed faults, gzip, and the headers that every answer carries."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.faults import Fault
from local.salesforce.http.bounds import too_long
from local.salesforce.http.delivery import (
    Cut,
    CutInRequestError,
    Delivery,
    Send,
    Sleep,
    Ticks,
    cut_midway,
    delay_of,
)
from local.salesforce.http.dispatch import takes_upload
from local.salesforce.http.limitinfo import usage
from local.salesforce.http.messages import Answer, Call, refused
from local.salesforce.http.packing import encoding_for, gzipped, packed
from local.salesforce.http.printing import pretty
from local.salesforce.http.reading import ClientGoneError, Receive, Scope, head, read
from local.salesforce.http.serving import CUT_STATUS, Served, chosen, note, perform
from local.salesforce.org import Org

_API: Final = "/services/data/"


class Application:
    """Answers for one org. `reset` drops a connection at once, `close` after what was sent.

    `sleep` is what armed delays wait with.
    """

    def __init__(self, org: Org, *, reset: Cut, close: Cut, sleep: Sleep = asyncio.sleep) -> None:
        self._org = org
        self._reset = reset
        self._close = close
        self._sleep = sleep
        self._ticks = Ticks(lambda: org.clock)
        self._uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        refusal = too_long(scope["raw_path"] + b"?" + scope["query_string"], scope["headers"])
        if refusal is not None:
            opening = head(scope)
            await self._send(opening, refusal, send)
            note(self._org, opening, Served(refusal), status=refusal.status, size=0)
            return
        if await self._cut(scope, receive):
            return
        try:
            call = await read(scope, receive, spool=self._spool(head(scope)))
        except ClientGoneError:
            return
        delivery = Delivery(scope, send, self._send, self._reset, self._close, self._sleep)
        served = Served(Answer(), chosen(self._org, call))
        slow = _slow(served.fault)
        number = self._org.long_requests.enter(self._org.clock.now(), seconds=slow)
        try:
            served = await self._served(call, served.fault, number)
            status, size = await delivery.deliver(call, served)
        finally:
            self._org.long_requests.leave(number)
            self._ticks.tick()
            call.drop()
        note(self._org, call, served, status=status, size=size)

    def _spool(self, opening: Call) -> Path | None:
        """The file that an upload goes to; None for bodies that are small."""
        if not takes_upload(opening.method, opening.path):
            return None
        self._uploads += 1
        return self._org.scratch / f"body-{self._uploads}"

    async def _cut(self, scope: Scope, receive: Receive) -> bool:
        """Whether the connection was reset while the body was still coming."""
        opening = head(scope)
        fault = chosen(self._org, opening, early=True)
        if fault is None:
            return False
        try:
            await read(scope, cut_midway(receive, opening))
        except CutInRequestError:
            self._reset(scope)
        note(self._org, opening, Served(Answer(), fault), status=CUT_STATUS, size=0)
        return True

    async def _served(self, call: Call, fault: Fault | None, number: int) -> Served:
        org = self._org
        most = org.settings.concurrent_long_requests
        if call.path.lower().startswith(_API) and org.long_requests.full(
            org.clock.now(), number, most
        ):
            return Served(refused(ApiError(Kind.CONCURRENT_LIMIT)))
        if delay_of(fault):
            await self._sleep(delay_of(fault))
        served = perform(org, call, fault)
        await self._ticks.until(served.until)
        return served

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


def _slow(fault: Fault | None) -> float:
    """The seconds a call is known to take when it comes."""
    return fault.seconds if fault is not None and (fault.at_commit or delay_of(fault)) else 0.0
