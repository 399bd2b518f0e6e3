"""Starts the function of a job kind at once, without waiting for it."""

import json
from collections.abc import Callable
from typing import Any

from syncline.aws.faults import translated
from syncline.ports import JsonObject


class LambdaStarter:
    """The JobStarter port: an asynchronous invocation, which Lambda queues."""

    def __init__(self, client: Any, function_arn: Callable[[str], str]) -> None:
        self._client = client
        self._function_arn = function_arn

    def start(self, *, kind: str, event: JsonObject) -> None:
        with translated("starting a job's function"):
            self._client.invoke(
                FunctionName=self._function_arn(kind),
                InvocationType="Event",
                Payload=json.dumps(event).encode(),
            )


def functions_by_prefix(prefix: str) -> Callable[[str], str]:
    """Kind → the function that runs it: `tasks_inbound` → `{prefix}tasks-inbound`."""

    def function_arn(kind: str) -> str:
        return f"{prefix}{kind.replace('_', '-')}"

    return function_arn
