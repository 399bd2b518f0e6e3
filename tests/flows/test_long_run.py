"""A run of 50,000 tasks through several legs, in no more memory than one of 5,000 (promise 7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local.house import WORKSPACE, stand
from local.seed.org import demo_org, lines, tasks
from tests.flows.conftest import NOW
from tests.worlds.standing import FUNCTIONS, run_job, set_up

FUNCTION: Final = FUNCTIONS["tasks"]
MOST_MEMORY: Final = 1.15
LEG_SECONDS: Final = 45
"""Fifteen of them for work: a leg begins no batch with less than thirty seconds left."""
CHUNK: Final = 10_000


@dataclass(frozen=True, slots=True)
class Long:
    """What a long run was: its end, its legs, the process's peak in bytes."""

    run: dict[str, Any]
    peak: int


def long_run(home: Path, count: int) -> Long:
    """Each leg is started here as its schedule would start it, one right after the other."""
    limits = {FUNCTION: LEG_SECONDS}
    with stand(home=home, timeouts=limits, deliveries=0) as house:
        house.salesforce.control.load(demo_org(NOW).foundation)
        for first in range(0, count, CHUNK):
            rows = tasks(min(CHUNK, count - first), NOW, first=first)
            house.salesforce.control.load_lines(b"".join(lines(rows)))
        set_up(house)
        run_job(house, "accounts", "2026-01-01T10:00:00+00:00")
        told = run_job(house, "tasks", "2026-01-01T11:00:00+00:00").payload
        while told["status"] == "running":
            told = house.cloud.invoke(FUNCTION, next_leg(told)).payload
        path = f"/v1/workspaces/{WORKSPACE}/runs/{told['run']}"
        return Long(house.call("GET", path), house.cloud.peak_memory(FUNCTION))


def next_leg(told: dict[str, Any]) -> dict[str, Any]:
    event = {"workspace": WORKSPACE, "job": "tasks", "run": told["run"], "trigger": "leg"}
    return {**event, "leg": told["leg"] + 1}


def test_a_run_of_50_000_goes_on_through_its_legs_in_flat_memory(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    small = long_run(tmp_path / "small", 5_000)
    large = long_run(tmp_path / "large", 50_000)

    tell(
        f"long run: 50,000 tasks in {large.run['leg']} legs, peak {large.peak / 1e6:.1f} MB; "
        f"5,000 tasks peak {small.peak / 1e6:.1f} MB"
    )
    assert large.run["status"] == "succeeded"
    assert large.run["ledger"]["created"] == 50_000
    assert large.run["leg"] > 3
    assert large.peak <= MOST_MEMORY * small.peak
