"""An index follows its table with a delay: memory can show it, for those who read the feed."""

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
