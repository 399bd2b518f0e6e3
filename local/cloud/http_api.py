"""The HTTP API: requests by route to functions, after the authorizer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from local.cloud.clock import RunnerClock
from local.cloud.functions import FunctionPool
from local.cloud.http_events import answer_of, authorizer_event, proxy_event
from local.cloud.loopback import Answer, Request
from local.cloud.routes import Authorizer, Route
from local.cloud.template import Json

REQUEST_LIMIT_BYTES: Final = 10 * 1024 * 1024
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""

_MESSAGES: Final[Mapping[int, str]] = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Request Entity Too Large",
    500: "Internal Server Error",
}

PoolOf = Callable[[str], FunctionPool]


class HttpApi:
    """Answers like the $default stage of one AWS::ApiGatewayV2::Api; decisions are not cached."""

    def __init__(
        self,
        routes: list[Route],
        *,
        pool: PoolOf,
        clock: RunnerClock,
        api_id: str,
        region: str,
    ) -> None:
        """`pool` finds a function's pool by its ARN."""
        self._routes = routes
        self._pool = pool
        self._clock = clock
        self._api_id = api_id
        self._region = region

    def serve(self, request: Request) -> Answer:
        route, parameters = self._find(request)
        if route is None:
            return _refuse(404)
        event = proxy_event(request, route, parameters, api_id=self._api_id, at=self._clock.utc())
        if route.authorizer is not None:
            refusal = self._authorize(route, route.authorizer, event)
            if refusal:
                return _refuse(refusal)
        return self._run(route, event)

    def _find(self, request: Request) -> tuple[Route | None, dict[str, str]]:
        parts = request.path.lstrip("/").split("/")
        for route in self._routes:
            parameters = route.match(request.method, parts)
            if parameters is not None:
                return route, parameters
        return None, {}

    def _authorize(self, route: Route, authorizer: Authorizer, event: Json) -> int:
        """0 and the context added to the event, or the status to refuse with."""
        identity = [event["headers"].get(name, "") for name in authorizer.identity]
        if not all(identity):
            return 401
        asked = authorizer_event(event, route, region=self._region, identity=identity)
        try:
            result = self._pool(authorizer.function_arn).invoke(asked)
        except ValueError:
            return 413
        if not result.ok or not isinstance(result.payload, dict):
            return 500
        if result.payload.get("isAuthorized") is not True:
            return 403
        event["requestContext"]["authorizer"] = {"lambda": result.payload.get("context") or {}}
        return 0

    def _run(self, route: Route, event: Json) -> Answer:
        try:
            result = self._pool(route.function_arn).invoke(event)
        except ValueError:
            return _refuse(413)
        if not result.ok:
            return _refuse(500)
        try:
            return answer_of(result.payload)
        except (ValueError, TypeError, KeyError):
            return _refuse(500)


def _refuse(status: int) -> Answer:
    return json_answer(status, {"message": _MESSAGES[status]})


def json_answer(status: int, document: Any) -> Answer:
    body = json.dumps(document).encode()
    return Answer(status, body, (("Content-Type", "application/json"),))
