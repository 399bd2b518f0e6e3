"""The function `sweeper`: fails runs that nobody follows up, starts those that nobody has begun,
and tells the writers of what waits for them too long."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from aws_lambda_powertools import Logger

from syncline.runtime import wiring
from syncline.runtime.logging import logger_of
from syncline.runtime.metrics import count_failed_runs
from syncline.runtime.settings import SweeperSettings
from syncline.usecases.sweep_outboxes import SweepOutboxes
from syncline.usecases.sweep_requests import SweepRequests
from syncline.usecases.sweep_runs import SweepRuns

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def sweeper_handler() -> Handler:
    """Reads the environment at the first event."""

    @lru_cache(maxsize=1)
    def build() -> tuple[SweepRuns, SweepOutboxes, SweepRequests, Logger, str]:
        settings = SweeperSettings.read()
        configuration = wiring.configuration(settings)
        runs = SweepRuns(
            configuration=configuration,
            runs=wiring.runs(settings),
            starter=wiring.starter(settings),
            notifications=wiring.notifications(settings),
            clock=wiring.clock(),
        )
        outboxes = SweepOutboxes(
            configuration=configuration,
            records=wiring.records_factory(settings),
            queues=wiring.queues(settings),
            clock=wiring.clock(),
        )
        requests = SweepRequests(
            configuration=configuration,
            receipts=wiring.receipts_factory(settings),
            queues=outboxes.queues,
            clock=wiring.clock(),
        )
        return runs, outboxes, requests, logger_of(settings), settings.service

    def handler(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
        sweep_runs, sweep_outboxes, sweep_requests, logger, service = build()
        failed = sweep_runs()
        count_failed_runs(len(failed), service=service)
        requests = sweep_requests()
        told = {"failed": list(failed), "waiting": sweep_outboxes(), "requests": requests}
        logger.info("swept", extra=told)
        return told

    return handler
