"""Promise 1 for the kinds beside accounts in and tasks: a crash at any call, an answer lost at any
request, a start delivered twice; with a creation key and without."""

import copy
from collections.abc import Callable

import pytest

from syncline.engine.ledger import BUCKETS
from syncline.ports import RunMode, RunStatus
from tests.faults.stirrings import STIRRINGS
from tests.faults.sweep import Sweep, deliver, outcome
from tests.worlds.runs import asked_for, finished

pytestmark = [
    pytest.mark.parametrize("kind", STIRRINGS),
    pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "keyless"]),
]


def sweep_of(kind: str, *, keyed: bool, lost: bool = False) -> Sweep:
    stirring = STIRRINGS[kind]
    passing = stirring.passing | ({"faults"} if lost else frozenset())
    return Sweep(stirring.world(keyed), stirring.job, passing)


def test_the_fixture_has_every_action_in_it(kind: str, keyed: bool) -> None:
    stirring = STIRRINGS[kind]

    run = finished(stirring.world(keyed).run(stirring.job))

    assert run.status is RunStatus.PARTIAL
    assert set(run.ledger["reasons"]) >= stirring.reasons
    assert run.ledger["read"] == sum(run.ledger[bucket] for bucket in BUCKETS)


def test_a_crash_at_any_call_changes_nothing(
    kind: str, keyed: bool, tell: Callable[[str], None]
) -> None:
    sweep = sweep_of(kind, keyed=keyed)

    sweep.all()

    told = f"{sweep.points} points tried, {len(sweep.differences)} ended differently"
    tell(f"crash sweep of {kind} in memory, {'keyed' if keyed else 'keyless'}: {told}")
    assert sweep.points > 80
    assert sweep.differences == []


def test_an_answer_lost_after_commit_changes_nothing(kind: str, keyed: bool) -> None:
    sweep = sweep_of(kind, keyed=keyed, lost=True)

    sweep.every_answer_lost()

    assert sweep.points >= 4
    assert sweep.differences == []


def test_every_message_delivered_twice_changes_nothing(kind: str, keyed: bool) -> None:
    """The Bulk API makes both directions wait, so there are starts of legs, too."""
    stirring = STIRRINGS[kind]
    once = stirring.world(keyed)
    once.crm.bulk_waits = once.crm.job_waits = 1
    once.crm.job_from = 1
    twice = copy.deepcopy(once)

    assert deliver(once, stirring.job, 1) > 1
    deliver(twice, stirring.job, 2)

    assert outcome(twice, stirring.passing) == outcome(once, stirring.passing)


def test_the_next_run_writes_nothing(kind: str, keyed: bool) -> None:
    stirring = STIRRINGS[kind]
    world = stirring.world(keyed)
    world.run(stirring.job)
    rows, writes = copy.deepcopy(world.crm.org.rows), dict(world.cloud.writes)
    world.advance(minutes=15)

    again = asked_for(world, stirring.job, RunMode.FULL)
    run = finished(world.run(stirring.job, run=again.id))

    assert run.ledger["read"] > 0
    assert run.ledger["created"] == run.ledger["updated"] == run.ledger["deleted"] == 0
    assert world.crm.org.rows == rows
    for name in ("links", "claims", "waiting", "records", "lookups"):
        assert world.cloud.writes[name] == writes[name], name
