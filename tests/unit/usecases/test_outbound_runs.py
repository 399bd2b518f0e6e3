"""Runs of outbound jobs in memory: what reaches Salesforce, and what does not come back."""

import pytest

from syncline.engine.records import LinkState
from syncline.ports import RunMode
from tests.worlds.runs import asked_for, finished, reasons
from tests.worlds.small import ACME, OWNER, World, account_id
from tests.worlds.two_way import (
    ACCOUNTS,
    IN,
    OUT,
    SECOND,
    create_on_platform,
    delete_on_platform,
    only_task,
    tasks_in_salesforce,
    two_way_world,
)

CALL = {"title": "Call", "status": "Open", "assigned_to": "Ada@example.com", "account": 1}


@pytest.fixture(params=[True, False], ids=["keyed", "keyless"])
def world(request: pytest.FixtureRequest) -> World:
    return two_way_world(keyed=request.param)


def both(world: World) -> None:
    for job in (OUT, IN):
        world.advance(minutes=15)
        run = finished(world.run(job))
        while run.status == "running":
            world.advance(minutes=2)
            run = finished(world.run(job, run=run.id, leg=run.leg + 1))
        assert run.status in ("succeeded", "partial"), run.error


def sent(world: World, **values: object) -> str:
    """A task of the platform that both sides have; its CRM id."""
    create_on_platform(world, "task", "t1", **{**CALL, **values})
    both(world)
    both(world)
    return str(only_task(world)["id"])


def test_new_task_is_created_once(world: World) -> None:
    create_on_platform(world, "task", "t1", **CALL, due_date="2026-02-01")

    both(world)
    both(world)

    row = only_task(world)
    assert (row["subject"], row["status"], row["activitydate"]) == ("Call", "Open", "2026-02-01")
    assert (row["whatid"], row["ownerid"]) == (account_id(1), OWNER)
    assert world.platform("task").keys() == {row["id"].lower()}


def test_what_was_sent_comes_not_back(world: World) -> None:
    crm_id = sent(world)
    world.edit_on_platform("task", "t1", title="Changed")
    stamps = []
    before = world.cloud.writes["records"]

    for _ in range(10):
        both(world)
        stamps.append(world.crm.org.rows["task"][crm_id]["systemmodstamp"])

    assert len(set(stamps)) == 1
    assert world.cloud.writes["records"] == before


def test_only_changed_fields_are_sent(world: World) -> None:
    crm_id = sent(world)
    world.crm.org.edit("Task", crm_id, Priority="High")
    world.edit_on_platform("task", "t1", status="Done")

    both(world)
    both(world)

    row = only_task(world)
    assert (row["status"], row["priority"]) == ("Done", "High")
    assert world.platform("task")[crm_id.lower()]["priority"] == "High"


def test_later_edit_of_a_field_wins(world: World) -> None:
    crm_id = sent(world)
    world.crm.org.edit("Task", crm_id, Subject="the seller's")
    world.advance(minutes=1)
    world.edit_on_platform("task", "t1", title="the person's")

    both(world)
    both(world)

    assert only_task(world)["subject"] == "the person's"
    assert world.platform("task")[crm_id.lower()]["title"] == "the person's"


def test_later_edit_in_salesforce_wins(world: World) -> None:
    crm_id = sent(world)
    world.edit_on_platform("task", "t1", title="the person's")
    world.advance(minutes=1)
    world.crm.org.edit("Task", crm_id, Subject="the seller's")

    both(world)
    both(world)

    assert only_task(world)["subject"] == "the seller's"
    assert world.platform("task")[crm_id.lower()]["title"] == "the seller's"


def test_deletion_on_the_platform_is_carried_out(world: World) -> None:
    crm_id = sent(world)
    delete_on_platform(world, "task", "t1")

    both(world)

    assert world.crm.org.rows["task"][crm_id]["isdeleted"] is True
    link = world.cloud.links(ACME, "crm").get([crm_id])[crm_id]
    assert link.state is LinkState.DELETED


def test_task_waits_for_its_account(world: World) -> None:
    create_on_platform(world, "account", "new", name="Late", external_id="x-1")
    create_on_platform(world, "task", "t1", title="Call", account_id="new")
    world.advance(minutes=15)

    run = world.run(OUT)
    assert run is not None
    assert run.ledger["outside"] == {"account_not_matched": 1}
    assert (run.ledger["read"], run.ledger["skipped"], reasons(run)) == (0, 0, {})

    late = account_id(9)
    world.crm.org.put("Account", late, Name="Late", OwnerId=OWNER)
    world.edit_on_platform("account", "new", external_id=late.lower())
    world.advance(minutes=20)
    world.run(ACCOUNTS)
    world.advance(days=2)
    both(world)

    assert only_task(world)["whatid"] == late


def test_owner_is_found_by_address(world: World) -> None:
    sent(world)
    world.edit_on_platform("task", "t1", assigned_to="BOB@example.com")

    both(world)

    assert only_task(world)["ownerid"] == SECOND


def test_unknown_owner_is_refused(world: World) -> None:
    sent(world)
    world.edit_on_platform("task", "t1", assigned_to="nobody@example.com", title="New")
    world.advance(minutes=15)

    run = world.run(OUT)

    assert reasons(run) == {"rejected:person_not_found": 1}
    assert only_task(world)["subject"] == "Call"


def test_cleared_field_is_cleared_there(world: World) -> None:
    sent(world, description="long")
    world.edit_on_platform("task", "t1", description=None)

    both(world)

    assert only_task(world).get("description") is None


def test_stored_plan_is_applied_exactly(world: World) -> None:
    crm_id = sent(world)
    world.edit_on_platform("task", "t1", title="Planned")
    create_on_platform(world, "task", "t2", title="Second", account=2)
    world.advance(minutes=15)
    plan = asked_for(world, OUT, RunMode.PLAN)
    world.run(OUT, run=plan.id)
    world.crm.org.edit("Task", crm_id, Subject="meanwhile")
    world.advance(minutes=15)

    apply = asked_for(world, OUT, RunMode.APPLY, plan=plan.id)
    run = finished(world.run(OUT, run=apply.id))
    while run.status == "running":
        world.advance(minutes=2)
        run = finished(world.run(OUT, run=run.id, leg=run.leg + 1))

    assert reasons(run) == {"created:new": 1, "held:changed_since_plan": 1}
    subjects = {row["subject"] for row in tasks_in_salesforce(world).values()}
    assert subjects == {"meanwhile", "Second"}


def test_held_conflict_is_listed() -> None:
    world = two_way_world(both={"conflicts": "hold"})
    crm_id = sent(world)
    world.crm.org.edit("Task", crm_id, Subject="the seller's")
    world.edit_on_platform("task", "t1", title="the person's")

    both(world)

    (conflict,) = world.cloud.conflicts(ACME).page(limit=10)
    assert conflict.fields == {"title": ("the seller's", "the person's")}
    assert only_task(world)["subject"] == "the seller's"
