"""What PlatformRecords promises of outboxes: kept whole, and listed for their writer."""

import dataclasses
from collections.abc import Iterator
from typing import Any, cast

import pytest

from syncline.aws.database import Database
from syncline.engine.records import OutboxEntry, PlatformRecord
from syncline.platform.outbox_index import OutboxIndex
from syncline.platform.record_items import RecordKeys
from syncline.ports import PlatformRecords
from tests.contract.cloud import Cloud
from tests.contract.samples import NOON, record, record_write

LATER = "2026-01-05T13:00:00Z"


@pytest.fixture
def records(cloud: Cloud) -> PlatformRecords:
    return cloud.records("acme")


def entry(at: str = NOON, **changes: Any) -> OutboxEntry:
    fields: dict[str, Any] = {
        "receipt": f"r-{at}", "at": at, "values": {"title": "Grüße 🙂", "n": None}, "to": ("org",),
    }  # fmt: skip
    return OutboxEntry(**{**fields, **changes})


def stored(records: PlatformRecords, number: int, *outbox: OutboxEntry) -> PlatformRecord:
    new = record(number, outbox=outbox)
    assert records.write([record_write(new)]) == [True]
    return new


def rewritten(records: PlatformRecords, old: PlatformRecord, **changes: Any) -> PlatformRecord:
    new = dataclasses.replace(old, version=old.version + 1, **changes)
    assert records.write([record_write(new, old)]) == [True]
    return new


def waiting(records: PlatformRecords, limit: int = 100) -> tuple[list[str], list[str]]:
    """For the immediate writer, and for that of the window."""
    now, later = (records.waiting("task", bulk=bulk, limit=limit) for bulk in (False, True))
    return list(now), list(later)


def test_an_outbox_comes_back_as_it_was_written(records: PlatformRecords) -> None:
    outbox = (entry(), entry(LATER, to=("org", "other"), bulk=True, values={"done": True, "i": 7}))
    full = record(outbox=outbox, times={"title": NOON, "done": LATER})

    records.write([record_write(full)])

    assert records.get("task", [full.id]) == {full.id: full}
    assert records.page("task", limit=5) == ([full], None)


def test_only_records_with_something_to_take_are_listed(records: PlatformRecords) -> None:
    stored(records, 1)
    first = stored(records, 2, entry())
    stored(records, 3, entry(bulk=True))

    assert waiting(records) == ([record(2).id], [record(3).id])

    empty = rewritten(records, first, outbox=())
    assert waiting(records) == ([], [record(3).id])
    assert records.get("task", [empty.id])[empty.id].outbox == ()


def test_an_immediate_entry_calls_the_immediate_writer(records: PlatformRecords) -> None:
    gathered = stored(records, 1, entry(bulk=True))

    both = rewritten(records, gathered, outbox=(*gathered.outbox, entry(LATER)))
    assert waiting(records) == ([record(1).id], [])

    rewritten(records, both, outbox=gathered.outbox)
    assert waiting(records) == ([], [record(1).id])


def test_times_and_outbox_go_when_nothing_is_left(records: PlatformRecords) -> None:
    first = record(outbox=(entry(),), times={"title": NOON})
    records.write([record_write(first)])

    last = rewritten(records, first, outbox=(), times={})

    assert records.get("task", [last.id]) == {last.id: last}


def test_a_deleted_record_still_waits(records: PlatformRecords) -> None:
    first = stored(records, 1, entry())

    gone = rewritten(records, first, deleted=True, values={})

    assert records.get("task", [gone.id])[gone.id].outbox == first.outbox
    assert waiting(records) == ([gone.id], [])


@pytest.mark.parametrize("limit", [1, 7, 30, 31])
def test_the_longest_waiting_come_first(records: PlatformRecords, limit: int) -> None:
    for number in range(30):
        stored(records, number, entry(f"2026-01-05T12:00:{59 - number:02}Z"), entry(LATER))

    found, _ = waiting(records, limit)

    assert found == [record(number).id for number in reversed(range(30))][:limit]


