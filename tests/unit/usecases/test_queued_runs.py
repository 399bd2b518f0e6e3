"""What was asked for is begun, whatever died in between: no start waits for the next schedule."""

import copy
from typing import Any

import pytest

from syncline.ports import Run, RunMode, RunStatus
from syncline.usecases.delete_job import DeleteJob
from syncline.usecases.resume_run import ResumeRun
from syncline.usecases.start_run import StartRun
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.runs import asked_for, call_of, finished, stored, sweep
from tests.worlds.small import ACME, World, first_load, new_world, put_task


@pytest.fixture
def world() -> World:
    fresh = new_world()
    first_load(fresh)
    put_task(fresh, 20, 2)
    return fresh


def started(world: World) -> list[Any]:
    return [event["run"] for _, event in world.cloud.starter.started]


def plan_in_the_queue(world: World, side: Any) -> tuple[Run, Run]:
    """A run dies beside its end, while a plan that was asked for meanwhile is queued."""
    fuse = Fuse(call_of(world, "MemoryRuns.finish"), side)
    with pytest.raises(CrashError):
        world.run("tasks", fuse=fuse)
    ended = world.cloud.runs.page(ACME, "tasks", limit=1)[0]
    world.advance(seconds=1)
    return ended, asked_for(world, "tasks", RunMode.PLAN)


def test_crash_after_the_end_does_not_forget_the_queue(world: World) -> None:
    ended, plan = plan_in_the_queue(world, "after")
    assert ended.status is RunStatus.SUCCEEDED

    followed = finished(world.run("tasks", run=ended.id, leg=ended.leg + 1))

    assert (followed.id, followed.status) == (plan.id, RunStatus.SUCCEEDED)


def test_every_crash_about_the_end_is_followed(world: World) -> None:
    plan = asked_for(world, "tasks", RunMode.PLAN)
    world.advance(seconds=1)
    first = asked_for(world, "tasks", RunMode.INCREMENTAL)
    trial = copy.deepcopy(world)
    fuse = Fuse()
    trial.run("tasks", run=first.id, fuse=fuse)
    at_end = fuse.trace.index("MemoryRuns.finish")

    for at in range(at_end, len(fuse.trace)):
        there = copy.deepcopy(world)
        with pytest.raises(CrashError):
            there.run("tasks", run=first.id, fuse=Fuse(at, "after"))
        for _, leg in list(there.cloud.schedules.legs.under(())):
            there.advance(hours=1)
            there.run("tasks", run=leg["run"], leg=leg["leg"])
        assert stored(there, plan).status is RunStatus.SUCCEEDED, fuse.trace[at]


def test_sweeper_starts_what_nobody_has_begun(world: World) -> None:
    queued = asked_for(world, "tasks", RunMode.FULL)
    assert sweep(world) == ()
    assert started(world) == []
    world.advance(minutes=5)

    sweep(world)

    assert started(world) == [queued.id]
    world.run("tasks", run=queued.id)
    world.advance(minutes=5)
    sweep(world)
    assert started(world) == [queued.id]


def test_sweeper_leaves_the_queue_to_the_run_at_work(world: World) -> None:
    world.crm.bulk_waits = 1
    assert finished(world.run("tasks")).status is RunStatus.RUNNING
    world.advance(seconds=1)
    asked_for(world, "tasks", RunMode.PLAN)
    world.advance(minutes=5)

    sweep(world)

    assert started(world) == []


def test_sweeper_starts_what_waited_for_the_dead(world: World) -> None:
    with pytest.raises(CrashError):
        world.run("tasks", fuse=Fuse(call_of(world, "MemoryJournal.put")))
    world.advance(seconds=1)
    plan = asked_for(world, "tasks", RunMode.PLAN)
    world.advance(hours=1)

    assert len(sweep(world)) == 1

    assert started(world) == [plan.id]


def test_resumed_run_that_was_never_started_is_started(world: World) -> None:
    """The process that reopened it died before the start."""
    world.crm.faults.append(ValueError("a bug"))  # type: ignore[arg-type]
    with pytest.raises(Exception, match="ValueError"):
        world.run("tasks")
    failed = world.cloud.runs.page(ACME, "tasks", limit=1)[0]
    cloud = world.cloud
    dead = Fuse(at=0)

    class Dead:
        def start(self, *, kind: str, event: Any) -> None:
            dead.call(kind, lambda: event)

    with pytest.raises(CrashError):
        ResumeRun(cloud.configuration, cloud.runs, Dead())(ACME, failed.id)
    world.advance(minutes=5)
    sweep(world)

    assert started(world) == [failed.id]
    assert finished(world.run("tasks", run=failed.id)).status is RunStatus.SUCCEEDED


def test_queue_of_a_deleted_job_is_left_alone(world: World) -> None:
    asked_for(world, "tasks", RunMode.FULL)
    cloud = world.cloud
    DeleteJob(cloud.configuration, cloud.schedules, cloud.runs)(ACME, "tasks")
    world.advance(minutes=5)

    assert sweep(world) == ()
    assert started(world) == []


def test_older_start_in_the_queue_is_taken_up(world: World) -> None:
    """Two were asked for at once; the newer has ended."""
    older = asked_for(world, "tasks", RunMode.FULL)
    world.advance(seconds=1)
    newer = asked_for(world, "tasks", RunMode.PLAN)
    finished(world.run("tasks", run=newer.id))

    cloud = world.cloud
    start = StartRun(cloud.configuration, cloud.runs, cloud.starter, cloud.clock)
    assert start(ACME, "tasks", RunMode.FULL).id == older.id

    assert finished(world.run("tasks")).id == older.id
