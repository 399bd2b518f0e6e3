"""Campaign touches: each a new event, once and for all (T18)."""

import copy
from typing import Any

import pytest

from syncline.ports import RunMode
from tests.faults.crashing import CrashError, Fuse
from tests.faults.sweep import restart
from tests.worlds.all_kinds import (
    CAMPAIGNS,
    TOUCH_ID,
    TOUCHPOINTS_IN,
    all_kinds_world,
    without_type,
)
from tests.worlds.runs import asked_for, reasons, take_turns
from tests.worlds.small import ACME, OWNER, World, account_id
from tests.worlds.two_way import (
    ACCOUNTS,
    change_job,
    create_on_platform,
    delete_on_platform,
    only_task,
    tasks_in_salesforce,
)

TOUCH = {
    "external_id": "touch-1",
    "campaign_name": "Onboarding, part 2",
    "campaign_type": "ongoing",
    "recipients": 42,
    "sender": "ada@example.com",
    "description": "Welcome!",
    "start_date": "2026-01-05",
    "created_by": "ada@example.com",
}
LINES = [
    {"salesforce": "AccountId", "platform": "account_id", "key": True},
    {"salesforce": "Subject", "platform": "subject"},
    {"salesforce": "ActivityDate", "platform": "start_date"},
]


@pytest.fixture(params=[True, False], ids=["keyed", "keyless"])
def world(request: pytest.FixtureRequest) -> World:
    return all_kinds_world(keyed=request.param)


def put_touch(world: World, id: str = "c1", *, account: int | None = 1, **values: Any) -> None:
    where = {} if account is None else {"account": account}
    create_on_platform(world, "campaign_touch", id, **where, **{**TOUCH, **values})


def events(world: World) -> dict[str, dict[str, Any]]:
    return tasks_in_salesforce(world, "Event")


# --- what is sent -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "words"), [("ongoing", "Ongoing campaign"), ("one_time", "One time campaign")]
)
def test_touch_becomes_an_event(world: World, type: str, words: str) -> None:
    put_touch(world, campaign_type=type)

    (run,) = take_turns(world, CAMPAIGNS)

    row = only_task(world, "Event")
    sent = f'{words} "Onboarding, part 2" was sent to 42 users. From: ada@example.com'
    assert (row["subject"], row["type"]) == (sent, "Email")
    assert (row["activitydate"], row["isalldayevent"]) == ("2026-01-05", True)
    assert (row["description"], row["ownerid"]) == ("Welcome!", OWNER)
    assert (row["whatid"], row["accountid"]) == (account_id(1), account_id(1))
    assert reasons(run) == {"created:new": 1}


def test_org_without_type_gets_none() -> None:
    world = all_kinds_world(event=without_type())
    put_touch(world)

    take_turns(world, CAMPAIGNS)

    assert "type" not in only_task(world, "Event")


def test_touch_without_a_start_is_refused(world: World) -> None:
    put_touch(world, start_date=None)

    (run,) = take_turns(world, CAMPAIGNS)

    assert reasons(run) == {"rejected:no_start_date": 1}
    assert events(world) == {}


def test_touch_id_goes_to_its_field(world: World) -> None:
    key = {"salesforce": TOUCH_ID, "platform": "external_id", "key": True}
    change_job(world, CAMPAIGNS, mapping=[key, *LINES])
    put_touch(world)

    take_turns(world, CAMPAIGNS)

    assert only_task(world, "Event")[TOUCH_ID.lower()] == "touch-1"


def test_touch_keeps_its_own_id(world: World) -> None:
    put_touch(world)

    take_turns(world, CAMPAIGNS)

    assert world.platform("campaign_touch").keys() == {"touch-1"}


def test_touch_that_carries_a_crm_id_is_sent(world: World) -> None:
    world.crm.org.put("Event", "00U000000000009AAA", Subject="Another", WhatId=account_id(1))
    put_touch(world, external_id="00u000000000009aaa")

    take_turns(world, CAMPAIGNS)

    assert len(events(world)) == 2


