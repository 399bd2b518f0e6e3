"""An index follows its table with a delay: memory can show it, for those who read the feed."""

import dataclasses

from syncline.engine.records import OutboxEntry
from syncline.memory.cloud import MemoryCloud
from tests.contract.samples import NOON, record, record_write


def test_the_feed_in_memory_is_late_until_it_catches_up() -> None:
    cloud = MemoryCloud()
    records = cloud.records("acme")
    cloud.record_tables.index_is_late = True

    records.write([record_write(record(), feed=True)])

    assert records.edited("task", since=NOON, limit=5) == ([], None)
    cloud.record_tables.catch_up()
    assert records.edited("task", since=NOON, limit=5) == ([record().id], None)


def test_what_waits_in_memory_is_late_until_it_catches_up() -> None:
    cloud = MemoryCloud()
    records = cloud.records("acme")
    cloud.record_tables.index_is_late = True
    entry = OutboxEntry("r-1", NOON, {"title": "Call"}, ("org",))
    waiting = dataclasses.replace(record(), outbox=(entry,))

    records.write([record_write(waiting)])

    assert records.waiting("task", bulk=False, limit=5) == []
    cloud.record_tables.catch_up()
    assert records.waiting("task", bulk=False, limit=5) == [record().id]
