"""The command against the real routes over memory ports."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.unit.http.world import World


class Gateway:
    """Hands requests to the functions as the HTTP API would, with its own refusals."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, request: Request) -> Response:
        body = (await request.body()).decode() or None
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or None
        if token is None and request.url.path not in ("/health", "/openapi.json"):
            return JSONResponse({"message": "Unauthorized"}, 401)
        reply = self._world(
            request.method, request.url.path, body, token=token,
            query=dict(request.query_params), headers=dict(request.headers),
        )  # fmt: skip
        if reply.status == 204:
            return Response(status_code=204)
        return JSONResponse(reply.body, reply.status, dict(reply.headers))
