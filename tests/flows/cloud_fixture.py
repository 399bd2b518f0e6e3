"""Starts the test template on the local cloud and waits for what its workers report."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.cloud.cloud import LocalCloud

TEMPLATE = Path(__file__).parent / "cloud_app" / "template.yaml"
PATIENCE_SECONDS = 60.0


def start_cloud(home: Path, **options: Any) -> LocalCloud:
    return LocalCloud.start(TEMPLATE, home=home, **options)


def send(cloud: LocalCloud, queue: str, *bodies: dict[str, Any]) -> None:
    entries = [{"Id": str(n), "MessageBody": json.dumps(body)} for n, body in enumerate(bodies)]
    cloud.client("sqs").send_message_batch(QueueUrl=cloud.resource(queue), Entries=entries)


def next_report(cloud: LocalCloud, queue: str = "Reports") -> dict[str, Any]:
    """The next message of a queue, waited for and deleted."""
    for _ in range(3):
        found = take(cloud, queue, wait_seconds=20)
        if found is not None:
            return found
    raise AssertionError(f"nothing arrived in {queue}")


def no_report(cloud: LocalCloud, queue: str = "Reports") -> bool:
    return take(cloud, queue, wait_seconds=0) is None


def take(cloud: LocalCloud, queue: str, *, wait_seconds: int) -> dict[str, Any] | None:
    sqs, url = cloud.client("sqs"), cloud.resource(queue)
    answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=wait_seconds)
    for message in answer.get("Messages", []):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        found: dict[str, Any] = json.loads(message["Body"])
        return found
    return None


def in_flight(cloud: LocalCloud, queue: str) -> int:
    """How many messages a poller holds now."""
    answer = cloud.client("sqs").get_queue_attributes(
        QueueUrl=cloud.resource(queue), AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessagesNotVisible"])


def eventually(condition: Callable[[], bool]) -> bool:
    """Ask until it is so; False when it is not after PATIENCE_SECONDS."""
    pause, limit = threading.Event(), time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > limit:
            return False
        pause.wait(0.02)
    return True


def open_gate(cloud: LocalCloud, times: int = 1) -> None:
    for _ in range(times):
        cloud.client("sqs").send_message(QueueUrl=cloud.resource("Gate"), MessageBody="go")
