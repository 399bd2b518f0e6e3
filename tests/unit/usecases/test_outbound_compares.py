"""What an outbound run takes for a person's change, and what it asks Salesforce about first."""

from typing import Any

import pytest

from syncline.kinds import tasks, touchpoints
from syncline.memory.org import described
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


P, Q = "003000000000001AAA", "003000000000002AAA"


def with_participants() -> tuple[World, str]:
    """A touchpoint of P on both sides, with its id in Salesforce."""
    world = two_way_world()
    for contact, email in ((P, "p@x.com"), (Q, "q@x.com")):
        world.crm.org.put("Contact", contact, Email=email, Name=email)
    for job, lines, field in (
        ("touchpoints-in", touchpoints.INBOUND, "Who.Email"),
        ("touchpoints-out", touchpoints.OUTBOUND, "WhoId"),
    ):
        mapping = [{"salesforce": x.crm, "platform": x.platform, "key": x.key} for x in lines]
        mapping.append({"salesforce": field, "platform": "participants", "key": False})
        change_job(world, job, mapping=mapping)
    values = {"subject": "Meeting", "touchpoint_date": "2026-01-10T00:00:00Z"}
    create_on_platform(world, "touchpoint", "e1", account=1, participants="P@x.com", **values)
    take_turns(world, "touchpoints-out", "touchpoints-in")
    return world, str(only_task(world, "Event")["id"])


@pytest.mark.parametrize(("people", "who"), [("q@x.com", Q), (None, None)])
def test_participants_go_out_when_people_change_them(people: str | None, who: str | None) -> None:
    world, _ = with_participants()
    world.edit_on_platform("touchpoint", "e1", participants=people)

    take_turns(world, "touchpoints-out", "touchpoints-in", "touchpoints-out")

    assert only_task(world, "Event")["whoid"] == who


def test_sellers_participants_are_not_sent_back() -> None:
    world, crm_id = with_participants()
    world.crm.org.edit("Event", crm_id, WhoId=Q)
    take_turns(world, "touchpoints-in")
    world.edit_on_platform("touchpoint", "e1", subject="Meeting 2")

    take_turns(world, "touchpoints-out")

    row = only_task(world, "Event")
    assert (row["subject"], row["whoid"]) == ("Meeting 2", Q)


def test_sellers_participants_follow_a_cleared_list() -> None:
    world, crm_id = with_participants()
    world.edit_on_platform("touchpoint", "e1", participants=None)
    take_turns(world, "touchpoints-out", "touchpoints-in")
    world.crm.org.edit("Event", crm_id, WhoId=Q)
    take_turns(world, "touchpoints-in")
    world.edit_on_platform("touchpoint", "e1", subject="Meeting 2")

    take_turns(world, "touchpoints-out")

    assert (only_task(world, "Event")["whoid"], only_task(world, "Event")["subject"]) == (
        Q,
        "Meeting 2",
    )


def test_imported_participants_are_not_sent_back() -> None:
    world, _ = with_participants()
    event: Any = {"Subject": "Theirs", "ActivityDate": "2026-01-10", "AccountId": account_id(1)}
    world.crm.org.put("Event", "00U000000000009EAA", WhoId=P, OwnerId=OWNER, **event)
    take_turns(world, "touchpoints-in")
    world.crm.org.edit("Event", "00U000000000009EAA", WhoId=Q)
    take_turns(world, "touchpoints-in")
    own = world.platform_id("00U000000000009EAA")
    world.edit_on_platform("touchpoint", own, subject="Ours")

    take_turns(world, "touchpoints-out")

    row = world.crm.org.rows["event"]["00U000000000009EAA"]
    assert (row["subject"], row["whoid"]) == ("Ours", Q)


VISITS: Any = [
    {"salesforce": "Account__c", "platform": "account_id", "key": True},
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Title__c", "platform": "title"},
]


def visiting() -> tuple[World, dict[str, Any]]:
    """A record of a custom object on both sides, with its row in Salesforce."""
    world = two_way_world(keyed=False)
    org = world.crm.org
    fields = {"Title__c": "string"}
    visit = described("Visit__c", fields, key_prefix="a01", references={"Account__c": ("Account",)})
    org.objects = {**org.objects, "visit__c": visit}
    for job in (IN, OUT):
        change_job(world, job, salesforce_object="Visit__c", mapping=VISITS)
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT, IN)
    return world, only_task(world, "Visit__c")


@pytest.mark.parametrize("merge", ["fields", "record"])
def test_move_in_salesforce_is_not_reverted(merge: str) -> None:
    world, row = visiting()
    change_job(world, OUT, merge=merge)
    world.crm.org.edit("Visit__c", row["id"], Account__c=account_id(2))
    take_turns(world, IN)
    world.edit_on_platform("task", "t1", title="New title")

    take_turns(world, OUT)

    row = only_task(world, "Visit__c")
    assert (row["title__c"], row["account__c"]) == ("New title", account_id(2))


def test_move_by_a_person_goes_out() -> None:
    world, _ = visiting()
    world.edit_on_platform("task", "t1", account_id=world.platform_id(account_id(3)))

    take_turns(world, OUT)

    assert only_task(world, "Visit__c")["account__c"] == account_id(3)
