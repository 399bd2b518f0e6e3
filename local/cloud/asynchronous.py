"""Asynchronous invocation: accepted at once, retried as configured, failures to a destination."""

from __future__ import annotations

import json
import threading
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

from local.cloud.clients import Clients
from local.cloud.clock import RunnerClock
from local.cloud.functions import FunctionPool
from local.cloud.invocation import InvokeResult

RETRY_WAIT_SECONDS: Final = (60.0, 120.0)
"""https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""


class AsyncInvoker:
    """Lambda's event queue in front of every function; waits are on the runner's clock."""

    def __init__(self, clock: RunnerClock, clients: Clients) -> None:
        self._clock = clock
        self._clients = clients
        self._stop = threading.Event()
        self._workers = ThreadPoolExecutor(max_workers=32, thread_name_prefix="async")

    def submit(self, pool: FunctionPool, event: Any) -> Future[InvokeResult]:
        """Accept an event; the future ends with the last attempt's result."""
        return self._workers.submit(self._run, pool, event)

    def close(self) -> None:
        self._stop.set()
        self._clock.wake()
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _run(self, pool: FunctionPool, event: Any) -> InvokeResult:
        result = pool.invoke(event)
        attempts = 1
        while not result.ok and attempts <= pool.spec.retries:
            due = self._clock.now() + RETRY_WAIT_SECONDS[min(attempts, 2) - 1]
            if not self._clock.wait_until(due, self._stop):
                return result
            result = pool.invoke(event)
            attempts += 1
        if not result.ok and pool.spec.on_failure:
            self._report(pool, event, result, attempts)
        return result

    def _report(self, pool: FunctionPool, event: Any, result: InvokeResult, attempts: int) -> None:
        """Send Lambda's record of a failed event to the destination.

        https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
        """
        record = {
            "version": "1.0",
            "timestamp": self._clock.utc().isoformat(timespec="milliseconds"),
            "requestContext": {
                "requestId": str(uuid.uuid4()),
                "functionArn": f"{pool.spec.arn}:$LATEST",
                "condition": "RetriesExhausted",
                "approximateInvokeCount": attempts,
            },
            "requestPayload": event,
            "responseContext": {
                "statusCode": 200,
                "executedVersion": "$LATEST",
                "functionError": result.error,
            },
            "responsePayload": result.payload,
        }
        arn, text = pool.spec.on_failure, json.dumps(record)
        service = arn.split(":")[2]
        if service == "sns":
            self._clients.of("sns").publish(TopicArn=arn, Message=text)
        elif service == "sqs":
            sqs = self._clients.of("sqs")
            url = sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody=text)
