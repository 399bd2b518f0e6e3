"""Inbound runs and write-back do not take turns: what was read before our own write is no edit."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from syncline.engine.records import PlatformRecord
from syncline.ports import Drain, Run
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.interrupting import Interrupting
from tests.worlds.runs import finished, reasons, take_turns
from tests.worlds.small import ACME, account_id, put_task, task_id
from tests.worlds.two_way import ACCOUNTS, IN, OUT, change_job, two_way_world
from tests.worlds.writing_back import Announcing, announcing

PAGE = "MemoryCrm.changes.next"
PLANNED = "MemoryJournal.put"
RECORDS_WRITTEN = "MemoryRecords.write"


@pytest.fixture
def platform() -> Announcing:
    return announcing("industry")


def here(platform: Announcing, number: int = 1) -> PlatformRecord:
    own = platform.world.platform_id(account_id(number))
    return platform.world.cloud.records(ACME).get("account", [own])[own]


def sides(platform: Announcing, field: str = "industry") -> tuple[Any, Any]:
    return here(platform).values.get(field), platform.in_salesforce(1).get(field)


def seller_edits(platform: Announcing, **fields: Any) -> None:
    platform.world.advance(minutes=5)
    platform.world.crm.org.edit("Account", account_id(1), **fields)
    platform.world.advance(minutes=5)


def written_back(platform: Announcing, **values: Any) -> Callable[[], None]:
    def deed() -> None:
        platform.world.advance(seconds=2)
        platform.announce(platform.event(1, **values))
        platform.drain_all()
        platform.world.advance(seconds=2)

    return deed


def run(platform: Announcing, **deeds: Callable[[], object]) -> Run:
    return finished(platform.world.run(ACCOUNTS, fuse=Interrupting(deeds=dict(deeds))))


def message_of(platform: Announcing) -> Drain:
    (message,) = platform.world.cloud.queues.immediate
    assert isinstance(message.request, Drain)
    return message.request


@pytest.mark.parametrize("when", [PAGE, PLANNED])
def test_an_old_row_does_not_undo_our_write(platform: Announcing, when: str) -> None:
    seller_edits(platform, Phone="123")

    run(platform, **{when: written_back(platform, industry="Mining")})

    assert sides(platform) == ("Mining", "Mining")
    assert sides(platform, "phone") == ("123", "123")


def test_an_old_row_takes_one_look_more(platform: Announcing) -> None:
    seller_edits(platform, Phone="123")
    crm = platform.world.crm
    asked: list[int] = []

    def deed() -> None:
        written_back(platform, industry="Mining")()
        asked.append(crm.requests())

    run(platform, **{PAGE: deed})
    beside = crm.requests() - asked[0]
    asked.clear()
    seller_edits(platform, Phone="456")
    run(platform, **{PAGE: lambda: asked.append(crm.requests())})

    assert beside == crm.requests() - asked[0] + 1


@pytest.mark.parametrize("when", [PAGE, PLANNED])
def test_a_record_gone_meanwhile_is_left(platform: Announcing, when: str) -> None:
    seller_edits(platform, Phone="123")

    def deed() -> None:
        written_back(platform, industry="Mining")()
        platform.world.crm.org.delete("Account", account_id(1))

    done = run(platform, **{when: deed})

    assert sides(platform)[0] == "Mining"
    assert here(platform).values.get("phone") is None
    assert reasons(done)["skipped:deletes_off"] == 1


def test_what_was_written_before_the_run_is_read_as_it_is(platform: Announcing) -> None:
    seller_edits(platform, Phone="123")
    written_back(platform, industry="Mining")()
    fuse = Interrupting()

    platform.world.run(ACCOUNTS, fuse=fuse)

    assert sides(platform) == ("Mining", "Mining")
    assert sides(platform, "phone") == ("123", "123")
    assert "MemoryCrm.find" not in fuse.trace


def test_an_outbound_run_before_costs_no_look() -> None:
    world = two_way_world()
    put_task(world, 1, 1)
    take_turns(world, IN, OUT)
    world.edit_on_platform("task", world.platform_id(task_id(1)), description="here")
    world.crm.org.edit("Task", task_id(1), Subject="there")
    take_turns(world, OUT)
    fuse = Interrupting()

    world.advance(seconds=1)
    world.run(IN, fuse=fuse)

    assert world.platform("task")[task_id(1).lower()]["title"] == "there"
    assert world.crm.org.rows["task"][task_id(1)]["description"] == "here"
    assert "MemoryCrm.find" not in fuse.trace


@pytest.mark.parametrize("policy", ["latest", "salesforce", "platform"])
def test_a_run_within_a_write_back_ends_alike(platform: Announcing, policy: str) -> None:
    change_job(platform.world, ACCOUNTS, conflicts=policy)
    platform.announce(platform.event(1, industry="Mining"))
    drain = message_of(platform)

    def deed() -> None:
        seller_edits(platform, Industry="Banking")
        platform.world.run(ACCOUNTS)

    platform.drain(drain, fuse=Interrupting(deeds={PLANNED: deed}))
    take_turns(platform.world, ACCOUNTS)

    assert sides(platform) == ("Mining", "Mining")
    assert here(platform).edits == {}


def test_a_half_written_batch_is_mended(platform: Announcing) -> None:
    platform.announce(platform.event(1, industry="Mining"))
    drain = message_of(platform)
    begun: list[Run] = []

    def dies_between_record_and_link() -> None:
        seller_edits(platform, Industry="Banking")
        fuse = Fuse()
        fuse.at = _place_of(platform, RECORDS_WRITTEN)
        fuse.side = "after"
        with pytest.raises(CrashError):
            platform.world.run(ACCOUNTS, fuse=fuse)
        assert sides(platform) == ("Banking", "Banking")
        state = platform.world.cloud.runs.state(ACME, ACCOUNTS)
        begun.append(finished(platform.world.cloud.runs.get(ACME, state.run or "")))

    platform.drain(drain, fuse=Interrupting(deeds={PLANNED: dies_between_record_and_link}))
    assert sides(platform) == ("Banking", "Mining")
    platform.world.advance(minutes=20)
    platform.world.run(ACCOUNTS, run=begun[0].id, leg=begun[0].leg + 1)

    assert sides(platform) == ("Mining", "Mining")


def _place_of(platform: Announcing, name: str) -> int:
    """The place of the first such call in a run."""
    fuse = Fuse()
    copy.deepcopy(platform).world.run(ACCOUNTS, fuse=fuse)
    return fuse.trace.index(name)
