"""Records that Salesforce has come to hold before: matched by what made them, never made again."""

from tests.worlds.all_kinds import change_connection
from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import OWNER, account_id, put_account, put_task, task_id
from tests.worlds.two_way import (
    ACCOUNTS,
    IN,
    KEY,
    OUT,
    create_on_platform,
    delete_on_platform,
    only_task,
    tasks_in_salesforce,
    two_way_world,
)


def test_creation_key_leads_back_to_its_record() -> None:
    world = two_way_world()
    create_on_platform(world, "task", "t1", title="Call", account=1)
    row = {"Subject": "Call", "WhatId": account_id(1), "AccountId": account_id(1)}
    world.crm.org.put("Task", task_id(1), **row, OwnerId=OWNER, **{KEY: "t1"})

    runs = take_turns(world, IN, OUT, IN)

    assert reasons(runs[0]) == {"updated:matched_and_differs": 1}
    assert world.platform_id(task_id(1)) == "t1"
    assert len(tasks_in_salesforce(world)) == len(world.platform("task")) == 1


def test_strange_creation_key_makes_a_record_of_its_own() -> None:
    world = two_way_world()
    row = {"Subject": "Call", "WhatId": account_id(1), "AccountId": account_id(1)}
    world.crm.org.put("Task", task_id(1), **row, OwnerId=OWNER, **{KEY: "never heard of"})

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
    world.crm.org.edit("Task", task_id(1), **{KEY: "t1"})

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
