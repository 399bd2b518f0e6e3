"""Touchpoints in both directions, and how they differ from tasks (T5, T13, T17, T19, T20, T22)."""

from typing import Any

import pytest

from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import OWNER, World, account_id
from tests.worlds.two_way import (
    SECOND,
    change_job,
    create_on_platform,
    delete_on_platform,
    only_task,
    tasks_in_salesforce,
    two_way_world,
)

IN, OUT, ACCOUNTS = "touchpoints-in", "touchpoints-out", "accounts"
EVENT = "00U000000000001AAA"
NOON = "2026-01-05T12:30:00Z"
MEETING = {"subject": "Review", "creator": "ada@example.com", "touchpoint_date": NOON}
KEYS = [
    {"salesforce": "AccountId", "platform": "account_id", "key": True},
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Subject", "platform": "subject"},
]
DAY = {"salesforce": "ActivityDate", "platform": "touchpoint_date"}
START = {"salesforce": "StartDateTime", "platform": "touchpoint_date"}


@pytest.fixture(params=[True, False], ids=["keyed", "keyless"])
def world(request: pytest.FixtureRequest) -> World:
    return two_way_world(keyed=request.param)


def put_event(world: World, **fields: Any) -> None:
    filled = {"Subject": "Review", "WhatId": account_id(1), "ActivityDate": "2026-01-05", **fields}
    world.crm.org.put("Event", EVENT, **filled)


def sent(world: World, **values: Any) -> str:
    """A touchpoint of the platform that both sides have; its event's id."""
    create_on_platform(world, "touchpoint", "p1", account=1, **{**MEETING, **values})
    take_turns(world, OUT, IN)
    return str(only_task(world, "Event")["id"])


# --- from Salesforce --------------------------------------------------------------------------


def test_touchpoint_without_its_account_waits(world: World) -> None:
    late = account_id(9)
    put_event(world, WhatId=late, AccountId=late)

    (run,) = take_turns(world, IN)

    assert reasons(run) == {"parked:account_not_there": 1}
    assert world.platform("touchpoint") == {}
    world.crm.org.put("Account", late, Name="Late")
    take_turns(world, ACCOUNTS, IN)
    assert world.platform("touchpoint")[EVENT.lower()]["account_id"] == world.platform_id(late)


@pytest.mark.parametrize("text", [{"Subject": None, "Description": "Notes"}, {"Subject": "Review"}])
def test_one_text_is_enough_for_a_touchpoint(world: World, text: dict[str, Any]) -> None:
    put_event(world, **text)

    (run,) = take_turns(world, IN)

    assert reasons(run) == {"created:new": 1}


def test_touchpoint_without_any_text_is_logged(world: World) -> None:
    put_event(world, Subject=None)

    (run,) = take_turns(world, IN)

    assert reasons(run) == {"rejected:no_subject_or_content": 1}
    assert world.platform("touchpoint") == {}


def test_deletion_in_salesforce_arrives(world: World) -> None:
    crm_id = sent(world)
    world.crm.org.delete("Event", crm_id)

    (run,) = take_turns(world, IN)

    assert reasons(run)["deleted:deleted_in_crm"] == 1
    assert world.platform("touchpoint") == {}


# --- to Salesforce ----------------------------------------------------------------------------


def test_new_touchpoint_is_about_its_account(world: World) -> None:
    sent(world, content="Notes")

    row = only_task(world, "Event")

    assert (row["whatid"], row["ownerid"]) == (account_id(1), OWNER)
    assert (row["subject"], row["description"]) == ("Review", "Notes")
    assert (row["activitydate"], row["isalldayevent"]) == ("2026-01-05", True)


def test_change_in_salesforce_comes_back(world: World) -> None:
    crm_id = sent(world)
    world.crm.org.edit("Event", crm_id, Subject="Postponed", by=SECOND)

    take_turns(world, IN)

    record = world.platform("touchpoint")[crm_id.lower()]
    assert (record["subject"], record["last_updater"]) == ("Postponed", "bob@example.com")


def test_creator_is_never_updated(world: World) -> None:
    crm_id = sent(world)
    world.edit_on_platform("touchpoint", "p1", creator="bob@example.com", subject="Moved")

    take_turns(world, OUT)

    row = world.crm.org.rows["event"][crm_id]
    assert (row["subject"], row["ownerid"]) == ("Moved", OWNER)


def test_touchpoint_stays_with_its_account(world: World) -> None:
    sent(world)
    other = world.platform_id(account_id(2))
    world.edit_on_platform("touchpoint", "p1", account_id=other, subject="Moved")

    take_turns(world, OUT)

    row = only_task(world, "Event")
    assert (row["subject"], row["whatid"]) == ("Moved", account_id(1))


def test_deleted_touchpoint_takes_its_event_along(world: World) -> None:
    crm_id = sent(world)
    delete_on_platform(world, "touchpoint", "p1")

    out, back = take_turns(world, OUT, IN)

    assert reasons(out) == {"deleted:deleted_on_platform": 1}
    assert reasons(back).keys() <= {"left:already_gone"}
    assert world.crm.org.rows["event"][crm_id]["isdeleted"] is True


def test_creation_off_sends_no_new_touchpoint(world: World) -> None:
    change_job(world, OUT, create=False)
    create_on_platform(world, "touchpoint", "p1", account=1, **MEETING)

    (run,) = take_turns(world, OUT)

    assert reasons(run) == {"skipped:create_off": 1}
    assert tasks_in_salesforce(world, "Event") == {}


# --- one source, two targets (T13) ------------------------------------------------------------


def test_one_date_feeds_day_and_start(world: World) -> None:
    change_job(world, OUT, mapping=[*KEYS, DAY, START])
    change_job(world, IN, mapping=[*KEYS, START])
    crm_id = sent(world)
    row = only_task(world, "Event")
    assert (row["startdatetime"], row["durationinminutes"]) == (NOON, 60)
    later = "2026-01-06T08:00:00Z"
    world.edit_on_platform("touchpoint", "p1", touchpoint_date=later)

    take_turns(world, OUT, IN)
    moved = only_task(world, "Event")["startdatetime"]
    world.crm.org.edit("Event", crm_id, StartDateTime=NOON)
    take_turns(world, IN)

    assert moved == later
    assert world.platform("touchpoint")[crm_id.lower()]["touchpoint_date"] == NOON
