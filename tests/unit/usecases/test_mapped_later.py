"""A line that the inbound job gets later: what was cleared in Salesforce while nobody read it."""

import copy

from syncline.kinds.registry import KINDS
from syncline.ports import RunMode
from tests.worlds.runs import asked_for, finished, reasons, take_turns
from tests.worlds.two_way import (
    IN,
    OUT,
    change_job,
    create_on_platform,
    only_task,
    two_way_world,
)

LINES = [
    {"salesforce": line.crm, "platform": line.platform, "key": line.key}
    for line in KINDS["tasks_inbound"].lines
]


def test_what_was_cleared_unread_is_cleared() -> None:
    world = two_way_world()
    change_job(world, IN, mapping=[line for line in LINES if line["platform"] != "priority"])
    create_on_platform(world, "task", "t1", title="Call", priority="Low", account=1)
    create_on_platform(world, "task", "t2", title="Visit", account=1)
    take_turns(world, OUT, IN)
    task = next(id for id, row in world.crm.org.rows["task"].items() if row["subject"] == "Call")
    world.crm.org.edit("Task", task, Priority=None)
    take_turns(world, IN, OUT)

    change_job(world, IN, mapping=LINES)
    (run, _) = take_turns(world, IN, OUT)

    assert reasons(run) == {"updated:changed": 1, "left:unchanged": 1}
    assert all("priority" not in each for each in world.platform("task").values())
    before = copy.deepcopy(world.cloud.dump())
    full = asked_for(world, IN, RunMode.FULL)
    assert reasons(finished(world.run(IN, run=full.id))) == {"left:unchanged": 2}
    assert world.cloud.dump()["links"] == before["links"]


def test_what_is_the_same_costs_nothing() -> None:
    world = two_way_world()
    create_on_platform(world, "task", "t1", title="Call", priority="Low", account=1)
    take_turns(world, OUT, IN)
    world.edit_on_platform("task", "t1", priority=None)
    take_turns(world, OUT, IN)
    assert only_task(world)["priority"] is None
    before = copy.deepcopy(world.cloud.dump())
    full = asked_for(world, IN, RunMode.FULL)

    world.run(IN, run=full.id)

    assert world.cloud.dump()["links"] == before["links"]
