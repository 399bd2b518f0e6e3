"""Accounts that Salesforce merged and leads that it converted, seen by jobs of a pair (X10)."""

import pytest

from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import ACME, World, account_id, put_account, task_id
from tests.worlds.two_way import (
    ACCOUNTS,
    IN,
    OUT,
    create_on_platform,
    only_task,
    tasks_in_salesforce,
    two_way_world,
)

LEAD = "00Q000000000001AAA"


@pytest.fixture
def world() -> World:
    return two_way_world()


def merge(world: World, loser: int, winner: int) -> None:
    """With the tasks of the loser, which go on as the winner's."""
    org = world.crm.org
    org.merge("Account", loser=account_id(loser), winner=account_id(winner))
    for id, row in tasks_in_salesforce(world).items():
        if row["whatid"] == account_id(loser):
            org.edit("Task", id, by_user=False, WhatId=account_id(winner))


def test_tasks_of_a_merged_account_go_on(world: World) -> None:
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT, IN)
    merge(world, 1, 2)
    world.edit_on_platform("task", "t1", title="Changed")

    take_turns(world, ACCOUNTS, OUT, IN, OUT)

    row = only_task(world)
    assert (row["subject"], row["whatid"]) == ("Changed", account_id(2))
    assert world.platform("task").keys() == {row["id"].lower()}


@pytest.mark.parametrize("steps", [[(1, 2)], [(1, 2), (2, 3)]], ids=["once", "twice"])
def test_new_task_of_a_loser_is_the_winners(world: World, steps: list[tuple[int, int]]) -> None:
    lost = world.platform_id(account_id(1))
    for loser, winner in steps:
        merge(world, loser, winner)
    take_turns(world, ACCOUNTS)
    create_on_platform(world, "task", "t1", title="Call", account_id=lost)

    take_turns(world, OUT, IN)

    assert only_task(world)["whatid"] == account_id(steps[-1][1])


def test_winner_that_inherits_takes_new_tasks(world: World) -> None:
    kept = world.platform_id(account_id(1))
    put_account(world, 40)
    merge(world, 1, 40)
    take_turns(world, ACCOUNTS)
    create_on_platform(world, "task", "t1", title="Call", account_id=kept)

    take_turns(world, OUT)

    assert only_task(world)["whatid"] == account_id(40)


def test_loser_of_a_merge_is_not_written(world: World) -> None:
    world.cloud.configuration.put(
        ACME, "job", "accounts-out", {"kind": "accounts_outbound", "connection": "crm"}, expected=0
    )
    lost = world.platform_id(account_id(1))
    merge(world, 1, 2)
    take_turns(world, ACCOUNTS)
    world.edit_on_platform("account", lost, name="Somebody's")

    (run,) = take_turns(world, "accounts-out")

    assert reasons(run) == {"held:merged_away": 1}
    assert world.crm.org.rows["account"][account_id(2)]["name"] == "Company 2"


def test_task_of_a_converted_lead_arrives(world: World) -> None:
    world.crm.org.put("Task", task_id(1), Subject="Call", WhoId=LEAD)
    (run,) = take_turns(world, IN)
    assert reasons(run) == {"skipped:no_account": 1}
    contact = "003000000000001AAA"
    world.crm.org.put("Contact", contact, AccountId=account_id(3))
    world.crm.org.edit("Task", task_id(1), by_user=False, WhoId=contact)

    take_turns(world, IN)

    task = world.platform("task")[task_id(1).lower()]
    assert task["account_id"] == world.platform_id(account_id(3))


def test_task_of_an_account_merged_before_its_link_arrives(world: World) -> None:
    put_account(world, 9)
    create_on_platform(world, "account", "nine", name="Nine", external_id=account_id(9).lower())
    create_on_platform(world, "task", "t1", title="Call", account_id="nine")
    take_turns(world, OUT)
    world.crm.org.merge("Account", loser=account_id(9), winner=account_id(1))

    take_turns(world, ACCOUNTS, OUT)

    assert only_task(world)["whatid"] == account_id(1)
