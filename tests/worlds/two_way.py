"""A small world whose tasks go both ways, with and without a field that creations are keyed by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from syncline.engine.records import PlatformRecord
from syncline.memory.clock import MemoryClock
from syncline.memory.cloud import MemoryCloud
from syncline.memory.crm import MemoryCrm
from syncline.memory.org import described
from syncline.ports import RecordWrite
from tests.worlds.small import ACME, OWNER, World, account_id, put_account

KEY: Final = "Syncline_Key__c"
SECOND: Final = "005000000000003AAA"
IN, OUT, ACCOUNTS = "tasks-in", "tasks-out", "accounts"


def two_way_crm() -> MemoryCrm:
    user = described(
        "User", {"Email": "email", "IsActive": "boolean", "Username": "string"}, key_prefix="005"
    )
    account = described(
        "Account",
        {"Name": "string", "Website": "url", "Phone": "phone", "Industry": "picklist"},
        key_prefix="001",
        references={"OwnerId": ("User",), "CreatedById": ("User",)},
        mergeable=True,
    )
    people = {
        "OwnerId": ("User",), "CreatedById": ("User",), "LastModifiedById": ("User",),
        "AccountId": ("Account",), "WhatId": ("Account",), "WhoId": ("Contact",),
    }  # fmt: skip
    task = described(
        "Task",
        {
            "Subject": "combobox", "Description": "textarea", "Priority": "picklist",
            "Status": "picklist", "ActivityDate": "date", KEY: "string",
        },
        key_prefix="00T",
        references=people,
    )  # fmt: skip
    event = described(
        "Event",
        {
            "Subject": "combobox", "Description": "textarea", "ActivityDate": "date",
            "StartDateTime": "datetime", "IsAllDayEvent": "boolean", "Type": "picklist",
            "DurationInMinutes": "int", KEY: "string",
        },
        key_prefix="00U",
        references=people,
    )  # fmt: skip
    contact = described("Contact", {"Email": "email", "Name": "string"}, key_prefix="003")
    return MemoryCrm([user, account, contact, task, event])


def two_way_world(*, keyed: bool = True, **out: Any) -> World:
    """Five accounts on both sides; the jobs of the pair, no task yet. `out` are settings of the
    outbound job; `both` among them of both jobs."""
    crm = two_way_crm()
    cloud = MemoryCloud(clock=MemoryClock(crm.org.clock))
    world = World(crm, cloud)
    put = cloud.configuration.put
    put(ACME, "workspace", ACME, {}, expected=0)
    keys = {"Task": KEY, "Event": KEY} if keyed else {}
    connection = {"login_url": "https://acme.example.com", "creation_keys": keys}
    put(ACME, "connection", "crm", connection, expected=0)
    both = out.pop("both", {})
    jobs = {
        ACCOUNTS: {"kind": "accounts_inbound"},
        IN: {"kind": "tasks_inbound", **both},
        OUT: {"kind": "tasks_outbound", **both, **out},
        "touchpoints-in": {"kind": "touchpoints_inbound"},
        "touchpoints-out": {"kind": "touchpoints_outbound"},
        "campaigns": {"kind": "campaign_touches_outbound"},
    }
    for name, job in jobs.items():
        put(ACME, "job", name, {"connection": "crm", **job}, expected=0)
    people = ((OWNER, "ada@example.com"), (SECOND, "bob@example.com"))
    for user, email in (*people, (crm.identity().user_id, "sync@example.com")):
        crm.org.put("User", user, Email=email, IsActive=True)
    for number in range(1, 6):
        put_account(world, number)
    world.advance(hours=1)
    world.run(ACCOUNTS)
    world.advance(hours=1)
    return world


def change_job(world: World, name: str, **settings: Any) -> None:
    """What a person saves in the job beside what it says already."""
    configuration = world.cloud.configuration
    stored = configuration.get(ACME, "job", name)
    assert stored is not None
    body = {**stored.body, **settings}
    assert configuration.put(ACME, "job", name, body, expected=stored.version)


def create_on_platform(world: World, object: str, id: str, **values: Any) -> None:
    """A person's new record; `account` is the number of its account."""
    number = values.pop("account", None)
    if number is not None:
        values["account_id"] = world.platform_id(account_id(number))
    now = world.cloud.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    record = PlatformRecord(object, id, 1, values, now, dict.fromkeys(values, now))
    write = RecordWrite(record, expected=0, feed=True)
    assert world.cloud.records(ACME).write([write]) == [True]


def delete_on_platform(world: World, object: str, id: str) -> None:
    records = world.cloud.records(ACME)
    before = records.get(object, [id])[id]
    now = world.cloud.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    gone = replace(
        before, version=before.version + 1, values={}, updated_at=now, edits={}, deleted=True
    )
    assert records.write([RecordWrite(gone, before.version, before, feed=True)]) == [True]


def tasks_in_salesforce(world: World, object: str = "Task") -> dict[str, dict[str, Any]]:
    """Live ones by id."""
    rows = world.crm.org.rows.get(object.lower(), {})
    return {id: row for id, row in rows.items() if not row["isdeleted"]}


def only_task(world: World, object: str = "Task") -> dict[str, Any]:
    ((_, row),) = tasks_in_salesforce(world, object).items()
    return row
