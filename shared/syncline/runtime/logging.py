"""Structured logs: ids, codes and counts; never a record's value, never a secret."""

import sys
from traceback import extract_tb

from aws_lambda_powertools import Logger

from syncline.runtime.settings import Settings


def logger_of(settings: Settings) -> Logger:
    """JSON lines with the service's name; the level comes from the settings."""
    return Logger(service=settings.service, level=settings.log_level, use_rfc3339=True)


class RequestLog:
    """The API's watcher: one line for each request, by the route's template and the token's id."""

    def __init__(self, logger: Logger) -> None:
        self._logger = logger

    def answered(self, *, route: str, status: int, code: str | None, token: str | None) -> None:
        self._logger.info(
            "request", extra={"route": route, "status": status, "code": code, "token": token}
        )

    def failed(self, *, route: str) -> None:
        """Says where it failed, not with what: an error's message may hold a value."""
        kind, _, trace = sys.exc_info()
        frames = [f"{each.filename}:{each.lineno} {each.name}" for each in extract_tb(trace)]
        name = kind.__name__ if kind else None
        self._logger.error("request_failed", extra={"route": route, "error": name, "at": frames})
