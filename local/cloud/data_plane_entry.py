"""Starts MiniStack with its queues and schedules on the runner's clock.

It runs in MiniStack's environment. MiniStack is changed where it differs from AWS in what matters
here: it has no clock that a test can move, so its SQS and Scheduler modules read the time through
the runner's offset file; its own firing of schedules is put to sleep, for the runner fires them;
its DynamoDB is given another way to a page of a large partition (quick_queries.py); and when it
evaluates roles it is told which PartiQL action a statement is, which action allows a batch of
messages, and which group a schedule is in.
"""

import importlib
import importlib.util
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
_PARTIQL: Final = {
    "INSERT": ("dynamodb:PartiQLInsert", "INTO"),
    "UPDATE": ("dynamodb:PartiQLUpdate", "UPDATE"),
    "DELETE": ("dynamodb:PartiQLDelete", "FROM"),
    "SELECT": ("dynamodb:PartiQLSelect", "FROM"),
}
_STATEMENT_LISTS: Final = {
    "dynamodb:BatchExecuteStatement": "Statements",
    "dynamodb:ExecuteTransaction": "TransactStatements",
}
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html
_BATCHES: Final = frozenset({"SendMessage", "DeleteMessage", "ChangeMessageVisibility"})


class FollowingTime:
    """Stands in for the module `time`: the same, but `time()` is the runner's."""

    def __init__(self, offset_file: str) -> None:
        self._file = os.open(offset_file, os.O_RDONLY)

    def time(self) -> float:
        return time.time() + float(os.pread(self._file, 32, 0) or b"0")

    def __getattr__(self, name: str) -> object:
        return getattr(time, name)


def partiql_checks(action: str, body: bytes, region: str, account: str) -> list[tuple[str, str]]:
    """(IAM action, table ARN) of each statement in a PartiQL request; empty for other requests."""
    order = json.loads(body or b"{}")
    listed = order.get(_STATEMENT_LISTS[action], []) if action in _STATEMENT_LISTS else []
    statements = [order] if action == "dynamodb:ExecuteStatement" else listed
    found = []
    for statement in statements:
        words = statement.get("Statement", "").split()
        verb, before_table = _PARTIQL.get(words[0].upper() if words else "", ("", ""))
        upper = [word.upper() for word in words]
        if before_table in upper[:-1]:
            table = words[upper.index(before_table) + 1].strip('"').partition('"')[0]
            found.append((verb, f"arn:aws:dynamodb:{region}:{account}:table/{table}"))
    return found


def single(action: str | None) -> str | None:
    """A batch of messages is allowed by the action for one message."""
    one = (action or "").removeprefix("sqs:").removesuffix("Batch")
    return f"sqs:{one}" if one in _BATCHES else action


def schedule_group(body: bytes, query: dict[str, Any]) -> str:
    """The group of a Scheduler request: in the body, or in the query of reads and deletions."""
    given = query.get("groupName") or json.loads(body or b"{}").get("GroupName") or "default"
    return str(given[0] if isinstance(given, list) else given)


def correct_authorization() -> None:
    """Give MiniStack's evaluation of roles the actions and resources that AWS asks for."""
    actions = importlib.import_module("ministack.core.iam_actions")
    transaction: Callable[..., list[tuple[str, str]]] = actions.dynamodb_transaction_checks
    resource: Callable[..., str] = actions.extract_resource_arn
    action_of: Callable[..., str | None] = actions.extract_iam_action

    def checks(action: str, body: bytes, *place: str) -> list[tuple[str, str]]:
        return partiql_checks(action, body, *place) or transaction(action, body, *place)

    def arn(service: str, method: str, path: str, *rest: Any) -> str:
        found = resource(service, method, path, *rest)
        if service != "scheduler":
            return found
        _, body, query = rest[:3]
        return found.replace(":schedule/default/", f":schedule/{schedule_group(body, query)}/")

    vars(actions)["dynamodb_transaction_checks"] = checks
    vars(actions)["extract_iam_action"] = lambda *request: single(action_of(*request))
    vars(actions)["extract_resource_arn"] = arn


def neighbour(name: str) -> Any:
    """A module of this folder, which is not on MiniStack's path."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    # Not known where the project is checked: MiniStack has an environment of its own.
    scheduler = importlib.import_module("ministack.services.scheduler")
    queues = importlib.import_module("ministack.services.sqs")
    following = FollowingTime(os.environ["RUNNER_CLOCK"])
    vars(queues)["time"] = following
    vars(scheduler)["time"] = following
    vars(scheduler)["_SCHEDULE_TICK_INTERVAL"] = 10**9
    neighbour("quick_queries").quicken(vars(importlib.import_module("ministack.services.dynamodb")))
    correct_authorization()
    importlib.import_module("ministack.app").main()


if __name__ == "__main__":
    main()
