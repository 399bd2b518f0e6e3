"""What the change feed of PlatformRecords promises."""

import dataclasses
import json
from typing import Any

import pytest

from syncline.engine.records import PlatformRecord
from syncline.ports import PlatformRecords
from tests.contract.cloud import Cloud
from tests.contract.samples import NOON, fed, record, record_write


@pytest.fixture
def records(cloud: Cloud) -> PlatformRecords:
    return cloud.records("acme")


def next_of(old: PlatformRecord, **changes: Any) -> PlatformRecord:
    return dataclasses.replace(
        old, **{"version": old.version + 1, "sync": f"{old.sync}+", **changes}
    )


def edited(number: int, at: str, version: int = 2) -> PlatformRecord:
    return record(number, version=version, edits={"title": at}, updated_at=at)


def edit(records: PlatformRecords, number: int, at: str, before: PlatformRecord) -> None:
    after = edited(number, at, before.version + 1)
    assert records.write([record_write(after, before, feed=True)]) == [True]


def test_only_edits_that_are_announced_enter_the_feed_until_the_sides_agree(
    records: PlatformRecords,
) -> None:
    first = record(1)
    edited = next_of(first, edits={"title": "2026-01-05T12:30:00Z"})
    synced = next_of(edited, values={"title": "x"})
    settled = next_of(synced, edits={})
    records.write([record_write(first), record_write(record(2))])
    assert fed(records) == []

    records.write([record_write(edited, first, feed=True)])
    assert fed(records) == [first.id]
    records.write([record_write(synced, edited)])
    assert fed(records) == [first.id]
    records.write([record_write(settled, synced)])
    assert fed(records) == []


@pytest.mark.parametrize("limit", [1, 2, 7, 20, 21])
def test_the_feed_gives_each_edited_record_once(records: PlatformRecords, limit: int) -> None:
    records.write([record_write(record(number)) for number in range(30)])
    for number in range(20):
        edit(records, number, f"2026-01-0{number % 9 + 1}T12:00:00Z", record(number))

    found = fed(records, limit=limit)

    assert sorted(found) == [record(number).id for number in range(20)]


def test_the_feed_begins_at_the_time_asked_for(records: PlatformRecords) -> None:
    times = {1: "2026-01-05T12:29:59Z", 2: "2026-01-05T12:30:00Z", 3: "2026-01-05T12:30:01Z"}
    records.write([record_write(record(number)) for number in times])
    for number, at in times.items():
        edit(records, number, at, record(number))

    assert sorted(fed(records, since=times[2])) == [record(2).id, record(3).id]
    assert fed(records, since="2026-01-05T12:30:02Z") == []


def test_what_is_edited_while_the_feed_is_read_comes_no_second_time(
    records: PlatformRecords,
) -> None:
    records.write([record_write(record(number)) for number in range(20)])
    for number in range(20):
        edit(records, number, f"2026-01-05T12:00:{number:02}Z", record(number))

    found, cursor = records.edited("task", since=NOON, limit=1)
    while cursor is not None and len(found) < 100:
        number = int(found[-1].partition("-")[2])
        before = records.get("task", [found[-1]])[found[-1]]
        edit(records, number, f"2026-01-06T12:00:{number:02}Z", before)
        page, cursor = records.edited("task", since=NOON, limit=1, cursor=cursor)
        found = [*found, *page]

    assert sorted(found) == [record(number).id for number in range(20)]


def test_a_deletion_by_a_person_enters_the_feed(records: PlatformRecords) -> None:
    first = record(1)
    gone = next_of(first, values={}, deleted=True, updated_at="2026-01-05T12:30:00Z")
    by_sync = next_of(record(2), values={}, deleted=True)
    records.write([record_write(first), record_write(record(2))])

    records.write([record_write(gone, first, feed=True), record_write(by_sync, record(2))])

    assert fed(records, since="2026-01-05T12:30:00Z") == [first.id]
    assert fed(records) == [first.id]


def test_a_deletion_takes_the_place_of_the_edit_before_it(records: PlatformRecords) -> None:
    records.write([record_write(record(1))])
    edit(records, 1, "2026-01-05T12:30:00Z", record(1))
    before = edited(1, "2026-01-05T12:30:00Z")
    gone = next_of(before, values={}, edits={}, deleted=True, updated_at="2026-01-05T13:00:00Z")

    records.write([record_write(gone, before, feed=True)])

    assert fed(records, since="2026-01-05T13:00:00Z") == [record(1).id]


def test_a_cursor_of_the_feed_survives_json(records: PlatformRecords) -> None:
    records.write([record_write(edited(n, NOON, 1), feed=True) for n in range(5)])

    first, cursor = records.edited("task", since=NOON, limit=3)
    rest, end = records.edited("task", since=NOON, limit=3, cursor=json.loads(json.dumps(cursor)))

    assert sorted([*first, *rest]) == [record(n).id for n in range(5)]
    assert end is None
