"""Leads that are linked as accounts are: what is converted goes on as what it became (X10)."""

import pytest

from syncline.engine.records import LinkState
from syncline.ports import RunMode, RunStatus
from tests.faults.sweep import Sweep
from tests.worlds.leads import (
    ACCOUNTS_OUT,
    LEADS,
    LEADS_OUT,
    contact_id,
    convert,
    lead_id,
    leads_world,
    put_lead,
)
from tests.worlds.runs import asked_for, finished, reasons, take_turns
from tests.worlds.small import ACME, World, account_id, task_id
from tests.worlds.two_way import ACCOUNTS, IN, OUT, change_job, create_on_platform, only_task

NEW = account_id(40)


@pytest.fixture
def world() -> World:
    return leads_world()


def accounts(world: World) -> set[str]:
    return {record.id for record in world.cloud.records(ACME).page("account", limit=100)[0]}


def state(world: World, crm_id: str) -> tuple[LinkState, str | None]:
    link = world.cloud.links(ACME, "crm").get([crm_id])[crm_id]
    return link.state, link.platform_id


@pytest.mark.parametrize("jobs", [(LEADS, ACCOUNTS), (ACCOUNTS, LEADS)], ids=" then ".join)
def test_account_of_a_lead_is_kept(world: World, jobs: tuple[str, ...]) -> None:
    kept, there = world.platform_id(lead_id(1)), accounts(world)
    convert(world, 1, NEW)

    take_turns(world, *jobs)

    assert state(world, NEW) == (LinkState.LINKED, kept)
    assert state(world, lead_id(1)) == (LinkState.ALIAS, None)
    assert accounts(world) == there
    assert world.platform("account")[NEW.lower()]["name"] == "Prospect 1"


def test_job_that_comes_later_finds_the_conversion(world: World) -> None:
    kept, there = world.platform_id(lead_id(1)), accounts(world)
    later = {"kind": "accounts_inbound", "connection": "crm"}
    world.cloud.configuration.put(ACME, "job", "later", later, expected=0)
    convert(world, 1, NEW)

    take_turns(world, "later")

    assert (world.platform_id(NEW), accounts(world)) == (kept, there)


def test_converted_lead_stays_without_other_jobs(world: World) -> None:
    kept, there = world.platform_id(lead_id(1)), accounts(world)
    convert(world, 1, NEW)

    first, second = take_turns(world, LEADS, LEADS)

    assert reasons(first) == {"left:link_moved": 1, "linked:inherited": 1, "left:unchanged": 1}
    assert not reasons(second).keys() - {"left:unchanged"}
    assert (world.platform_id(NEW), accounts(world)) == (kept, there)


def test_conversion_is_told_by_the_story(world: World) -> None:
    convert(world, 1, NEW)

    (run,) = take_turns(world, LEADS)

    names = world.cloud.journal.names(ACME, run.id)
    entries = [world.cloud.journal.get(ACME, run.id, name) for name in names]
    details = [each["detail"] for entry in entries if entry for each in entry["actions"]]
    assert details == [
        f"converted into {NEW}, which keeps its platform record",
        f"goes on with the platform record of {lead_id(1)}, converted into {NEW}",
    ]


def test_account_that_has_a_record_keeps_it(world: World) -> None:
    own, other = world.platform_id(account_id(3)), world.platform_id(lead_id(1))
    convert(world, 1, account_id(3))

    (run,) = take_turns(world, LEADS)

    assert reasons(run) == {"held:merged_away": 1, "left:unchanged": 1}
    assert world.platform_id(account_id(3)) == own
    assert other in accounts(world)
    assert state(world, lead_id(1))[0] is LinkState.ALIAS


def test_of_two_leads_of_an_account_one_goes_on(world: World) -> None:
    first, second = world.platform_id(lead_id(1)), world.platform_id(lead_id(2))
    convert(world, 1, NEW)
    world.advance(minutes=1)
    convert(world, 2, NEW)

    take_turns(world, LEADS, ACCOUNTS)

    assert state(world, NEW) == (LinkState.LINKED, first)
    assert second in accounts(world)


def test_unlinked_converted_lead_is_no_account(world: World) -> None:
    put_lead(world, 3)
    convert(world, 3, NEW)
    there = accounts(world)

    take_turns(world, LEADS, ACCOUNTS)

    assert accounts(world) == there | {world.platform_id(NEW)}
    assert lead_id(3) not in world.cloud.links(ACME, "crm").get([lead_id(3)])


@pytest.mark.parametrize("phase", ["full", "again"])
def test_converted_lead_is_no_deletion(world: World, phase: str) -> None:
    change_job(world, LEADS, deletes=True)
    kept = world.platform_id(lead_id(1))
    convert(world, 1, NEW)
    take_turns(world, LEADS)
    world.advance(minutes=15)

    start = asked_for(world, LEADS, RunMode.FULL).id if phase == "full" else None
    run = finished(world.run(LEADS, run=start))

    assert not {reason for reason in reasons(run) if reason.startswith("deleted")}
    assert kept in accounts(world)


