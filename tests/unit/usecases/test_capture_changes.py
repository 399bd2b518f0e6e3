"""Capturing change events: once, whatever is repeated, and in the order of their times."""

from dataclasses import replace
from typing import Any

import pytest

from syncline.errors import ConflictError
from syncline.ports import Drain, Receipt
from syncline.usecases.stored_changes import ChangeEvent
from tests.faults.crashing import SIDES, CrashError, Fuse, Meanwhile
from tests.worlds.small import ACME, account_id
from tests.worlds.two_way import delete_on_platform
from tests.worlds.writing_back import CRM, Announcing, announcing

LATER = [("superseded", "later_change")]


def outcomes(receipt: Receipt) -> list[tuple[str, str]]:
    """Of a change of one attribute."""
    return [(t.outcome, t.reason) for told in receipt.results.values() for t in told.values()]


def sent(platform: Announcing) -> list[Any]:
    return [message.request for message in platform.world.cloud.queues.immediate]


def test_a_change_and_its_entry_are_one_write() -> None:
    platform = announcing("industry")
    before = platform.record(1)
    event = platform.event(1, industry="Mining")

    platform.announce(event)

    after = platform.record(1)
    at = event.receipt.at
    assert after.version == before.version + 1
    assert after.values == {**before.values, "industry": "Mining"}
    assert (after.edits["industry"], after.times["industry"]) == (at, at)
    (entry,) = after.outbox
    assert (entry.receipt, entry.at, entry.to) == (event.receipt.id, at, (CRM,))
    assert entry.values == {"industry": "Mining"}
    assert sent(platform) == [Drain(ACME, CRM, "account", (after.id,))]


def test_a_person_edit_enters_the_feed() -> None:
    """A job that goes out on schedule sees it, too."""
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")

    platform.announce(event)

    records = platform.world.cloud.records(ACME)
    found, _ = records.edited("account", since=event.receipt.at, limit=10)
    assert found == [event.receipt.record]


@pytest.mark.parametrize("late", ["09Z", "09.1Z", "09.100Z", "09.899999Z"])
def test_an_older_change_of_one_second(late: str) -> None:
    """It comes after the newer one, and does not undo it."""
    platform = announcing("phone")
    newer = platform.event(1, "2026-10-07T00:00:09.9Z", phone="newer")
    older = platform.event(1, f"2026-10-07T00:00:{late}", phone="older")

    platform.announce(newer)
    (receipt,) = platform.announce(older)

    assert outcomes(receipt) == LATER
    assert platform.record(1).values["phone"] == "newer"


def test_what_is_cleared_is_gone() -> None:
    platform = announcing("industry")

    platform.announce(platform.event(1, industry=None))

    assert "industry" not in platform.record(1).values
    assert platform.record(1).outbox[0].values == {"industry": None}


def test_the_same_change_is_captured_once() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")

    first = platform.announce(event, event)
    again = platform.announce(event)

    assert len(platform.record(1).outbox) == 1
    assert first == [*again, *again]


def test_what_was_settled_is_not_captured_anew() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    platform.drain_all()
    before = platform.record(1)

    (receipt,) = platform.announce(event)

    assert receipt.final
    assert platform.record(1) == before
    assert sent(platform) == []


def test_a_repeated_change_keeps_its_first_time() -> None:
    """Where the sender gave none, ours is later at each attempt."""
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    later = replace(event, receipt=replace(event.receipt, at="2026-06-01T00:00:00Z"))

    (receipt,) = platform.announce(later)

    assert receipt.at == event.receipt.at
    assert platform.record(1).times["industry"] == event.receipt.at


def test_a_reused_key_is_refused() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    other = platform.event(2, industry="Banking", key=event.receipt.id)
    before = platform.world.cloud.dump()

    with pytest.raises(ConflictError) as caught:
        platform.announce(platform.event(3, industry="Retail"), other)

    assert caught.value.code == "key_reused"
    assert platform.world.cloud.dump() == before


def test_a_key_for_two_changes_is_refused() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")

    with pytest.raises(ConflictError):
        platform.announce(event, platform.event(1, industry="Banking", key=event.receipt.id))

    assert platform.record(1).outbox == ()


def test_a_key_taken_meanwhile_is_refused() -> None:
    """Two senders at once: both were told that the key is free."""
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")
    other = platform.event(1, industry="Banking", key=event.receipt.id)
    between = Meanwhile(act=lambda: platform.announce(event), place=1)

    with pytest.raises(ConflictError):
        platform.announce(other, fuse=between)

    assert platform.record(1).values["industry"] == "Mining"


