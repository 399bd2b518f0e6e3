"""Bulk jobs of outbound runs: what only a job may create, and what becomes of its answers."""

import copy

import pytest

from tests.faults.crashing import CrashError, Fuse
from tests.worlds.runs import finished, reasons, take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import OUT, create_on_platform, tasks_in_salesforce, two_way_world

EQUAL = 7


def with_equal_tasks() -> World:
    """More than two batches of records that no content tells apart."""
    world = two_way_world(keyed=False)
    for number in range(EQUAL):
        create_on_platform(world, "task", f"t{number}", title="Call", status="Open", account=1)
    world.advance(minutes=15)
    return world


def checkpoints(world: World) -> list[int]:
    fuse = Fuse()
    copy.deepcopy(world).run(OUT, fuse=fuse)
    return [at for at, name in enumerate(fuse.trace) if name.endswith(".checkpoint")]


def test_equal_records_find_their_own_after_a_crash() -> None:
    world = with_equal_tasks()
    places = checkpoints(world)
    assert len(places) > EQUAL

    for at in places:
        torn = copy.deepcopy(world)
        with pytest.raises(CrashError):
            torn.run(OUT, fuse=Fuse(at, "after"))
        torn.advance(minutes=20)
        runs = take_turns(torn, OUT, OUT)

        claimed = torn.cloud.links(ACME, "crm").claimed("task", [f"t{n}" for n in range(EQUAL)])
        assert len(set(claimed.values())) == EQUAL, at
        assert set(claimed.values()) == tasks_in_salesforce(torn).keys(), at
        assert not any(run.ledger["held"] for run in runs), at


@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "keyless"])
def test_object_without_bulk_is_written_directly_or_told(keyed: bool) -> None:
    world = two_way_world(keyed=keyed)
    world.crm.job_from, world.crm.no_bulk = 1, {"task"}
    create_on_platform(world, "task", "t1", title="Call", status="Open", account=1)
    world.advance(minutes=15)

    run = finished(world.run(OUT))

    assert reasons(run) == ({"created:new": 1} if keyed else {"rejected:bulk_unsupported": 1})
    assert len(tasks_in_salesforce(world)) == int(keyed)


def test_updates_without_bulk_are_written_directly() -> None:
    world = two_way_world()
    create_on_platform(world, "task", "t1", title="Call", status="Open", account=1)
    take_turns(world, OUT, "tasks-in")
    world.crm.job_from, world.crm.no_bulk = 1, {"task"}
    world.edit_on_platform("task", "t1", title="Changed")

    (run,) = take_turns(world, OUT)

    assert reasons(run)["updated:changed"] == 1
    assert [row["subject"] for row in tasks_in_salesforce(world).values()] == ["Changed"]


def test_the_creation_key_is_known_however_its_object_is_spelled() -> None:
    world = two_way_world(keyed=False)
    stored = world.cloud.configuration.get(ACME, "connection", "crm")
    assert stored is not None
    body = {**stored.body, "creation_keys": {"tASK": "Syncline_Key__c"}}
    world.cloud.configuration.put(ACME, "connection", "crm", body, expected=stored.version)
    create_on_platform(world, "task", "t1", title="Call", status="Open", account=1)

    take_turns(world, OUT)

    assert [row["syncline_key__c"] for row in tasks_in_salesforce(world).values()] == [
        "acme/task/t1"
    ]