def test_tasks_of_a_converted_lead_find_its_account(world: World) -> None:
    kept = world.platform_id(lead_id(1))
    world.crm.org.put("Task", task_id(1), Subject="Call", WhoId=lead_id(1))
    take_turns(world, IN)
    convert(world, 1, NEW)

    take_turns(world, IN, LEADS, IN)

    task = world.platform("task")[task_id(1).lower()]
    assert task["account_id"] == kept
    assert world.crm.org.rows["task"][task_id(1)]["whoid"] == contact_id(1)


def test_task_of_a_lead_waits_for_its_account(world: World) -> None:
    own = world.platform_id(lead_id(1))
    create_on_platform(world, "task", "t1", title="Call", account_id=own)
    (run,) = take_turns(world, OUT)
    assert run.ledger["outside"] == {"account_not_matched": 1}
    convert(world, 1, NEW)

    take_turns(world, LEADS, OUT)

    assert only_task(world)["whatid"] == NEW


def test_new_task_goes_to_the_account(world: World) -> None:
    kept = world.platform_id(lead_id(1))
    create_on_platform(world, "task", "t1", title="Call", account_id=kept)
    convert(world, 1, NEW)

    take_turns(world, LEADS, OUT)

    assert only_task(world)["whatid"] == NEW


def test_edit_goes_to_the_account(world: World) -> None:
    kept = world.platform_id(lead_id(1))
    convert(world, 1, NEW)
    take_turns(world, LEADS, ACCOUNTS)
    world.edit_on_platform("account", kept, phone="123")

    to_lead, to_account = take_turns(world, LEADS_OUT, ACCOUNTS_OUT)

    assert reasons(to_lead)["skipped:linked_to_another_object"] == 1
    assert reasons(to_account)["updated:changed"] == 1
    assert world.crm.org.rows["account"][NEW]["phone"] == "123"


def test_edit_of_a_converted_lead_is_refused_once(world: World) -> None:
    first, second = world.platform_id(lead_id(1)), world.platform_id(lead_id(2))
    convert(world, 1, NEW)
    for each in (first, second):
        world.edit_on_platform("account", each, phone="123")

    refused, again = take_turns(world, LEADS_OUT, LEADS_OUT)

    assert reasons(refused) == {"rejected:read_only": 1, "updated:changed": 1}
    assert refused.status is RunStatus.PARTIAL
    assert reasons(again) == {}
    assert world.crm.org.rows["lead"][lead_id(2)]["phone"] == "123"
    assert world.platform("account")[lead_id(1).lower()]["phone"] == "123"


def test_merged_lead_leads_to_the_account(world: World) -> None:
    kept = world.platform_id(lead_id(1))
    put_lead(world, 3)
    world.crm.org.merge("Lead", loser=lead_id(1), winner=lead_id(3))
    convert(world, 3, NEW)

    take_turns(world, LEADS, ACCOUNTS)

    assert state(world, NEW) == (LinkState.LINKED, kept)


def test_account_that_was_merged_leads_on(world: World) -> None:
    kept = world.platform_id(lead_id(1))
    convert(world, 1, NEW)
    world.crm.org.put("Account", account_id(41), Name="Forty-one")
    world.crm.org.merge("Account", loser=NEW, winner=account_id(41))

    take_turns(world, ACCOUNTS, LEADS)

    assert state(world, account_id(41)) == (LinkState.LINKED, kept)


def test_undeleted_lead_comes_back(world: World) -> None:
    change_job(world, LEADS, deletes=True)
    kept = world.platform_id(lead_id(2))
    world.crm.org.delete("Lead", lead_id(2))
    take_turns(world, LEADS)
    assert kept not in accounts(world)
    world.crm.org.undelete("Lead", lead_id(2))

    take_turns(world, LEADS)

    assert state(world, lead_id(2)) == (LinkState.LINKED, kept)


def test_filter_does_not_hide_conversions(world: World) -> None:
    kept = world.platform_id(lead_id(1))
    asked = "(Phone = '1') AND IsConverted = false"
    world.crm.where |= {"Phone = '1'": lambda _: False, asked: lambda _: False}
    change_job(world, LEADS, filter="Phone = '1'")
    convert(world, 1, NEW)

    take_turns(world, LEADS)

    assert world.platform_id(NEW) == kept


def test_accounts_alone_ask_for_no_leads() -> None:
    world = leads_world()
    links = world.cloud.links(ACME, "crm")
    assert next(links.linked("account", prefix="00Q"), None) is not None
    for number in (1, 2):
        convert(world, number, account_id(40 + number))
    take_turns(world, LEADS)
    del world.crm.where["IsConverted = true"]

    (run,) = take_turns(world, ACCOUNTS)

    assert run.status is RunStatus.SUCCEEDED


def test_conversion_survives_a_death_at_every_call(world: World) -> None:
    convert(world, 1, NEW)
    world.advance(minutes=1)
    sweep = Sweep(world, LEADS)

    sweep.all()

    assert sweep.points > 30
    assert sweep.differences == []
