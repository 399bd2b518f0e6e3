"""Jobs of Salesforce whose run ended without them write no old value over a newer one."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from syncline.errors import RetryableError
from syncline.ports import JobState, Run, RunStatus
from syncline.usecases.cancel_run import CancelRun
from syncline.usecases.resume_run import ResumeRun
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.bulk import BULK, Gathering, gathering
from tests.worlds.runs import finished, stored, sweep, take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import IN, OUT, create_on_platform, tasks_in_salesforce, two_way_world


@pytest.fixture
def gathered() -> Gathering:
    return gathering("industry", "phone")


def unheard(world: World) -> None:
    """The org does not answer when the run ends."""
    world.crm.faults = [RetryableError("It is down.", code="org_unreachable")]


def cancel(world: World, run: Run) -> None:
    cloud = world.cloud
    CancelRun(cloud.configuration, cloud.runs, cloud.starter)(ACME, run.id)


def cancelled(gathered: Gathering, *, heard: bool = True) -> Run:
    run = gathered.at_work()
    cancel(gathered.world, run)
    if not heard:
        unheard(gathered.world)
    while gathered.next_leg():
        pass
    assert gathered.run().status is RunStatus.CANCELLED
    return gathered.run()


def state(gathered: Gathering) -> JobState:
    return gathered.world.cloud.runs.state(ACME, BULK)


def at_once(gathered: Gathering) -> None:
    """A newer change of the same field goes out by the other writer."""
    gathered.platform.announce(gathered.platform.event(1, industry="Energy"))
    gathered.platform.drain_all()


def together(gathered: Gathering) -> None:
    """A newer change of the same field goes out by the next run."""
    gathered.world.crm.job_from = 2000
    gathered.world.advance(minutes=20)
    gathered.platform.announce(gathered.event(1, industry="Energy"))
    gathered.work_off()


def test_the_end_of_a_run_stops_its_job(gathered: Gathering) -> None:
    cancelled(gathered)

    gathered.world.crm.go_on()

    assert gathered.platform.in_salesforce(1)["industry"] != "Mining"
    assert state(gathered).left == {}


@pytest.mark.parametrize("newer", [at_once, together])
def test_whoever_writes_next_stops_it(
    gathered: Gathering, newer: Callable[[Gathering], None]
) -> None:
    run = cancelled(gathered, heard=False)
    assert state(gathered).left == {"crm": run.id}

    newer(gathered)
    gathered.world.crm.go_on()

    assert gathered.platform.in_salesforce(1)["industry"] == "Energy"


def costs(gathered: Gathering) -> list[int]:
    """Requests of three changes, one after the other, in one process."""
    platform, crm = gathered.platform, gathered.world.crm
    writer, found = platform.writer(Fuse()), []
    for industry in ("Energy", "Retail", "Banking"):
        platform.announce(platform.event(1, industry=industry))
        before, until = crm.requests(), gathered.world.cloud.clock.now() + timedelta(minutes=1)
        writer(platform.taken(), holder=industry, deadline=until)
        found.append(crm.requests() - before)
        gathered.world.advance(minutes=1)
    return found


def test_one_process_stops_a_job_once(gathered: Gathering) -> None:
    """Not again at each change until the next run."""
    cancelled(gathered, heard=False)

    first, *others = costs(gathered)
    gathered.world.crm.go_on()

    usual, *as_usual = costs(gathering("industry", "phone"))
    assert first > usual
    assert others == as_usual
    assert gathered.platform.in_salesforce(1)["industry"] == "Banking"


def test_a_run_that_is_done_leaves_nothing(gathered: Gathering) -> None:
    run = cancelled(gathered, heard=False)
    assert state(gathered).left == {"crm": run.id}

    together(gathered)

    assert gathered.runs()[0].status is RunStatus.SUCCEEDED
    assert state(gathered).left == {}


def test_the_job_of_a_run_that_died_is_stopped(gathered: Gathering) -> None:
    gathered.at_work()
    gathered.world.advance(hours=1)
    (failed,) = sweep(gathered.world)
    assert state(gathered).left == {"crm": failed}

    at_once(gathered)
    gathered.world.crm.go_on()

    assert gathered.platform.in_salesforce(1)["industry"] == "Energy"


def test_a_run_that_lost_its_place_stops_its_job(gathered: Gathering) -> None:
    """Another writer was there in between, and its job has not come to its rows."""
    run = gathered.at_work()
    gathered.world.advance(minutes=40)
    at_once(gathered)

    ended = finished(gathered.world.run(BULK, run=run.id))
    gathered.world.crm.go_on()

    assert ended.status is not RunStatus.RUNNING
    assert gathered.platform.in_salesforce(1)["industry"] == "Energy"


def test_a_job_that_ended_meanwhile_is_let_be(gathered: Gathering) -> None:
    run = gathered.at_work()
    gathered.world.crm.go_on()
    cancel(gathered.world, run)
    gathered.work_off()
    gathered.world.advance(minutes=20)
    gathered.announce([gathered.event(2, industry="Energy")])

    gathered.work_off()

    assert gathered.platform.in_salesforce(1)["industry"] == "Mining"
    assert gathered.runs()[0].status is RunStatus.SUCCEEDED
    assert gathered.platform.record(1).outbox == ()


@pytest.fixture
def world() -> World:
    """Two tasks were edited; the job of their updates is at work."""
    fresh = two_way_world()
    for number in range(2):
        create_on_platform(fresh, "task", f"t{number}", title=f"Call {number}", account=1)
    take_turns(fresh, OUT, IN)
    for number in range(2):
        fresh.edit_on_platform("task", f"t{number}", title="Old")
    fresh.advance(minutes=15)
    fresh.crm.job_from, fresh.crm.job_waits = 2, 2
    assert finished(fresh.run(OUT)).status is RunStatus.RUNNING
    return fresh


def titles(world: World) -> set[str]:
    return {row["subject"] for row in tasks_in_salesforce(world).values()}


@pytest.mark.parametrize("heard", [True, False])
def test_the_job_of_an_outbound_run_is_stopped_too(world: World, heard: bool) -> None:
    run = world.cloud.runs.page(ACME, OUT, limit=1)[0]
    cancel(world, run)
    if not heard:
        unheard(world)
    world.advance(minutes=2)
    assert finished(world.run(OUT, run=run.id, leg=2)).status is RunStatus.CANCELLED
    for number in range(2):
        world.edit_on_platform("task", f"t{number}", title="New")
    world.crm.job_from = 2000

    take_turns(world, OUT)
    world.crm.go_on()

    assert titles(world) == {"New"}
    assert world.cloud.runs.state(ACME, OUT).left == {}


def test_a_resumed_run_learns_what_its_job_wrote(world: World) -> None:
    run = world.cloud.runs.page(ACME, OUT, limit=1)[0]
    world.crm.go_on()
    with pytest.raises(CrashError):
        world.run(OUT, run=run.id, leg=2, fuse=Fuse(0))
    world.advance(hours=1)
    sweep(world)
    cloud = world.cloud
    ResumeRun(cloud.configuration, cloud.runs, cloud.starter)(ACME, run.id)

    world.run(OUT, run=run.id)

    assert stored(world, run).ledger["updated"] == 2


def test_a_resumed_run_stops_the_job_that_nobody_stopped(world: World) -> None:
    run = world.cloud.runs.page(ACME, OUT, limit=1)[0]
    world.advance(hours=1)
    sweep(world)
    for crm_id in tasks_in_salesforce(world):
        world.crm.org.edit("Task", crm_id, Subject="Newer")
    cloud = world.cloud
    ResumeRun(cloud.configuration, cloud.runs, cloud.starter)(ACME, run.id)

    ended = finished(world.run(OUT, run=run.id))
    world.crm.go_on()

    assert ended.status is not RunStatus.RUNNING
    assert titles(world) == {"Newer"}
