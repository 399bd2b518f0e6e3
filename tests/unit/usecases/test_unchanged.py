"""X3: a record that did not change costs no write, however often it is read."""

import copy

import pytest

from syncline.ports import RunMode
from tests.worlds.runs import asked_for, finished
from tests.worlds.small import World, first_load, new_world, stir

STORES = ("links", "claims", "waiting", "records", "lookups", "journal")


@pytest.fixture
def world() -> World:
    fresh = new_world()
    first_load(fresh)
    return fresh


@pytest.mark.parametrize(("job", "read"), [("accounts", 8), ("tasks", 13)])
def test_a_full_sync_of_unchanged_records_writes_nothing(world: World, job: str, read: int) -> None:
    before = copy.deepcopy(world.cloud.dump())
    full = asked_for(world, job, RunMode.FULL)

    run = finished(world.run(job, run=full.id))

    after = world.cloud.dump()
    assert run.ledger["read"] == run.ledger["left"] == read
    for name in STORES:
        assert after[name] == before[name], name


@pytest.mark.parametrize("job", ["accounts", "tasks"])
def test_a_second_full_sync_writes_nothing(world: World, job: str) -> None:
    stir(world)
    world.run("accounts")
    world.run(job, run=asked_for(world, job, RunMode.FULL).id)
    before = copy.deepcopy(world.cloud.dump())
    world.advance(minutes=5)

    run = finished(world.run(job, run=asked_for(world, job, RunMode.FULL).id))

    after = world.cloud.dump()
    assert run.ledger["read"] == run.ledger["left"] > 0
    for name in STORES:
        assert after[name] == before[name], name
