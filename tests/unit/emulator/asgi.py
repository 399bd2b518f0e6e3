"""Calls of the ASGI application without sockets, so that two can be under way at the same time."""

import asyncio
import json
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from local.salesforce.http.reading import Scope
from local.salesforce.http.server import Application
from local.salesforce.inprocess import Api


@dataclass
class Sleeper:
    """Sleeps until it is woken, and knows how long it was asked to."""

    asked: list[float] = field(default_factory=list)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self.woken.wait()


@dataclass
class Caller:
    """A client of one application; `cut` counts connections that were reset."""

    api: Api
    sleeper: Sleeper = field(default_factory=Sleeper)
    cut: int = 0

    def __post_init__(self) -> None:
        self.application = Application(
            self.api.org, reset=self._reset, close=self._reset, sleep=self.sleeper
        )

    def _reset(self, _scope: Scope) -> None:
        self.cut += 1

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and JSON; status 0 when nothing was answered."""
        sent: list[MutableMapping[str, Any]] = []
        content = b"" if body is None else json.dumps(body).encode()

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        await self.application(self._scope(method, path, len(content)), receive, send)
        if not sent:
            return 0, None
        answer = b"".join(each.get("body", b"") for each in sent)
        return sent[0]["status"], json.loads(answer) if answer else None

    def _scope(self, method: str, path: str, size: int) -> Scope:
        full = path if path.startswith("/") else f"/services/data/v62.0/{path}"
        bare, _, query = full.partition("?")
        headers = {
            "authorization": f"Bearer {self.api.token}",
            "content-type": "application/json",
            "content-length": str(size),
        }
        return {
            "type": "http",
            "method": method,
            "scheme": "https",
            "path": bare,
            "raw_path": bare.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
        }

    async def under_way(self, method: str, path: str, body: object = None) -> "asyncio.Task[Any]":
        """A call that is begun and waits for something."""
        task = asyncio.create_task(self.ask(method, path, body))
        for _ in range(3):
            await asyncio.sleep(0)
        assert not task.done()
        return task
