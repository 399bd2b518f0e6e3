"""A run that ended on its way and goes on sends nothing that it had not begun to send: what people
did meanwhile is not in its plan."""

import copy

import pytest

from syncline.ports import Run, RunStatus
from syncline.usecases.resume_run import ResumeRun
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.runs import finished, stored, sweep, take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import (
    IN,
    OUT,
    create_on_platform,
    tasks_in_salesforce,
    two_way_world,
)


def titles(world: World) -> set[str]:
    return {row["subject"] for row in tasks_in_salesforce(world).values()}


def killed(world: World, at: int) -> Run | None:
    """The run that was killed there and given up by the sweeper; None where it had ended."""
    with pytest.raises(CrashError):
        world.run(OUT, fuse=Fuse(at, "after"))
    world.advance(hours=1)
    sweep(world)
    (run,) = world.cloud.runs.page(ACME, OUT, limit=1)
    return run if run.status is RunStatus.FAILED else None


def traced(world: World) -> list[str]:
    trial = Fuse()
    copy.deepcopy(world).run(OUT, fuse=trial)
    return trial.trace


def test_creation_is_not_begun_by_an_update_job() -> None:
    world = two_way_world()
    for number in range(2):
        create_on_platform(world, "task", f"t{number}", title=f"Call {number}", account=1)
    take_turns(world, OUT, IN)
    world.advance(minutes=15)
    for number in range(2):
        world.edit_on_platform("task", f"t{number}", title=f"Edited {number}")
    create_on_platform(world, "task", "t9", title="New", account=1)
    world.advance(minutes=15)
    world.crm.job_from = 2
    trace = traced(world)
    submitted = trace.index("MemoryCrm.submit")
    run = killed(world, trace.index("MemoryRuns.checkpoint", submitted))
    assert run is not None
    assert set(run.options["jobs"]) == {"update"}
    world.edit_on_platform("task", "t9", title="Later")

    ResumeRun(world.cloud.configuration, world.cloud.runs, world.cloud.starter)(ACME, run.id)
    world.run(OUT, run=run.id)

    assert stored(world, run).status is not RunStatus.FAILED
    assert titles(world) == {f"Call {number}" for number in range(2)}
    take_turns(world, OUT)
    assert titles(world) == {"Edited 0", "Edited 1", "Later"}


def test_settling_that_dies_begins_no_batch() -> None:
    world = two_way_world()
    for number in range(9):
        create_on_platform(world, "task", f"t{number}", title=f"Call {number}", account=1)
    world.advance(minutes=15)
    writes = [at for at, call in enumerate(traced(world)) if call == "MemoryCrm.write"]
    assert killed(world, writes[0]) is not None
    for number in range(3, 9):
        world.edit_on_platform("task", f"t{number}", title=f"Later {number}")
    world.advance(minutes=15)

    for at, call in enumerate(traced(world)):
        there = copy.deepcopy(world)
        if killed(there, at) is None:
            continue
        finished(there.run(OUT))
        sent = {f"Call {number}" for number in range(3)}
        assert {each for each in titles(there) if each.startswith("Call")} == sent, (at, call)