def test_an_older_change_is_superseded_at_once() -> None:
    platform = announcing("industry")
    older = platform.event(1, industry="Mining")
    platform.world.advance(seconds=5)
    newer = platform.event(1, industry="Banking")
    platform.announce(newer)
    queued = sent(platform)

    (receipt,) = platform.announce(older)

    assert outcomes(receipt) == LATER
    assert newer.receipt.at in receipt.results[CRM]["industry"].detail
    assert platform.record(1).values["industry"] == "Banking"
    assert sent(platform) == queued


def test_an_older_change_counts_where_nothing_is_later() -> None:
    platform = announcing("industry", "phone")
    older = platform.event(1, industry="Mining", phone="1")
    platform.world.advance(seconds=5)
    newer = platform.event(1, industry="Banking")

    platform.announce(newer, older)
    platform.drain_all()

    assert platform.told(newer) == {"industry": ("applied", "written")}
    assert platform.told(older) == {
        "industry": ("superseded", "later_change"),
        "phone": ("applied", "written"),
    }
    assert platform.in_salesforce(1)["industry"] == "Banking"


def test_of_equal_times_the_last_counts() -> None:
    platform = announcing("industry")
    first, second = platform.event(1, industry="Mining"), platform.event(1, industry="Banking")

    platform.announce(first)
    platform.announce(second)
    platform.drain_all()

    assert platform.told(first) == {"industry": ("superseded", "later_change")}
    assert platform.in_salesforce(1)["industry"] == "Banking"


def test_a_record_that_is_deleted_meanwhile() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")
    delete_on_platform(platform.world, "account", event.receipt.record)

    (receipt,) = platform.announce(event)

    assert outcomes(receipt) == [("refused", "record_deleted")]
    assert sent(platform) == []


def test_a_lost_race_is_run_again() -> None:
    platform = announcing("industry", "phone")
    events = platform.event(1, industry="Mining"), platform.event(2, industry="Mining")
    between = platform.event(1, phone="1")
    fuse = Meanwhile(act=lambda: platform.announce(between), place=4)

    platform.announce(*events, fuse=fuse)

    assert len(platform.record(1).outbox) == 2
    assert len(platform.record(2).outbox) == 1
    assert fuse.trace.count("MemoryRecords.write") == 2


def test_each_connection_waits_for_its_own() -> None:
    platform = announcing("industry", "phone")
    to = {CRM: ("industry", "phone"), "two": ("industry",), "three": ("industry",)}

    platform.announce(platform.event(1, industry="Mining", phone="1", to=to))

    waits = {entry.to: dict(entry.values) for entry in platform.record(1).outbox}
    assert waits == {
        (CRM,): {"industry": "Mining", "phone": "1"},
        ("three", "two"): {"industry": "Mining"},
    }
    assert {drain.connection for drain in sent(platform)} == {CRM, "two", "three"}


def test_each_writer_has_its_messages() -> None:
    platform = announcing("industry")

    platform.announce(
        platform.event(1, industry="Mining"),
        platform.event(2, industry="Mining", bulk=True),
        platform.event(3, industry="Mining"),
    )

    ids = [platform.world.platform_id(account_id(number)) for number in (1, 2, 3)]
    assert sent(platform) == [Drain(ACME, CRM, "account", (ids[0], ids[2]))]
    (bulk,) = platform.world.cloud.queues.bulk
    assert bulk.request == Drain(ACME, CRM, "account", (ids[1],), bulk=True)


def test_a_crash_anywhere_is_made_good_by_sending_it_again() -> None:
    probe, events = _request()
    trace = Fuse()
    expected = probe.announce(*events, fuse=trace)
    for at in range(len(trace.trace)):
        for side in SIDES:
            platform, events = _request()

            with pytest.raises(CrashError):
                platform.announce(*events, fuse=Fuse(at, side))
            again = platform.announce(*events)

            assert again == expected
            assert [platform.record(n) for n in (1, 2)] == [probe.record(n) for n in (1, 2)]
            assert sent(platform)[-1:] == sent(probe)


def _request() -> tuple[Announcing, list[ChangeEvent]]:
    """Two changes of one record, the older one last, and one of another."""
    platform = announcing("industry", "phone")
    older = platform.event(1, industry="Mining")
    platform.world.advance(seconds=5)
    newer = platform.event(1, industry="Banking", phone="1")
    return platform, [newer, older, platform.event(2, phone="2")]


def test_fused_ports_are_the_ports() -> None:
    """The sweep above kills calls of records, receipts and queues."""
    platform, events = _request()
    fuse = Fuse()

    platform.announce(*events, fuse=fuse)

    assert {name.partition(".")[0] for name in fuse.trace} == {
        "MemoryRecords",
        "MemoryReceipts",
        "MemoryQueues",
    }
