"""The function `write_back`: what the queue of changes that go out as they come delivers.

A message names records and never a value: what is to be written waits in their outboxes, so a
message that comes twice, late or beside another asks for nothing that is not there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from traceback import extract_tb
from typing import Any

from aws_lambda_powertools import Logger

from syncline.aws.messages import request_of
from syncline.errors import RecordRejectedError, SyncError
from syncline.ports import Clock, Drain, Expand
from syncline.runtime import wiring
from syncline.runtime.logging import logger_of
from syncline.runtime.settings import WriteBackSettings
from syncline.usecases.capture_changes import CaptureChanges
from syncline.usecases.expand_changes import ExpandChanges
from syncline.usecases.known_outlets import KnownOutlets
from syncline.usecases.write_back_now import Drained, WriteBackNow

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Writing:
    """The use cases behind the queue; each works until a deadline."""

    drain: Callable[..., Drained]
    expand: Callable[..., int]
    clock: Clock


@dataclass(frozen=True, slots=True)
class _Work:
    """What several messages ask for together."""

    request: Drain | Expand
    messages: tuple[str, ...]


def write_back_handler() -> Handler:
    """Reads the environment at the first event, so that importing it needs none."""
    built = lru_cache(maxsize=1)(_built)

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return built()(event, context)

    return handler


def handler_of(logger: Logger, writing: Writing) -> Handler:
    """Answers which messages failed; the queue delivers those again, and at last sets them aside.

    A batch in which every message failed is answered the same way: an error of the function would
    bring back nothing more, and would be counted as a fault of ours.
    """

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        left = timedelta(milliseconds=context.get_remaining_time_in_millis())
        deadline = writing.clock.now() + left
        failed: list[str] = []
        work, malformed = _understood(event["Records"], logger)
        failed.extend(malformed)
        for each in work:
            try:
                told = _done(
                    each.request, writing, holder=context.aws_request_id, deadline=deadline
                )
            except Exception as exc:  # noqa: BLE001 each message fails alone
                named = {"message_ids": each.messages, **_told(exc)}
                logger.error("write_back_failed", extra=named)  # noqa: TRY400 its text may hold a value
                failed.extend(each.messages)
            else:
                logger.info("write_back", extra={**_named(each.request), **told})
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}

    return handler


def _done(
    request: Drain | Expand, writing: Writing, *, holder: str, deadline: datetime
) -> dict[str, Any]:
    if isinstance(request, Expand):
        return {"captured": writing.expand(request, deadline=deadline)}
    drained = writing.drain(request, holder=holder, deadline=deadline)
    return {"records": drained.records, "later": drained.later}


def _understood(records: Sequence[dict[str, Any]], logger: Logger) -> tuple[list[_Work], list[str]]:
    """Messages about one place are one piece of work; and those that nobody can understand."""
    drains: dict[tuple[str, str, str], list[tuple[Drain, str]]] = {}
    work: list[_Work] = []
    malformed: list[str] = []
    for record in records:
        try:
            request = request_of(record["body"])
        except RecordRejectedError as exc:
            named = {"message_ids": [record["messageId"]], **_told(exc)}
            logger.error("write_back_failed", extra=named)  # noqa: TRY400 its trace may hold a value
            malformed.append(record["messageId"])
            continue
        if isinstance(request, Expand):
            work.append(_Work(request, (record["messageId"],)))
        else:
            place = (request.workspace, request.connection, request.object)
            drains.setdefault(place, []).append((request, record["messageId"]))
    return [*work, *(_merged(each) for each in drains.values())], malformed


def _merged(drains: Sequence[tuple[Drain, str]]) -> _Work:
    first = drains[0][0]
    ids = tuple(dict.fromkeys(id for drain, _ in drains for id in drain.ids))
    delays = max(drain.delays for drain, _ in drains)
    merged = Drain(first.workspace, first.connection, first.object, ids, first.bulk, delays)
    return _Work(merged, tuple(message for _, message in drains))


def _named(request: Drain | Expand) -> dict[str, Any]:
    """Names and counts."""
    if isinstance(request, Expand):
        return {"workspace": request.workspace, "batch": request.batch}
    return {
        "workspace": request.workspace,
        "connection": request.connection,
        "object": request.object,
        "told": len(request.ids),
    }


def _told(exc: Exception) -> dict[str, Any]:
    """Our own errors hold no values; of any other only the kind and the place are told."""
    if isinstance(exc, SyncError):
        return {"code": exc.code, "reason": exc.message}
    frames = extract_tb(exc.__traceback__)
    return {
        "error": type(exc).__name__,
        "at": [f"{each.filename}:{each.lineno} {each.name}" for each in frames],
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
        clock=clock,
    )
    capture = CaptureChanges(records, receipts, queues, clock)
    expand = ExpandChanges(capture, receipts, wiring.bodies_factory(settings), queues, clock)
    return handler_of(logger_of(settings), Writing(drain, expand, clock))
