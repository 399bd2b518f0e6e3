"""Creations whose answers nobody has settled: whose turn it is until they are."""

import copy

import pytest

from syncline.errors import ConflictError
from syncline.ports import Run, RunMode, RunStatus
from syncline.usecases import plan_leg
from syncline.usecases.delete_job import DeleteJob
from syncline.usecases.resume_run import ResumeRun
from syncline.usecases.settle_batch import AGAIN
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.runs import asked_for, finished, sweep, take_turns
from tests.worlds.small import ACME, World, account_id
from tests.worlds.two_way import (
    IN,
    OUT,
    change_job,
    create_on_platform,
    delete_on_platform,
    tasks_in_salesforce,
    two_way_world,
)


@pytest.fixture
def world() -> World:
    """A task was submitted for creation, without a key; its job has not ended."""
    fresh = two_way_world(keyed=False)
    fresh.crm.job_waits = 1
    create_on_platform(fresh, "task", "t1", title="Call", account=1)
    fresh.advance(minutes=15)
    assert finished(fresh.run(OUT)).status is RunStatus.RUNNING
    return fresh


def newest(world: World, job: str = OUT) -> Run:
    return world.cloud.runs.page(ACME, job, limit=1)[0]


def cancelled(world: World) -> Run:
    run = newest(world)
    world.cloud.runs.request_cancel(ACME, run.id)
    world.advance(minutes=2)
    ended = finished(world.run(OUT, run=run.id, leg=run.leg + 1))
    if ended.status is RunStatus.RUNNING:
        world.advance(minutes=2)
        ended = finished(world.run(OUT, run=run.id, leg=ended.leg + 1))
    assert ended.status is RunStatus.CANCELLED
    return ended


def both_have_one(world: World) -> bool:
    return len(tasks_in_salesforce(world)) == len(world.platform("task")) == 1


def test_cancelled_run_is_settled_by_the_next_start(world: World) -> None:
    run = cancelled(world)

    take_turns(world, OUT, IN, OUT, IN)

    assert both_have_one(world)
    assert finished(world.cloud.runs.get(ACME, run.id)).status is RunStatus.SUCCEEDED


def test_cancelled_run_sends_nothing_more(world: World) -> None:
    create_on_platform(world, "task", "t2", title="Other", account=2)
    take_turns(world, OUT, IN, OUT, IN)
    world.crm.job_waits = 1
    world.edit_on_platform("task", "t2", title="Edited")
    create_on_platform(world, "task", "t3", title="New", account=3)
    world.advance(minutes=15)
    assert finished(world.run(OUT)).status is RunStatus.RUNNING
    cancelled(world)

    (settled,) = take_turns(world, OUT)

    subjects = {row["subject"] for row in tasks_in_salesforce(world).values()}
    assert subjects == {"Call", "Other", "New"}
    assert settled.ledger["reasons"]["held:try_again"] == 1
    take_turns(world, OUT)
    assert "Edited" in {row["subject"] for row in tasks_in_salesforce(world).values()}


def test_what_was_asked_for_meanwhile_comes_after(world: World) -> None:
    run = cancelled(world)
    plan = asked_for(world, OUT, RunMode.PLAN)

    assert finished(world.run(OUT, run=plan.id)).id == run.id

    assert world.cloud.schedules.legs.get((ACME, plan.id, "1")) is not None
    assert finished(world.run(OUT, run=plan.id, leg=1)).id == plan.id


@pytest.mark.parametrize("enabled", [True, False])
def test_other_direction_wakes_what_was_left_behind(world: World, enabled: bool) -> None:
    run = cancelled(world)
    change_job(world, OUT, enabled=enabled)
    world.advance(minutes=15)

    assert finished(world.run(IN)).status is RunStatus.RUNNING
    assert finished(world.run(OUT, run=run.id, leg=run.leg + 1)).status is RunStatus.SUCCEEDED

    take_turns(world, IN)
    assert both_have_one(world)


