"""The function `authorizer`: whose token this is. What it may do is decided behind it.

Source of the shapes: API Gateway developer guide, "Control access to HTTP APIs with AWS Lambda
authorizers", payload format 2.0 with simple responses.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from syncline.http.messages import identity_context
from syncline.runtime import wiring
from syncline.runtime.gateway import Handler
from syncline.runtime.settings import AuthorizerSettings
from syncline.usecases.identify import Identify


def authorizer_handler() -> Handler:
    """Answers `isAuthorized` and, for a known token, a context of texts for the routes."""

    def build() -> Identify:
        settings = AuthorizerSettings.read()
        return Identify(wiring.tokens(settings), lambda: wiring.administrator_token(settings))

    return handler_of(build)


def handler_of(build: Callable[[], Identify]) -> Handler:
    """The handler over any Identify, built at the first event."""
    built = lru_cache(maxsize=1)(build)

    def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
        identity = built()(bearer(event.get("headers") or {}))
        if identity is None:
            return {"isAuthorized": False}
        return {"isAuthorized": True, "context": identity_context(identity)}

    return handler


def bearer(headers: Mapping[str, str]) -> str:
    """The token of the Authorization header, empty if there is none of that sort."""
    given = {name.lower(): value for name, value in headers.items()}.get("authorization", "")
    scheme, _, token = given.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
