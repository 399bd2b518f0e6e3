"""A task that both sides changed and that its job holds, and a person who decides."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from syncline.engine.records import Link, PlatformRecord
from syncline.ports import Conflict, LinkWrite
from syncline.usecases.list_conflicts import ListConflicts
from syncline.usecases.resolution import Choice
from syncline.usecases.resolve_conflict import ResolveConflict, Resolved
from tests.faults.crashing import Fuse, Fused
from tests.worlds.small import (
    ACME,
    World,
    first_load,
    new_world,
    task_id,
)

ONE = task_id(1)
CONTESTED = ("the seller's title", "the person's title")


def held_world() -> World:
    """Task 1: the title is contested and held; only Salesforce changed its status."""
    made = new_world(conflicts="hold")
    first_load(made)
    made.edit_on_platform("task", made.platform_id(ONE), title="the person's title")
    made.advance(minutes=1)
    made.crm.org.edit("Task", ONE, Subject="the seller's title", Status="Done")
    made.advance(hours=1)
    made.run("tasks")
    assert [each.fields for each in held(made)] == [{"title": CONTESTED}]
    return made


def hold(world: World, run: str, **fields: Any) -> Conflict:
    """What an outbound run leaves for a person."""
    conflict = Conflict(
        connection="crm", object="task", platform_id=world.platform_id(ONE), crm_id=ONE,
        job="tasks", run=run, at=world.cloud.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        fields=fields,
    )  # fmt: skip
    world.cloud.conflicts(ACME).put([conflict])
    return conflict


def resolve(
    world: World, choose: Choice | Mapping[str, Choice], *, fuse: Fuse | None = None
) -> Resolved:
    cloud, burning = world.cloud, fuse or Fuse()
    ports: dict[str, Any] = {
        "configuration": Fused(cloud.configuration, burning),
        "journal": Fused(cloud.journal, burning),
        "records": lambda workspace: Fused(cloud.records(workspace), burning),
        "links": lambda workspace, name: Fused(cloud.links(workspace, name), burning),
        "conflicts": lambda workspace: Fused(cloud.conflicts(workspace), burning),
    }
    use_case = ResolveConflict(**ports, clock=cloud.clock)
    return use_case(ACME, ("crm", "task", world.platform_id(ONE)), choose, by="ada")


def record(world: World) -> PlatformRecord:
    id = world.platform_id(ONE)
    return world.cloud.records(ACME).get("task", [id])[id]


def link(world: World) -> Link:
    return world.cloud.links(ACME, "crm").get([ONE])[ONE]


def held(world: World) -> list[Conflict]:
    return list(ListConflicts(world.cloud.conflicts)(ACME))


def fed(world: World) -> list[str]:
    return list(world.cloud.records(ACME).edited("task", since="2020", limit=10)[0])


def set_link(world: World, **changes: Any) -> None:
    before = link(world)
    after = replace(before, version=before.version + 1, **changes)
    assert world.cloud.links(ACME, "crm").write([LinkWrite(after, before.version, before)])[0]