def test_waiting_in_vain_is_told(world: World) -> None:
    cancelled(world)
    world.advance(minutes=15)
    run = finished(world.run(IN))
    while run.status is RunStatus.RUNNING:
        world.advance(minutes=2)
        run = finished(world.run(IN, run=run.id, leg=run.leg + 1))

    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert run.error["code"] == "pair_unsettled"
    assert run.leg < 20


def test_disabled_job_at_work_is_waited_for(world: World) -> None:
    change_job(world, OUT, enabled=False)
    world.advance(minutes=1)

    assert finished(world.run(IN)).status is RunStatus.RUNNING

    run = newest(world)
    world.advance(minutes=2)
    world.run(OUT, run=run.id, leg=run.leg + 1)
    take_turns(world, IN)
    assert both_have_one(world)


def test_job_with_open_creations_is_not_deleted(world: World) -> None:
    cancelled(world)
    cloud = world.cloud

    with pytest.raises(ConflictError) as refused:
        DeleteJob(cloud.configuration, cloud.schedules, cloud.runs)(ACME, OUT)

    assert refused.value.code == "creations_unsettled"
    assert cloud.configuration.get(ACME, "job", OUT) is not None


def test_resumed_run_plans_anew() -> None:
    world = two_way_world(delete_guard={"max_number": 0})
    for number in (1, 2):
        create_on_platform(world, "task", f"t{number}", title="Call", account=number)
    take_turns(world, OUT, IN)
    delete_on_platform(world, "task", "t1")
    world.edit_on_platform("task", "t2", title="too early")
    world.advance(minutes=15)
    paused = finished(world.run(OUT))
    assert paused.status is RunStatus.PAUSED
    world.advance(hours=10)
    crm_id = world.cloud.links(ACME, "crm").claimed("task", ["t2"])["t2"]
    world.crm.org.edit("Task", crm_id, Subject="the seller's, later")
    world.advance(hours=10)

    cloud = world.cloud
    ResumeRun(cloud.configuration, cloud.runs, cloud.starter)(ACME, paused.id, confirm_deletes=True)
    resumed = finished(world.run(OUT, run=paused.id))

    assert resumed.status is RunStatus.SUCCEEDED
    (row,) = tasks_in_salesforce(world).values()
    assert row["subject"] == "the seller's, later"
    assert resumed.ledger["read"] == 2


def test_record_that_waits_twice_is_created_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_leg, "_CALLED_AT_ONCE", 1)
    world = two_way_world(keyed=False)
    create_on_platform(world, "task", "t1", title="Call", account=1)
    links, account = world.cloud.links(ACME, "crm"), world.platform_id(account_id(1))
    for parent in (AGAIN, account):
        links.wait("task/tasks-out", {"t1": parent}, parent_object="account")
    links.release([AGAIN, account])

    take_turns(world, OUT, IN, OUT)

    assert both_have_one(world)


@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "keyless"])
def test_batch_that_a_crash_left_is_not_taken_for_the_new_plan(keyed: bool) -> None:
    world = two_way_world(keyed=keyed)
    for number in range(7):
        create_on_platform(world, "task", f"t{number}", title=f"Call {number}", account=1)
    world.advance(minutes=15)
    fuse = Fuse()
    copy.deepcopy(world).run(OUT, fuse=fuse)
    cloud = world.cloud
    second = [at for at, name in enumerate(fuse.trace) if name == "MemoryJournal.put"][1]
    with pytest.raises(CrashError):
        world.run(OUT, fuse=Fuse(second, "after"))
    world.advance(hours=1)
    sweep(world)
    run = newest(world)
    assert run.status is RunStatus.FAILED

    ResumeRun(cloud.configuration, cloud.runs, cloud.starter)(ACME, run.id)
    assert finished(world.run(OUT, run=run.id)).status is RunStatus.SUCCEEDED

    subjects = sorted(row["subject"] for row in tasks_in_salesforce(world).values())
    assert subjects == [f"Call {number}" for number in range(7)]


