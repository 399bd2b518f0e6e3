"""Both sides come to the same value, each for itself: from then on it is agreed on."""

from typing import Any

import pytest

from syncline.ports import Run, RunMode
from tests.worlds.runs import asked_for, finished, reasons, take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import IN, OUT, change_job, create_on_platform, only_task, two_way_world

POLICIES = pytest.mark.parametrize("policy", ["latest", "salesforce", "platform", "hold"])


def meeting(**edits: str) -> World:
    """A task that both sides have, whose title was made the same on both; `edits` are further ones
    on the platform."""
    policy = edits.pop("policy", "latest")
    world = two_way_world(both={"conflicts": policy})
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT, IN, OUT, IN)
    seller_says(world, Subject="Same")
    world.edit_on_platform("task", "t1", title="Same", **edits)
    return world


def seller_says(world: World, object: str = "Task", **fields: Any) -> None:
    world.advance(minutes=5)
    world.crm.org.edit(object, only_task(world, object)["id"], **fields)
    world.advance(minutes=5)


def titles(world: World) -> tuple[Any, Any]:
    """In Salesforce and on the platform."""
    (values,) = world.platform("task").values()
    return only_task(world)["subject"], values["title"]


def full_run(world: World, job: str) -> Run:
    world.advance(minutes=15)
    return finished(world.run(job, run=asked_for(world, job, RunMode.FULL).id))


@POLICIES
@pytest.mark.parametrize("edits", [{}, {"description": "and more"}], ids=["alone", "beside"])
def test_sellers_next_change_is_no_contest(policy: str, edits: dict[str, str]) -> None:
    world = meeting(policy=policy, **edits)
    take_turns(world, OUT)
    seller_says(world, Subject="Next")

    ended = take_turns(world, IN, OUT, IN, OUT)

    assert reasons(ended[0]) == {"updated:changed": 1}
    assert titles(world) == ("Next", "Next")
    assert world.cloud.conflicts(ACME).page(limit=5) == []


@POLICIES
def test_persons_next_change_is_no_contest(policy: str) -> None:
    world = meeting(policy=policy)
    take_turns(world, IN)
    world.edit_on_platform("task", "t1", title="Next")

    ended = take_turns(world, OUT, IN, OUT, IN)

    assert reasons(ended[0]) == {"updated:changed": 1}
    assert titles(world) == ("Next", "Next")
    assert world.cloud.conflicts(ACME).page(limit=5) == []


@pytest.mark.parametrize("policy", ["platform", "hold"])
def test_the_same_day_in_another_form_is_agreed(policy: str) -> None:
    world = two_way_world()
    for job in ("touchpoints-in", "touchpoints-out"):
        change_job(world, job, conflicts=policy)
    jobs = ("touchpoints-out", "touchpoints-in")
    values = {"subject": "Meeting", "touchpoint_date": "2026-01-10T15:30:00Z"}
    create_on_platform(world, "touchpoint", "e1", account=1, **values)
    take_turns(world, *jobs)
    seller_says(world, "Event", ActivityDate="2026-01-20")
    world.edit_on_platform("touchpoint", "e1", touchpoint_date="2026-01-20T09:00:00Z")
    take_turns(world, jobs[0])
    seller_says(world, "Event", ActivityDate="2026-02-20")

    take_turns(world, *reversed(jobs))

    (found,) = world.platform("touchpoint").values()
    assert found["touchpoint_date"] == "2026-02-20T00:00:00Z"
    assert only_task(world, "Event")["activitydate"] == "2026-02-20"


def test_what_is_agreed_costs_one_write() -> None:
    world = meeting()
    row = dict(only_task(world))
    before = world.cloud.writes["links"]

    ended = [take_turns(world, OUT)[0], full_run(world, OUT), full_run(world, OUT)]

    assert [reasons(run) for run in ended] == [
        {"linked:agreed_meanwhile": 1}, {"left:unchanged": 1}, {"left:unchanged": 1},
    ]  # fmt: skip
    assert world.cloud.writes["links"] == before + 1
    assert only_task(world) == row


def test_what_salesforce_alone_changed_meanwhile_arrives() -> None:
    world = meeting(policy="platform")
    seller_says(world, Status="Done")
    take_turns(world, OUT)

    take_turns(world, IN)

    (values,) = world.platform("task").values()
    assert (values["title"], values["status"]) == ("Same", "Done")
