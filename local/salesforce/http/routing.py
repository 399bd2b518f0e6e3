"""Paths to handlers, in any case and with or without a slash at the end, as Salesforce does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from local.salesforce.http.messages import Answer, Call
from local.salesforce.org import Org

Handler = Callable[[Org, Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """`/services/data/{version}/query`: literal segments in lower case, names in braces.

    `endpoint` is the class the journal counts and faults are armed for; `open` needs no session;
    the body of an `upload` comes as a file.
    """

    method: str
    pattern: str
    endpoint: str
    handler: Handler
    open: bool = False
    upload: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A route and what its placeholders stand for."""

    route: Route
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WrongMethod:
    """A path that exists for other methods."""

    allowed: tuple[str, ...]


class Router:
    """All routes, by number of segments."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._by_length: dict[int, list[tuple[tuple[str, ...], Route]]] = {}
        for route in routes:
            segments = tuple(route.pattern.strip("/").split("/"))
            self._by_length.setdefault(len(segments), []).append((segments, route))

    def endpoints(self) -> frozenset[str]:
        """The classes of all routes."""
        return frozenset(
            route.endpoint for routes in self._by_length.values() for _, route in routes
        )

    def find(self, method: str, path: str) -> Match | WrongMethod | None:
        """The route of a request; literal segments win over placeholders, HEAD is a GET."""
        segments = path.strip("/").split("/")
        wanted = "GET" if method == "HEAD" else method
        allowed: set[str] = set()
        for pattern, route in self._by_length.get(len(segments), []):
            params = _match(pattern, segments)
            if params is None:
                continue
            if route.method == wanted:
                return Match(route, params)
            allowed |= {route.method, "HEAD"} if route.method == "GET" else {route.method}
        return WrongMethod(tuple(allowed)) if allowed else None


def _match(pattern: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    params: dict[str, str] = {}
    for wanted, given in zip(pattern, segments, strict=True):
        if wanted.startswith("{"):
            params[wanted.strip("{}")] = unquote(given)
        elif wanted != given.lower():
            return None
    return params
