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


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A route with its literal segments, the last of them first, where routes differ most."""

    route: Route
    literals: tuple[tuple[int, str], ...]
    names: tuple[tuple[int, str], ...]


def _pattern(route: Route) -> tuple[int, _Pattern]:
    segments = list(enumerate(route.pattern.strip("/").split("/")))
    literals = tuple((at, each) for at, each in reversed(segments) if not each.startswith("{"))
    names = tuple((at, each.strip("{}")) for at, each in segments if each.startswith("{"))
    return len(segments), _Pattern(route, literals, names)


class Router:
    """All routes, by number of segments."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._by_length: dict[int, list[_Pattern]] = {}
        for route in routes:
            length, pattern = _pattern(route)
            self._by_length.setdefault(length, []).append(pattern)

    def endpoints(self) -> frozenset[str]:
        """The classes of all routes."""
        return frozenset(
            pattern.route.endpoint for found in self._by_length.values() for pattern in found
        )

    def find(self, method: str, path: str) -> Match | WrongMethod | None:
        """The route of a request; literal segments win over placeholders, HEAD is a GET."""
        segments = path.strip("/").split("/")
        lowered = [each.lower() for each in segments]
        wanted = "GET" if method == "HEAD" else method
        allowed: set[str] = set()
        for pattern in self._by_length.get(len(segments), ()):
            if any(lowered[at] != literal for at, literal in pattern.literals):
                continue
            route = pattern.route
            if route.method == wanted:
                return Match(route, {name: unquote(segments[at]) for at, name in pattern.names})
            allowed |= {route.method, "HEAD"} if route.method == "GET" else {route.method}
        return WrongMethod(tuple(allowed)) if allowed else None
