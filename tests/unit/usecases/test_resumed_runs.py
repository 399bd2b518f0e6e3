"""Runs that go on after they had ended: killed anywhere, again and again, and started twice."""

import copy

import pytest

from syncline.ports import Run, RunMode, RunStatus
from syncline.usecases.resume_run import ResumeRun
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.runs import asked_for, finished, sweep, take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import (
    IN,
    OUT,
    create_on_platform,
    tasks_in_salesforce,
    two_way_world,
)

WAYS = pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "keyless"])
OPEN = (RunStatus.QUEUED, RunStatus.RUNNING)
TITLES = [f"Call {number}" for number in range(4)]


def four_tasks(*, keyed: bool) -> World:
    world = two_way_world(keyed=keyed)
    for title in TITLES:
        create_on_platform(world, "task", title.replace("Call ", "t"), title=title, account=1)
    world.advance(minutes=15)
    return world


def newest(world: World, job: str = OUT) -> Run:
    return world.cloud.runs.page(ACME, job, limit=1)[0]


def resume(world: World, run: Run, *, confirm_deletes: bool = False) -> None:
    cloud = world.cloud
    resuming = ResumeRun(cloud.configuration, cloud.runs, cloud.starter)
    resuming(ACME, run.id, confirm_deletes=confirm_deletes)


def failed_by_a_crash(world: World, at: int) -> Run | None:
    """The run, given up by the sweeper; None if it had ended, or nothing had begun."""
    with pytest.raises(CrashError):
        world.run(OUT, fuse=Fuse(at, "after"))
    world.advance(hours=1)
    sweep(world)
    runs = world.cloud.runs.page(ACME, OUT, limit=1)
    return runs[0] if runs and runs[0].status is RunStatus.FAILED else None


def work_off(world: World, job: str = OUT) -> Run:
    """All legs that are due, and the next start if there is none."""
    run = finished(world.run(job))
    while run.status in OPEN:
        world.advance(minutes=2)
        run = finished(world.run(job, run=run.id, leg=run.leg + 1))
    return run


def titles(world: World) -> list[str]:
    return sorted(row["subject"] for row in tasks_in_salesforce(world).values())


def both_agree(world: World) -> bool:
    """After a turn of each nothing is twice, nothing is missing."""
    take_turns(world, OUT, IN)
    there = sorted(each["title"] for each in world.platform("task").values())
    return titles(world) == there == TITLES


@WAYS
def test_run_killed_anywhere_is_resumed(keyed: bool) -> None:
    world = four_tasks(keyed=keyed)
    trial = Fuse()
    copy.deepcopy(world).run(OUT, fuse=trial)
    resumed = 0

    for at, call in enumerate(trial.trace):
        there = copy.deepcopy(world)
        run = failed_by_a_crash(there, at)
        if run is not None:
            resume(there, run)
            resumed += 1
        work_off(there)
        take_turns(there, OUT)
        assert titles(there) == TITLES, (at, call)

    assert resumed > 20


@WAYS
@pytest.mark.parametrize("name", ["MemoryJournal.put", "MemoryCrm.submit", "MemoryLinks.write"])
def test_resumed_run_killed_anywhere_is_resumed_again(keyed: bool, name: str) -> None:
    """The first death: a batch journalled and not counted, a job submitted, a batch half linked."""
    world = four_tasks(keyed=keyed)
    world.crm.job_from = 1
    trial = Fuse()
    copy.deepcopy(world).run(OUT, fuse=trial)
    second = [at for at, each in enumerate(trial.trace) if each == name][-1]
    run = failed_by_a_crash(world, second)
    assert run is not None
    resume(world, run)
    again = Fuse()
    copy.deepcopy(world).run(OUT, run=run.id, fuse=again)

    for at, call in enumerate(again.trace):
        there = copy.deepcopy(world)
        with pytest.raises(CrashError):
            there.run(OUT, run=run.id, fuse=Fuse(at, "after"))
        there.advance(hours=1)
        sweep(there)
        if newest(there).status is RunStatus.FAILED:
            resume(there, run)
        work_off(there)
        take_turns(there, OUT)
        assert titles(there) == TITLES, (at, call)


@WAYS
def test_settling_killed_anywhere_is_settled(keyed: bool) -> None:
    """Cancelled after it had created; the next start settles it, and dies, and so on."""
    world = four_tasks(keyed=keyed)
    world.crm.job_from = world.crm.job_waits = 1
    waiting = finished(world.run(OUT))
    world.cloud.runs.request_cancel(ACME, waiting.id)
    assert work_off(world).status is RunStatus.CANCELLED
    world.advance(minutes=15)
    trial = Fuse()
    copy.deepcopy(world).run(OUT, fuse=trial)

    for at, call in enumerate(trial.trace):
        there = copy.deepcopy(world)
        with pytest.raises(CrashError):
            there.run(OUT, fuse=Fuse(at, "after"))
        there.advance(hours=1)
        sweep(there)
        assert both_agree(there), (at, call)


@WAYS
def test_every_start_of_a_resumed_run_twice(keyed: bool) -> None:
    world = four_tasks(keyed=keyed)
    trial = Fuse()
    copy.deepcopy(world).run(OUT, fuse=trial)
    run = failed_by_a_crash(world, trial.trace.index("MemoryJournal.put"))
    assert run is not None

    for _ in range(2):
        resume(world, run)
    for _ in range(2):
        world.run(OUT, run=run.id)

    assert both_agree(world)


@WAYS
def test_applied_plan_is_resumed_as_it_was_stored(keyed: bool) -> None:
    world = four_tasks(keyed=keyed)
    plan = asked_for(world, OUT, RunMode.PLAN)
    assert finished(world.run(OUT, run=plan.id)).status is RunStatus.SUCCEEDED
    world.advance(minutes=1)
    apply = asked_for(world, OUT, RunMode.APPLY, plan=plan.id)
    trial = Fuse()
    copy.deepcopy(world).run(OUT, run=apply.id, fuse=trial)
    at = [at for at, each in enumerate(trial.trace) if each == "MemoryJournal.put"][1]
    with pytest.raises(CrashError):
        world.run(OUT, run=apply.id, fuse=Fuse(at, "after"))
    world.advance(hours=1)
    assert sweep(world) == (apply.id,)
    world.edit_on_platform("task", "t3", title="Call 3, later")

    resume(world, apply)
    done = finished(world.run(OUT, run=apply.id))

    assert done.ledger["reasons"]["held:changed_since_plan"] == 1
    assert titles(world) == [each for each in TITLES if each != "Call 3"]


def test_run_that_never_began_is_resumed() -> None:
    """Nothing was read before the credentials were refused: nothing has overtaken it."""
    world = four_tasks(keyed=True)
    take_turns(world, OUT)
    create_on_platform(world, "task", "t9", title="Later", account=1)
    world.advance(minutes=15)
    world.crm.faults.append(ValueError("a bug"))  # type: ignore[arg-type]
    with pytest.raises(Exception, match="ValueError"):
        world.run(OUT)

    resume(world, newest(world))

    assert finished(world.run(OUT)).status is RunStatus.SUCCEEDED
    assert "Later" in titles(world)
