"""What is nobody's change: what both sides settled once, in whatever form, and what only one side
may change."""

from typing import Any

import pytest

from syncline.kinds import touchpoints
from syncline.memory.org import described
from syncline.ports import RunStatus
from tests.worlds.runs import take_turns
from tests.worlds.small import OWNER, World, account_id, put_task, task_id
from tests.worlds.two_way import (
    IN,
    OUT,
    SECOND,
    change_job,
    create_on_platform,
    delete_on_platform,
    only_task,
    tasks_in_salesforce,
    two_way_world,
)

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


@pytest.mark.parametrize("policy", ["platform", "hold"])
def test_sellers_date_arrives_over_a_time_of_day(policy: str) -> None:
    world = two_way_world()
    for job in ("touchpoints-in", "touchpoints-out"):
        change_job(world, job, conflicts=policy)
    values = {"subject": "Meeting", "touchpoint_date": "2026-01-10T15:30:00Z"}
    create_on_platform(world, "touchpoint", "e1", account=1, **values)
    take_turns(world, "touchpoints-out", "touchpoints-in")
    world.crm.org.edit("Event", only_task(world, "Event")["id"], ActivityDate="2026-02-20")

    take_turns(world, "touchpoints-in", "touchpoints-out")

    (values,) = world.platform("touchpoint").values()
    assert values["touchpoint_date"] == "2026-02-20T00:00:00Z"
    assert only_task(world, "Event")["activitydate"] == "2026-02-20"


def test_whole_record_leaves_the_time_of_day() -> None:
    world = two_way_world()
    for job in ("touchpoints-in", "touchpoints-out"):
        change_job(world, job, merge="record")
    values = {"subject": "Meeting", "content": "x", "touchpoint_date": "2026-01-10T15:30:00Z"}
    create_on_platform(world, "touchpoint", "e1", account=1, **values)
    take_turns(world, "touchpoints-out", "touchpoints-in")
    world.edit_on_platform("touchpoint", "e1", content="ours")
    world.advance(minutes=5)
    world.crm.org.edit("Event", only_task(world, "Event")["id"], Subject="theirs")

    take_turns(world, "touchpoints-in")

    (values,) = world.platform("touchpoint").values()
    assert [values[name] for name in ("subject", "content", "touchpoint_date")] == [
        "theirs", "x", "2026-01-10T15:30:00Z",
    ]  # fmt: skip


@pytest.mark.parametrize("policy", ["platform", "hold"])
def test_sellers_owner_arrives_over_capitals(policy: str) -> None:
    world = two_way_world(both={"conflicts": policy})
    create_on_platform(world, "task", "t1", account=1, title="Call", assigned_to="Ada@Example.COM")
    take_turns(world, OUT, IN)
    world.crm.org.edit("Task", only_task(world)["id"], OwnerId=SECOND)

    take_turns(world, IN, OUT)

    (values,) = world.platform("task").values()
    assert (values["assigned_to"], only_task(world)["ownerid"]) == ("bob@example.com", SECOND)


@pytest.mark.parametrize("name", ["Ada@Example.COM", "eve@example.com"])
def test_what_was_settled_once_is_a_change_again(name: str) -> None:
    world = two_way_world(both={"conflicts": "platform"})
    create_on_platform(world, "task", "t1", account=1, title="Call", assigned_to="Ada@Example.COM")
    take_turns(world, OUT, IN)
    world.crm.org.edit("Task", only_task(world)["id"], OwnerId=SECOND)
    take_turns(world, IN)
    world.edit_on_platform("task", "t1", assigned_to=name)
    world.crm.org.edit("Task", only_task(world)["id"], OwnerId=None)

    take_turns(world, IN)

    (values,) = world.platform("task").values()
    assert values["assigned_to"] == name


@pytest.mark.parametrize(("edits", "lives"), [({"Subject": "needed"}, True), ({}, False)])
def test_edit_before_our_answer_holds_a_deletion(edits: dict[str, Any], *, lives: bool) -> None:
    world = two_way_world()
    create_on_platform(world, "task", "t1", account=1, title="Call")
    take_turns(world, OUT, IN)
    world.crm.job_from = world.crm.job_waits = 1
    world.edit_on_platform("task", "t1", status="Done")
    run = world.run(OUT)
    world.advance(minutes=5)
    delete_on_platform(world, "task", "t1")
    world.advance(minutes=5)
    world.crm.org.edit("Task", only_task(world)["id"], **edits)
    while run is not None and run.status is RunStatus.RUNNING:
        world.advance(minutes=5)
        run = world.run(OUT, run=run.id, leg=run.leg + 1)

    take_turns(world, OUT)

    assert bool(tasks_in_salesforce(world)) is lives


@pytest.mark.parametrize("title", ["Call 1", "Call again"])
def test_sellers_change_arrives_after_a_match(title: str) -> None:
    world = two_way_world(both={"conflicts": "platform"})
    change_job(world, IN, create=False)
    put_task(world, 1, 1)
    take_turns(world, IN)
    values = {"title": title, "status": "Open", "external_id": task_id(1).lower()}
    create_on_platform(world, "task", "t1", account=1, **values)
    take_turns(world, OUT)
    world.crm.org.edit("Task", task_id(1), Status="Done")

    take_turns(world, IN, OUT)

    assert world.platform("task")[task_id(1).lower()]["status"] == "Done"
    assert (only_task(world)["subject"], only_task(world)["status"]) == (title, "Done")
