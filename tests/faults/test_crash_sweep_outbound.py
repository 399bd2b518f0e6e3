"""Promise 1 on the way out: a crash at any call, an answer lost at any write, a start twice."""

import copy
from collections.abc import Callable

import pytest

from syncline.engine.ledger import BUCKETS
from syncline.ports import RunMode, RunStatus
from tests.faults.sweep import Sweep, deliver, outcome
from tests.worlds.runs import asked_for, finished
from tests.worlds.small import World
from tests.worlds.two_way import (
    IN,
    OUT,
    create_on_platform,
    delete_on_platform,
    two_way_world,
)

WAYS = pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "keyless"])
PASSING = frozenset({"started", "watermark", "ingest"})
"""An outbound run begins at our own time, and a job that was never begun leaves its number."""
REASONS = {
    "created:new",
    "updated:changed",
    "updated:contested",
    "deleted:deleted_on_platform",
    "left:crm_is_later",
    "left:unchanged",
    "skipped:deleted_in_crm",
    "held:edited_after_deletion",
    "rejected:person_not_found",
}


def stirred(*, keyed: bool) -> World:
    """Both sides agree on nine tasks; then people on both sides do what gives every action of an
    outbound run something to do."""
    world = two_way_world(keyed=keyed)
    for number in range(1, 10):
        create_on_platform(
            world,
            "task",
            f"t{number}",
            title=f"Call {number}",
            status="Open",
            account=1 + number % 5,
        )
    for job in (OUT, IN, OUT, IN):
        world.advance(minutes=15)
        finished(world.run(job))
    _stir(world)
    return world


def _crm_id(world: World, own: str) -> str:
    return world.cloud.links("acme", "crm").claimed("task", [own])[own]


def _stir(world: World) -> None:
    org = world.crm.org
    create_on_platform(world, "task", "n1", title="New", account=2, due_date="2026-03-01")
    create_on_platform(world, "task", "n2", title="New", account=2, due_date="2026-03-01")
    create_on_platform(world, "task", "n3", title="Waits", account_id="nowhere")
    world.edit_on_platform("task", "t1", title="changed here")
    org.edit("Task", _crm_id(world, "t2"), Subject="changed there")
    org.edit("Task", _crm_id(world, "t3"), Priority="High")
    world.edit_on_platform("task", "t5", title="too early")
    world.edit_on_platform("task", "t9", title="Call 9")
    world.edit_on_platform("task", "t8", assigned_to="nobody@example.com")
    delete_on_platform(world, "task", "t4")
    delete_on_platform(world, "task", "t6")
    world.advance(minutes=1)
    world.edit_on_platform("task", "t2", title="changed here, later")
    world.edit_on_platform("task", "t3", status="Done")
    org.edit("Task", _crm_id(world, "t5"), Subject="later there")
    org.edit("Task", _crm_id(world, "t6"), Subject="still needed")
    org.delete("Task", _crm_id(world, "t7"))
    world.edit_on_platform("task", "t7", title="gone there")
    world.advance(minutes=30)


@WAYS
def test_the_fixture_has_every_action_in_it(keyed: bool) -> None:
    run = finished(stirred(keyed=keyed).run(OUT))

    assert run.status is RunStatus.PARTIAL
    assert set(run.ledger["reasons"]) >= REASONS
    assert run.ledger["read"] == sum(run.ledger[bucket] for bucket in BUCKETS)


@WAYS
def test_a_crash_at_any_call_changes_nothing_after_the_rerun(
    keyed: bool, tell: Callable[[str], None]
) -> None:
    sweep = Sweep(stirred(keyed=keyed), OUT, PASSING)

    sweep.all()

    told = f"{sweep.points} points tried, {len(sweep.differences)} ended differently"
    tell(f"crash sweep of tasks out in memory: {told}")
    assert sweep.points > 100
    assert sweep.differences == []


@WAYS
def test_an_answer_lost_after_commit_changes_nothing(keyed: bool) -> None:
    sweep = Sweep(stirred(keyed=keyed), OUT, PASSING | {"faults"})

    sweep.every_answer_lost()

    assert sweep.points >= 5
    assert sweep.differences == []


@WAYS
def test_every_start_delivered_twice_changes_nothing(keyed: bool) -> None:
    """Those of legs, too: the job is for Bulk, and Salesforce makes it wait."""
    once = stirred(keyed=keyed)
    once.crm.bulk_waits = once.crm.job_waits = once.crm.job_from = 1
    twice = copy.deepcopy(once)

    assert deliver(once, OUT, 1) > 1
    deliver(twice, OUT, 2)

    assert outcome(twice, PASSING) == outcome(once, PASSING)


@WAYS
def test_the_next_run_writes_nothing(keyed: bool) -> None:
    world = stirred(keyed=keyed)
    world.run(OUT)
    world.advance(minutes=15)
    world.run(IN)
    rows = copy.deepcopy(world.crm.org.rows)
    writes = dict(world.cloud.writes)
    world.advance(minutes=15)

    run = finished(world.run(OUT, run=asked_for(world, OUT, RunMode.FULL).id))

    assert run.ledger["read"] >= 9
    assert run.ledger["created"] == run.ledger["updated"] == run.ledger["deleted"] == 0
    assert world.crm.org.rows == rows
    for name in ("links", "claims", "waiting", "records", "lookups"):
        assert world.cloud.writes[name] == writes[name], name
