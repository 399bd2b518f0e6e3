"""The HTTP API as calls: one request each, lists page by page, problems as errors."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

import httpx

from cli.errors import RefusedError, UnreachableError, UsageError
from cli.settings import Settings

Who = Literal["token", "administrator", "nobody"]

_CONNECT_SECONDS: Final = 10.0
#: Longer than the API's own limit of 30 s for an answer (API Gateway, HTTP API quotas).
_READ_SECONDS: Final = 40.0
_PASSING: Final = frozenset({429, 502, 503, 504})
_ATTEMPTS: Final = 3
_LONGEST_PAUSE: Final = 10.0
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_PAGE: Final = 200
_GATEWAY: Final[Mapping[int, tuple[str, str, str]]] = {
    401: ("unauthenticated", "no token was sent", "Give a token: --token, SYNCLINE_TOKEN."),
    403: ("forbidden", "the token is unknown or revoked", "Ask the administrator for a new one."),
}


def path_of(*parts: str) -> str:
    """`/v1/…` with each part encoded, so that no part can become two."""
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)


def sends_in_clear(address: str) -> bool:
    """Whether a network could read along."""
    return address.startswith("http://") and urlsplit(address).hostname not in _LOOPBACK


def open_client(address: str) -> httpx.Client:
    """Proxies of the environment are used, but never for this machine itself."""
    host = urlsplit(address).hostname
    if host is None or not address.startswith(("http://", "https://")):
        raise UsageError(f"'{address}' is no address", "Use one like https://api.example.com.")
    return httpx.Client(
        base_url=address,
        timeout=httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
        trust_env=host not in _LOOPBACK,
    )


@dataclass(slots=True)
class Api:
    """Calls to one API. Everything raises RefusedError, UnreachableError and UsageError."""

    settings: Settings
    client: httpx.Client
    pause: Callable[[float], None] = field(default=time.sleep)

    @property
    def workspace(self) -> str:
        """The chosen workspace. UsageError if none is."""
        if not self.settings.workspace:
            raise UsageError(
                "no workspace was chosen", "Give --workspace NAME or set SYNCLINE_WORKSPACE."
            )
        return self.settings.workspace

    def inside(self, *parts: str) -> str:
        """A path within the workspace."""
        return path_of("workspaces", self.workspace, *parts)

    def get(self, path: str, *, who: Who = "token", **query: Any) -> Any:
        """Reads; tried again while the answer says that it is for the moment."""
        return self._call("GET", path, who=who, query=query, attempts=_ATTEMPTS)

    def put(self, path: str, body: Any, *, who: Who = "token", **named: Any) -> Any:
        """Saves. `headers` is for If-Match, everything else is the query."""
        headers = named.pop("headers", {})
        return self._call("PUT", path, who=who, query=named, body=body, headers=headers)

    def post(self, path: str, body: Any = None, *, who: Who = "token", **query: Any) -> Any:
        """Starts something."""
        return self._call("POST", path, who=who, query=query, body=body)

    def delete(self, path: str, *, who: Who = "token") -> Any:
        """Deletes; None where there is nothing to say about it."""
        return self._call("DELETE", path, who=who, query={})

    def items(
        self, path: str, *, most: int | None = None, who: Who = "token", **query: Any
    ) -> Iterator[Any]:
        """All items of a list, or the first `most`."""
        cursor, left = None, most
        while left is None or left > 0:
            limit = _PAGE if left is None else min(_PAGE, left)
            page = self.get(path, who=who, limit=limit, cursor=cursor, **query)
            yield from page["items"]
            cursor = page.get("next")
            left = None if left is None else left - len(page["items"])
            if not cursor:
                return

    def _call(
        self,
        method: str,
        path: str,
        *,
        who: Who,
        query: Mapping[str, Any],
        attempts: int = 1,
        **more: Any,
    ) -> Any:
        request = self.client.build_request(
            method,
            path,
            params={name: value for name, value in query.items() if value is not None},
            headers={**self._authorization(who), **more.get("headers", {})},
            json=more.get("body"),
        )
        for left in range(attempts - 1, -1, -1):
            answer = self._send(request)
            if not left or answer.status_code not in _PASSING:
                break
            self.pause(_retry_after(answer))
        return _read(answer)

    def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            return self.client.send(request)
        except httpx.TransportError as exc:
            raise UnreachableError(
                f"{self.settings.api} did not answer: {exc or type(exc).__name__}",
                "Check the address (--api, SYNCLINE_API) and that the API is up.",
            ) from exc

    def _authorization(self, who: Who) -> dict[str, str]:
        if who == "nobody":
            return {}
        settings = self.settings
        chosen = settings.administrator or settings.token if who == "administrator" else (
            settings.token or settings.administrator
        )  # fmt: skip
        if not chosen:
            raise UsageError(
                "no token was given",
                "Set SYNCLINE_TOKEN, save one with `syncline profile save`, or give --token.",
            )
        return {"Authorization": f"Bearer {chosen}"}


def _retry_after(answer: httpx.Response) -> float:
    text = answer.headers.get("retry-after", "")
    return min(float(text), _LONGEST_PAUSE) if text.isdigit() else 1.0


def _read(answer: httpx.Response) -> Any:
    body = _json(answer)
    if answer.is_success:
        if answer.status_code != 204 and body is None:
            raise _stranger(answer)
        return body
    if isinstance(body, dict) and "code" in body and "status" in body:
        raise RefusedError(body)
    if answer.status_code in _GATEWAY and isinstance(body, dict) and "message" in body:
        code, detail, remedy = _GATEWAY[answer.status_code]
        raise RefusedError({
            "title": str(body["message"]), "status": answer.status_code, "code": code,
            "detail": detail, "remedy": remedy,
        })  # fmt: skip
    raise _stranger(answer)


def _json(answer: httpx.Response) -> Any:
    try:
        return json.loads(answer.content)
    except ValueError:
        return None


def _stranger(answer: httpx.Response) -> UnreachableError:
    where = f"{answer.request.method} {answer.request.url.path}"
    return UnreachableError(
        f"{answer.request.url.host} answered {where} with {answer.status_code} "
        "and nothing that this API would say",
        "Check the address; behind a gateway or proxy, try again in a minute.",
    )
