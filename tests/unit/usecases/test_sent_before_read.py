"""What an outbound job has sent and no import has read yet is what both sides last agreed on."""

from typing import Any

import pytest

from syncline.kinds.registry import KINDS
from tests.worlds.runs import take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import (
    IN,
    OUT,
    change_job,
    create_on_platform,
    only_task,
    two_way_world,
)

POLICIES = ("latest", "platform", "salesforce", "hold")


def both_edited(world: World) -> None:
    """A person the title, then a seller the description."""
    world.edit_on_platform("task", "t1", title="the person's")
    world.advance(minutes=1)
    world.crm.org.edit("Task", only_task(world)["id"], Description="the seller's")


def sent_world(**both: Any) -> World:
    """The task t1 was sent while there was no import."""
    world = two_way_world(both=both)
    change_job(world, IN, enabled=False)
    create_on_platform(world, "task", "t1", title="Call", priority="Low", account=1)
    take_turns(world, OUT)
    change_job(world, IN, enabled=True)
    return world


def shown(world: World, *names: str) -> list[tuple[Any, Any]]:
    """Of each attribute both sides' values."""
    record = world.cloud.records(ACME).get("task", ["t1"])["t1"]
    fields = {"title": "subject"}
    row = only_task(world)
    return [(row[fields.get(name, name)], record.values.get(name)) for name in names]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("order", [(IN, OUT, IN), (OUT, IN, OUT, IN)], ids=["in", "out"])
def test_first_import_contests_nothing(policy: str, order: tuple[str, ...]) -> None:
    world = sent_world(conflicts=policy)
    both_edited(world)

    take_turns(world, *order)

    assert shown(world, "title", "description") == [
        ("the person's", "the person's"),
        ("the seller's", "the seller's"),
    ]


def test_hold_ends_when_its_contest_does() -> None:
    world = sent_world(conflicts="hold")
    world.edit_on_platform("task", "t1", title="the person's", priority="High")
    world.crm.org.edit("Task", only_task(world)["id"], Priority="Normal")
    (held,) = take_turns(world, IN)
    world.crm.org.edit("Task", only_task(world)["id"], Priority="High")

    take_turns(world, IN, OUT, IN)

    assert held.ledger["held"] == 1
    assert shown(world, "title", "priority") == [("the person's",) * 2, ("High",) * 2]


@pytest.mark.parametrize("policy", POLICIES)
def test_line_mapped_inbound_later_contests_nothing(policy: str) -> None:
    lines = [
        {"salesforce": line.crm, "platform": line.platform, "key": line.key}
        for line in KINDS["tasks_inbound"].lines
    ]
    world = two_way_world(both={"conflicts": policy})
    change_job(world, IN, mapping=[each for each in lines if each["platform"] != "priority"])
    create_on_platform(world, "task", "t1", title="Call", priority="Low", account=1)
    take_turns(world, OUT, IN)
    change_job(world, IN, mapping=lines)
    world.edit_on_platform("task", "t1", priority="High")
    world.advance(minutes=1)
    world.crm.org.edit("Task", only_task(world)["id"], Description="the seller's")

    take_turns(world, IN, OUT)

    assert shown(world, "priority", "description") == [("High",) * 2, ("the seller's",) * 2]


def test_what_the_seller_clears_at_first_stays_clear() -> None:
    world = sent_world(conflicts="platform")
    world.edit_on_platform("task", "t1", title="the person's")
    world.crm.org.edit("Task", only_task(world)["id"], Priority=None)

    take_turns(world, IN, OUT, IN, OUT)

    assert shown(world, "title", "priority") == [("the person's",) * 2, (None, None)]
