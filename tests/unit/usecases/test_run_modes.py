"""Plans and what they promise, late commits, previews."""

import copy
from datetime import timedelta

import pytest

from syncline.ports import RunMode
from syncline.usecases.preview_job import PreviewJob
from tests.faults.sweep import outcome
from tests.worlds.runs import asked_for, finished, reasons
from tests.worlds.small import (
    ACME,
    World,
    first_load,
    new_world,
    put_task,
    stir,
    task_id,
)


@pytest.fixture
def world() -> World:
    fresh = new_world()
    first_load(fresh)
    return fresh


def test_a_plan_writes_nothing_and_its_run_does_just_that(world: World) -> None:
    stir(world)
    world.run("accounts")
    direct = copy.deepcopy(world)
    before = copy.deepcopy(world.cloud.dump())
    plan = asked_for(world, "tasks", RunMode.PLAN)
    planned = finished(world.run("tasks", run=plan.id))
    after = world.cloud.dump()
    for name in ("links", "claims", "waiting", "records", "lookups", "feed"):
        assert after[name] == before[name], name

    apply = asked_for(world, "tasks", RunMode.APPLY, plan=plan.id)
    applied = finished(world.run("tasks", run=apply.id))
    straight = finished(direct.run("tasks"))

    assert planned.ledger["reasons"] == straight.ledger["reasons"]
    listed = {k: v for k, v in straight.ledger["reasons"].items() if not k.startswith("left")}
    for key, number in listed.items():
        assert applied.ledger["reasons"][key] == number
    assert world.platform("task") == direct.platform("task")


def test_a_plan_refuses_records_that_changed_since(world: World) -> None:
    world.crm.org.edit("Task", task_id(1), Status="Done")
    plan = asked_for(world, "tasks", RunMode.PLAN)
    world.run("tasks", run=plan.id)
    world.edit_on_platform("task", world.platform_id(task_id(1)), title="later")

    apply = asked_for(world, "tasks", RunMode.APPLY, plan=plan.id)
    run = finished(world.run("tasks", run=apply.id))

    assert reasons(run)["held:changed_since_plan"] == 1
    assert world.platform("task")[task_id(1).lower()]["status"] == "Open"


def test_a_late_commit_with_an_earlier_stamp_is_not_missed(world: World) -> None:
    org = world.crm.org
    visible = org.clock + timedelta(minutes=8)
    put_task(world, 40, 2, visible_from=visible)
    world.advance(minutes=4)
    first = world.run("tasks")
    world.advance(minutes=5)
    second = world.run("tasks")

    assert reasons(first) == {}
    assert reasons(second)["created:new"] == 1


def test_the_preview_writes_nothing_and_skips_no_orphans(world: World) -> None:
    stir(world)
    before = copy.deepcopy(outcome(world))
    cloud = world.cloud
    preview = PreviewJob(
        configuration=cloud.configuration,
        crm=lambda workspace, connection: world.crm,
        links=cloud.links,
        records=cloud.records,
        clock=cloud.clock,
    )(ACME, "tasks", limit=200)

    verbs = {row.crm_id: row.verb for row in preview.rows}
    assert verbs[task_id(22)] == "create"
    assert verbs[task_id(24)] == "reject"
    assert outcome(world) == before


def test_a_start_for_a_job_that_was_turned_off_does_nothing() -> None:
    world = new_world(enabled=False)

    assert world.run("tasks", trigger="schedule") is None
