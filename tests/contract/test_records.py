"""What the PlatformRecords port promises."""

import dataclasses
from typing import Any

import pytest

from syncline.engine.records import PlatformRecord
from syncline.errors import InvariantError, RecordRejectedError
from syncline.ports import PlatformRecords
from tests.contract.cloud import Cloud
from tests.contract.samples import crm_id, fed, record, record_write


@pytest.fixture
def records(cloud: Cloud) -> PlatformRecords:
    return cloud.records("acme")


def next_of(old: PlatformRecord, **changes: Any) -> PlatformRecord:
    fields = {"version": old.version + 1, "sync": f"{old.sync}+", **changes}
    return dataclasses.replace(old, **fields)


def found(records: PlatformRecords, number: int) -> str | None:
    value = crm_id(number).lower()
    return records.find("task", "external_id", [crm_id(number)]).get(value)


def test_a_record_comes_back_as_it_was_written(records: PlatformRecords) -> None:
    full = record(
        values={"title": "Grüße 🙂\n2", "n": 1.5, "i": 7, "done": True, "none": None},
        edits={"title": "2026-01-05T11:00:00Z"},
    )  # fmt: skip

    assert records.write([record_write(full)]) == [True]

    assert records.get("task", [full.id, "absent"]) == {full.id: full}


def test_a_record_is_found_by_its_lookup_whatever_the_case(records: PlatformRecords) -> None:
    records.write([record_write(record(1, values={"external_id": crm_id(1)}))])

    assert records.find("task", "external_id", [crm_id(1), "absent"]) == {
        crm_id(1).lower(): record(1).id
    }


def test_a_record_is_replaced_only_from_the_version_expected(records: PlatformRecords) -> None:
    first = record()
    second = next_of(first, values={"title": "Called"})
    late = next_of(first, values={"title": "Late"}, sync="other")
    records.write([record_write(first)])

    assert records.write([record_write(second, first)]) == [True]
    assert records.write([record_write(late, first)]) == [False]
    assert records.write([record_write(record(sync="new"))]) == [False]

    assert records.get("task", [first.id]) == {first.id: second}


def test_a_lookup_value_belongs_to_one_record(records: PlatformRecords) -> None:
    records.write([record_write(record(1))])
    thief = record(2, values=record(1).values)

    assert records.write([record_write(thief)]) == [False]

    assert records.get("task", [thief.id]) == {}
    assert found(records, 1) == record(1).id


def test_of_two_records_with_one_lookup_value_the_first_stays(records: PlatformRecords) -> None:
    answers = records.write([record_write(record(n, values=record(1).values)) for n in (2, 1)])

    assert answers == [True, False]
    assert found(records, 1) == record(2).id


def test_an_old_lookup_goes_when_the_value_changes(records: PlatformRecords) -> None:
    first = record(1)
    second = next_of(first, values=record(7).values)
    records.write([record_write(first)])

    for _ in range(2):
        assert records.write([record_write(second, first)]) == [True]

    assert found(records, 1) is None
    assert found(records, 7) == first.id
    assert records.write([record_write(record(2, values=first.values))]) == [True]


def test_a_refused_write_gives_its_new_lookup_back(records: PlatformRecords) -> None:
    first = record(1)
    second = next_of(first)
    records.write([record_write(first)])
    records.write([record_write(second, first)])

    late = next_of(first, values=record(7).values, sync="late")
    assert records.write([record_write(late, first)]) == [False]

    assert found(records, 7) is None
    assert found(records, 1) == first.id


def test_a_tombstone_stays_and_is_found_by_nothing(records: PlatformRecords) -> None:
    first = record(1)
    gone = next_of(first, deleted=True)
    records.write([record_write(first)])

    assert records.write([record_write(gone, first)]) == [True]

    assert records.get("task", [first.id]) == {first.id: gone}
    assert found(records, 1) is None
    assert records.page("task", limit=5) == ([], None)


def test_a_repeat_after_an_edit_by_a_person_is_a_success_and_keeps_the_edit(
    records: PlatformRecords,
) -> None:
    first = record(1)
    synced = next_of(first, values=record(2).values)
    edited = dataclasses.replace(synced, version=3, values=record(3).values)
    records.write([record_write(first)])
    records.write([record_write(synced, first)])
    records.write([record_write(edited, synced, feed=True)])

    assert records.write([record_write(synced, first)]) == [True]

    assert records.get("task", [first.id]) == {first.id: edited}
    assert [found(records, n) for n in (1, 2, 3)] == [None, None, first.id]


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_pages_give_live_records_in_id_order_each_once(
    records: PlatformRecords, limit: int
) -> None:
    for number in (3, 1, 2, 4):
        records.write([record_write(record(number))])
    gone = next_of(record(2), deleted=True)
    records.write([record_write(gone, record(2))])

    seen: list[str] = []
    after = None
    while True:
        page, after = records.page("task", limit=limit, after=after)
        assert len(page) <= limit
        seen += [each.id for each in page]
        if after is None:
            break

    assert seen == [record(n).id for n in (1, 3, 4)]


def test_nothing_crosses_workspaces_or_objects(cloud: Cloud, records: PlatformRecords) -> None:
    records.write([record_write(record(1), feed=True)])

    other = cloud.records("beta")

    assert other.get("task", [record(1).id]) == {}
    assert other.page("task", limit=5) == ([], None)
    assert other.find("task", "external_id", [crm_id(1)]) == {}
    assert fed(other) == []
    assert records.get("account", [record(1).id]) == {}
    assert records.page("account", limit=5) == ([], None)
    assert other.write([record_write(record(1))]) == [True]


@pytest.mark.parametrize("count", [1, 25, 26, 101, 1000])
def test_batches_of_any_size_are_answered_in_order(records: PlatformRecords, count: int) -> None:
    records.write([record_write(record(count))])
    writes = [record_write(record(n, sync=f"b/{n}")) for n in range(1, count + 1)]

    answers = records.write(writes)

    assert answers == [True] * (count - 1) + [False]
    assert len(records.get("task", [w.record.id for w in writes])) == count


def test_nothing_is_asked_of_nothing(records: PlatformRecords) -> None:
    assert records.write([]) == []
    assert records.get("task", []) == {}
    assert records.find("task", "external_id", []) == {}


def test_the_same_record_twice_in_one_batch_is_refused(records: PlatformRecords) -> None:
    with pytest.raises(InvariantError):
        records.write([record_write(record()), record_write(record(sync="b"))])

    assert records.get("task", [record().id]) == {}


@pytest.mark.parametrize(
    ("value", "code"), [("ü" * 210_000, "too_large"), ("\ud800", "not_storable")]
)
def test_what_cannot_be_stored_is_refused_before_anything_is_written(
    records: PlatformRecords, value: str, code: str
) -> None:
    bad = record(2, values={"description": value})

    with pytest.raises(RecordRejectedError) as refused:
        records.write([record_write(record(1)), record_write(bad)])

    assert refused.value.code == code
    assert records.page("task", limit=5) == ([], None)
    assert found(records, 1) is None
