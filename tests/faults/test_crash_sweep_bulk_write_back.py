"""Promise 1 for gathered changes: a crash at any call of the function, an answer lost at any
request, a message and a leg delivered twice."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from syncline.memory.cloud import MemoryCloud
from syncline.memory.crm_rows import refused
from syncline.ports import Drain, Row, RowAnswer, RunStatus
from tests.faults.crashing import SIDES, CrashError, Fuse
from tests.faults.sweep import difference
from tests.worlds.bulk import BULK, Gathering
from tests.worlds.small import ACME, account_id
from tests.worlds.two_way import ACCOUNTS, SECOND, change_job
from tests.worlds.writing_back import PHONE, TITLE, switch_on, with_titles

WAYS = pytest.mark.parametrize("job_from", [2000, 1], ids=["at_once", "by_job"])
HIDDEN = 5520
"""Seconds until a message comes again whose reader died."""
REASONS = {
    "updated:written_back": 1,
    "updated:written_in_part": 1,
    "rejected:bad_choice": 1,
    "linked:already_there": 1,
    "held:contested": 1,
}
_PASSING = frozenset(
    {
        "updated_at",
        "sent_at",
        "systemmodstamp",
        "lastmodifieddate",
        "last",
        "run",
        "@run",
        "stamp",
        "sync",
        "version",
    }
)
"""When things happened, how often was written and in which run: what a crash may change."""
_KEPT = ("links", "claims", "conflicts", "records", "lookups", "outboxes", "receipts")


def stirred(job_from: int) -> tuple[Gathering, Drain]:
    """Something to do for every ending that a change may have."""
    gathered = Gathering(with_titles())
    world = gathered.world
    world.crm.job_from, world.crm.job_waits, world.crm.refuse = job_from, 1, _refuse
    change_job(world, ACCOUNTS, conflicts="hold")
    switch_on(world, "industry")
    world.advance(minutes=15)
    world.run(ACCOUNTS)
    world.advance(minutes=15)
    world.crm.org.edit("Account", account_id(4), Industry="Insurance")
    world.crm.org.edit("User", SECOND, Phone="77")
    older = gathered.event(1, industry="Retail")
    world.advance(minutes=1)
    gathered.announce(
        [
            older,
            gathered.event(1, industry="Mining", owner="bob@example.com", **{TITLE: "CEO"}),
            gathered.event(2, industry="Mining", owner="nobody@example.com"),
            gathered.event(3, industry="Nonsense"),
            gathered.event(4, industry="Banking"),
            gathered.event(5, industry="Energy"),
        ]
    )
    (drain,) = gathered.taken()
    return gathered, drain


def _refuse(_object: str, _kind: object, row: Row) -> RowAnswer | None:
    wrong = row.values.get("Industry") == "Nonsense"
    return refused(row.id, "bad_choice", "Industry") if wrong else None


def outcome(gathered: Gathering) -> dict[str, Any]:
    """Everything both sides hold, without times and the names of runs."""
    dump = gathered.world.cloud.dump()
    kept = {name: dump[name] for name in _KEPT}
    runs = [(run.status, {**run.ledger}) for run in gathered.runs()]
    cloud = gathered.world.cloud
    held = {place for (place,), _ in cloud.turnstile.places.under(()) if _is_held(cloud, place)}
    told = {**kept, "crm": gathered.world.crm.org.rows, "runs": runs, "held": sorted(held)}
    found: dict[str, Any] = _timeless(json.loads(json.dumps(told)))
    for conflict in found["conflicts"].values():
        conflict.pop("at")
    for record in found["records"].values():
        record["times"].pop(PHONE, None)
    return found


def _is_held(cloud: MemoryCloud, place: str) -> bool:
    return cloud.turnstile.holder(place, now=cloud.clock.now()) is not None


def _timeless(stored: Any) -> Any:
    if isinstance(stored, dict):
        return {k: _timeless(v) for k, v in stored.items() if k not in _PASSING}
    if isinstance(stored, list):
        return [_timeless(each) for each in stored]
    return stored


def recover(gathered: Gathering, drain: Drain) -> None:
    """What AWS does after a death: legs by their schedules, the sweeper, the message again. Then
    the inbound job, which reads what micro-sync could not."""
    redelivered = False
    for _ in range(30):
        if gathered.next_leg():
            continue
        if gathered.world.cloud.queues.bulk:
            for each in gathered.taken():
                gathered.invoke(each)
        elif any(run.status is RunStatus.QUEUED for run in gathered.runs()):
            gathered.world.advance(minutes=5)
            gathered.sweep()
        elif not redelivered:
            gathered.world.advance(seconds=HIDDEN)
            gathered.invoke(drain)
            redelivered = True
        else:
            gathered.world.advance(hours=1)
            gathered.world.run(ACCOUNTS)
            return
    raise AssertionError("it goes on and on")


@WAYS
def test_the_fixture_has_every_ending_in_it(job_from: int) -> None:
    gathered, drain = stirred(job_from)

    gathered.invoke(drain)
    gathered.work_off()

    assert gathered.run().ledger["reasons"] == REASONS
    assert gathered.platform.record(1).values[PHONE] == "77"
    assert gathered.world.cloud.records(ACME).waiting("account", bulk=True, limit=9) == []


@WAYS
def test_a_crash_at_any_call_changes_nothing(job_from: int, tell: Callable[[str], None]) -> None:
    start, drain = stirred(job_from)
    fuse, once = Fuse(), copy.deepcopy(start)
    once.invoke(drain, fuse=fuse)
    recover(once, drain)
    expected, differences, points = outcome(once), [], 0

    for at, name in enumerate(fuse.trace):
        for side in SIDES:
            points += 1
            gathered = copy.deepcopy(start)
            with pytest.raises(CrashError):
                gathered.invoke(drain, fuse=Fuse(at, side))
            recover(gathered, drain)
            left = outcome(gathered)
            if left != expected:
                differences.append(f"{side} call {at} ({name}): {difference(left, expected)}")

    tell(f"crash sweep of bulk write-back: {points} points tried, {len(differences)} differ")
    assert points > 60
    assert differences == []


@WAYS
def test_a_crash_in_a_later_leg_changes_nothing(job_from: int) -> None:
    """Of a job that Salesforce made wait."""
    start, drain = stirred(1)
    start.world.crm.job_waits = job_from % 2 + 1
    start.invoke(drain)
    once, fuse = copy.deepcopy(start), Fuse()
    recover(once, drain)
    expected, differences = outcome(once), []
    run = start.runs()[0]
    start.world.advance(minutes=2)
    copy.deepcopy(start).world.run(BULK, fuse=fuse, run=run.id, leg=2)

    for at, name in enumerate(fuse.trace):
        for side in SIDES:
            gathered = copy.deepcopy(start)
            with pytest.raises(CrashError):
                gathered.world.run(BULK, fuse=Fuse(at, side), run=run.id, leg=2)
            recover(gathered, drain)
            left = outcome(gathered)
            if left != expected:
                differences.append(f"{side} call {at} ({name}): {difference(left, expected)}")

    assert len(fuse.trace) > 10
    assert differences == []


@WAYS
def test_an_answer_lost_changes_nothing(job_from: int) -> None:
    start, drain = stirred(job_from)
    once = copy.deepcopy(start)
    before = once.world.crm.requests()
    once.invoke(drain)
    recover(once, drain)
    expected, differences = outcome(once), []

    for number in range(before + 1, once.world.crm.requests() + 1):
        gathered = copy.deepcopy(start)
        gathered.world.crm.lost = {number}
        gathered.invoke(drain)
        recover(gathered, drain)
        left = outcome(gathered)
        if left != expected:
            differences.append(f"answer {number - before}: {difference(left, expected)}")

    assert differences == []


@WAYS
def test_what_is_delivered_twice_changes_nothing(job_from: int) -> None:
    once, drain = stirred(job_from)
    twice = copy.deepcopy(once)

    once.invoke(drain)
    once.work_off()
    twice.invoke(drain)
    twice.invoke(drain)
    while twice.next_leg():
        run = twice.runs()[0]
        twice.world.run(BULK, run=run.id, leg=run.leg)
    twice.work_off()
    recover(once, drain)
    recover(twice, drain)

    assert outcome(twice) == outcome(once)
