"""A batch that is settled a second time ends what the first time had begun."""

import copy

import pytest

from syncline.ports import RunMode
from tests.faults.crashing import CrashError, Fuse
from tests.faults.sweep import restart
from tests.worlds.all_kinds import ACCOUNTS_OUT
from tests.worlds.made_anew import ONE, is_there, remade
from tests.worlds.runs import asked_for, finished, reasons, take_turns
from tests.worlds.small import ACME
from tests.worlds.two_way import (
    IN,
    OUT,
    create_on_platform,
    delete_on_platform,
    only_task,
    two_way_world,
)


@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "keyless"])
def test_deleted_record_is_claimed_no_longer(keyed: bool) -> None:
    """The claim is given up after the link is written: here the process died in between."""
    world = two_way_world(keyed=keyed)
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT, IN)
    crm_id = only_task(world)["id"]
    claims = world.cloud.link_tables.claims
    ((place, _),) = (each for each in claims.under(()) if each[1] == crm_id)
    delete_on_platform(world, "task", "t1")
    world.advance(minutes=15)
    trial = Fuse()
    copy.deepcopy(world).run(OUT, fuse=trial)
    linked = trial.trace.index("MemoryLinks.write")
    runs = len(world.cloud.runs.page(ACME, OUT, limit=9)) + 1
    with pytest.raises(CrashError):
        world.run(OUT, fuse=Fuse(linked, "after"))
    claims.insert(place, crm_id)

    restart(world, OUT, runs=runs)

    assert world.cloud.links(ACME, "crm").claimed("task", ["t1"]) == {}


def test_place_of_a_deleted_record_is_claimed_no_longer() -> None:
    """The same where the link went over to a record that was made anew."""
    world, own = remade()
    claims = world.cloud.link_tables.claims
    ((place, _),) = (each for each in claims.under(()) if each[1] == ONE)
    world.advance(minutes=15)
    trial = Fuse()
    copy.deepcopy(world).run(ACCOUNTS_OUT, fuse=trial)
    linked = trial.trace.index("MemoryLinks.write")
    runs = len(world.cloud.runs.page(ACME, ACCOUNTS_OUT, limit=9)) + 1
    with pytest.raises(CrashError):
        world.run(ACCOUNTS_OUT, fuse=Fuse(linked, "after"))
    claims.insert(place, ONE)

    restart(world, ACCOUNTS_OUT, runs=runs)

    assert world.cloud.links(ACME, "crm").claimed("account", [own, "a9"]) == {"a9": ONE}


def test_claim_left_behind_deletes_nothing() -> None:
    """Nobody settled the batch again: the deleted record seems to hold a link that it lost."""
    world, own = remade()
    claims = world.cloud.link_tables.claims
    ((place, _),) = (each for each in claims.under(()) if each[1] == ONE)
    take_turns(world, ACCOUNTS_OUT)
    claims.insert(place, ONE)

    run = finished(world.run(ACCOUNTS_OUT, run=asked_for(world, ACCOUNTS_OUT, RunMode.FULL).id))

    assert world.cloud.links(ACME, "crm").claimed("account", [own]) == {own: ONE}
    assert (reasons(run), is_there(world)) == ({"left:never_sent": 1, "left:unchanged": 1}, True)
