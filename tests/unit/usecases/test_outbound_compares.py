"""What an outbound run takes for a person's change, and what it asks Salesforce about first."""

from dataclasses import replace
from typing import Any

import pytest

from syncline.kinds import tasks
from syncline.kinds.salesforce import DIALECT
from syncline.ports import ReadRequest
from syncline.usecases.resolve_outgoing import fetch_request
from tests.worlds.all_kinds import ACCOUNTS_OUT, all_kinds_world
from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import OWNER, World, account_id, put_task, task_id
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


DESCRIBED: Any = [
    {"salesforce": "AccountId", "platform": "account_id", "key": True},
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Subject", "platform": "title"},
]
NOTES = {"salesforce": "Description", "platform": "description"}


def describing(**settings: Any) -> World:
    """The description goes out and is not read back."""
    world = two_way_world(**settings)
    change_job(world, IN, mapping=DESCRIBED)
    change_job(world, OUT, mapping=[*DESCRIBED, NOTES])
    return world


def edit_notes(world: World, crm_id: str, own: str, *, last: str) -> None:
    for side in sorted(("platform", "salesforce"), key=lambda each: each == last):
        if side == "platform":
            world.edit_on_platform("task", own, description="mine")
        else:
            world.crm.org.edit("Task", crm_id, Description="the seller's")
        world.advance(minutes=5)


@pytest.mark.parametrize(("last", "wins"), [("platform", "mine"), ("salesforce", "the seller's")])
def test_what_is_not_imported_is_contested_too(last: str, wins: str) -> None:
    world = describing()
    create_on_platform(world, "task", "t1", title="Call", description="x", account=1)
    take_turns(world, OUT, IN)
    crm_id = str(only_task(world)["id"])
    edit_notes(world, crm_id, "t1", last=last)

    take_turns(world, IN, OUT)

    assert only_task(world)["description"] == wins


@pytest.mark.parametrize("merge", ["fields", "record"])
def test_sellers_text_is_not_overwritten_unseen(merge: str) -> None:
    world = describing(conflicts="hold", merge=merge)
    put_task(world, 1, 1, Description="the seller's")
    take_turns(world, IN)
    world.edit_on_platform("task", world.platform_id(task_id(1)), description="mine")

    (run,) = take_turns(world, OUT)

    assert only_task(world)["description"] == "the seller's"
    assert reasons(run) == {"held:contested": 1}


@pytest.mark.parametrize("merge", ["fields", "record"])
def test_what_the_platform_lacks_stays_there(merge: str) -> None:
    world = describing(merge=merge)
    put_task(world, 1, 1, Description="the seller's")
    take_turns(world, IN)
    world.crm.org.edit("Task", task_id(1), Subject="theirs")
    world.advance(minutes=5)
    world.edit_on_platform("task", world.platform_id(task_id(1)), title="Call again")

    take_turns(world, OUT)

    assert only_task(world)["subject"] == "Call again"
    assert only_task(world)["description"] == "the seller's"


def test_what_the_pair_reads_is_not_fetched() -> None:
    world = describing()
    create_on_platform(world, "task", "t1", title="Call", description="x", account=1)
    take_turns(world, OUT, IN, IN)
    counted = []

    for name in ("title", "description"):
        world.edit_on_platform("task", "t1", **{name: "Call again"})
        world.advance(minutes=15)
        before = world.crm.requests()
        take_turns(world, OUT)
        counted.append(world.crm.requests() - before)

    assert counted[1] == counted[0] + 1


def test_cleared_text_is_cleared_after_an_import() -> None:
    world = describing()
    put_task(world, 1, 1)
    take_turns(world, IN)
    own = world.platform_id(task_id(1))
    world.edit_on_platform("task", own, description="secret")
    take_turns(world, OUT, IN)
    world.edit_on_platform("task", own, description=None)
    world.crm.org.edit("Task", task_id(1), Subject="theirs")

    take_turns(world, IN, OUT)

    assert (only_task(world)["subject"], only_task(world)["description"]) == ("theirs", None)


def test_owner_that_cannot_be_empty_stays() -> None:
    world = two_way_world()
    task = world.crm.org.objects["task"]
    owner = replace(task.fields["ownerid"], nillable=False, defaulted_on_create=True)
    fields = {**task.fields, "ownerid": owner}
    world.crm.org.objects = {**world.crm.org.objects, "task": replace(task, fields=fields)}
    put_task(world, 1, 1)
    take_turns(world, IN)
    own = world.platform_id(task_id(1))
    world.edit_on_platform("task", own, title="New title", assigned_to=None)

    (run,) = take_turns(world, OUT)

    assert reasons(run) == {"updated:changed": 1}
    assert (only_task(world)["subject"], only_task(world)["ownerid"]) == ("New title", OWNER)


def test_baseline_has_what_an_import_reads() -> None:
    world = describing()
    create_on_platform(world, "task", "t1", title="Call", description="x", account=1)

    _, run = take_turns(world, OUT, IN)

    assert reasons(run) == {"left:unchanged": 1}


def test_where_nothing_is_shown_the_id_is_asked_for() -> None:
    """The frame may be that of a run which an older version has begun."""
    request = fetch_request({"object": "Task", "shown": []}, DIALECT)

    assert request == ReadRequest(object="Task", fields=("Id",))