def test_a_full_shard_is_read_on(records: PlatformRecords, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncline.platform.outbox_index._SPARE", 1)
    for number in range(30):
        stored(records, number, entry())

    found, _ = waiting(records, 25)

    assert len(set(found)) == 25


def test_a_connection_is_found_behind_others(
    records: PlatformRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than a page waits longer for another one."""
    monkeypatch.setattr("syncline.platform.outbox_index._AMONG_OTHERS", 2)
    for number in range(30):
        stored(records, number, entry(to=("down",)))
    stored(records, 30, entry(LATER, to=("org",)))
    stored(records, 31, entry(LATER, to=("down",)), entry(LATER, to=("or", "org"), bulk=True))

    found = records.waiting("task", bulk=False, limit=5, connection="org")

    assert sorted(found) == sorted([record(30).id, record(31).id])
    assert records.waiting("task", bulk=False, limit=5, connection="or") == [record(31).id]
    assert records.waiting("task", bulk=False, limit=5, connection="strange") == []


def test_each_connection_has_a_share_of_the_list(records: PlatformRecords) -> None:
    for number in range(5):
        stored(records, number, entry(f"2026-01-05T12:00:0{number}Z", to=("down",)))
    stored(records, 5, entry(LATER, to=("down", "org")))
    stored(records, 6, entry(LATER, to=("org",), bulk=True))

    now, later = (records.waiting_each("task", bulk=bulk, limit=3) for bulk in (False, True))

    assert now == {"down": [record(n).id for n in range(3)], "org": [record(5).id]}
    assert later == {"org": [record(6).id]}


def test_few_pages_of_others_are_passed_over() -> None:
    """Of hundreds of thousands that wait for a connection that is down."""
    index = OutboxIndex(cast("Database", Crowded()), RecordKeys("records", "acme"))

    found = index.read("task", bulk=False, limit=1000, connection="org")

    assert found == []
    assert Crowded.read < 30_000


class Crowded:
    """Each shard holds a hundred thousand entries for one connection."""

    read = 0

    def query(self, _table: str, _partition: str, **_: Any) -> Iterator[dict[str, str]]:
        for number in range(100_000):
            Crowded.read += 1
            yield {"waits_since": f"{NOON}|down", "sk": f"{number:06}"}


def test_a_connection_that_is_done_is_listed_no_more(records: PlatformRecords) -> None:
    first = stored(records, 1, entry(to=("down", "org")))

    rewritten(records, first, outbox=(entry(to=("down",)),))

    assert records.waiting("task", bulk=False, limit=5, connection="org") == []
    assert records.waiting("task", bulk=False, limit=5, connection="down") == [first.id]


def test_too_many_connections_are_not_told_apart(records: PlatformRecords) -> None:
    many = tuple(f"{number:048}" for number in range(30))
    stored(records, 1, entry(to=many))

    found = records.waiting("task", bulk=False, limit=5, connection="org")

    assert found == [record(1).id]


def test_outboxes_of_others_are_not_seen(cloud: Cloud, records: PlatformRecords) -> None:
    stored(records, 1, entry())

    assert cloud.records("beta").waiting("task", bulk=False, limit=5) == []
    assert records.waiting("account", bulk=False, limit=5) == []


def test_of_two_people_at_once_the_later_one_is_told(records: PlatformRecords) -> None:
    """Both keep the journal entry of the sync's last write, which tells nothing of theirs."""
    first = stored(records, 1)
    one, two = (
        dataclasses.replace(first, version=2, outbox=(entry(at),), edits={"title": at})
        for at in (NOON, LATER)
    )

    assert records.write([record_write(one, first, feed=True)]) == [True]
    assert records.write([record_write(two, first, feed=True)]) == [False]
    assert records.write([record_write(one, first, feed=True)]) == [True]

    assert records.get("task", [first.id]) == {first.id: one}
