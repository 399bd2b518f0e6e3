"""Does what its event says, and reports to a queue where a test waits."""

from __future__ import annotations

import json
import os
import sys
import threading
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

Event = dict[str, Any]

_clients: dict[str, Any] = {}


def handler(event: Event, context: Any) -> Any:
    if "Records" in event:
        return on_batch(event["Records"])
    if "routeKey" in event:
        return on_request(event)
    return ACTIONS[event["do"]](event, context)


def on_batch(records: list[Event]) -> Event:
    """A body is a JSON object of what to do with it; the report names all of the batch."""
    bodies = [json.loads(record["body"]) for record in records]
    report(
        {
            "batch": [body["name"] for body in bodies],
            "receives": [record["attributes"]["ApproximateReceiveCount"] for record in records],
            "bytes": len(json.dumps({"Records": records})),
        }
    )
    if any(body.get("wait") for body in bodies):
        wait_at_gate()
    failed = [
        {"itemIdentifier": record["messageId"]}
        for record, body in zip(records, bodies, strict=True)
        if body.get("fail")
    ]
    return {"batchItemFailures": failed}


def on_request(event: Event) -> Any:
    if event["rawPath"] == "/v1/fail":
        raise RuntimeError("a bug")
    answers: dict[str, Any] = {
        "/health": {"healthy": True},
        "/v1/huge": {"statusCode": 200, "body": "x" * (7 << 20)},
        "/v1/binary": {
            "statusCode": 201,
            "headers": {"content-type": "image/png", "x-one": "1"},
            "cookies": ["a=1", "b=2"],
            "body": event.get("body"),
            "isBase64Encoded": event["isBase64Encoded"],
        },
    }
    return answers.get(event["rawPath"], {"statusCode": 200, "body": json.dumps(event)})


def client(name: str) -> Any:
    if name not in _clients:
        _clients[name] = boto3.client(name)  # type: ignore[call-overload]
    return _clients[name]


def report(document: Event) -> Event:
    sent = json.dumps(document)
    client("sqs").send_message(QueueUrl=os.environ["REPORTS"], MessageBody=sent)
    return document


def wait_at_gate() -> None:
    url = os.environ["GATE"]
    messages: list[Event] = []
    while not messages:
        answer = client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)
        messages = answer.get("Messages", [])
    client("sqs").delete_message(QueueUrl=url, ReceiptHandle=messages[0]["ReceiptHandle"])


def put_each(event: Event, context: Any) -> int:
    for name in event["names"]:
        client("dynamodb").put_item(TableName=os.environ["TABLE"], Item={"pk": {"S": name}})
    return len(event["names"])


def schedule(event: Event, context: Any) -> None:
    given = {
        "do": "report",
        "time": "<aws.scheduler.scheduled-time>",
        "arn": "<aws.scheduler.schedule-arn>",
        "attempt": "<aws.scheduler.attempt-number>",
    }
    client("scheduler").create_schedule(
        Name=event["name"],
        GroupName=os.environ["GROUP"],
        ScheduleExpression=event["at"],
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target={
            "Arn": context.invoked_function_arn,
            "RoleArn": os.environ["SCHEDULE_ROLE"],
            "Input": json.dumps(given),
        },
    )


def attempt(event: Event, context: Any) -> str:
    """The error code of one AWS call, `allowed` without one."""
    service, operation, arguments = event["call"]
    try:
        getattr(client(service), operation)(**arguments)
    except ClientError as exc:
        return str(exc.response["Error"]["Code"])
    return "allowed"


def fetch(event: Event, context: Any) -> str:
    with urllib.request.urlopen(event["url"]) as answer:  # noqa: S310 - a test's own server
        text: bytes = answer.read()
    return text.decode()


def fail(event: Event, context: Any) -> None:
    raise ValueError("told to fail")


ACTIONS: dict[str, Callable[[Event, Any], Any]] = {
    "attempt": attempt,
    "environment": lambda event, context: dict(os.environ),
    "exit": lambda event, context: os._exit(3),
    "fail": fail,
    "fetch": fetch,
    "grow": lambda event, context: len(bytearray(event["bytes"])),
    "hang": lambda event, context: threading.Event().wait(),
    "log": lambda event, context: sys.stdout.write(event["text"] + "\n"),
    "pid": lambda event, context: os.getpid(),
    "put_each": put_each,
    "remaining": lambda event, context: context.get_remaining_time_in_millis(),
    "report": lambda event, context: report(event),
    "schedule": schedule,
    "wait": lambda event, context: wait_at_gate(),
}
