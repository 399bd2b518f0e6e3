"""The server that a fake API stands behind: real HTTP, on a port of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@dataclass
class Stage:
    """What a server plays at the moment: one server for all tests, another API for each."""

    api: Callable[[Request], Awaitable[Response]]

    async def answer(self, request: Request) -> Response:
        return await self.api(request)


@contextmanager
def serving(stage: Stage) -> Iterator[str]:
    """The stage's fake on a port of its own, until the block ends; yields its address."""
    methods = ["GET", "PUT", "POST", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", stage.answer, methods=methods)])
    config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", loop="asyncio")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
