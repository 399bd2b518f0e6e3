"""How an answer gets to its client: whole, cut, garbled, in drips, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from local.salesforce.clock import Clock
from local.salesforce.faultkinds import FaultKind, Meets
from local.salesforce.faults import Fault
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.reading import Receive, Scope
from local.salesforce.http.serving import CUT_STATUS, Served

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]
Cut = Callable[[Scope], None]
SendAnswer = Callable[[Call, Answer, Send], Awaitable[None]]

_DRIPS: Final = 10


class CutInRequestError(Exception):
    """The connection was reset while the request was still coming."""


class Ticks:
    """Wakes who waits for the org's clock, which only moves by itself or by a request."""

    def __init__(self, clock: Callable[[], Clock]) -> None:
        self._clock = clock
        self._moved = asyncio.Event()

    def tick(self) -> None:
        """A request was served: the clock may have been set."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def until(self, moment: datetime | None) -> None:
        """Return when the org's clock has reached a moment."""
        while moment is not None and self._clock().now() < moment:
            try:
                async with asyncio.timeout(self._clock().wait_seconds(moment)):
                    await self._moved.wait()
            except TimeoutError:
                continue


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call's way out. `reset` drops its connection at once, `close` after what was sent."""

    scope: Scope
    send: Send
    answer: SendAnswer
    reset: Cut
    close: Cut
    sleep: Sleep

    async def deliver(self, call: Call, served: Served) -> tuple[int, int]:
        """Send the answer as its fault wants it; returns the status and the bytes of the body."""
        way = _WAYS[served.meets]
        if served.fault is not None and served.fault.kind is FaultKind.TRICKLE:
            way = Delivery._drip
        return await way(self, call, served)

    async def _whole(self, call: Call, served: Served) -> tuple[int, int]:
        sent = 0

        async def counted(message: Message) -> None:
            nonlocal sent
            sent += len(message.get("body", b""))
            await self.send(message)

        await self.answer(call, served.answer, counted)
        return served.answer.status, sent

    async def _reset(self, _call: Call, served: Served) -> tuple[int, int]:
        if served.fault is not None and served.fault.kind is FaultKind.TIMEOUT_AFTER_COMMIT:
            await self.sleep(served.fault.seconds)
        self.reset(self.scope)
        return CUT_STATUS, 0

    async def _half(self, call: Call, served: Served) -> tuple[int, int]:
        """Cut by bytes as they would have been sent, so that gzip and chunks end early too."""
        start, content = await self._packed(call, served.answer)
        half = content[: len(content) // 2]
        await self.send(start)
        await self.send({"type": "http.response.body", "body": half, "more_body": True})
        self.close(self.scope)
        return CUT_STATUS, len(half)

    async def _drip(self, call: Call, served: Served) -> tuple[int, int]:
        start, content = await self._packed(call, served.answer)
        pause = 0.0 if served.fault is None else served.fault.seconds / _DRIPS
        size = len(content) // _DRIPS + 1
        await self.send(start)
        for at in range(0, len(content), size):
            await self.sleep(pause)
            part = content[at : at + size]
            await self.send({"type": "http.response.body", "body": part, "more_body": True})
        await self.send({"type": "http.response.body", "body": b""})
        return served.answer.status, len(content)

    async def _packed(self, call: Call, found: Answer) -> tuple[Message, bytes]:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.answer(call, found, keep)
        return messages[0], b"".join(each.get("body", b"") for each in messages[1:])


_WAYS: Final = {
    Meets.ANSWER: Delivery._whole,  # noqa: SLF001  the ways of this very class
    Meets.TRUE_ANSWER: Delivery._whole,  # noqa: SLF001
    Meets.RESET: Delivery._reset,  # noqa: SLF001
    Meets.RESET_IN_REQUEST: Delivery._reset,  # noqa: SLF001
    Meets.HALF: Delivery._half,  # noqa: SLF001
    Meets.MANGLED: Delivery._whole,  # noqa: SLF001
}


def cut_midway(receive: Receive, head: Call) -> Receive:
    """Gives half of the body that was announced, then raises CutInRequestError."""
    left = int(head.headers.get("content-length") or 0) // 2

    async def half() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left <= 0 or not message.get("more_body", False):
            raise CutInRequestError
        return message

    return half


def delay_of(fault: Fault | None) -> float:
    """The machine's seconds before the work begins."""
    return fault.seconds if fault is not None and fault.kind is FaultKind.DELAY else 0.0
