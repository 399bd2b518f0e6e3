"""Short words for runs in the small world."""

import copy
from collections.abc import Mapping

from syncline.ports import Run, RunMode, RunStatus
from syncline.usecases.sweep_runs import SweepRuns
from tests.faults.crashing import Fuse
from tests.worlds.small import ACME, World


def finished(run: Run | None) -> Run:
    assert run is not None
    return run


def reasons(run: Run | None) -> Mapping[str, int]:
    counts: Mapping[str, int] = finished(run).ledger["reasons"]
    return counts


def stored(world: World, run: Run) -> Run:
    return finished(world.cloud.runs.get(ACME, run.id))


def asked_for(world: World, job: str, mode: RunMode, *, plan: str | None = None) -> Run:
    """What the API leaves for the job's Lambda."""
    now = world.cloud.clock.now().strftime("%Y%m%dT%H%M%SZ")
    run = Run(ACME, job, f"{job}.{now}{mode}", mode, RunStatus.QUEUED, now, plan=plan)
    assert world.cloud.runs.create(run)
    return run


def call_of(world: World, name: str) -> int:
    """The place of the first such call in a run of tasks."""
    fuse = Fuse()
    copy.deepcopy(world).run("tasks", fuse=fuse)
    return fuse.trace.index(name)


def take_turns(world: World, *jobs: str) -> list[Run]:
    """Each job once with all its legs, a quarter of an hour apart. AssertionError if one fails."""
    ended = []
    for job in jobs:
        world.advance(minutes=15)
        run = finished(world.run(job))
        while run.status is RunStatus.RUNNING:
            world.advance(minutes=2)
            run = finished(world.run(job, run=run.id, leg=run.leg + 1))
        assert run.status in (RunStatus.SUCCEEDED, RunStatus.PARTIAL), run.error
        ended.append(run)
    return ended


def sweep(world: World) -> tuple[str, ...]:
    """What the sweeper does every few minutes."""
    cloud = world.cloud
    return SweepRuns(
        cloud.configuration, cloud.runs, cloud.starter, cloud.notifications, cloud.clock
    )()
