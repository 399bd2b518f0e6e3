"""What an outbound run sends and leaves: matching, creation, filter, accounts (T4 to T17)."""

from typing import Any

import pytest

from syncline.kinds.salesforce_ids import long_id
from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import World, account_id, put_account, put_task, task_id
from tests.worlds.two_way import (
    ACCOUNTS,
    IN,
    KEY,
    OUT,
    change_job,
    create_on_platform,
    only_task,
    tasks_in_salesforce,
    two_way_world,
)

TWINS = ("00T000000000Nw1", "00T000000000nW1")
"""Two ids of 15 characters that differ by nothing but their case."""
ACCOUNT = {"salesforce": "AccountId", "platform": "account_id", "key": True}
TITLE = {"salesforce": "Subject", "platform": "title"}


@pytest.fixture
def world() -> World:
    return two_way_world()


def titles(world: World) -> set[str]:
    return {row["subject"] for row in tasks_in_salesforce(world).values()}


# --- matching (T4) ----------------------------------------------------------------------------


def test_folded_id_finds_its_record_again(world: World) -> None:
    ids = [long_id(each) for each in TWINS]
    for number, id in enumerate(ids):
        world.crm.org.put("Task", id, Subject=f"Call {number}", WhatId=account_id(1))
    world.advance(minutes=1)
    for number, id in enumerate(ids):
        values = {"title": f"Changed {number}", "external_id": id.lower()}
        create_on_platform(world, "task", f"t{number}", account=1, **values)

    (run,) = take_turns(world, OUT)

    assert reasons(run) == {"updated:matched_and_differs": 2}
    assert [world.crm.org.rows["task"][id]["subject"] for id in ids] == ["Changed 0", "Changed 1"]
    assert world.platform_id(ids[1]) == "t1"


def test_id_of_nothing_is_refused(world: World) -> None:
    create_on_platform(
        world, "task", "t1", title="Call", account=1, external_id=task_id(77).lower()
    )

    (run,) = take_turns(world, OUT)

    assert reasons(run) == {"rejected:unknown_external_id": 1}
    assert tasks_in_salesforce(world) == {}


def test_external_id_may_have_its_own_field() -> None:
    key = {"salesforce": KEY, "platform": "external_id", "key": True}
    world = two_way_world(keyed=False, both={"mapping": [ACCOUNT, key, TITLE]})
    values: dict[str, Any] = {"Subject": "Old", "WhatId": account_id(1), KEY: "X-1"}
    world.crm.org.put("Task", task_id(1), **values)
    world.advance(minutes=1)
    for id, own in (("t1", "x-1"), ("t2", "x-2"), ("t3", None)):
        create_on_platform(world, "task", id, title="Call", account=1, external_id=own)

    runs = take_turns(world, OUT, IN, OUT)

    assert reasons(runs[0]) == {"created:new": 2, "updated:matched_and_differs": 1}
    assert runs[1].ledger["left"] == runs[1].ledger["read"] == 3
    assert runs[2].ledger["left"] == runs[2].ledger["read"]
    keys = {row.get(KEY.lower()) for row in tasks_in_salesforce(world).values()}
    assert keys == {"X-1", "x-2", None}
    assert world.platform("task").keys() == {"x-1", "x-2", "None"}


# --- creation (T7) ----------------------------------------------------------------------------


def test_creation_off_updates_what_is_matched(world: World) -> None:
    change_job(world, OUT, create=False)
    put_task(world, 1, 1)
    take_turns(world, IN)
    world.edit_on_platform("task", world.platform_id(task_id(1)), title="Changed")
    create_on_platform(world, "task", "new", title="New", account=1)

    (run,) = take_turns(world, OUT)

    assert reasons(run) == {"skipped:create_off": 1, "updated:changed": 1}
    assert titles(world) == {"Changed"}


def test_creation_turned_on_sends_what_was_skipped(world: World) -> None:
    change_job(world, OUT, create=False)
    create_on_platform(world, "task", "new", title="New", account=1)
    take_turns(world, OUT)
    world.advance(days=1)
    change_job(world, OUT, create=True)

    take_turns(world, OUT)

    assert titles(world) == {"New"}


# --- filter and bound (T9) --------------------------------------------------------------------


def test_only_what_passes_the_filter_is_sent(world: World) -> None:
    condition = {"attribute": "status", "operator": "not_equals", "value": "Draft"}
    change_job(world, OUT, conditions=[condition])
    create_on_platform(world, "task", "t1", title="Ready", status="Open", account=1)
    create_on_platform(world, "task", "t2", title="Not yet", status="Draft", account=1)

    (run,) = take_turns(world, OUT)

    assert reasons(run) == {"created:new": 1, "left:filtered": 1}
    assert titles(world) == {"Ready"}


