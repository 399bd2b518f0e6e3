"""Runs that meet at one object: of two that begin or go on at once, one waits."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from syncline.ports import Run, RunStatus
from syncline.usecases.pairs import PLAN_ANEW
from syncline.usecases.resume_run import ResumeRun
from tests.faults.crashing import Fuse
from tests.worlds.runs import finished, take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import (
    IN,
    OUT,
    change_job,
    create_on_platform,
    delete_on_platform,
    tasks_in_salesforce,
    two_way_world,
)


def newest(world: World, job: str) -> Run:
    return world.cloud.runs.page(ACME, job, limit=1)[0]


def resume(world: World, run: Run, *, confirm_deletes: bool = False) -> None:
    cloud = world.cloud
    resuming = ResumeRun(cloud.configuration, cloud.runs, cloud.starter)
    resuming(ACME, run.id, confirm_deletes=confirm_deletes)


class _Meeting(Fuse):
    """Lets another act at one call."""

    def __init__(self, meet_at: int, other: Callable[[], Any]) -> None:
        super().__init__()
        self.meet_at, self.other = meet_at, other

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        if len(self.trace) == self.meet_at:
            self.other()
        return super().call(name, act)


def go_on(world: World, *jobs: str) -> None:
    """The next leg of each that has not ended."""
    for job in jobs:
        if world.cloud.runs.state(ACME, job).run is not None:
            world.run(job)


def at_work(world: World, job: str) -> bool:
    run = newest(world, job)
    return run.status is RunStatus.RUNNING and bool(run.frame) and PLAN_ANEW not in run.options


@pytest.mark.parametrize(("resumed", "other"), [(OUT, IN), (IN, OUT)])
def test_no_run_begins_beside_a_resumed_one(resumed: str, other: str) -> None:
    world = two_way_world(keyed=False)
    take_turns(world, IN, OUT)
    world.advance(minutes=15)
    world.crm.bulk_waits = 2
    run = finished(world.run(resumed))
    world.crm.faults.append(ValueError("a bug"))  # type: ignore[arg-type]
    world.advance(minutes=2)
    with pytest.raises(Exception, match="ValueError"):
        world.run(resumed, run=run.id, leg=run.leg + 1)
    assert newest(world, resumed).status is RunStatus.FAILED
    world.advance(minutes=1)
    resume(world, run)
    trial = Fuse()
    copy.deepcopy(world).run(resumed, run=run.id, fuse=trial)

    for at in range(len(trial.trace)):
        there = copy.deepcopy(world)
        meeting = _Meeting(at, lambda there=there: there.run(other))  # type: ignore[misc]
        there.run(resumed, run=run.id, fuse=meeting)
        assert not (at_work(there, resumed) and at_work(there, other)), (at, trial.trace[at])
        for _ in range(15):
            there.advance(minutes=2)
            go_on(there, resumed, other)
        assert newest(there, resumed).status is RunStatus.SUCCEEDED, (at, trial.trace[at])
        assert newest(there, other).status is RunStatus.SUCCEEDED, (at, trial.trace[at])


@pytest.mark.parametrize(("first", "other"), [(OUT, IN), (IN, OUT)])
def test_of_two_that_begin_at_once_one_waits(first: str, other: str) -> None:
    world = two_way_world(keyed=False)
    take_turns(world, IN, OUT)
    world.advance(minutes=15)
    world.crm.bulk_waits = 2
    trial = Fuse()
    copy.deepcopy(world).run(first, fuse=trial)

    for at in range(len(trial.trace)):
        there = copy.deepcopy(world)
        there.run(first, fuse=_Meeting(at, lambda there=there: there.run(other)))  # type: ignore[misc]
        assert not (at_work(there, first) and at_work(there, other)), (at, trial.trace[at])
        for _ in range(15):
            there.advance(minutes=2)
            go_on(there, first, other)
        for job in (first, other):
            assert newest(there, job).status is RunStatus.SUCCEEDED, (at, trial.trace[at])


def test_old_run_that_left_creations_is_found() -> None:
    """Many have ended since it was made: the guard stopped each of them."""
    world = two_way_world(keyed=False, delete_guard={"max_number": 0})
    create_on_platform(world, "task", "t1", title="Gone", account=1)
    take_turns(world, OUT, IN)
    delete_on_platform(world, "task", "t1")
    create_on_platform(world, "task", "t2", title="New", account=1)
    paused = []
    for _ in range(7):
        world.advance(minutes=15)
        paused.append(finished(world.run(OUT)))
    assert {each.status for each in paused} == {RunStatus.PAUSED}
    world.crm.job_waits = 1
    resume(world, paused[0], confirm_deletes=True)
    waiting = finished(world.run(OUT, run=paused[0].id))
    assert waiting.status is RunStatus.RUNNING
    world.cloud.runs.request_cancel(ACME, waiting.id)
    world.advance(minutes=2)
    assert finished(world.run(OUT, run=waiting.id)).status is RunStatus.CANCELLED

    change_job(world, OUT, delete_guard={"max_number": 5})
    world.advance(minutes=15)
    assert finished(world.run(IN)).status is RunStatus.RUNNING
    assert finished(world.run(OUT)).id == paused[0].id
    world.advance(minutes=2)
    world.run(IN)
    take_turns(world, OUT, IN)

    (row,) = tasks_in_salesforce(world).values()
    assert row["subject"] == "New"
    assert len(world.platform("task")) == 1


def test_old_run_at_work_is_waited_for() -> None:
    world = two_way_world(keyed=False, delete_guard={"max_number": 0})
    create_on_platform(world, "task", "t1", title="Gone", account=1)
    take_turns(world, OUT, IN)
    delete_on_platform(world, "task", "t1")
    paused = []
    for _ in range(7):
        world.advance(minutes=15)
        paused.append(finished(world.run(OUT)))
    world.crm.bulk_waits = 9
    resume(world, paused[0], confirm_deletes=True)
    assert at_work(world, OUT) is False
    finished(world.run(OUT, run=paused[0].id))

    waiting = finished(world.run(IN))

    assert waiting.options["waited"] == 1
