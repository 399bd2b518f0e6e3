"""The crash sweep on the local cloud: the function's process is really killed.

A seeded tenth of the points by default; SYNCLINE_SWEEP=all tries every one (`make sweep`).
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from local.house import House, stand
from tests.faults.sweep import difference
from tests.worlds.standing import FUNCTIONS, CloudState, run_job
from tests.worlds.stirred import prepare

SEED: Final = 20260101
MOMENT: Final = "2026-02-01T10:00:00+00:00"
PASSING: Final = (
    "created_at", "started_at", "ended_at", "updated_at", "updated", "expires_at", "until", "leg",
    "requests", "handed_over",
)  # fmt: skip
"""When things happened and how often was tried: what a crash may change."""


REASONS: Final = {
    "accounts": {"created:new", "updated:changed", "skipped:deletes_off", "held:merged_away"},
    "tasks": {
        "created:new",
        "created:account_arrived",
        "updated:changed",
        "updated:contested",
        "deleted:deleted_in_salesforce",
        "parked:account_not_there",
        "held:edited_after_deletion",
        "rejected:no_title",
    },
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with stand(home=tmp_path_factory.mktemp("sweep")) as standing:
        prepare(standing)
        yield standing


@dataclass(slots=True)
class CloudSweep:
    """Kills the job's process at call k of a run, starts it again after the lease, compares."""

    house: House
    job: str
    before: CloudState
    calls: int = 0
    expected: dict[str, Any] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    def reference(self) -> None:
        """The run without a crash: how many calls it makes, and what it leaves."""
        function = FUNCTIONS[self.job]
        already = self.house.cloud.calls.count(function)
        result = run_job(self.house, self.job, MOMENT)
        assert result.ok, result.payload
        assert result.payload["status"] == "partial"
        assert REASONS[self.job] <= set(result.payload["ledger"]["reasons"])
        self.calls = self.house.cloud.calls.count(function) - already
        self.expected = CloudState.of(self.house).told(PASSING)
        self.before.put_back(self.house)

    def points(self) -> list[tuple[int, str]]:
        every = [(k, when) for k in range(1, self.calls + 1) for when in ("before", "after")]
        if os.environ.get("SYNCLINE_SWEEP") == "all":
            return every
        return sorted(random.Random(SEED).sample(every, max(1, len(every) // 10)))

    def attempt(self, k: int, when: str) -> None:
        point = self.house.cloud.kill_at(FUNCTIONS[self.job], k, when=when)
        died = run_job(self.house, self.job, MOMENT)
        self.house.cloud.disarm()
        if point.fired.is_set():
            assert not died.ok
            self._time_passes()
            run_job(self.house, self.job, MOMENT)
        left = CloudState.of(self.house).told(PASSING)
        if left != self.expected:
            where = f"{when} call {k} ({point.service} {point.operation})"
            self.differences.append(f"{where}: {difference(left, self.expected)}")
        self.before.put_back(self.house)

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


@pytest.mark.parametrize("job", ["accounts", "tasks"])
def test_a_killed_process_changes_nothing_after_the_rerun(
    house: House, job: str, tell: Callable[[str], None]
) -> None:
    if job == "tasks":
        run_job(house, "accounts", "2026-01-31T10:00:00+00:00")
    sweep = CloudSweep(house, job, CloudState.of(house))
    sweep.reference()

    points = sweep.points()
    for k, when in points:
        sweep.attempt(k, when)

    told = f"{len(points)} of {2 * sweep.calls} points tried"
    ended = f"{len(sweep.differences)} ended differently"
    tell(f"crash sweep of {job} on the local cloud: {told}, {ended}")
    assert sweep.differences == []
