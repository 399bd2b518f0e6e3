"""The function `bulk_write_back`: runs of gathered changes, which its queue starts, and whose later
legs their schedules start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from aws_lambda_powertools import Logger

from syncline.errors import RecordRejectedError
from syncline.kinds.kind import Direction
from syncline.kinds.registry import BULK_WRITE_BACK
from syncline.ports import Clock, Drain, Expand, Failures, Run
from syncline.runtime import wiring
from syncline.runtime.deliveries import Deliveries
from syncline.runtime.garbage import collect_rarely
from syncline.runtime.jobs import Worked, run_job, start_of
from syncline.runtime.logging import logger_of
from syncline.runtime.settings import BulkWriteBackSettings
from syncline.runtime.write_back import named_of, works
from syncline.usecases.bulk_write_back_leg import BulkWriteBackLeg
from syncline.usecases.run_job import LEGS, Start
from syncline.usecases.start_bulk import StartBulk, Started

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The use cases: `start` finds or makes the run, `work` works on a leg until a deadline."""

    start: Callable[..., Started]
    work: Callable[[Start, datetime], Mapping[str, Any]]
    failures: Failures
    clock: Clock


def bulk_write_back_handler() -> Handler:
    """Reads the environment at the first event, so that importing it needs none."""
    built = lru_cache(maxsize=1)(_built)

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return built()(event, context)

    return handler


def handler_of(logger: Logger, gathered: Gathered) -> Handler:
    """A batch of the queue is answered with the messages that failed; an event of a schedule, of
    the sweeper or of the API, which names a run, as every job's function answers."""

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        left = timedelta(milliseconds=context.get_remaining_time_in_millis())
        deadline = gathered.clock.now() + left
        if "Records" not in event:
            return dict(gathered.work(start_of(event), deadline))
        deliveries = Deliveries(logger, gathered.failures, gathered.clock)
        for each in works(deliveries.understood(event["Records"])):
            try:
                told = _done(each.request, gathered, context.aws_request_id, deadline)
            except Exception as exc:  # noqa: BLE001 each place fails alone
                deliveries.fail(each.deliveries, exc)
            else:
                logger.info("bulk_write_back", extra={**named_of(each.request), **told})
        return deliveries.answer()

    return handler


def _done(
    request: Drain | Expand, gathered: Gathered, holder: str, deadline: datetime
) -> dict[str, Any]:
    if isinstance(request, Expand):
        raise RecordRejectedError("the queue takes no stored requests", code="message_malformed")
    started = gathered.start(request, holder=holder)
    if started.run is None:
        return {"run": None, "later": started.why}
    run: Run = started.run
    gathered.work(Start(run.workspace, run.job, run=run.id), deadline)
    return {"run": run.id, "later": ""}


def _built() -> Handler:
    settings = BulkWriteBackSettings.read()
    logger, queues = logger_of(settings), wiring.queues(settings)
    leg = partial(
        BulkWriteBackLeg,
        configuration=wiring.configuration(settings),
        receipts=wiring.receipts_factory(settings),
        queues=queues,
    )
    runner = run_job(settings, legs={**LEGS, Direction.WRITE_BACK: leg})
    start = StartBulk(
        configuration=runner.configuration,
        records=runner.records,
        runs=runner.runs,
        journal=runner.journal,
        queues=queues,
        turnstile=runner.turnstile,
        clock=runner.clock,
    )
    work = Worked(runner, logger, kind=BULK_WRITE_BACK, service=settings.service)
    failures = wiring.failures(settings)
    collect_rarely()
    return handler_of(logger, Gathered(start, work, failures, runner.clock))
