"""A small HTTP/1.1 server on loopback: a function from request to answer, a thread a connection.

Everything the runner listens on is one of these. Nagle's algorithm is off: with it each call of
the Lambda runtime client costs 40 ms.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

Headers = tuple[tuple[str, str], ...]
_BODILESS: Final = {204, 304}


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    headers: Message
    body: bytes
    peer: str

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` without Content-Length and Connection, which the server adds."""

    status: int
    body: bytes = b""
    headers: Headers = field(default=())


Service = Callable[[Request], Answer | None]


class BodyTooLargeError(Exception):
    """The body is over the server's limit and was not read."""


class LoopbackServer:
    """Serves `service` until closed; an answer of None drops the connection without a word."""

    def __init__(self, service: Service, *, port: int = 0, body_limit: int = 1 << 30) -> None:
        handler = type("Handler", (_Handler,), {"service": staticmethod(service)})
        handler.body_limit = body_limit  # type: ignore[attr-defined]
        self._server = _Server(("127.0.0.1", port), handler)
        self.port: int = self._server.server_address[1]
        self.address = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.address}"
        self._closing = False
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        # A connection of its own wakes the accepting thread, which polls nothing while idle.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self._thread.join(timeout=1)
        self._server.server_close()
        self._server.drop_connections()

    def _accept(self) -> None:
        while True:
            try:
                connection, peer = self._server.socket.accept()
            except OSError:
                return
            if self._closing:
                connection.close()
                return
            self._server.process_request(connection, peer)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that was killed leaves a broken pipe: that is everyday here."""

    def drop_connections(self) -> None:
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    service: Service
    body_limit: int

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        try:
            body = self._body()
        except BodyTooLargeError:
            self._refuse_body()
            return
        request = Request(self.command, self.path, self.headers, body, self.client_address[0])
        answer = self.service(request)
        if answer is None:
            self.close_connection = True
        else:
            self._send(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the runner keeps its own journal."""

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        length = int(self.headers.get("Content-Length") or 0)
        if length > self.body_limit:
            raise BodyTooLargeError
        return self.rfile.read(length) if length else b""

    def _chunks(self) -> bytes:
        parts = []
        size = int(self.rfile.readline().partition(b";")[0], 16)
        total = size
        while size:
            parts.append(self.rfile.read(size))
            self.rfile.readline()
            size = int(self.rfile.readline().partition(b";")[0], 16)
            total += size
            if total > self.body_limit:
                raise BodyTooLargeError
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def _refuse_body(self) -> None:
        self.close_connection = True
        message = b'{"message":"Request Entity Too Large"}'
        self._send(Answer(413, message, (("Content-Type", "application/json"),)))
        remaining = min(int(self.headers.get("Content-Length") or 0), 64 << 20)
        while remaining > 0 and (part := self.rfile.read(min(remaining, 1 << 20))):
            remaining -= len(part)

    def _send(self, answer: Answer) -> None:
        lines = [f"HTTP/1.1 {answer.status} {_reason(answer.status)}"]
        lines += [f"{name}: {value}" for name, value in answer.headers]
        given = {name.lower() for name, _ in answer.headers}
        if "content-length" not in given and answer.status not in _BODILESS:
            lines.append(f"Content-Length: {len(answer.body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self.wfile.write(head if self.command == "HEAD" else head + answer.body)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"
