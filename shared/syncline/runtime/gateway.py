"""A Lambda handler around a part of the HTTP API, built once for each environment."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from syncline.http.dispatch import Api

Handler = Callable[[dict[str, Any], object], dict[str, Any]]


def gateway_handler(build: Callable[[], Api]) -> Handler:
    """`build` runs at the first event and never again if it succeeded."""
    built = lru_cache(maxsize=1)(build)

    def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
        return built()(event)

    return handler
