"""A forward proxy on loopback, so that clients with fixed hosts reach the emulator unchanged.

It answers `CONNECT {host}:443` with a way to the emulator's TLS port where the host is one of
Salesforce that the port's certificate names, and nothing else: no request leaves this machine.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Final

from local.salesforce.certificates import NAMES, covers

_SALESFORCE: Final = ".salesforce.com"
_HOSTS: Final = ", ".join(name for name in NAMES if name.endswith(_SALESFORCE))
_TLS: Final = 443
_HOST: Final = "127.0.0.1"
_HEAD_BYTES: Final = 16_384
_HEAD_SECONDS: Final = 30.0
_PIECE: Final = 65_536
_READY: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


class Proxy:
    """Leads to one TLS port; `drop` ends what is open."""

    def __init__(self, tls_port: int) -> None:
        self._tls_port = tls_port
        self._open: set[asyncio.StreamWriter] = set()

    async def listen(self, sock: socket.socket) -> asyncio.Server:
        """Serve on a socket that is bound already."""
        return await asyncio.start_server(self._serve, sock=sock, limit=_HEAD_BYTES)

    def drop(self) -> None:
        """End all tunnels."""
        for writer in tuple(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._tunnel(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            writer.transport.abort()
        finally:
            self._open.discard(writer)
            writer.close()

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        line = head.partition(b"\r\n")[0].decode("latin-1")
        if not _leads_here(line):
            writer.write(_refusal(line))
            await writer.drain()
            return
        inner_reader, inner_writer = await asyncio.open_connection(_HOST, self._tls_port)
        self._open.add(inner_writer)
        try:
            writer.write(_READY)
            await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
        finally:
            self._open.discard(inner_writer)
            inner_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One direction; an end and a reset are handed on as what they are."""
    try:
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        _reset(writer)
        return
    with suppress(OSError):
        writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    with suppress(OSError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    writer.transport.abort()


def _leads_here(line: str) -> bool:
    """Whether a request line is `CONNECT {host of Salesforce that can be vouched for}:443`."""
    method, _, rest = line.partition(" ")
    host, _, port = rest.partition(" ")[0].rpartition(":")
    ours = host.lower().endswith(_SALESFORCE) and covers(host)
    return method == "CONNECT" and port == str(_TLS) and ours


def _refusal(line: str) -> bytes:
    """403 with the reason, for every other host and for plain requests."""
    asked = line.rpartition(" ")[0] or line
    text = (
        f"The emulator's proxy leads to https://*{_SALESFORCE} only, to hosts that its certificate"
        f" names ({_HOSTS}; a star is one level); it was asked for: {asked[:200]}\n"
    ).encode()
    head = (
        "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + text
