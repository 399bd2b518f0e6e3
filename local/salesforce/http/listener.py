"""uvicorn on loopback, twice over one application, plain and with TLS, and the proxy to it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from local.salesforce.bulk.runner import working
from local.salesforce.certificates import Certificates
from local.salesforce.http.proxy import Proxy
from local.salesforce.http.reading import Scope
from local.salesforce.http.server import Application
from local.salesforce.org import Org

_HOST: Final = "127.0.0.1"
_BACKLOG: Final = 512
_STOP_SECONDS: Final = 5.0
#: Above what Salesforce refuses with a page of its own, so that the page is what clients get.
_MOST_HEAD_BYTES: Final = 1_048_576
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


class Connections:
    """Open connections by the client's port, so that a fault can cut the right one."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[H11Protocol]:
        """Uvicorn's protocol, taking note of connections made and lost."""
        open_connections = self._open

        class Noted(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                if self.client is not None:
                    open_connections[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client is not None:
                    open_connections.pop(self.client, None)
                super().connection_lost(exc)

        return Noted

    def reset(self, scope: Scope) -> None:
        """Drop a connection so that the client sees a reset."""
        transport = self._open.get(tuple(scope["client"]))
        if transport is not None:
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            transport.abort()

    def drop(self) -> None:
        """End all, since clients keep theirs open and the server would wait for them."""
        for transport in tuple(self._open.values()):
            transport.abort()

    def close(self, scope: Scope) -> None:
        """Close a connection after what was written to it."""
        transport = self._open.get(tuple(scope["client"]))
        if transport is not None:
            transport.close()


@dataclass(frozen=True, slots=True)
class Ports:
    """Where to listen; 0 takes a free one."""

    http: int = 0
    https: int = 0
    proxy: int = 0


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where it listens, and the file of the CA that signed the TLS certificate."""

    http: str
    https: str
    proxy: str
    ca: Path


class PortTakenError(OSError):
    """Another program listens where this one should."""


async def serve(
    org: Org,
    *,
    ports: Ports,
    certificates: Certificates,
    ready: Callable[[Addresses], None],
    stop: asyncio.Event,
) -> None:
    """Listen until `stop`; `ready` is called once all ports accept connections.

    Raises PortTakenError.
    """
    with ExitStack() as held:
        plain, secure, forward = (
            held.enter_context(closing(_bind(port)))
            for port in (ports.http, ports.https, ports.proxy)
        )
        addresses = Addresses(
            f"http://{_HOST}:{_port(plain)}",
            f"https://{_HOST}:{_port(secure)}",
            f"http://{_HOST}:{_port(forward)}",
            certificates.ca,
        )
        async with (
            working(org),
            _listening(org, certificates, plain, secure),
            _forwarding(forward, secure),
        ):
            ready(addresses)
            await stop.wait()


@asynccontextmanager
async def _listening(
    org: Org, certificates: Certificates, plain: socket.socket, secure: socket.socket
) -> AsyncIterator[None]:
    """Both servers, until the block ends; what is under way then is cut."""
    connections = Connections()
    application = Application(org, reset=connections.reset, close=connections.close)
    servers = [
        _Server(_config(application, connections)),
        _Server(_config(application, connections, certificates)),
    ]
    tasks = [
        asyncio.ensure_future(server.serve(sockets=[sock]))
        for server, sock in zip(servers, (plain, secure), strict=True)
    ]
    try:
        yield
    finally:
        for server in servers:
            server.should_exit = True
            server.force_exit = True
        connections.drop()
        await asyncio.wait(tasks, timeout=_STOP_SECONDS)


@asynccontextmanager
async def _forwarding(forward: socket.socket, secure: socket.socket) -> AsyncIterator[None]:
    """The proxy, until the block ends."""
    proxy = Proxy(_port(secure))
    server = await proxy.listen(forward)
    try:
        yield
    finally:
        server.close()
        proxy.drop()


class _Server(uvicorn.Server):
    """Leaves signals to the one who started it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: two servers in one process must not fight for them."""
        yield


def _bind(port: int) -> socket.socket:
    """A socket that already listens, so that a client may connect before uvicorn is up.

    asyncio turns Nagle's delay off only where the protocol is named.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((_HOST, port))
    except OSError as error:
        sock.close()
        raise PortTakenError(f"port {port} of {_HOST}: {error.strerror}") from error
    sock.listen(_BACKLOG)
    return sock


def _port(sock: socket.socket) -> int:
    return int(sock.getsockname()[1])


def _config(
    application: Application, connections: Connections, certificates: Certificates | None = None
) -> uvicorn.Config:
    tls: dict[str, Any] = {}
    if certificates is not None:
        tls = {"ssl_certfile": certificates.certificate, "ssl_keyfile": certificates.key}
    return uvicorn.Config(
        application,
        http=connections.protocol(),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        log_level="critical",
        date_header=False,
        server_header=False,
        h11_max_incomplete_event_size=_MOST_HEAD_BYTES,
        timeout_keep_alive=600,
        **tls,
    )
