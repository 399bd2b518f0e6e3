"""Who took part in a touchpoint, in both directions (T21)."""

from typing import Any

import pytest

from syncline.memory.org import described
from syncline.ports import RunMode
from syncline.usecases.preview_job import PreviewJob
from tests.faults.crashing import Fuse
from tests.worlds.runs import asked_for, finished, take_turns
from tests.worlds.small import ACME, OWNER, World, account_id
from tests.worlds.two_way import change_job, create_on_platform, only_task, two_way_world

IN, OUT = "touchpoints-in", "touchpoints-out"
EVENT = "00U000000000001AAA"
LINES = [
    {"salesforce": "AccountId", "platform": "account_id", "key": True},
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Subject", "platform": "subject"},
]
DATED = [*LINES, {"salesforce": "ActivityDate", "platform": "touchpoint_date"}]


def contact_id(number: int) -> str:
    return f"003{number:012d}AAA"


@pytest.fixture
def world() -> World:
    """Three contacts; the org shows who else is on an event."""
    made = two_way_world()
    relation = described(
        "EventRelation",
        {"Status": "picklist", "IsParent": "boolean", "IsWhat": "boolean"},
        key_prefix="0RE",
        references={"EventId": ("Event",), "RelationId": ("Contact", "User")},
    )
    made.crm.org.objects = {**made.crm.org.objects, "eventrelation": relation}
    for number in range(1, 4):
        made.crm.org.put("Contact", contact_id(number), Email=f"C{number}@example.com")
    read_people(made, "Who.Email")
    return made


def read_people(world: World, path: str) -> None:
    line = {"salesforce": path, "platform": "participants"}
    change_job(world, IN, mapping=[*DATED, line])
    change_job(world, OUT, mapping=[*DATED, {"salesforce": "WhoId", "platform": "participants"}])


def put_event(world: World, **fields: Any) -> None:
    filled = {"Subject": "Review", "WhatId": account_id(1), "ActivityDate": "2026-01-05", **fields}
    world.crm.org.put("Event", EVENT, **filled)


def invite(world: World, number: int, person: str, **fields: Any) -> None:
    row = {"EventId": EVENT, "RelationId": person, "Status": "New", **fields}
    world.crm.org.put("EventRelation", f"0RE{number:012d}AAA", **row)


def told(world: World) -> object:
    return world.platform("touchpoint")[EVENT.lower()].get("participants")


def meeting(world: World) -> None:
    """Contact 1 in WhoId, who is invited too; contact 2 and a user beside."""
    put_event(world, WhoId=contact_id(1))
    for number, person in enumerate((contact_id(2), contact_id(1), OWNER)):
        invite(world, number, person)


# --- from Salesforce --------------------------------------------------------------------------


def test_everybody_arrives_with_the_touchpoint(world: World) -> None:
    meeting(world)

    take_turns(world, IN)

    assert told(world) == "C1@example.com, C2@example.com, ada@example.com"


def test_mapped_ids_arrive_as_ids(world: World) -> None:
    read_people(world, "WhoId")
    meeting(world)

    take_turns(world, IN)

    assert told(world) == f"{contact_id(1)}, {contact_id(2)}"


def test_invitees_arrive_without_a_whoid(world: World) -> None:
    put_event(world)
    invite(world, 1, contact_id(3))

    take_turns(world, IN)

    assert told(world) == "C3@example.com"


def test_org_without_relations_tells_whoid(world: World) -> None:
    meeting(world)
    objects = dict(world.crm.org.objects)
    del objects["eventrelation"]
    world.crm.org.objects = objects

    take_turns(world, IN)

    assert told(world) == "C1@example.com"


def test_later_people_change_nothing(world: World) -> None:
    meeting(world)
    take_turns(world, IN)
    invite(world, 9, contact_id(3))
    world.crm.org.edit("Event", EVENT, WhoId=contact_id(3), Subject="Moved")

    take_turns(world, IN, IN)

    assert world.platform("touchpoint")[EVENT.lower()]["subject"] == "Moved"
    assert told(world) == "C1@example.com, C2@example.com, ada@example.com"


def test_people_are_asked_for_creations_alone(world: World) -> None:
    for number in range(1, 6):
        world.crm.org.put("Event", f"00U{number:012d}AAA", Subject="Review", WhatId=account_id(1))
    first, second = Fuse(), Fuse()

    world.run(IN, fuse=first)
    for number in range(1, 6):
        world.crm.org.edit("Event", f"00U{number:012d}AAA", Subject="Moved")
    world.advance(minutes=15)
    world.run(IN, fuse=second)

    asked = [fuse.trace.count("MemoryCrm.people_of") for fuse in (first, second)]
    assert asked == [2, 0], "once for each batch of three"


def test_plan_tells_what_the_run_creates(world: World) -> None:
    meeting(world)
    plan = asked_for(world, IN, RunMode.PLAN)
    world.run(IN, run=plan.id)
    invite(world, 9, contact_id(3))
    world.advance(minutes=5)

    apply = asked_for(world, IN, RunMode.APPLY, plan=plan.id)
    finished(world.run(IN, run=apply.id))

    assert told(world) == "C1@example.com, C2@example.com, ada@example.com"


