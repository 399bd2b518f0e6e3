"""What an outbound run takes for a person's change, and what it asks Salesforce about first."""

from typing import Any

import pytest

from syncline.kinds import tasks
from tests.worlds.all_kinds import ACCOUNTS_OUT, all_kinds_world
from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import World, account_id
from tests.worlds.two_way import (
    IN,
    OUT,
    SECOND,
    change_job,
    create_on_platform,
    only_task,
    two_way_world,
)

ACCOUNT_LINES = [
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Name", "platform": "name"},
]


@pytest.mark.parametrize(
    ("attribute", "value", "told"),
    [
        ("employees", 5, "5"),
        ("create_date", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
    ],
)
def test_text_field_takes_what_is_no_text(attribute: str, value: Any, told: str) -> None:
    world = all_kinds_world()
    line = {"salesforce": "Website", "platform": attribute}
    change_job(world, ACCOUNTS_OUT, mapping=[*ACCOUNT_LINES, line])
    world.edit_on_platform("account", world.platform_id(account_id(1)), **{attribute: value})

    first, second = take_turns(world, ACCOUNTS_OUT, ACCOUNTS_OUT)

    assert world.crm.org.rows["account"][account_id(1)]["website"] == told
    assert reasons(first) == {"updated:changed": 1}
    assert "updated:changed" not in reasons(second)


@pytest.fixture(params=["fields", "record"])
def assigning(request: pytest.FixtureRequest) -> World:
    """A task whose assignee goes out and is not read back."""
    world = two_way_world(conflicts="salesforce", merge=request.param)
    lines = [
        {"salesforce": line.crm, "platform": line.platform, "key": line.key}
        for line in tasks.INBOUND
        if line.platform != "assigned_to"
    ]
    change_job(world, IN, mapping=lines)
    create_on_platform(world, "task", "t1", account=1, title="Call", assigned_to="ada@example.com")
    take_turns(world, OUT, IN)
    return world


def test_what_is_not_read_is_not_contested(assigning: World) -> None:
    world = assigning
    world.edit_on_platform("task", "t1", assigned_to="bob@example.com")
    world.crm.org.edit("Task", str(only_task(world)["id"]), WhoId=None)

    (run,) = take_turns(world, OUT)

    assert only_task(world)["ownerid"] == SECOND
    assert reasons(run) == {"updated:changed": 1}
