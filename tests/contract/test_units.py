"""What the stores cost, counted from item sizes: the budgets rest on these."""

import dataclasses
from datetime import datetime
from typing import Any

import pytest

from syncline.aws.items import item_bytes, number_bytes
from syncline.aws.meter import UnitMeter, index_units, write_units
from syncline.engine.records import OutboxEntry
from syncline.engine.told import Told
from syncline.platform.record_items import SHARDS
from syncline.ports import Aside
from syncline.usecases.leave_trails import leave_trails
from tests.contract.aws_cloud import AwsCloud
from tests.contract.samples import (
    NOON,
    conflict,
    crm_id,
    fed,
    link,
    link_write,
    parked,
    receipt,
    record,
    record_write,
)

COUNT = 30


@pytest.fixture
def meter(metered_cloud: AwsCloud) -> UnitMeter:
    assert metered_cloud.meter is not None
    return metered_cloud.meter


def spent(meter: UnitMeter) -> tuple[int, int, float]:
    """Write units, index units and read units since the last time."""
    units = sum(meter.writes.values()), sum(meter.index_writes.values()), sum(meter.reads.values())
    for counts in (meter.writes, meter.index_writes, meter.reads):
        counts.clear()
    return units


def test_a_link_costs_two_when_made_and_one_when_changed(
    metered_cloud: AwsCloud, meter: UnitMeter
) -> None:
    links = metered_cloud.links("acme", "org")
    first = [link(number) for number in range(COUNT)]
    links.write([link_write(each) for each in first])
    assert spent(meter) == (2 * COUNT, 0, 0)

    second = [dataclasses.replace(each, version=2, last="b") for each in first]
    links.write([link_write(new, old) for new, old in zip(second, first, strict=True)])
    assert spent(meter) == (COUNT, 0, 0)

    links.get([each.crm_id for each in first])
    assert spent(meter) == (0, 0, COUNT)


def test_what_was_sent_costs_a_link_no_more(metered_cloud: AwsCloud, meter: UnitMeter) -> None:
    links = metered_cloud.links("acme", "org")
    sent: dict[str, Any] = {"sent": {"title": "Call"}, "sent_at": "2026-01-05T13:00:00Z"}
    first = [link(number, **sent) for number in range(COUNT)]
    links.write([link_write(each) for each in first])
    assert spent(meter) == (2 * COUNT, 0, 0)

    second = [dataclasses.replace(each, version=2, last="b", sent={}) for each in first]
    links.write([link_write(new, old) for new, old in zip(second, first, strict=True)])
    assert spent(meter) == (COUNT, 0, 0)


def test_a_record_costs_two_when_made_and_one_when_changed(
    metered_cloud: AwsCloud, meter: UnitMeter
) -> None:
    records = metered_cloud.records("acme")
    first = [record(number) for number in range(COUNT)]
    records.write([record_write(each) for each in first])
    assert spent(meter) == (2 * COUNT, 0, 0)

    second = [dataclasses.replace(each, version=2, sync="b") for each in first]
    records.write([record_write(new, old) for new, old in zip(second, first, strict=True)])
    assert spent(meter) == (COUNT, 0, 0)


def test_only_edits_of_people_cost_index_units(metered_cloud: AwsCloud, meter: UnitMeter) -> None:
    records = metered_cloud.records("acme")
    first = record()
    edited = dataclasses.replace(first, version=2, edits={"title": "2026-01-05T13:00:00Z"})
    settled = dataclasses.replace(edited, version=3, edits={}, sync="b")
    records.write([record_write(first)])
    spent(meter)

    records.write([record_write(edited, first, feed=True)])
    assert spent(meter) == (1, 1, 0)
    records.write([record_write(settled, edited)])
    assert spent(meter) == (1, 1, 0)


def test_a_change_that_waits_costs_an_index_unit_and_its_taking_too(
    metered_cloud: AwsCloud, meter: UnitMeter
) -> None:
    records = metered_cloud.records("acme")
    first = [record(number) for number in range(COUNT)]
    entry = OutboxEntry("0" * 32, NOON, {"title": "Call"}, ("org",))
    added = [dataclasses.replace(each, version=2, outbox=(entry,)) for each in first]
    further = [dataclasses.replace(each, version=3, outbox=(entry, entry)) for each in first]
    taken = [dataclasses.replace(each, version=4, outbox=(), sync="b") for each in first]
    records.write([record_write(each) for each in first])
    spent(meter)

    records.write([record_write(new, old) for new, old in zip(added, first, strict=True)])
    assert spent(meter) == (COUNT, COUNT, 0)
    records.write([record_write(new, old) for new, old in zip(further, added, strict=True)])
    assert spent(meter) == (COUNT, 0, 0)
    records.write([record_write(new, old) for new, old in zip(taken, further, strict=True)])
    assert spent(meter) == (COUNT, COUNT, 0)


def test_looking_at_what_waits_costs_half_a_unit_a_shard(
    metered_cloud: AwsCloud, meter: UnitMeter
) -> None:
    records = metered_cloud.records("acme")

    records.waiting("task", bulk=False, limit=1000)

    assert spent(meter) == (0, 0, SHARDS / 2)


