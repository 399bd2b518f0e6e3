"""Who a record is assigned to, found by e-mail (T14), and who made it, which stays (T20)."""

import pytest

from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import ACME, OWNER, World
from tests.worlds.two_way import (
    IN,
    OUT,
    SECOND,
    create_on_platform,
    only_task,
    tasks_in_salesforce,
    two_way_world,
)

THIRD = "005000000000005AAA"


@pytest.fixture
def world() -> World:
    return two_way_world()


def refused(world: World) -> tuple[str, str]:
    """Reason and detail of the one record that the next run refuses."""
    (run,) = take_turns(world, OUT)
    assert run.ledger["rejected"] == run.ledger["read"] == 1
    (name,) = world.cloud.journal.names(ACME, run.id, after="")
    (action,) = (world.cloud.journal.get(ACME, run.id, name) or {})["actions"]
    return action["reason"], action["detail"]


@pytest.mark.parametrize("address", ["BOB@example.com", " bob@example.com ", SECOND])
def test_assigned_to_becomes_the_owner(world: World, address: str) -> None:
    create_on_platform(world, "task", "t1", title="Call", account=1, assigned_to=address)

    take_turns(world, OUT)

    assert only_task(world)["ownerid"] == SECOND


def test_two_users_of_one_address_are_refused(world: World) -> None:
    world.crm.org.put("User", THIRD, Email="bob@example.com", IsActive=True)
    create_on_platform(world, "task", "t1", title="Call", account=1, assigned_to="bob@example.com")

    reason, detail = refused(world)

    assert reason == "person_ambiguous"
    assert "2 active users" in detail
    assert "bob@example.com" not in detail
    assert tasks_in_salesforce(world) == {}


def test_user_who_left_is_not_found(world: World) -> None:
    world.crm.org.edit("User", SECOND, IsActive=False)
    create_on_platform(world, "task", "t1", title="Call", account=1, assigned_to="bob@example.com")

    assert refused(world)[0] == "person_not_found"


def test_refused_owner_is_sent_once_there(world: World) -> None:
    create_on_platform(world, "task", "t1", title="Call", account=1, assigned_to="new@example.com")
    refused(world)
    world.crm.org.put("User", THIRD, Email="new@example.com", IsActive=True)
    world.edit_on_platform("task", "t1", priority="High")

    take_turns(world, OUT)

    assert only_task(world)["ownerid"] == THIRD


def test_assigner_is_read_and_never_sent(world: World) -> None:
    create_on_platform(world, "task", "t1", title="Call", account=1, assigner="bob@example.com")
    take_turns(world, OUT, IN)
    row = only_task(world)
    maker = row["createdbyid"]
    world.edit_on_platform("task", "t1", assigner="ada@example.com", title="Changed")

    (run,) = take_turns(world, OUT)

    assert reasons(run) == {"updated:changed": 1}
    assert only_task(world)["createdbyid"] == maker != OWNER


def test_owner_changed_there_arrives_here(world: World) -> None:
    create_on_platform(world, "task", "t1", title="Call", account=1, assigned_to="ada@example.com")
    take_turns(world, OUT, IN)
    row = only_task(world)
    world.crm.org.edit("Task", row["id"], OwnerId=SECOND, by=SECOND)

    take_turns(world, IN, OUT)

    assert world.platform("task")[row["id"].lower()]["assigned_to"] == "bob@example.com"
    assert only_task(world)["ownerid"] == SECOND
