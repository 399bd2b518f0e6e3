"""A batch that is settled a second time ends what the first time had begun."""

import copy

import pytest

from tests.faults.crashing import CrashError, Fuse
from tests.faults.sweep import restart
from tests.worlds.runs import take_turns
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