def test_another_filter_looks_at_everything_anew(world: World) -> None:
    condition = {"attribute": "status", "operator": "equals", "value": "Open"}
    change_job(world, OUT, conditions=[condition])
    create_on_platform(world, "task", "t1", title="Draft", status="Draft", account=1)
    take_turns(world, OUT)
    world.advance(days=1)
    change_job(world, OUT, conditions=[])

    take_turns(world, OUT)

    assert titles(world) == {"Draft"}


@pytest.mark.parametrize(("days", "sent"), [(30, {"Young"}), (31, {"Young", "Old"})])
def test_the_bound_in_days_can_be_raised(world: World, days: int, sent: set[str]) -> None:
    put = world.cloud.configuration.put
    put("acme", "workspace", "acme", {"outbound_days": days}, expected=1)
    create_on_platform(world, "task", "t1", title="Old", account=1)
    world.advance(days=1)
    create_on_platform(world, "task", "t2", title="Young", account=1)
    world.advance(days=29, hours=1)

    take_turns(world, OUT)

    assert titles(world) == sent


# --- accounts (T6, T11, T16, T17) -------------------------------------------------------------


def test_skips_are_logged_and_not_counted(world: World) -> None:
    create_on_platform(world, "task", "t1", title="Waits", account_id="nowhere")
    create_on_platform(world, "task", "t2", title="Goes", account=1)

    (run,) = take_turns(world, OUT)

    assert (run.ledger["read"], run.ledger["created"], run.ledger["skipped"]) == (1, 1, 0)
    assert (run.status, run.ledger["outside"]) == ("succeeded", {"account_not_matched": 1})
    (name,) = world.cloud.journal.names("acme", run.id, after="")
    entry = world.cloud.journal.get("acme", run.id, name) or {}
    told = {each["key"]: (each["verb"], each["reason"]) for each in entry["actions"]}
    assert told["t1"] == ("skip", "account_not_matched")


def test_waiting_task_goes_beyond_the_bound(world: World) -> None:
    create_on_platform(world, "account", "new", name="Late", external_id=account_id(9).lower())
    create_on_platform(world, "task", "t1", title="Call", account_id="new")
    take_turns(world, OUT)
    world.advance(days=40)
    put_account(world, 9)

    take_turns(world, ACCOUNTS, OUT)

    assert only_task(world)["whatid"] == account_id(9)


def test_matched_task_waits_for_its_account_too(world: World) -> None:
    put_task(world, 1, 9)
    world.advance(minutes=1)
    values = {"title": "Changed", "external_id": task_id(1).lower()}
    create_on_platform(world, "account", "new", name="Late", external_id=account_id(9).lower())
    create_on_platform(world, "task", "t1", account_id="new", **values)
    (run,) = take_turns(world, OUT)
    assert run.ledger["outside"] == {"account_not_matched": 1}
    put_account(world, 9)

    take_turns(world, ACCOUNTS, OUT)

    assert (only_task(world)["subject"], world.platform_id(task_id(1))) == ("Changed", "t1")


def test_update_leaves_the_account_alone(world: World) -> None:
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT, IN)
    moved = world.platform_id(account_id(2))
    world.edit_on_platform("task", "t1", title="Changed", account_id=moved)

    take_turns(world, OUT, IN, OUT)

    row = only_task(world)
    assert (row["subject"], row["whatid"]) == ("Changed", account_id(1))


def test_mapped_whatid_is_not_updated() -> None:
    lines = [
        {"salesforce": "WhatId", "platform": "account_id", "key": True},
        {"salesforce": "Id", "platform": "external_id", "key": True},
        {"salesforce": "Subject", "platform": "title"},
    ]
    world = two_way_world(both={"mapping": lines})
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT, IN)
    world.edit_on_platform(
        "task", "t1", title="Changed", account_id=world.platform_id(account_id(2))
    )

    take_turns(world, OUT, IN, OUT)

    row = only_task(world)
    assert (row["subject"], row["whatid"]) == ("Changed", account_id(1))


def test_object_is_the_same_however_it_is_spelled(world: World) -> None:
    change_job(world, OUT, salesforce_object="task")
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT, IN)
    world.edit_on_platform("task", "t1", title="Changed")

    (run,) = take_turns(world, OUT)

    assert run.frame["suspects_since"] is not None
