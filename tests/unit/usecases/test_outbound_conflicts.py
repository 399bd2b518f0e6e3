"""Both sides changed one task: who wins, by which rule, and what is told of it (T3, X2)."""

import pytest

from tests.worlds.runs import take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import (
    IN,
    OUT,
    create_on_platform,
    delete_on_platform,
    only_task,
    two_way_world,
)

OURS, THEIRS = "the person's", "the seller's"
CALL = {"title": "Call", "status": "Open", "priority": "Low", "account": 1}
ORDERS = pytest.mark.parametrize("jobs", [(OUT, IN), (IN, OUT)], ids=["out_first", "in_first"])


def agreed(**settings: str) -> tuple[World, str]:
    """A task that both sides have, with its id in Salesforce."""
    world = two_way_world(both=settings)
    create_on_platform(world, "task", "t1", **CALL)
    take_turns(world, OUT, IN, OUT, IN)
    return world, str(only_task(world)["id"])


def edit_both(world: World, crm_id: str, *, last: str) -> None:
    """The title on both sides, a minute apart; the status here and the priority there."""
    for side in sorted(("platform", "salesforce"), key=lambda each: each == last):
        if side == "platform":
            world.edit_on_platform("task", "t1", title=OURS, status="Done")
        else:
            world.crm.org.edit("Task", crm_id, Subject=THEIRS, Priority="High")
        world.advance(minutes=1)


def told(world: World, crm_id: str) -> list[tuple[str, str, str]]:
    """Title, status and priority, on the platform and in Salesforce."""
    row, record = world.crm.org.rows["task"][crm_id], world.platform("task")[crm_id.lower()]
    return [
        (record["title"], record["status"], record["priority"]),
        (row["subject"], row["status"], row["priority"]),
    ]


@ORDERS
@pytest.mark.parametrize(
    ("policy", "last", "winner"),
    [
        ("latest", "platform", OURS),
        ("latest", "salesforce", THEIRS),
        ("salesforce", "platform", THEIRS),
        ("platform", "salesforce", OURS),
    ],
)
def test_policy_decides_the_contested_field_only(
    policy: str, last: str, winner: str, jobs: tuple[str, str]
) -> None:
    world, crm_id = agreed(conflicts=policy)
    edit_both(world, crm_id, last=last)

    take_turns(world, *jobs, *jobs)

    assert told(world, crm_id) == [(winner, "Done", "High")] * 2


@ORDERS
@pytest.mark.parametrize(
    ("last", "whole"),
    [("platform", (OURS, "Done", "Low")), ("salesforce", (THEIRS, "Open", "High"))],
)
def test_whole_record_goes_to_the_last_update(
    last: str, whole: tuple[str, str, str], jobs: tuple[str, str]
) -> None:
    world, crm_id = agreed(merge="record")
    edit_both(world, crm_id, last=last)

    take_turns(world, *jobs, *jobs)

    assert told(world, crm_id) == [whole] * 2


@ORDERS
def test_held_record_is_changed_on_neither_side(jobs: tuple[str, str]) -> None:
    world, crm_id = agreed(conflicts="hold")
    edit_both(world, crm_id, last="platform")

    take_turns(world, *jobs, *jobs)

    assert told(world, crm_id) == [(OURS, "Done", "Low"), (THEIRS, "Open", "High")]
    (conflict,) = world.cloud.conflicts(ACME).page(limit=10)
    assert conflict.fields == {"title": (THEIRS, OURS)}


def test_decision_is_told_with_both_values() -> None:
    world, crm_id = agreed()
    edit_both(world, crm_id, last="platform")

    (run,) = take_turns(world, OUT)

    (name,) = world.cloud.journal.names(ACME, run.id, after="")
    (action,) = (world.cloud.journal.get(ACME, run.id, name) or {})["actions"]
    assert [tuple(each) for each in action["contests"]] == [("title", THEIRS, OURS, "platform")]
    assert action["reason"] == "contested"
    assert "is later than" in action["detail"]


@pytest.mark.parametrize(("last", "lives"), [("platform", False), ("salesforce", True)])
def test_deletion_yields_to_a_later_edit(last: str, *, lives: bool) -> None:
    world, crm_id = agreed()
    if last == "platform":
        world.crm.org.edit("Task", crm_id, Subject=THEIRS)
        world.advance(minutes=1)
    delete_on_platform(world, "task", "t1")
    if last == "salesforce":
        world.advance(minutes=1)
        world.crm.org.edit("Task", crm_id, Subject=THEIRS)

    take_turns(world, OUT)

    assert world.crm.org.rows["task"][crm_id]["isdeleted"] is not lives


@ORDERS
def test_what_agrees_again_waits_for_nobody(jobs: tuple[str, str]) -> None:
    world, crm_id = agreed(conflicts="hold")
    edit_both(world, crm_id, last="platform")
    take_turns(world, *jobs)
    assert len(world.cloud.conflicts(ACME).page(limit=5)) == 1

    world.edit_on_platform("task", "t1", title=THEIRS)
    take_turns(world, *jobs, *jobs)

    assert world.cloud.conflicts(ACME).page(limit=5) == []
    assert told(world, crm_id) == [(THEIRS, "Done", "High")] * 2


def test_a_conflict_that_a_person_made_equal_is_over() -> None:
    world, crm_id = agreed(conflicts="hold")
    world.crm.org.edit("Task", crm_id, Subject=THEIRS)
    world.edit_on_platform("task", "t1", title=OURS)
    take_turns(world, OUT, IN)
    world.edit_on_platform("task", "t1", title=THEIRS)

    (run,) = take_turns(world, OUT)

    assert run.ledger["reasons"]["linked:agreed_meanwhile"] == 1
    assert world.cloud.conflicts(ACME).page(limit=5) == []
