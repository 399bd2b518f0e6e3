"""The log of the HTTP API: one line for each request."""

import sys
from traceback import extract_tb

from aws_lambda_powertools import Logger

from syncline.http.messages import Request


class RequestLog:
    """The API's watcher: one line for each request, by the route's template and the token's id."""

    def __init__(self, logger: Logger) -> None:
        self._logger = logger

    def answered(self, request: Request, *, route: str, status: int, code: str | None) -> None:
        token = request.identity.token if request.identity else None
        told = {"route": route, "status": status, "code": code, "token": token}
        self._logger.info("request", extra={"request": request.id, **told})

    def failed(self, request: Request, *, route: str) -> None:
        """Says where it failed, not with what: an error's message may hold a value."""
        kind, _, trace = sys.exc_info()
        told = {
            "route": route,
            "error": kind.__name__ if kind else None,
            "at": [f"{each.filename}:{each.lineno} {each.name}" for each in extract_tb(trace)],
        }
        self._logger.error("request_failed", extra={"request": request.id, **told})
