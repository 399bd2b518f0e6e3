"""A plan of an outbound job: nothing is written, and the run that follows does just that (X1)."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from syncline.ports import Run, RunMode
from tests.worlds.runs import asked_for, finished, reasons, take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import (
    IN,
    OUT,
    create_on_platform,
    delete_on_platform,
    two_way_world,
)

TOLD = ("verb", "reason", "detail", "changes", "contests", "send", "crm_id")


@pytest.fixture(params=[True, False], ids=["keyed", "keyless"])
def world(request: pytest.FixtureRequest) -> World:
    """Something to create, update, decide, delete, skip, refuse and leave."""
    made = two_way_world(keyed=request.param)
    for number in range(1, 7):
        create_on_platform(made, "task", f"t{number}", title=f"Call {number}", account=1)
    take_turns(made, OUT, IN, OUT, IN)
    create_on_platform(made, "task", "t7", title="New", account=2)
    create_on_platform(made, "task", "t8", title="Waits", account_id="nowhere")
    delete_on_platform(made, "task", "t2")
    made.edit_on_platform("task", "t3", assigned_to="nobody@example.com")
    made.edit_on_platform("task", "t4", title="Call 4")
    made.crm.org.edit("Task", _crm_id(made, "t5"), Subject="theirs")
    made.advance(minutes=1)
    made.edit_on_platform("task", "t1", title="Changed")
    made.edit_on_platform("task", "t5", title="ours", status="Done")
    made.advance(minutes=15)
    return made


def _crm_id(world: World, own: str) -> str:
    return world.cloud.links(ACME, "crm").claimed("task", [own])[own]


def planned(world: World) -> Run:
    return finished(world.run(OUT, run=asked_for(world, OUT, RunMode.PLAN).id))


def actions(world: World, run: Run) -> Mapping[str, Any]:
    """What the plan of a run says of each record."""
    found = {}
    for name in world.cloud.journal.names(ACME, run.id, after=""):
        entry = world.cloud.journal.get(ACME, run.id, name) or {}
        if not entry.get("amends"):
            told = {each["key"]: [each.get(part) for part in TOLD] for each in entry["actions"]}
            found.update(told)
    return found


def test_plan_writes_on_neither_side(world: World) -> None:
    rows = copy.deepcopy(world.crm.org.rows)
    writes = dict(world.cloud.writes)

    planned(world)

    assert world.crm.org.rows == rows
    for name in ("records", "lookups", "links", "claims", "waiting"):
        assert world.cloud.writes[name] == writes[name], name


def test_run_does_what_was_planned(world: World) -> None:
    plan = planned(world)

    run = finished(world.run(OUT, run=asked_for(world, OUT, RunMode.INCREMENTAL).id))
    while run.status == "running":
        world.advance(minutes=2)
        run = finished(world.run(OUT, run=run.id, leg=run.leg + 1))

    verbs = {key: told[0] for key, told in actions(world, plan).items()}
    assert verbs == {
        "t1": "update", "t2": "delete", "t3": "reject", "t5": "update", "t7": "create",
        "t8": "skip",
    }  # fmt: skip
    assert actions(world, plan) == actions(world, run)
    assert reasons(plan) == reasons(run)


def test_plan_tells_old_and_new_of_each_field(world: World) -> None:
    told = actions(world, planned(world))

    changes = TOLD.index("changes")
    assert told["t1"][changes] == [["title", "Call 1", "Changed"]]
    assert ["title", None, "New"] in told["t7"][changes]
    assert told["t5"][TOLD.index("contests")] == [["title", "theirs", "ours", "platform"]]