def test_preview_tells_everybody(world: World) -> None:
    meeting(world)
    cloud = world.cloud
    preview = PreviewJob(
        configuration=cloud.configuration,
        crm=lambda _workspace, _connection: world.crm,
        links=cloud.links,
        records=cloud.records,
        clock=cloud.clock,
    )

    (row,) = preview(ACME, IN).rows

    assert row.values["participants"] == "C1@example.com, C2@example.com, ada@example.com"


# --- to Salesforce ----------------------------------------------------------------------------


def sent(world: World, people: str) -> dict[str, Any]:
    date = "2026-01-05T12:30:00Z"
    values = {"subject": "Review", "touchpoint_date": date, "participants": people}
    create_on_platform(world, "touchpoint", "p1", account=1, **values)
    take_turns(world, OUT, IN)
    return only_task(world, "Event")


@pytest.mark.parametrize("path", ["Who.Email", "WhoId"])
def test_first_who_is_found_is_sent(world: World, path: str) -> None:
    read_people(world, path)
    row = sent(world, "nobody@example.com, c2@EXAMPLE.com; c1@example.com")
    stamp, before = row["systemmodstamp"], dict(world.cloud.writes)
    world.edit_on_platform("touchpoint", "p1", subject="Review")

    take_turns(world, OUT, IN, OUT, IN)

    row = only_task(world, "Event")
    assert (row["whoid"], row["systemmodstamp"]) == (contact_id(2), stamp)
    assert world.cloud.writes["links"] == before["links"]


def test_nobody_found_leaves_the_person(world: World) -> None:
    sent(world, "c1@example.com")
    world.edit_on_platform("touchpoint", "p1", participants="nobody@example.com", subject="Moved")

    take_turns(world, OUT, IN)

    row = only_task(world, "Event")
    assert (row["whoid"], row["subject"]) == (contact_id(1), "Moved")


def test_changed_participants_are_sent(world: World) -> None:
    sent(world, "c1@example.com")
    world.edit_on_platform("touchpoint", "p1", participants="c3@example.com, c1@example.com")

    take_turns(world, OUT, IN)

    assert only_task(world, "Event")["whoid"] == contact_id(3)


def test_edited_touchpoint_keeps_its_people(world: World) -> None:
    meeting(world)
    take_turns(world, IN)
    own = world.platform_id(EVENT)
    world.edit_on_platform("touchpoint", own, subject="Moved")

    take_turns(world, OUT, IN)
    before = dict(world.cloud.writes)
    take_turns(world, OUT, IN)

    row = only_task(world, "Event")
    assert (row["subject"], row["whoid"]) == ("Moved", contact_id(1))
    assert told(world) == "C1@example.com, C2@example.com, ada@example.com"
    assert world.cloud.writes["links"] == before["links"]


# --- who is not sent --------------------------------------------------------------------------

C1, C2, NOBODY, TWICE = (f"{name}@example.com" for name in ("c1", "c2", "nobody", "twice"))
LEAD = "00Q000000000001EAA"
ONE = "participants: 1 of 1 not sent"
EACH = (
    "1 not found in Salesforce",
    "1 found there several times",
    "1 behind the first, for WhoId takes one",
)


def detail(world: World) -> str:
    """What the last run told of the touchpoint."""
    (run,) = take_turns(world, OUT)
    names = world.cloud.journal.names(ACME, run.id)
    entry = world.cloud.journal.get(ACME, run.id, names[-1])
    assert entry is not None
    (action,) = entry["actions"]
    return str(action.get("detail", ""))


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (C1, ""),
        (NOBODY, f"{ONE} (1 not found in Salesforce)"),
        (TWICE, f"{ONE} (1 found there several times)"),
        (f"{NOBODY}, {C1}", "participants: 1 of 2 not sent (1 not found in Salesforce)"),
        (
            f"{C1}, {C2}",
            "participants: 1 of 2 not sent (1 behind the first, for WhoId takes one)",
        ),
        (
            f"{TWICE}; {C2}; {NOBODY}; {C1}",
            f"participants: 3 of 4 not sent ({', '.join(EACH)})",
        ),
        (LEAD, "participants: not sent (Salesforce takes no lead beside an account)"),
    ],
)
def test_who_is_not_sent_is_told(world: World, named: str, told: str) -> None:
    for number in (4, 5):
        world.crm.org.put("Contact", contact_id(number), Email=TWICE)
    create_on_platform(world, "touchpoint", "p1", account=1, subject="Review", participants=named)

    assert detail(world) == told


def test_changed_participants_tell_who_is_left_out(world: World) -> None:
    create_on_platform(world, "touchpoint", "p1", account=1, subject="Review", participants=C1)
    take_turns(world, OUT, IN)
    world.edit_on_platform("touchpoint", "p1", subject="Moved")
    assert detail(world) == ""
    take_turns(world, IN)
    world.edit_on_platform("touchpoint", "p1", subject="Again", participants=NOBODY)

    assert detail(world) == f"{ONE} (1 not found in Salesforce)"
    assert only_task(world, "Event")["whoid"] == contact_id(1)
