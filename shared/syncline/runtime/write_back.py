"""The function `write_back`: what the queue of changes that go out as they come delivers.

A message names records and never a value: what is to be written waits in their outboxes, so a
message that comes twice, late or beside another asks for nothing that is not there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from aws_lambda_powertools import Logger

from syncline.errors import ConfigurationError, RetryableError
from syncline.ports import Clock, Drain, Expand, Failures
from syncline.runtime import wiring
from syncline.runtime.deliveries import Deliveries, Delivery, told_of
from syncline.runtime.logging import logger_of
from syncline.runtime.settings import WriteBackSettings
from syncline.usecases.capture_changes import CaptureChanges
from syncline.usecases.expand_changes import ExpandChanges
from syncline.usecases.known_outlets import KnownOutlets
from syncline.usecases.tell_trouble import TellTrouble
from syncline.usecases.write_back_now import Drained, WriteBackNow

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

LAST_TRY: Final = 4
"""Deliveries of a message after which an error of ours is one that stays."""


@dataclass(frozen=True, slots=True)
class Writing:
    """The use cases behind the queue; each works until a deadline."""

    drain: Callable[..., Drained]
    give_up: Callable[..., Drained]
    expand: Callable[..., int]
    failures: Failures
    clock: Clock


@dataclass(frozen=True, slots=True)
class Work:
    """What several messages ask for together."""

    request: Drain | Expand
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class _Turn:
    """Who works, and how long."""

    holder: str
    deadline: datetime


def write_back_handler() -> Handler:
    """Reads the environment at the first event, so that importing it needs none."""
    built = lru_cache(maxsize=1)(_built)

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return built()(event, context)

    return handler


def handler_of(logger: Logger, writing: Writing) -> Handler:
    """Answers which messages failed; the queue delivers those again, and at last sets them aside.

    What fails for an error of ours, and for the last time but one, is given up: the changes end on
    their receipts. Where that fails, too, the message is set aside and can be asked for again.
    """

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        left = timedelta(milliseconds=context.get_remaining_time_in_millis())
        turn = _Turn(context.aws_request_id, writing.clock.now() + left)
        deliveries = Deliveries(logger, writing.failures, writing.clock)
        for each in works(deliveries.understood(event["Records"])):
            try:
                told = _done(each.request, writing, turn)
            except Exception as exc:  # noqa: BLE001 each message fails alone
                failed = [one for one in each.deliveries if not _ended(one, exc, writing, turn)]
                deliveries.fail(failed, exc)
            else:
                logger.info("write_back", extra={**named_of(each.request), **told})
        return deliveries.answer()

    def _ended(delivery: Delivery, exc: Exception, writing: Writing, turn: _Turn) -> bool:
        """Whether the changes that the message was about are final. A passing fault, or one that
        a person can mend, ends nothing."""
        passing = isinstance(exc, RetryableError | ConfigurationError)
        if passing or delivery.received < LAST_TRY or isinstance(delivery.request, Expand):
            return False
        named = {"message_ids": [delivery.id], **named_of(delivery.request), **told_of(exc)}
        try:
            writing.give_up(delivery.request, holder=turn.holder, deadline=turn.deadline)
        except Exception as second:  # noqa: BLE001 then it is set aside
            logger.error("not_given_up", extra={**named, **told_of(second)})  # noqa: TRY400 values
            return False
        logger.error("given_up", extra=named)
        return True

    return handler


def _done(request: Drain | Expand, writing: Writing, turn: _Turn) -> dict[str, Any]:
    if isinstance(request, Expand):
        return {"captured": writing.expand(request, deadline=turn.deadline)}
    drained = writing.drain(request, holder=turn.holder, deadline=turn.deadline)
    return {"records": drained.records, "later": drained.later}


def works(deliveries: Sequence[Delivery]) -> list[Work]:
    """Messages about one place are one piece of work."""
    drains: dict[tuple[str, str, str], list[tuple[Drain, Delivery]]] = {}
    work: list[Work] = []
    for each in deliveries:
        request = each.request
        if isinstance(request, Expand):
            work.append(Work(request, (each,)))
        else:
            place = (request.workspace, request.connection, request.object)
            drains.setdefault(place, []).append((request, each))
    return [*work, *(_merged(each) for each in drains.values())]


def _merged(drains: Sequence[tuple[Drain, Delivery]]) -> Work:
    first = drains[0][0]
    ids = tuple(dict.fromkeys(id for drain, _ in drains for id in drain.ids))
    delays = max(drain.delays for drain, _ in drains)
    merged = Drain(first.workspace, first.connection, first.object, ids, first.bulk, delays)
    return Work(merged, tuple(delivery for _, delivery in drains))


def named_of(request: Drain | Expand) -> dict[str, Any]:
    """Names and counts."""
    if isinstance(request, Expand):
        return {"workspace": request.workspace, "batch": request.batch}
    return {
        "workspace": request.workspace,
        "connection": request.connection,
        "object": request.object,
        "told": len(request.ids),
    }


def _built() -> Handler:
    settings = WriteBackSettings.read()
    clock, records = wiring.clock(), wiring.records_factory(settings)
    receipts, queues = wiring.receipts_factory(settings), wiring.queues(settings)
    configuration = wiring.configuration(settings)
    drain = WriteBackNow(
        configuration=configuration,
        crm=wiring.crm_factory(settings),
        links=wiring.links_factory(settings),
        records=records,
        runs=wiring.runs(settings),
        journal=wiring.journal(settings),
        conflicts=wiring.conflicts_factory(settings),
        receipts=receipts,
        queues=queues,
        turnstile=wiring.turnstile(settings),
        outlets=KnownOutlets(configuration, clock),
        tell=TellTrouble(
            configuration, wiring.troubles(settings), wiring.notifications(settings), clock
        ),
        clock=clock,
    )
    capture = CaptureChanges(records, receipts, queues, clock)
    expand = ExpandChanges(capture, receipts, wiring.bodies_factory(settings), queues, clock)
    writing = Writing(drain, drain.give_up, expand, wiring.failures(settings), clock)
    return handler_of(logger_of(settings), writing)