def test_a_receipt_costs_one_when_opened_and_one_when_settled(
    metered_cloud: AwsCloud, meter: UnitMeter
) -> None:
    receipts = metered_cloud.receipts("acme")
    many = [receipt(number) for number in range(COUNT)]
    words = {each.id: {"org": {"title": Told("applied", "written")}} for each in many}

    receipts.open(many)
    assert spent(meter) == (COUNT, 0, 0)
    receipts.open(many)
    assert spent(meter) == (COUNT, 0, COUNT)
    receipts.settle(words)
    assert spent(meter) == (COUNT, 0, 0)


def test_a_turnstile_costs_a_look_and_a_write(metered_cloud: AwsCloud, meter: UnitMeter) -> None:
    turnstile = metered_cloud.turnstile
    now = datetime.fromisoformat(NOON)

    turnstile.enter("acme|org|task", "a", now=now, until=now)
    assert spent(meter) == (1, 0, 1)
    turnstile.leave("acme|org|task", "a")
    assert spent(meter) == (1, 0, 0)


def test_a_parked_child_and_its_release_cost_what_is_written_down(
    metered_cloud: AwsCloud, meter: UnitMeter
) -> None:
    links = metered_cloud.links("acme", "org")

    links.write([link_write(parked(number, crm_id(1, "001"))) for number in range(COUNT)])

    writes, _, reads = spent(meter)
    assert writes <= 2 * COUNT + 2
    assert reads == 1


def test_a_waiting_record_costs_one_and_its_parent_one_more(
    metered_cloud: AwsCloud, meter: UnitMeter
) -> None:
    links = metered_cloud.links("acme", "org")
    children = {f"t-{number}": "a-1" for number in range(COUNT)}

    links.wait("task", children, parent_object="account")
    assert spent(meter) == (COUNT + 1, 0, 1)
    links.wait("task", {"t-new": "a-1"}, parent_object="account")
    assert spent(meter) == (1 + 2, 0, 1)
    links.release(["a-1", "a-2"])
    assert spent(meter) == (1, 0, 2)

    links.settle("task", children, waiting=True)
    assert spent(meter)[0] == COUNT


def test_a_trail_costs_one_when_new_and_a_read_when_told_again(
    metered_cloud: AwsCloud, meter: UnitMeter
) -> None:
    links = metered_cloud.links("acme", "org")
    asides = {f"t-{number}": Aside("reject:no_title@", "tasks.1/0/0/0") for number in range(COUNT)}

    leave_trails(links, "task", asides, {}, at=NOON)
    assert spent(meter) == (COUNT, 0, COUNT)
    leave_trails(links, "task", asides, {}, at=NOON)
    assert spent(meter) == (0, 0, COUNT)


def test_a_held_record_costs_one_when_new_and_two_when_replaced(
    metered_cloud: AwsCloud, meter: UnitMeter
) -> None:
    conflicts = metered_cloud.conflicts("acme")
    held = [conflict(number) for number in range(COUNT)]

    conflicts.put(held)
    assert spent(meter) == (COUNT, 0, 0)
    conflicts.put(held)
    assert spent(meter) == (2 * COUNT, 0, 0)
    conflicts.remove([each.place for each in held])
    assert spent(meter) == (COUNT, 0, 0)


def test_reading_the_feed_costs_no_write_and_half_a_unit_a_query(
    metered_cloud: AwsCloud, meter: UnitMeter
) -> None:
    records = metered_cloud.records("acme")
    assert fed(records) == []
    assert spent(meter) == (0, 0, SHARDS / 2)

    records.write([record_write(record(), feed=True)])
    spent(meter)
    assert fed(records) == [record().id]
    assert spent(meter) == (0, 0, SHARDS / 2 + 1 / 2)


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        (None, {"pk": "x" * 1022}, 1),
        (None, {"pk": "x" * 1023}, 2),
        ({"pk": "x" * 5000}, {"pk": "x"}, 5),
        ({"pk": "x" * 5000}, None, 5),
        (None, None, 1),
    ],
)
def test_the_larger_of_old_and_new_counts(
    old: dict[str, Any] | None, new: dict[str, Any] | None, units: int
) -> None:
    assert write_units(old, new) == units


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        (None, {"a": 1}, 0),
        (None, {"feed": "f", "at": "1"}, 1),
        ({"feed": "f", "at": "1"}, {"feed": "f", "at": "1", "other": 2}, 0),
        ({"feed": "f", "at": "1"}, {"feed": "f", "at": "2"}, 2),
        ({"feed": "f", "at": "1"}, {"at": "1"}, 1),
    ],
)
def test_an_index_costs_where_its_keys_change(
    old: dict[str, Any] | None, new: dict[str, Any] | None, units: int
) -> None:
    assert index_units(old, new, ("feed", "at")) == units


def test_sizes_follow_the_published_rules() -> None:
    assert item_bytes({"ü": "ü"}) == 4
    assert item_bytes({"a": True, "b": None}) == 4
    assert item_bytes({"a": [1, "x"]}) == 1 + 3 + 2 + 2 + 1
    assert item_bytes({"a": {"k": "v"}}) == 1 + 3 + 2 + 1
    assert [number_bytes(each) for each in (0, 7, 1000, 123, -123, 1.5)] == [1, 2, 2, 3, 4, 2]
