"""Kept-open connections to what stands behind a tap."""

from __future__ import annotations

import http.client
import select
import threading
from collections import defaultdict
from typing import Final

from local.cloud.loopback import Answer, Headers, Request

_HOP_BY_HOP: Final = {
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "transfer-encoding",
}
_TIMEOUT_SECONDS: Final = 120.0


class Upstream:
    """Forwards requests to any authority (host:port) over plain HTTP."""

    def __init__(self) -> None:
        self._idle: defaultdict[str, list[http.client.HTTPConnection]] = defaultdict(list)
        self._guard = threading.Lock()
        self._closed = False

    def forward(self, authority: str, request: Request, extra: Headers = ()) -> Answer | None:
        """Headers go through untouched, Host too, because the caller's signature covers them.

        None when the other end cannot be reached or breaks off, as its caller would see it;
        nothing is sent twice, for the first time may have taken effect.
        """
        try:
            return self._exchange(authority, request, extra)
        except (OSError, http.client.HTTPException):
            return None

    def close(self) -> None:
        with self._guard:
            self._closed = True
            idle = [connection for kept in self._idle.values() for connection in kept]
            self._idle.clear()
        for connection in idle:
            connection.close()

    def _exchange(self, authority: str, request: Request, extra: Headers) -> Answer:
        connection = self._take(authority)
        try:
            _send(connection, request, extra)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        self._keep(authority, connection)
        headers = [(k, v) for k, v in response.getheaders() if k.lower() not in _HOP_BY_HOP]
        if request.method == "HEAD" and (length := response.getheader("Content-Length")):
            headers.append(("Content-Length", length))
        return Answer(response.status, body, tuple(headers))

    def _take(self, authority: str) -> http.client.HTTPConnection:
        with self._guard:
            while self._idle[authority]:
                connection = self._idle[authority].pop()
                if not _closed_by_peer(connection):
                    return connection
                connection.close()
        return http.client.HTTPConnection(authority, timeout=_TIMEOUT_SECONDS)

    def _keep(self, authority: str, connection: http.client.HTTPConnection) -> None:
        with self._guard:
            if not self._closed:
                self._idle[authority].append(connection)
                return
        connection.close()


def _closed_by_peer(connection: http.client.HTTPConnection) -> bool:
    """Whether an idle connection can be read from: then what it holds is its end."""
    return connection.sock is None or bool(select.select([connection.sock], [], [], 0)[0])


def _send(connection: http.client.HTTPConnection, request: Request, extra: Headers) -> None:
    connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
    for name, value in request.headers.items():
        if name.lower() not in _HOP_BY_HOP:
            connection.putheader(name, value)
    for name, value in extra:
        connection.putheader(name, value)
    if request.body or "Content-Length" in request.headers:
        connection.putheader("Content-Length", str(len(request.body)))
    connection.endheaders(request.body or None)
