"""The functions `write_back` and `bulk_write_back`: what the two queues deliver.

A message names an outbox and never a value: what is to be written waits in the outbox, so a message
that comes twice, late or beside another asks for nothing that is not there.
"""

from collections.abc import Callable
from functools import lru_cache
from traceback import extract_tb
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from syncline.errors import RecordRejectedError, SyncError
from syncline.runtime.logging import logger_of
from syncline.runtime.settings import Settings

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


class WriteBackRequest(BaseModel):
    """Asks that the outbox of one object in one connection be written to Salesforce."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workspace: str = Field(min_length=1)
    connection: str = Field(min_length=1)
    object: str = Field(min_length=1)


Drain = Callable[[WriteBackRequest], int]
"""Writes what waits in an outbox; returns how many rows it held."""


def nothing_waits(_request: WriteBackRequest) -> int:
    """No change is captured yet, so every outbox is empty and every request is done at once."""
    return 0


def write_back_handler() -> Handler:
    """For the queue of changes that go out as they come."""
    return _from_environment()


def bulk_write_back_handler() -> Handler:
    """For the queue of changes that were gathered in a window."""
    return _from_environment()


def handler_of(logger: Logger, drain: Drain) -> Handler:
    """Answers which messages failed; the queue delivers those again, and at last sets them aside.

    A batch in which every message failed is answered the same way: an error of the function would
    bring back nothing more, and would be counted as a fault of ours.
    """

    def write_one(record: SQSRecord) -> None:
        # Powertools passes it by this name, and logs a wrong one at DEBUG only.
        try:
            request = _request(record)
            rows = drain(request)
        except Exception as exc:
            told = {"message_id": record.message_id, **_told(exc)}
            logger.error("write_back_failed", extra=told)  # noqa: TRY400 its text may hold a value
            raise
        logger.info("write_back", rows=rows, **request.model_dump())

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        return dict(
            process_partial_response(
                event=event, record_handler=write_one, processor=processor, context=context
            )
        )

    return handler


def _told(exc: Exception) -> dict[str, Any]:
    """Our own errors hold no values; of any other only the kind and the place are told."""
    if isinstance(exc, SyncError):
        return {"code": exc.code, "reason": exc.message}
    frames = extract_tb(exc.__traceback__)
    return {
        "error": type(exc).__name__,
        "at": [f"{each.filename}:{each.lineno} {each.name}" for each in frames],
    }


def _request(record: SQSRecord) -> WriteBackRequest:
    """RecordRejectedError names the fields at fault, not what stands in them."""
    try:
        return WriteBackRequest.model_validate_json(record.body)
    except ValidationError as exc:
        wrong = [(".".join(map(str, error["loc"])), error["type"]) for error in exc.errors()]
        named = ", ".join(f"{field or 'body'} ({kind})" for field, kind in wrong)
        raise RecordRejectedError(
            f"the message is no write-back request: {named}",
            code="message_malformed",
            fields=[field for field, _ in wrong if field],
        ) from None


def _from_environment() -> Handler:
    """Reads the environment at the first event, so that importing it needs none."""
    built = lru_cache(maxsize=1)(lambda: handler_of(logger_of(Settings.read()), nothing_waits))

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return built()(event, context)

    return handler
