"""Promise 1: after a crash at any call and the rerun, all is as if there had been no crash."""

import copy
from collections.abc import Callable

import pytest

from syncline.engine.ledger import BUCKETS
from syncline.ports import RunMode, RunStatus
from tests.faults.crashing import CrashError, Fuse
from tests.faults.sweep import MOMENT, Sweep, deliver, outcome
from tests.worlds.runs import asked_for, finished
from tests.worlds.small import World, first_load, new_world, stir

REASONS = {
    "accounts": {
        "created:new",
        "updated:changed",
        "updated:matched_and_differs",
        "left:unchanged",
        "skipped:deletes_off",
        "held:merged_away",
        "rejected:no_name",
    },
    "tasks": {
        "created:new",
        "created:account_arrived",
        "updated:changed",
        "updated:contested",
        "deleted:deleted_in_crm",
        "left:unchanged",
        "skipped:no_account",
        "parked:account_not_there",
        "held:edited_after_deletion",
        "rejected:no_title",
    },
}


def stirred(job: str) -> World:
    world = new_world()
    first_load(world)
    stir(world)
    if job == "tasks":
        world.run("accounts")
    return world


@pytest.mark.parametrize("job", ["accounts", "tasks"])
def test_the_fixture_has_every_action_in_it(job: str) -> None:
    run = stirred(job).run(job)

    assert run is not None
    assert run.status is RunStatus.PARTIAL
    assert REASONS[job] <= set(run.ledger["reasons"])
    assert run.ledger["read"] == sum(run.ledger[bucket] for bucket in BUCKETS)


@pytest.mark.parametrize("job", ["accounts", "tasks"])
def test_a_crash_at_any_call_changes_nothing_after_the_rerun(
    job: str, tell: Callable[[str], None]
) -> None:
    sweep = Sweep(stirred(job), job)

    sweep.all()

    told = f"{sweep.points} points tried, {len(sweep.differences)} ended differently"
    tell(f"crash sweep of {job} in memory: {told}")
    assert sweep.points > 100
    assert sweep.differences == []


@pytest.mark.parametrize("job", ["accounts", "tasks"])
def test_the_sweep_sees_a_lost_write(job: str) -> None:
    world = stirred(job)
    sweep = Sweep(world, job)
    trace, expected = sweep.trace()
    last = max(i for i, name in enumerate(trace) if name == "MemoryLinks.write")

    with pytest.raises(CrashError):
        world.run(job, fuse=Fuse(last, "before"), moment=MOMENT)

    assert outcome(world) != expected


@pytest.mark.parametrize("job", ["accounts", "tasks"])
def test_every_start_delivered_twice_changes_nothing(job: str) -> None:
    """Those of legs, too: the Bulk API makes the job wait."""
    once = stirred(job)
    once.crm.bulk_waits = 1
    twice = copy.deepcopy(once)

    assert deliver(once, job, 1) > 1
    deliver(twice, job, 2)

    assert outcome(twice) == outcome(once)


@pytest.mark.parametrize("job", ["accounts", "tasks"])
def test_the_next_run_writes_nothing(job: str) -> None:
    world = stirred(job)
    first = finished(world.run(job))
    before = copy.deepcopy(world.cloud.dump())
    writes = dict(world.cloud.writes)
    again = asked_for(world, job, RunMode.FULL)

    run = finished(world.run(job, run=again.id))

    assert run.status is RunStatus.SUCCEEDED
    assert run.ledger["left"] == run.ledger["read"] >= first.ledger["read"] > 0
    for name in ("links", "claims", "waiting", "records", "lookups", "journal"):
        assert world.cloud.writes[name] == writes[name], name
    assert world.cloud.dump()["records"] == before["records"]
