"""The function `sweeper`: fails runs that nobody follows up, starts those that nobody has begun."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from aws_lambda_powertools import Logger

from syncline.runtime import wiring
from syncline.runtime.logging import logger_of
from syncline.runtime.metrics import count_failed_runs
from syncline.runtime.settings import SweeperSettings
from syncline.usecases.sweep_runs import SweepRuns

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def sweeper_handler() -> Handler:
    """Reads the environment at the first event."""

    @lru_cache(maxsize=1)
    def build() -> tuple[SweepRuns, Logger, str]:
        settings = SweeperSettings.read()
        use_case = SweepRuns(
            configuration=wiring.configuration(settings),
            runs=wiring.runs(settings),
            starter=wiring.starter(settings),
            notifications=wiring.notifications(settings),
            clock=wiring.clock(),
        )
        return use_case, logger_of(settings), settings.service

    def handler(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
        use_case, logger, service = build()
        failed = use_case()
        count_failed_runs(len(failed), service=service)
        logger.info("swept", extra={"failed": list(failed)})
        return {"failed": list(failed)}

    return handler
