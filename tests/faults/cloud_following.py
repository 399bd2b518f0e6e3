"""What follows on change events, step by step: the sender repeats what was not answered, queues
deliver, and deliver again what a dead reader had, legs start by their schedules, the sweeper looks.

The house stands without pollers and schedules, so that one thing happens after the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from local.cloud.kill import KillPoint
from local.house import House
from tests.faults.cloud_changes import PATH
from tests.flows.cloud_fixture import eventually

_MAPPINGS: Final = ("WriteBackMapping", "BulkWriteBackMapping")
_QUEUES: Final = ("WriteBackQueue", "BulkWriteBackQueue")
_HIDDEN: Final = 5521
"""Seconds until what the reader of either queue had is visible again, and every delay is over."""
_TRIES: Final = 3
_MOST: Final = 60
PAST: Final = "2026-01-01T00:00:00.000000Z"
_HELD: Final = {"lease": "until", "turnstile": "until", "asked": "since"}
"""Partition of the runs table → the attribute that says since or until when."""


@dataclass(slots=True)
class Story:
    """A request with changes, and whatever AWS does until nothing is left to do. `sweeps_first`:
    the sweeper comes before the message that a dead reader had."""

    house: House
    changes: list[dict[str, Any]]
    sweeps_first: bool = False
    point: KillPoint | None = None
    on_death: Callable[[], None] = lambda: None
    answers: list[list[str]] = field(default_factory=list)

    def tell(self) -> None:
        """From the request to the last thing."""
        self._announce()
        for _ in range(_MOST):
            if self._deliver() or self._next_leg():
                continue
            if self.sweeps_first and self._sweep():
                continue
            if self.messages():
                self.house.cloud.clock.advance(_HIDDEN)
            elif not self._sweep():
                return
        raise AssertionError("it goes on and on")

    def _announce(self) -> None:
        """A sender who is given no 202 sends the same again."""
        headers = {"Authorization": f"Bearer {self.house.token}", "Idempotency-Key": "one-action"}
        for _ in range(_TRIES):
            answer = httpx.post(
                f"{self.house.cloud.api_url}{PATH}/changes",
                json={"changes": self.changes},
                headers=headers,
                timeout=60,
                trust_env=False,
            )
            self._look()
            if answer.status_code == 202:
                return
            assert answer.status_code >= 500, answer.text
        raise AssertionError("there was no answer")

    def _look(self) -> None:
        """What a process held when it died is up."""
        if self.point is not None and self.point.fired.is_set():
            self.point = None
            self.on_death()
            self._time_passes()

    def _deliver(self) -> bool:
        delivered = [self.house.cloud.deliver(each) for each in _MAPPINGS]
        self._look()
        return any(delivered)

    def _next_leg(self) -> bool:
        """Starts the leg that is due first, if there is one."""
        cloud = self.house.cloud
        scheduler = cloud.client("scheduler")
        legs = [(scheduler.get_schedule(**key), key) for key in self._legs()]
        if not legs:
            return False
        leg, key = min(legs, key=lambda each: str(each[0]["ScheduleExpression"]))
        scheduler.delete_schedule(**key)
        target = leg["Target"]
        function = next(n for n, spec in cloud.functions.items() if spec.arn == target["Arn"])
        cloud.invoke(function, json.loads(target["Input"]))
        self._look()
        return True

    def _legs(self) -> Iterator[dict[str, str]]:
        pages = self.house.cloud.client("scheduler").get_paginator("list_schedules").paginate()
        for page in pages:
            for each in page["Schedules"]:
                if "." in each["Name"]:
                    yield {"GroupName": each["GroupName"], "Name": each["Name"]}

    def messages(self) -> int:
        """Of both queues, those that nobody sees now included."""
        names = [f"ApproximateNumberOfMessages{each}" for each in ("", "NotVisible", "Delayed")]
        cloud, sqs = self.house.cloud, self.house.cloud.client("sqs")
        told = [
            sqs.get_queue_attributes(QueueUrl=cloud.resource(each), AttributeNames=names)
            for each in _QUEUES
        ]
        return sum(int(number) for each in told for number in each["Attributes"].values())

    def _sweep(self) -> bool:
        """Whether the sweeper found anything to do. What it starts is waited for."""
        self._time_passes()
        asked, before = self._items("asked"), self.messages()
        told = self.house.cloud.invoke("SweeperFunction", {})
        assert told.ok, told.payload
        assert eventually(lambda: not self._items("asked") and not self._items("lease"))
        return bool(asked or told.payload["failed"] or self.messages() > before)

    def _time_passes(self) -> None:
        """A quarter of an hour and more: whoever held something for long holds it no more."""
        client, table = self.house.cloud.client("dynamodb"), self.house.cloud.resource("RunsTable")
        for partition, name in _HELD.items():
            for item in self._items(partition):
                client.put_item(TableName=table, Item={**item, name: {"S": PAST}})

    def _items(self, partition: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.house.cloud.client("dynamodb").query(
            TableName=self.house.cloud.resource("RunsTable"),
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
        )["Items"]
        return found
