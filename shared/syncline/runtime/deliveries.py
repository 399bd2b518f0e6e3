"""Messages as a queue delivers them to a writer, and what is told of those that fail."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from traceback import extract_tb
from typing import Any

from aws_lambda_powertools import Logger

from syncline.aws.messages import request_of
from syncline.engine.moments import canonical_instant
from syncline.errors import RecordRejectedError, SyncError
from syncline.ports import Clock, Drain, Expand, Failure, Failures


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message. `received` is how often it was delivered so far, this time included
    (ApproximateReceiveCount: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html)."""

    id: str
    received: int
    request: Drain | Expand


@dataclass(slots=True)
class Deliveries:
    """One batch of them. Which ones failed is answered to the queue, which delivers them again and
    at last sets them aside; why is logged, and noted for whoever looks at what was set aside."""

    logger: Logger
    failures: Failures
    clock: Clock
    _failed: dict[str, Failure] = field(default_factory=dict)

    def understood(self, records: Sequence[dict[str, Any]]) -> list[Delivery]:
        """A message that nobody can understand fails alone."""
        found = []
        for record in records:
            id, received = record["messageId"], _received(record)
            try:
                found.append(Delivery(id, received, request_of(record["body"])))
            except RecordRejectedError as exc:
                self._fail({id: received}, exc)
        return found

    def fail(self, deliveries: Sequence[Delivery], exc: Exception) -> None:
        """They are delivered again, or set aside."""
        self._fail({each.id: each.received for each in deliveries}, exc)

    def answer(self) -> dict[str, Any]:
        """For the queue. A batch in which every message failed is answered the same way: an error
        of the function would bring back nothing more, and be counted as a fault of ours."""
        try:
            self.failures.note(self._failed)
        except SyncError as exc:
            self.logger.error("failures_not_noted", extra=told_of(exc))  # noqa: TRY400 no trace
        return {"batchItemFailures": [{"itemIdentifier": each} for each in self._failed]}

    def _fail(self, received: dict[str, int], exc: Exception) -> None:
        named = {"message_ids": list(received), **told_of(exc)}
        self.logger.error("write_back_failed", extra=named)  # its trace may hold a value
        code, reason = _why(exc)
        at = canonical_instant(self.clock.now())
        self._failed.update({id: Failure(code, reason, at, n) for id, n in received.items()})


def told_of(exc: Exception) -> dict[str, Any]:
    """For a log. Our own errors hold no values; of any other kind and place are told."""
    if isinstance(exc, SyncError):
        return {"code": exc.code, "reason": exc.message}
    frames = extract_tb(exc.__traceback__)
    return {
        "error": type(exc).__name__,
        "at": [f"{each.filename}:{each.lineno} {each.name}" for each in frames],
    }


def _why(exc: Exception) -> tuple[str, str]:
    if isinstance(exc, SyncError):
        return exc.code, exc.message
    return "internal_error", f"an error in Syncline itself ({type(exc).__name__})"


def _received(record: dict[str, Any]) -> int:
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
