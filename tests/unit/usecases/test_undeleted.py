"""What a seller deletes, a person edits and a seller takes out of the bin again: what was edited
goes out then, whichever job met the deletion first."""

from dataclasses import replace

import pytest

from syncline.engine.plan import SendKind
from syncline.memory.crm_rows import refused
from syncline.ports import RecordWrite, Row, RowAnswer
from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import (
    IN,
    OUT,
    SECOND,
    change_job,
    create_on_platform,
    only_task,
    two_way_world,
)


def agreeing(**both: object) -> tuple[World, str]:
    """A world whose one task is on both sides, and the id that it has in Salesforce."""
    world = two_way_world(both=both)
    create_on_platform(world, "task", "t1", account=1, title="Call", status="Open")
    take_turns(world, OUT, IN)
    return world, only_task(world)["id"]


def edit_here(world: World, title: str) -> None:
    world.advance(minutes=3)
    world.edit_on_platform("task", "t1", title=title)


def waiting(world: World) -> object:
    return world.cloud.link_tables.waiting.dump()


@pytest.mark.parametrize("first", [(IN, OUT), (OUT, IN), (OUT,)])
def test_undeleted_task_gets_edit(first: tuple[str, ...]) -> None:
    world, id = agreeing()
    world.crm.org.delete("Task", id)
    edit_here(world, "Needed")
    take_turns(world, *first)
    world.advance(hours=1)
    take_turns(world, *first)

    world.crm.org.undelete("Task", id)
    take_turns(world, IN, OUT)

    assert only_task(world)["subject"] == "Needed"
    assert not waiting(world)
    assert [reasons(run) for run in take_turns(world, IN, OUT)] == [{"left:own_write": 1}, {}]


def test_edit_waits_where_nothing_is_deleted() -> None:
    """The inbound job does not delete, so that it is told once and stays."""
    world, id = agreeing(deletes=False)
    world.crm.org.delete("Task", id)
    take_turns(world, IN)
    edit_here(world, "Needed")
    take_turns(world, OUT)
    world.advance(hours=1)

    world.crm.org.undelete("Task", id)
    take_turns(world, IN, OUT)

    assert only_task(world)["subject"] == "Needed"


def test_deletion_met_by_the_write() -> None:
    world, id = agreeing()

    def gone(_object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
        return refused(row.id, "record_deleted")

    world.crm.refuse = gone
    edit_here(world, "Needed")
    (run,) = take_turns(world, OUT)
    assert reasons(run) == {"skipped:deleted_in_crm": 1}
    world.crm.refuse = lambda _object, _kind, _row: None
    world.advance(hours=1)

    world.crm.org.delete("Task", id)
    world.crm.org.undelete("Task", id)
    take_turns(world, IN, OUT)

    assert only_task(world)["subject"] == "Needed"


@pytest.mark.parametrize("first", [(IN, OUT), (OUT, IN)])
def test_contest_that_a_seller_gives_up(first: tuple[str, ...]) -> None:
    world, id = agreeing(conflicts="hold")
    world.crm.org.edit("Task", id, Subject="Theirs", by=SECOND)
    edit_here(world, "Ours")
    take_turns(world, *first)
    world.advance(hours=1)

    world.crm.org.edit("Task", id, Subject="Call", by=SECOND)
    take_turns(world, IN, OUT)

    assert only_task(world)["subject"] == "Ours"
    assert not world.cloud.conflicts(ACME).page(limit=1)
    assert not waiting(world)


def test_policy_set_later_decides_what_is_held() -> None:
    world, id = agreeing(conflicts="hold")
    world.crm.org.edit("Task", id, Subject="Theirs", by=SECOND)
    edit_here(world, "Ours")
    take_turns(world, IN, OUT)
    world.advance(hours=2)

    for job in (IN, OUT):
        change_job(world, job, conflicts="latest")
    take_turns(world, IN, OUT)

    assert only_task(world)["subject"] == "Ours"
    assert not world.cloud.conflicts(ACME).page(limit=1)


def test_moment_sent_as_a_day_is_no_edit() -> None:
    """The platform's clock is ahead, and nothing was read between the creation and the deletion."""
    world = two_way_world()
    create_on_platform(
        world,
        "touchpoint",
        "p1",
        account=1,
        subject="Visit",
        touchpoint_date="2026-01-09T23:30:00Z",
    )
    world.run("touchpoints-out")
    own = world.cloud.records(ACME).get("touchpoint", ["p1"])["p1"]
    ahead = dict.fromkeys(own.edits, "2030-01-01T00:00:00Z")
    after = replace(own, version=own.version + 1, edits=ahead)
    assert world.cloud.records(ACME).write([RecordWrite(after, own.version, own)]) == [True]
    world.crm.org.delete("Event", only_task(world, "Event")["id"])

    take_turns(world, "touchpoints-in")

    assert not world.platform("touchpoint")
