"""The small org in the emulator, and something to do for every action in the next run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from local.house import WORKSPACE, House
from local.seller import Seller
from tests.worlds.small import account_id, task_id
from tests.worlds.standing import instant, run_job, set_up

FIRST: Final = "2026-01-01T10:{:02}:00+00:00"


def load_small_org(house: House, now: datetime) -> None:
    """Eight accounts, twelve tasks, and a task whose account is not there."""
    stamp = instant(now - timedelta(hours=3))
    rows: list[tuple[str, dict[str, Any]]] = [
        ("Account", {"Id": account_id(number), "Name": f"Company {number}"})
        for number in range(1, 9)
    ]
    for number in range(1, 14):
        parent = account_id(1 + number % 8) if number < 13 else account_id(99)
        task = {"Id": task_id(number), "Subject": f"Call {number}", "WhatId": parent}
        rows.append(("Task", {**task, "AccountId": parent, "Status": "Not Started"}))
    stamps = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), stamp)
    house.salesforce.control.load((name, {**fields, **stamps}) for name, fields in rows)


def platform_id(house: House, crm_id: str) -> str:
    object_name = "account" if crm_id.startswith("001") else "task"
    path = f"/v1/workspaces/{WORKSPACE}/history/{object_name}/{crm_id}"
    return str(house.call("GET", path)["items"][0]["platform_id"])


def edit_on_platform(house: House, object_name: str, crm_id: str, **values: Any) -> None:
    record = platform_id(house, crm_id)
    path = f"/v1/workspaces/{WORKSPACE}/records/{object_name}/{record}"
    house.call("PUT", path, {"values": values})


def prepare(house: House) -> None:
    """Both sides agree once; then people on both sides do what people do. The org's clock stands
    still an hour ahead of all this, so every start from now on sees the same moment."""
    now = datetime.now(UTC)
    load_small_org(house, now)
    set_up(house)
    run_job(house, "accounts", FIRST.format(1))
    run_job(house, "tasks", FIRST.format(2))
    house.salesforce.control.set_clock((now - timedelta(minutes=5)).isoformat())
    _people_before(house)
    house.salesforce.control.set_clock((now + timedelta(minutes=5)).isoformat())
    _people_after(house)
    house.salesforce.control.set_clock((now + timedelta(hours=1)).isoformat())


def _people_before(house: House) -> None:
    """Changes in Salesforce that edits on the platform come after."""
    seller, control = Seller(house.salesforce), house.salesforce.control
    seller.delete("Task", task_id(5))
    seller.delete("Task", task_id(6))
    control.request("POST", "purge", {"sobject": "Task", "ids": [task_id(6)]})
    seller.delete("Task", task_id(7))
    edit_on_platform(house, "task", task_id(7), title="still needed")
    edit_on_platform(house, "task", task_id(2), description="from a person")
    edit_on_platform(house, "task", task_id(3), title="the person's title")
    edit_on_platform(house, "account", account_id(2), name="A person's name")


def _people_after(house: House) -> None:
    seller, control = Seller(house.salesforce), house.salesforce.control
    seller.change("Task", task_id(1), Status="Completed")
    seller.change("Task", task_id(2), Status="Completed")
    seller.change("Task", task_id(3), Subject="the seller's title")
    for number, parent in ((20, 2), (21, 3), (22, 77)):
        _late(house, number, parent)
    seller.change("Account", account_id(1), Name="Company One")
    control.request(
        "POST",
        "merge",
        {"sobject": "Account", "winner": account_id(8), "losers": [account_id(7)]},
    )
    seller.delete("Account", account_id(6))
    stamps = _stamps(house)
    control.load([("Account", {"Id": account_id(99), "Name": "Late Company", **stamps})])


def _late(house: House, number: int, parent: int) -> None:
    """A task that was loaded, so that its account need not be there; number 21 has no subject."""
    task = {"Id": task_id(number), "Subject": f"Call {number}", "WhatId": account_id(parent)}
    fields = {**task, "AccountId": account_id(parent), "Status": "Not Started", **_stamps(house)}
    if number == 21:
        fields.pop("Subject")
    house.salesforce.control.load([("Task", fields)])


def _stamps(house: House) -> dict[str, str]:
    now = instant(datetime.fromisoformat(house.salesforce.control.now()))
    return dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), now)
