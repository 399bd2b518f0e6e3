"""Corners of outbound runs that the model of both sides has found."""

from datetime import timedelta

import pytest

from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import World, account_id, put_account
from tests.worlds.two_way import (
    ACCOUNTS,
    IN,
    OUT,
    create_on_platform,
    delete_on_platform,
    only_task,
    tasks_in_salesforce,
    two_way_world,
)


@pytest.fixture(params=[True, False], ids=["keyed", "keyless"])
def world(request: pytest.FixtureRequest) -> World:
    return two_way_world(keyed=request.param)


def test_called_and_edited_is_sent_once(world: World) -> None:
    external_id = account_id(7).lower()
    create_on_platform(world, "account", "a7", name="Company 7", external_id=external_id)
    create_on_platform(world, "task", "t1", title="Call", account_id="a7")
    take_turns(world, OUT)
    put_account(world, 7)
    take_turns(world, ACCOUNTS)
    world.edit_on_platform("task", "t1", title="Call again")

    (run,) = take_turns(world, OUT)

    assert only_task(world)["subject"] == "Call again"
    assert reasons(run) == {"created:new": 1}


def test_deletion_after_our_own_write_is_carried_out(world: World) -> None:
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT)
    world.cloud.clock.advance(timedelta(minutes=-5))
    delete_on_platform(world, "task", "t1")

    take_turns(world, OUT)

    assert tasks_in_salesforce(world) == {}


def test_deletion_before_a_sellers_edit_is_held(world: World) -> None:
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT)
    delete_on_platform(world, "task", "t1")
    world.advance(minutes=1)
    world.crm.org.edit("Task", str(only_task(world)["id"]), Priority="High")

    (run,) = take_turns(world, OUT)

    assert reasons(run) == {"held:edited_after_deletion": 1}
    assert take_turns(world, IN)
