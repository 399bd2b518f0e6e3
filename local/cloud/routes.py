"""Routes and authorizers of the HTTP API, read from the OpenAPI body that SAM makes of the events.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from local.cloud.template import Json

_ANY: Final = "x-amazon-apigateway-any-method"
_INTEGRATION: Final = "x-amazon-apigateway-integration"
_AUTHORIZER: Final = "x-amazon-apigateway-authorizer"
_METHODS: Final = {"get", "post", "put", "delete", "patch", "head", "options", _ANY}


@dataclass(frozen=True, slots=True)
class Authorizer:
    """A REQUEST authorizer with simple responses; `identity` are header names in lower case."""

    function_arn: str
    identity: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """`method` is ANY or a verb, `segments` the path cut at slashes."""

    method: str
    path: str
    segments: tuple[str, ...]
    function_arn: str
    authorizer: Authorizer | None

    @property
    def key(self) -> str:
        return self.path if self.path == "$default" else f"{self.method} {self.path}"

    @property
    def rank(self) -> tuple[int, ...]:
        """Lower is matched first: full path, then path variable, then greedy, ANY last."""
        order = [_kind(segment) for segment in self.segments]
        return (*order, 9 if self.path == "$default" else 0, int(self.method == "ANY"))

    def match(self, method: str, parts: Sequence[str]) -> dict[str, str] | None:
        """The decoded path parameters, None when the route is another one."""
        if self.method not in ("ANY", method):
            return None
        if self.path == "$default":
            return {}
        found: dict[str, str] = {}
        for index, segment in enumerate(self.segments):
            kind = _kind(segment)
            if kind == _GREEDY:
                rest = parts[index:]
                found[segment[1:-2]] = unquote("/".join(rest))
                return found if any(rest) else None
            if index >= len(parts) or (kind == _LITERAL and parts[index] != segment):
                return None
            if kind == _VARIABLE:
                if not parts[index]:
                    return None
                found[segment[1:-1]] = unquote(parts[index])
        return found if len(parts) == len(self.segments) else None


_LITERAL, _VARIABLE, _GREEDY = 0, 1, 2


def _kind(segment: str) -> int:
    if not (segment.startswith("{") and segment.endswith("}")):
        return _LITERAL
    return _GREEDY if segment.endswith("+}") else _VARIABLE


def read_routes(body: Json) -> list[Route]:
    """Every route of a resolved OpenAPI body, in the order in which they are to be tried."""
    authorizers = _authorizers(body)
    routes = [
        _route(path, method, operation, authorizers)
        for path, item in body.get("paths", {}).items()
        for method, operation in item.items()
        if method in _METHODS and _INTEGRATION in operation
    ]
    return sorted(routes, key=lambda route: (route.rank, route.path))


def _route(path: str, method: str, operation: Json, authorizers: Mapping[str, Authorizer]) -> Route:
    security = [name for entry in operation.get("security", []) for name in entry]
    return Route(
        method="ANY" if method == _ANY else method.upper(),
        path=path,
        segments=tuple(path.strip("/").split("/")),
        function_arn=_function_in(operation[_INTEGRATION]["uri"]),
        authorizer=next((authorizers[name] for name in security if name in authorizers), None),
    )


def _authorizers(body: Json) -> dict[str, Authorizer]:
    schemes = body.get("components", {}).get("securitySchemes", {})
    found = {}
    for name, scheme in schemes.items():
        spec = scheme.get(_AUTHORIZER, {})
        if spec.get("type") != "request":
            continue
        sources = spec.get("identitySource", [])
        listed = sources.split(",") if isinstance(sources, str) else sources
        headers = tuple(
            source.strip().removeprefix("$request.header.").lower()
            for source in listed
            if source.strip().startswith("$request.header.")
        )
        found[name] = Authorizer(_function_in(spec["authorizerUri"]), headers)
    return found


def _function_in(uri: str) -> str:
    """The ARN out of …:lambda:path/2015-03-31/functions/<arn>/invocations."""
    return uri.partition("/functions/")[2].removesuffix("/invocations")
