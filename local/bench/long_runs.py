"""What a function's own process holds at most in an outbound run of several legs (promise 7).

As in the flow of a long inbound run: on the local cloud, each leg started right after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from local.agreement.sides import Platform
from local.bench.budget import Row, require
from local.crowd import crowd_at
from local.house import WORKSPACE, House, stand
from local.seed.org import demo_org
from local.seed.platform import Office

MOST_MEMORY: Final = 1.15
SIZES: Final = (5_000, 50_000)
LEG_SECONDS: Final = 45
"""Fifteen of them for work: a leg begins no batch with less than thirty seconds left."""
_KEY: Final = "Syncline_Id__c"
_ACCOUNTS: Final = ("accounts", "accounts_inbound", "AccountsInboundFunction")
_TASKS: Final = ("tasks", "tasks_outbound", "TasksOutboundFunction")
_MOST_LEGS: Final = 400


@dataclass(frozen=True, slots=True)
class Long:
    """The run as its end tells it, and its process's peak in bytes."""

    run: dict[str, Any]
    peak: int


def long_outbound(home: Path, count: int) -> Long:
    """All tasks of a platform go out for the first time."""
    now = datetime.now(UTC) - timedelta(hours=2)
    with stand(home=home, timeouts={_TASKS[2]: LEG_SECONDS}, deliveries=0) as house:
        house.salesforce.control.load(demo_org(now).foundation)
        _set_up(house)
        _run(house, *_ACCOUNTS)
        crowd_at(house.cloud, WORKSPACE).edit(_office(house, now).tasks(count))
        run = _run(house, *_TASKS)
        require(run["ledger"]["created"] == count, run)
        return Long(run, house.cloud.peak_memory(_TASKS[2]))


def _set_up(house: House) -> None:
    house.salesforce.control.add_field(
        "Activity", _KEY, "string", length=255, external_id=True, unique=True, case_sensitive=True
    )
    path = f"/v1/workspaces/{WORKSPACE}"
    connection = {**house.connection(), "creation_keys": {"Task": _KEY}}
    house.call("PUT", f"{path}/connections/crm", connection)
    for job, kind, _ in (_ACCOUNTS, _TASKS):
        house.call("PUT", f"{path}/jobs/{job}", {"kind": kind, "connection": "crm"})


def _office(house: House, now: datetime) -> Office:
    with Platform(house.cloud.api_url, WORKSPACE, house.token) as platform:
        known = {row["values"]["external_id"]: row["id"] for row in platform.rows("account")}
    return Office(now, known)


def _run(house: House, job: str, _kind: str, function: str) -> dict[str, Any]:
    moment = datetime.now(UTC).isoformat()
    event = {"workspace": WORKSPACE, "job": job, "trigger": "schedule", "scheduled_at": moment}
    told = house.cloud.invoke(function, event).payload
    for _ in range(_MOST_LEGS):
        if told.get("status") != "running":
            break
        leg = {"workspace": WORKSPACE, "job": job, "run": told["run"], "trigger": "leg"}
        told = house.cloud.invoke(function, {**leg, "leg": told["leg"] + 1}).payload
    require(told.get("status") == "succeeded", told)
    found: dict[str, Any] = house.call("GET", f"/v1/workspaces/{WORKSPACE}/runs/{told['run']}")
    return found


def flat_memory(home: Path) -> Row:
    """The peak of a long run against that of a short one."""
    small, large = (long_outbound(home / str(size), size) for size in SIZES)
    told = (
        f"{large.peak / 1e6:.1f} MB in {large.run['leg']} legs, "
        f"{small.peak / 1e6:.1f} MB for {SIZES[0]:,} in {small.run['leg']}"
    )
    return Row(
        "memory of the function, outbound", SIZES[1], large.peak / small.peak, MOST_MEMORY, told
    )
