"""From ASGI events to a call: headers in lower case, the body whole and unpacked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from local.salesforce.errors import ApiError
from local.salesforce.http.messages import Call
from local.salesforce.http.unpacking import Unpacking

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

#: A POST may say which method it stands for, for clients that know no PATCH:
#: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_update_fields.htm
_OVERRIDE: Final = "_HttpMethod"


class ClientGoneError(Exception):
    """The connection ended before the request did: nothing of it counts."""


def head(scope: Scope) -> Call:
    """A request before its body has come."""
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    path = scope.get("raw_path") or scope["path"].encode()
    query = query_of(scope["query_string"].decode("latin-1"))
    return Call(
        method=_method(scope["method"], query),
        path=path.decode("latin-1").partition("?")[0],
        query=query,
        headers=headers,
        origin=_origin(scope["scheme"], headers.get("host", "127.0.0.1")),
    )


async def read(scope: Scope, receive: Receive, *, spool: Path | None = None) -> Call:
    """A request with its whole body; what cannot be unpacked is told in `unreadable`.

    An upload goes to the file named by `spool` as it comes. Raises ClientGoneError.
    """
    call = head(scope)
    encoding = call.headers.get("content-encoding", "")
    try:
        if spool is None:
            parts: list[bytes] = []
            await _take_all(receive, encoding, parts.append)
            return replace(call, body=b"".join(parts))
        with spool.open("wb") as file:
            await _take_all(receive, encoding, file.write)
        return replace(call, file=spool)
    except ApiError as error:
        return replace(call, unreadable=error, file=spool)
    except ClientGoneError:
        replace(call, file=spool).drop()
        raise


def query_of(text: str) -> dict[str, str]:
    """Parameters by name; of one given twice the first counts, as with Java's servlets."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(name, value)
    return found


def _method(given: str, query: Mapping[str, str]) -> str:
    return query.get(_OVERRIDE, given).upper() if given == "POST" else given


def _origin(scheme: str, host: str) -> str:
    """The address a client used, without the port that the scheme implies."""
    implied = ":443" if scheme == "https" else ":80"
    return f"{scheme}://{host.lower().removesuffix(implied)}"


async def _take_all(receive: Receive, encoding: str, keep: Callable[[bytes], object]) -> None:
    """Read to its end even when it is bad, so that the connection can go on."""
    unpacking = Unpacking(encoding)
    refusal: ApiError | None = None
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        more = bool(message.get("more_body", False))
        if refusal is None:
            refusal = _take(unpacking, message.get("body", b""), keep, last=not more)
    if refusal is not None:
        raise refusal


def _take(
    unpacking: Unpacking, part: bytes, keep: Callable[[bytes], object], *, last: bool
) -> ApiError | None:
    try:
        keep(unpacking.feed(part))
        if last:
            unpacking.end()
    except ApiError as error:
        return error
    return None