def test_touch_waits_for_its_account(world: World) -> None:
    create_on_platform(world, "account", "new", name="Late", external_id="x-1")
    put_touch(world, account=None, account_id="new")
    (run,) = take_turns(world, CAMPAIGNS)
    late = account_id(9)
    world.crm.org.put("Account", late, Name="Late")
    world.edit_on_platform("account", "new", external_id=late.lower())

    take_turns(world, ACCOUNTS, CAMPAIGNS)

    assert run.ledger["outside"] == {"account_not_matched": 1}
    assert only_task(world, "Event")["whatid"] == late


# --- never twice ------------------------------------------------------------------------------


def full_run(world: World) -> None:
    run = asked_for(world, CAMPAIGNS, RunMode.FULL)
    leg = world.run(CAMPAIGNS, run=run.id)
    while leg is not None and leg.status == "running":
        world.advance(minutes=2)
        leg = world.run(CAMPAIGNS, run=run.id, leg=leg.leg + 1)
    assert leg is not None
    assert leg.status == "succeeded"


@pytest.mark.parametrize("sent_again", ["rerun", "edit", "full", "mapping", "event", "deletion"])
def test_touch_is_never_sent_twice(world: World, sent_again: str) -> None:
    put_touch(world)
    put_touch(world, "c2", account=2, external_id="touch-2")
    take_turns(world, CAMPAIGNS)
    rows = copy.deepcopy(events(world))
    if sent_again == "edit":
        world.edit_on_platform("campaign_touch", "c1", recipients=1, description="Other")
    elif sent_again == "mapping":
        change_job(world, CAMPAIGNS, mapping=LINES)
    elif sent_again == "event":
        world.crm.org.delete("Event", rows.popitem()[0])
    elif sent_again == "deletion":
        delete_on_platform(world, "campaign_touch", "c1")

    take_turns(world, CAMPAIGNS, CAMPAIGNS)
    if sent_again == "full":
        full_run(world)

    assert events(world) == rows


def test_moved_touch_is_not_sent_again(world: World) -> None:
    put_touch(world)
    take_turns(world, CAMPAIGNS)
    world.edit_on_platform("campaign_touch", "c1", account_id=world.platform_id(account_id(2)))

    take_turns(world, CAMPAIGNS)

    assert only_task(world, "Event")["whatid"] == account_id(1)


def test_event_of_a_touch_is_no_touchpoint(world: World) -> None:
    put_touch(world)
    take_turns(world, CAMPAIGNS)
    (crm_id,) = events(world)
    link = world.cloud.links(ACME, "crm").get([crm_id])

    first, _ = take_turns(world, TOUCHPOINTS_IN, TOUCHPOINTS_IN)
    world.crm.org.delete("Event", crm_id)
    take_turns(world, TOUCHPOINTS_IN, CAMPAIGNS)

    assert world.platform("touchpoint") == {}
    assert reasons(first) == {"left:other_object": 1}
    assert world.cloud.links(ACME, "crm").get([crm_id]) == link
    assert events(world) == {}


def test_touch_at_work_is_no_touchpoint(world: World) -> None:
    put_touch(world)
    world.advance(minutes=15)
    fuse = Fuse()
    copy.deepcopy(world).run(CAMPAIGNS, fuse=fuse)
    settling = fuse.trace.index("MemoryLinks.write")
    with pytest.raises(CrashError):
        world.run(CAMPAIGNS, fuse=Fuse(settling))
    assert len(events(world)) == 1

    world.run(TOUCHPOINTS_IN)
    restart(world, CAMPAIGNS, runs=1)
    take_turns(world, TOUCHPOINTS_IN, CAMPAIGNS)

    assert world.platform("touchpoint") == {}
    assert len(events(world)) == 1
