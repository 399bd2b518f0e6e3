"""Records that Salesforce has come to hold before: matched by what made them, never made again."""

from typing import Any

from tests.worlds.all_kinds import ACCOUNTS_OUT, NUMBER, all_kinds_world, change_connection
from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import OWNER, account_id, put_account, put_task, task_id
from tests.worlds.two_way import (
    ACCOUNTS,
    IN,
    KEY,
    OUT,
    change_job,
    create_on_platform,
    delete_on_platform,
    only_task,
    tasks_in_salesforce,
    two_way_world,
)


def test_creation_key_leads_back_to_its_record() -> None:
    world = two_way_world()
    create_on_platform(world, "task", "t1", title="Call", account=1)
    row: dict[str, Any] = {"Subject": "Call", "WhatId": account_id(1), "AccountId": account_id(1)}
    row[KEY] = "acme/task/t1"
    world.crm.org.put("Task", task_id(1), **row, OwnerId=OWNER)

    runs = take_turns(world, IN, OUT, IN)

    assert reasons(runs[0]) == {"updated:matched_and_differs": 1}
    assert world.platform_id(task_id(1)) == "t1"
    assert len(tasks_in_salesforce(world)) == len(world.platform("task")) == 1


def test_strange_creation_key_makes_a_record_of_its_own() -> None:
    world = two_way_world()
    row: dict[str, Any] = {"Subject": "Call", "WhatId": account_id(1), "AccountId": account_id(1)}
    row[KEY] = "acme/task/never-heard-of"
    world.crm.org.put("Task", task_id(1), **row, OwnerId=OWNER)

    (run,) = take_turns(world, IN)

    assert reasons(run) == {"created:new": 1}


def test_undeleted_task_comes_back_as_the_record_it_was() -> None:
    world = two_way_world(keyed=False)
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT, IN)
    crm_id = str(only_task(world)["id"])
    world.crm.org.delete("Task", crm_id)
    take_turns(world, IN)
    world.crm.org.undelete("Task", crm_id)

    (run,) = take_turns(world, IN)

    assert reasons(run) == {"created:undeleted": 1}
    assert world.platform_id(crm_id) == "t1"


def test_deleted_record_is_not_brought_back_by_its_key() -> None:
    world = two_way_world()
    create_on_platform(world, "task", "t1", title="Call", account=1)
    delete_on_platform(world, "task", "t1")
    put_task(world, 1, 1)
    key: dict[str, Any] = {KEY: "acme/task/t1"}
    world.crm.org.edit("Task", task_id(1), **key)

    take_turns(world, IN)

    assert world.platform_id(task_id(1)) != "t1"


def test_external_id_of_another_record_is_held_once() -> None:
    world = two_way_world()
    change_connection(world, account_external_id_field="Phone")
    for number in (1, 2):
        put_account(world, number)
        world.crm.org.edit("Account", account_id(number), Phone=f"p-{number}")
    take_turns(world, ACCOUNTS)
    world.crm.org.edit("Account", account_id(2), Phone="P-1")

    first, second = take_turns(world, ACCOUNTS, ACCOUNTS)

    assert reasons(first)["held:external_id_taken"] == 1
    assert not any(reason.startswith("held") for reason in reasons(second))


def test_task_of_a_deleted_account_waits() -> None:
    world = two_way_world()
    delete_on_platform(world, "account", world.platform_id(account_id(1)))
    put_task(world, 1, 1)

    (run,) = take_turns(world, IN)

    assert reasons(run) == {"parked:account_not_there": 1}


def test_record_of_another_object_is_left_alone() -> None:
    world = two_way_world()
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT)
    lines = [{"salesforce": "Id", "platform": "external_id", "key": True},
             {"salesforce": "Subject", "platform": "title"}]  # fmt: skip
    change_job(world, OUT, salesforce_object="Event", mapping=lines)
    delete_on_platform(world, "task", "t1")

    (run,) = take_turns(world, OUT)

    assert reasons(run) == {"skipped:linked_to_another_object": 1}
    assert len(tasks_in_salesforce(world)) == 1


def test_key_of_a_touchpoint_is_not_that_of_a_touch() -> None:
    world = two_way_world()
    day = {"touchpoint_date": "2026-03-01T10:00:00Z"}
    create_on_platform(world, "touchpoint", "e1", subject="Met", account=1, **day)
    touch = {
        "campaign_name": "News",
        "start_date": "2026-03-02",
        "recipients": 3,
        "sender": "a@example.com",
    }
    create_on_platform(world, "campaign_touch", "e1", account=1, **touch)

    take_turns(world, "touchpoints-out", "campaigns", "touchpoints-out")

    subjects = sorted(row["subject"] for row in tasks_in_salesforce(world, "Event").values())
    assert len(subjects) == 2
    assert "Met" in subjects


def test_deletion_of_what_the_filter_excludes_is_not_sent() -> None:
    high = [{"attribute": "priority", "operator": "equals", "value": "High"}]
    world = two_way_world(conditions=high)
    for number, priority in ((1, "Low"), (2, "High")):
        put_task(world, number, number)
        world.crm.org.edit("Task", task_id(number), Priority=priority)
    take_turns(world, IN)
    for number in (1, 2):
        delete_on_platform(world, "task", world.platform_id(task_id(number)))

    take_turns(world, OUT)

    assert tasks_in_salesforce(world).keys() == {task_id(1)}


def test_short_id_is_held_not_doubled() -> None:
    world = two_way_world()
    create_on_platform(world, "task", "t1", title="Call", account=1, external_id=task_id(1)[:15])

    (run,) = take_turns(world, OUT)

    assert reasons(run) == {"held:short_external_id": 1}
    assert tasks_in_salesforce(world) == {}


def test_number_of_several_accounts_is_held() -> None:
    world = all_kinds_world(account_key=NUMBER)
    for number in (1, 2):
        put_account(world, number)
        number_field: dict[str, Any] = {NUMBER: "A-7"}
        world.crm.org.edit("Account", account_id(number), **number_field)
    create_on_platform(world, "account", "a1", name="Firm", external_id="a-7")

    change_job(world, ACCOUNTS_OUT, create=True)
    (run,) = take_turns(world, ACCOUNTS_OUT)

    assert reasons(run) == {"held:several_matches": 1}


def test_platform_id_in_a_field_of_salesforce_matches() -> None:
    world = all_kinds_world(account_key=NUMBER)
    put_account(world, 9)
    number: dict[str, Any] = {NUMBER: "A1"}
    world.crm.org.edit("Account", account_id(9), **number)
    create_on_platform(world, "account", "a1", name="Firm")

    (run,) = take_turns(world, ACCOUNTS_OUT)

    assert not any(reason.startswith("created") for reason in reasons(run))
    assert world.cloud.links("acme", "crm").claimed("account", ["a1"]) == {"a1": account_id(9)}


def test_external_id_comes_before_a_platform_id() -> None:
    world = all_kinds_world(account_key=NUMBER)
    put_account(world, 9)
    number: dict[str, Any] = {NUMBER: "A1"}
    world.crm.org.edit("Account", account_id(9), **number)
    create_on_platform(world, "account", "A1", name="Other", external_id="x-77")
    create_on_platform(world, "account", "b7", name="Firm", external_id="a1")

    take_turns(world, ACCOUNTS_OUT)

    links = world.cloud.links("acme", "crm").claimed("account", ["A1", "b7"])
    assert [own for own, id in links.items() if id == account_id(9)] == ["b7"]
