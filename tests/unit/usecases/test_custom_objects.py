"""A custom object in place of Task, and the fields that tie it to its account (T11, T17)."""

from typing import Any

import pytest

from syncline.memory.org import described
from tests.worlds.runs import take_turns
from tests.worlds.small import World, account_id, put_account
from tests.worlds.two_way import (
    ACCOUNTS,
    IN,
    OUT,
    change_job,
    create_on_platform,
    only_task,
    tasks_in_salesforce,
    two_way_world,
)

KEYS = [
    {"salesforce": "Account__c", "platform": "account_id", "key": True},
    {"salesforce": "Id", "platform": "external_id", "key": True},
]
VISITS: dict[str, Any] = {
    "salesforce_object": "Visit__c",
    "mapping": [*KEYS, {"salesforce": "Title__c", "platform": "title"}],
}

CLIENT = "a0C000000000001AAA"
CLIENTS = [
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Name", "platform": "name"},
]


def visiting_world(**settings: Any) -> World:
    world = two_way_world(both=VISITS, **settings)
    visit = described(
        "Visit__c",
        {"Title__c": "string"},
        key_prefix="a0V",
        references={"Account__c": ("Account",), "Firm__c": ("Account",)},
    )
    world.crm.org.objects["visit__c"] = visit  # type: ignore[index]
    return world


def test_custom_object_goes_both_ways() -> None:
    world = visiting_world()
    create_on_platform(world, "task", "t1", title="Visit", account=1)
    take_turns(world, OUT, IN)
    visit = only_task(world, "Visit__c")
    assert (visit["title__c"], visit["account__c"]) == ("Visit", account_id(1))
    world.crm.org.edit("Visit__c", visit["id"], Title__c="Moved")
    world.crm.org.put("Visit__c", "a0V000000000009AAA", Title__c="Theirs", Account__c=account_id(2))

    take_turns(world, IN, OUT)

    assert world.platform("task")[visit["id"].lower()]["title"] == "Moved"
    assert world.platform("task")["a0v000000000009aaa"]["title"] == "Theirs"
    assert len(tasks_in_salesforce(world, "Visit__c")) == 2


def test_parent_field_takes_the_account() -> None:
    world = visiting_world(parent_field="Firm__c")
    create_on_platform(world, "task", "t1", title="Visit", account=3)

    take_turns(world, OUT)

    assert only_task(world, "Visit__c")["firm__c"] == account_id(3)


def test_writable_account_field_is_updated() -> None:
    world = visiting_world()
    create_on_platform(world, "task", "t1", title="Visit", account=1)
    take_turns(world, OUT, IN)
    world.edit_on_platform("task", "t1", account_id=world.platform_id(account_id(2)))

    take_turns(world, OUT)

    assert only_task(world, "Visit__c")["account__c"] == account_id(2)


def test_account_without_a_match_is_not_written() -> None:
    world = visiting_world()
    create_on_platform(world, "task", "t1", title="Visit", account=1)
    take_turns(world, OUT, IN)
    stamp = only_task(world, "Visit__c")["systemmodstamp"]
    world.edit_on_platform("task", "t1", account_id="nowhere")

    (run,) = take_turns(world, OUT)

    assert run.ledger["outside"] == {"account_not_matched": 1}
    row = only_task(world, "Visit__c")
    assert (row["account__c"], row["systemmodstamp"]) == (account_id(1), stamp)


@pytest.mark.parametrize("title", ["Visit", "Visit again"])
def test_move_waits_for_its_account(title: str) -> None:
    world = visiting_world()
    create_on_platform(world, "task", "t1", title="Visit", account=1)
    external_id = account_id(9).lower()
    create_on_platform(world, "account", "a9", name="Company 9", external_id=external_id)
    take_turns(world, OUT, IN)
    world.edit_on_platform("task", "t1", account_id="a9", title=title)
    take_turns(world, OUT, IN)
    row = only_task(world, "Visit__c")
    assert (row["title__c"], row["account__c"]) == (title, account_id(1))
    put_account(world, 9)

    take_turns(world, ACCOUNTS, OUT)

    assert only_task(world, "Visit__c")["account__c"] == account_id(9)


def test_parent_may_be_a_custom_object() -> None:
    world = visiting_world()
    client = described("Client__c", {"Name": "string"}, key_prefix="a0C")
    visit = described(
        "Visit__c",
        {"Title__c": "string"},
        key_prefix="a0V",
        references={"Client__c": ("Client__c",)},
    )
    world.crm.org.objects = {**world.crm.org.objects, "client__c": client, "visit__c": visit}
    world.crm.org.put("Client__c", CLIENT, Name="Client 1")
    change_job(world, ACCOUNTS, salesforce_object="Client__c", mapping=CLIENTS)
    lines = [{**KEYS[0], "salesforce": "Client__c"}, *VISITS["mapping"][1:]]
    change_job(world, IN, mapping=lines)
    change_job(world, OUT, mapping=lines, parent_field="Client__c")
    take_turns(world, ACCOUNTS)
    own = world.platform_id(CLIENT)
    create_on_platform(world, "task", "t1", title="Visit", account_id=own)

    take_turns(world, OUT, IN)

    visited = only_task(world, "Visit__c")
    assert visited["client__c"] == CLIENT
    assert world.platform("task")[visited["id"].lower()]["account_id"] == own
