"""A run that waits for creations nobody has settled: whom it wakes, and who hears of it."""

from dataclasses import replace

import pytest

from syncline.errors import ConfigurationError
from syncline.ports import Run, RunStatus
from syncline.usecases import turns
from syncline.usecases.resume_run import ResumeRun
from tests.worlds.runs import finished, sweep, take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import IN, OUT, create_on_platform, two_way_world


@pytest.fixture
def world() -> World:
    """A task was submitted for creation, without a key; its job has not ended."""
    fresh = two_way_world(keyed=False)
    fresh.crm.job_waits = 99
    create_on_platform(fresh, "task", "t1", title="Call", account=1)
    fresh.advance(minutes=15)
    assert finished(fresh.run(OUT)).status is RunStatus.RUNNING
    return fresh


def newest(world: World, job: str) -> Run:
    return world.cloud.runs.page(ACME, job, limit=1)[0]


def look(world: World, job: str) -> Run:
    """The next leg of the job's newest run, a minute later."""
    world.advance(minutes=1)
    run = newest(world, job)
    return finished(world.run(job, run=run.id, leg=run.leg + 1))


def break_next_leg(world: World) -> None:
    refused = ConfigurationError("refused", code="credentials_refused", field="credentials")
    world.crm.faults.append(refused)


def fail(world: World) -> Run:
    """The outbound run, woken, ends without having settled."""
    break_next_leg(world)
    run = look(world, OUT)
    assert run.status is RunStatus.FAILED
    return run


def let_go(world: World) -> None:
    """Salesforce ends its job."""
    for job in filter(None, world.crm._jobs_made):
        job.waits = 0
    world.crm.job_waits = 0


def subjects(world: World) -> list[str]:
    return [each.subject.removeprefix("Syncline: ") for each in world.cloud.notifications.sent]


def test_waiting_for_one_at_work_counts_for_nothing(world: World) -> None:
    finished(world.run(IN))
    for _ in range(20):
        look(world, IN)
    left = fail(world)

    waiting = look(world, IN)

    assert waiting.status is RunStatus.RUNNING
    assert (ACME, left.id, str(left.leg + 1)) in world.cloud.schedules.legs


def test_legs_that_only_wait_are_not_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_MOST_LEGS", 3)
    finished(world.run(IN))

    waiting = [look(world, IN) for _ in range(9)][-1]

    assert waiting.status is RunStatus.RUNNING


def test_what_is_woken_and_fails_again_is_woken_once(world: World) -> None:
    fail(world)
    assert finished(world.run(IN)).status is RunStatus.RUNNING
    fail(world)

    waiting = look(world, IN)

    assert waiting.status is RunStatus.FAILED
    assert waiting.error is not None
    assert waiting.error["code"] == "pair_unsettled"


def test_people_hear_once_of_cause_and_of_recovery(world: World) -> None:
    for _ in range(3):
        fail(world)
        world.advance(minutes=15)
        assert finished(world.run(IN, moment=world.cloud.clock.now().isoformat()[:19] + "Z"))
        fail(world)
        assert look(world, IN).status is RunStatus.FAILED
    assert subjects(world) == [f"{OUT} failed", f"{IN} failed"]

    let_go(world)
    take_turns(world, OUT, IN, OUT, IN)

    assert subjects(world)[2:] == [f"{OUT} works again", f"{IN} works again"]


def test_another_cause_is_told_again(world: World) -> None:
    fail(world)
    world.crm.faults.append(ConfigurationError("other", code="org_changed", field="credentials"))

    look(world, OUT)

    assert subjects(world) == [f"{OUT} failed"] * 2


def test_who_resumes_a_run_hears_of_it(world: World) -> None:
    left = fail(world)
    cloud = world.cloud

    ResumeRun(cloud.configuration, cloud.runs, cloud.starter)(ACME, left.id)
    fail(world)
    fail(world)

    assert subjects(world) == [f"{OUT} failed"] * 2


def test_resumed_run_wakes_the_other_anew(world: World) -> None:
    fail(world)
    waiting = finished(world.run(IN))
    fail(world)
    assert look(world, IN).status is RunStatus.FAILED
    cloud = world.cloud

    ResumeRun(cloud.configuration, cloud.runs, cloud.starter)(ACME, waiting.id)

    assert look(world, IN).status is RunStatus.RUNNING


def test_sweeper_tells_one_cause_once(world: World) -> None:
    left = fail(world)
    for _ in range(2):
        runs, now = world.cloud.runs, world.cloud.clock.now()
        assert runs.reopen(replace(left, options=finished(runs.get(ACME, left.id)).options))
        assert runs.begin_leg(finished(runs.get(ACME, left.id)), now=now, until=now)
        world.advance(hours=1)
        assert sweep(world) == (left.id,)

    assert subjects(world) == [f"{OUT} failed"] * 2


def test_crash_before_the_wake_wakes_later(world: World) -> None:
    """The leg that was to wake had noted it, and died."""
    left = fail(world)
    waiting = finished(world.run(IN))
    world.cloud.schedules.delete_leg(left, leg=left.leg + 1)

    look(world, IN)

    assert (ACME, left.id, str(left.leg + 1)) in world.cloud.schedules.legs
    assert newest(world, IN).id == waiting.id


def test_settled_pair_goes_on_by_itself(world: World) -> None:
    left = fail(world)
    finished(world.run(IN))
    let_go(world)

    assert finished(world.run(OUT, run=left.id, leg=left.leg + 1)).status is RunStatus.SUCCEEDED

    assert look(world, IN).status is RunStatus.SUCCEEDED
    take_turns(world, OUT, IN)
    assert len(world.platform("task")) == 1
