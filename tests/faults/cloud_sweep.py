"""The crash sweep on the local cloud: a job's process is killed at a call, and its run repeated."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Final

from local.cloud.invocation import InvokeResult
from local.house import House
from tests.faults.sweep import difference
from tests.worlds.standing import CloudState

SEED: Final = 20260101
MOMENT: Final = "2026-02-01T10:00:00+00:00"
_PASSING: Final = (
    "created_at", "started_at", "ended_at", "updated_at", "updated", "expires_at", "until", "leg",
    "requests", "handed_over", "place",
)  # fmt: skip
"""When things happened and how often was tried: what a crash may change."""
_SNAPSHOT: Final = "before"

Told = dict[str, Any]


@dataclass(slots=True)
class CloudSweep:
    """Kills the function's process at call k of a run, starts it again after the lease, compares
    what both sides hold. `start` is one start of the job; `org` tells what the org holds."""

    house: House
    function: str
    start: Callable[[str], InvokeResult]
    org: Callable[[], Told]
    passing: Collection[str] = ()
    calls: int = 0
    before: CloudState = field(init=False)
    expected: Told = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.before = CloudState.of(self.house)
        self.house.salesforce.control.snapshot(_SNAPSHOT)

    def reference(self) -> Told:
        """The run without a crash: how many calls it makes, and what it leaves. Its answer."""
        already = self.house.cloud.calls.count(self.function)
        result = self.start(MOMENT)
        assert result.ok, result.payload
        self.calls = self.house.cloud.calls.count(self.function) - already
        self.expected = self._left_then_put_back()
        told: Told = result.payload
        return told

    def points(self) -> list[tuple[int, str]]:
        """A seeded tenth of them, or with SYNCLINE_SWEEP=all every one."""
        every = [(k, when) for k in range(1, self.calls + 1) for when in ("before", "after")]
        if os.environ.get("SYNCLINE_SWEEP") == "all":
            return every
        return sorted(random.Random(SEED).sample(every, max(1, len(every) // 10)))

    def all(self) -> str:
        """Tries the points; how many there were, in words."""
        points = self.points()
        for k, when in points:
            self._attempt(k, when)
        tried = f"{len(points)} of {2 * self.calls} points tried"
        return f"{tried}, {len(self.differences)} ended differently"

    def _attempt(self, k: int, when: str) -> None:
        point = self.house.cloud.kill_at(self.function, k, when=when)
        died = self.start(MOMENT)
        self.house.cloud.disarm()
        if point.fired.is_set():
            assert not died.ok
            self._time_passes()
            self.start(MOMENT)
        left = self._left_then_put_back()
        if left != self.expected:
            where = f"{when} call {k} ({point.service} {point.operation})"
            self.differences.append(f"{where}: {difference(left, self.expected)}")

    def _left_then_put_back(self) -> Told:
        now, org = CloudState.of(self.house), self.org()
        self.before.put_back(self.house, now)
        self.house.salesforce.control.restore(_SNAPSHOT, keep=("faults", "sessions"))
        return {**now.told((*_PASSING, *self.passing)), "org": org}

    def _time_passes(self) -> None:
        """The dead leg's lease ends, as a quarter of an hour later."""
        client, table = self.house.cloud.client("dynamodb"), self.house.cloud.resource("RunsTable")
        found = client.query(
            TableName=table,
            KeyConditionExpression="pk = :lease",
            ExpressionAttributeValues={":lease": {"S": "lease"}},
        )
        for item in found["Items"]:
            client.put_item(TableName=table, Item={**item, "until": {"S": "2026-01-01T00:00:00Z"}})