def test_no_other_run_is_resumed_before_the_open_one(world: World) -> None:
    take_turns(world, OUT, IN)
    change_job(world, OUT, delete_guard={"max_number": 0})
    delete_on_platform(world, "task", "t1")
    (paused,) = [world.run(OUT)]
    create_on_platform(world, "task", "n1", title="New", account=1)
    change_job(world, OUT, delete_guard={"max_number": 5}, deletes=False)
    world.crm.job_waits = 1
    world.advance(minutes=15)
    assert finished(world.run(OUT)).status is RunStatus.RUNNING
    cancelled(world)
    cloud = world.cloud

    with pytest.raises(ConflictError) as refused:
        ResumeRun(cloud.configuration, cloud.runs, cloud.starter)(ACME, finished(paused).id)

    assert refused.value.code in ("creations_unsettled", "run_superseded")


def test_run_that_waits_its_turn_can_be_cancelled(world: World) -> None:
    waiting = finished(world.run(IN))
    world.cloud.runs.request_cancel(ACME, waiting.id)
    world.advance(minutes=2)

    run = finished(world.run(IN, run=waiting.id, leg=waiting.leg + 1))

    assert run.status is RunStatus.CANCELLED


def test_first_import_leaves_a_pending_edit() -> None:
    world = two_way_world()
    change_job(world, IN, enabled=False)
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT)
    (row,) = tasks_in_salesforce(world).values()
    world.edit_on_platform("task", "t1", title="the person's")
    world.advance(minutes=1)
    world.crm.org.edit("Task", row["id"], Description="the seller's")
    change_job(world, IN, enabled=True)

    take_turns(world, IN, OUT, IN)

    (row,) = tasks_in_salesforce(world).values()
    assert (row["subject"], row["description"]) == ("the person's", "the seller's")
    assert world.platform("task")[row["id"].lower()]["title"] == "the person's"


def test_cancelled_run_creates_nothing_more() -> None:
    world = two_way_world()
    for number in range(9):
        create_on_platform(world, "task", f"t{number}", title=f"Call {number}", account=1)
    world.advance(minutes=15)
    fuse = Fuse()
    copy.deepcopy(world).run(OUT, fuse=fuse)
    second = [at for at, name in enumerate(fuse.trace) if name == "MemoryCrm.write"][1]
    with pytest.raises(CrashError):
        world.run(OUT, fuse=Fuse(second, "after"))
    world.cloud.runs.request_cancel(ACME, newest(world).id)
    world.advance(hours=1)
    run = newest(world)
    ended = finished(world.run(OUT, run=run.id))
    change_job(world, OUT, conditions=[{"attribute": "title", "operator": "equals", "value": "-"}])

    settled = finished(world.run(OUT))

    assert ended.status is RunStatus.CANCELLED
    assert settled.id == ended.id
    assert len(tasks_in_salesforce(world)) == 6


@pytest.mark.parametrize("at", ["MemoryCrm.describe", "MemoryJournal.put"])
def test_run_asked_for_before_waits_for_one_begun_before(at: str) -> None:
    world = two_way_world(keyed=False)
    create_on_platform(world, "task", "t1", title="Call", account=1)
    world.advance(minutes=15)
    now = world.cloud.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    queued = Run(ACME, IN, f"{IN}.queued", RunMode.INCREMENTAL, RunStatus.QUEUED, now)
    assert world.cloud.runs.create(queued)
    world.advance(seconds=1)
    fuse = Fuse()
    copy.deepcopy(world).run(OUT, fuse=fuse)

    with pytest.raises(CrashError):
        world.run(OUT, fuse=Fuse(fuse.trace.index(at), "before"))
    world.advance(seconds=1)
    waiting = finished(world.run(IN, run=queued.id))

    assert (waiting.status, waiting.frame) == (RunStatus.RUNNING, {})
