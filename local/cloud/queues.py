"""Event source mappings: SQS messages in batches to functions, as Lambda's pollers deliver them.

Real time and the runner's clock are reconciled in the data plane: its SQS reads the runner's
offset (data_plane_entry.py), so visibility, delays and dead letters follow the clock without
any bookkeeping here, and a long poll returns when the clock has moved past a message's time.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud.clients import Clients
from local.cloud.clock import RunnerClock
from local.cloud.invocation import InvokeResult
from local.cloud.template import Json

PAYLOAD_LIMIT_BYTES: Final = 6 * 1024 * 1024
"""A batch closes before its event passes 6 MB.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""
_RECEIVE_AT_MOST: Final = 10
_LONG_POLL_SECONDS: Final = 20
_EVENT_OVERHEAD: Final = len('{"Records":[]}')

Invoke = Callable[[Json], InvokeResult]


@dataclass(frozen=True, slots=True)
class Mapping:
    """One AWS::Lambda::EventSourceMapping of a queue; `pollers` run at the same time."""

    queue_arn: str
    batch_size: int
    window_seconds: float
    partial_failures: bool
    pollers: int

    @classmethod
    def of(cls, properties: Json, pollers: int) -> Mapping:
        maximum = (properties.get("ScalingConfig") or {}).get("MaximumConcurrency", pollers)
        return cls(
            queue_arn=properties["EventSourceArn"],
            batch_size=int(properties.get("BatchSize", 10)),
            window_seconds=float(properties.get("MaximumBatchingWindowInSeconds", 0)),
            partial_failures="ReportBatchItemFailures"
            in (properties.get("FunctionResponseTypes") or []),
            pollers=min(pollers, int(maximum)),
        )


class QueuePollers:
    """The pollers of one mapping, each a thread that gathers a batch, invokes and settles it."""

    def __init__(
        self, mapping: Mapping, invoke: Invoke, *, clients: Clients, clock: RunnerClock
    ) -> None:
        self._mapping = mapping
        self._invoke = invoke
        self._sqs = clients.of("sqs")
        self._region = clients.region
        self._clock = clock
        self._stop = threading.Event()
        name = mapping.queue_arn.rpartition(":")[2]
        self._url: str = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        for _ in range(mapping.pollers):
            threading.Thread(target=self._poll, daemon=True).start()

    def close(self) -> None:
        self._stop.set()

    def deliver(self) -> int:
        """One batch of what is visible now, whatever the window; how many messages it had."""
        batch: list[Json] = []
        while room := min(_RECEIVE_AT_MOST, self._mapping.batch_size - len(batch)):
            received = self._receive(room, 0)
            if not received:
                break
            batch += received
        if batch:
            self._settle(batch, self._invoke({"Records": batch}))
        return len(batch)

    def _poll(self) -> None:
        carried, opened = list[Json](), math.inf
        while not self._stop.is_set():
            try:
                batch, carried, opened = self._gather(carried, opened)
                if batch and not self._stop.is_set():
                    self._settle(batch, self._invoke({"Records": batch}))
            except (BotoCoreError, ClientError, RuntimeError):
                # The data plane or the pool is gone for the moment; unsettled messages return.
                self._stop.wait(0.2)

    def _gather(self, carried: list[Json], opened: float) -> tuple[list[Json], list[Json], float]:
        """A batch, then the records that would have made it too large and when they came.

        The window opens with the first message and is measured on the runner's clock.
        """
        mapping, records = self._mapping, carried
        size = _EVENT_OVERHEAD + sum(map(_size, records))
        while not self._stop.is_set() and len(records) < mapping.batch_size:
            left = opened + mapping.window_seconds - self._clock.now()
            if records and left <= 0:
                break
            wait = min(_LONG_POLL_SECONDS, max(1.0, left))
            room = min(_RECEIVE_AT_MOST, mapping.batch_size - len(records))
            received = self._receive(room, math.ceil(wait))
            if received and not records:
                opened = self._opened(received[0])
            fitting, size = _fitting(received, size)
            records = [*records, *received[:fitting]]
            if fitting < len(received):
                return records, received[fitting:], self._clock.now()
        return records, [], math.inf

    def _opened(self, first: Json) -> float:
        """When the queue gave it out: whoever sees it in flight may have moved the clock since. The
        queue remembers that of the first time only, and goes on while the clock is frozen."""
        told, now = first["attributes"], self._clock.now()
        if told["ApproximateReceiveCount"] != "1":
            return now
        return min(now, int(told["ApproximateFirstReceiveTimestamp"]) / 1000)

    def _receive(self, at_most: int, wait_seconds: int) -> list[Json]:
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=at_most,
            WaitTimeSeconds=wait_seconds,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        )
        return [self._record(message) for message in answer.get("Messages", [])]

    def _record(self, message: Json) -> Json:
        """A record as in https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html."""
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {
                name: _attribute(value)
                for name, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._mapping.queue_arn,
            "awsRegion": self._region,
        }

    def _settle(self, batch: list[Json], result: InvokeResult) -> None:
        """Delete what was done; the rest returns when its visibility time is over."""
        failed = failed_ids(batch, result, partial=self._mapping.partial_failures)
        done = [record for record in batch if record["messageId"] not in failed]
        for start in range(0, len(done), 10):
            entries = [
                {"Id": str(n), "ReceiptHandle": record["receiptHandle"]}
                for n, record in enumerate(done[start : start + 10])
            ]
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)


def failed_ids(batch: Iterable[Json], result: InvokeResult, *, partial: bool) -> set[str]:
    """Ids of the messages to deliver again.

    Everything when the function failed or its list of failures is malformed.
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    everything = {str(record["messageId"]) for record in batch}
    if not result.ok:
        return everything
    if not partial or result.payload is None or result.payload == {}:
        return set()
    if not isinstance(result.payload, dict):
        return everything
    try:
        named = {each["itemIdentifier"] for each in result.payload.get("batchItemFailures") or []}
    except (TypeError, KeyError):
        return everything
    if named <= everything:
        return named
    return everything


def _fitting(records: list[Json], size: int) -> tuple[int, int]:
    """How many of the records still go into an event of `size` bytes, and its size with them."""
    for index, record in enumerate(records):
        grown = size + _size(record)
        if grown > PAYLOAD_LIMIT_BYTES:
            return index, size
        size = grown
    return len(records), size


def _size(record: Json) -> int:
    return len(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()) + 1


def _attribute(value: Json) -> dict[str, Any]:
    found: dict[str, Any] = {
        "dataType": value["DataType"],
        "stringListValues": [],
        "binaryListValues": [],
    }
    if "StringValue" in value:
        found["stringValue"] = value["StringValue"]
    return found
