"""How a platform record is an item of the records table, and which keys belong to it.

docs/data-model.md shows the same as a table.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from syncline.aws.claims import Claim
from syncline.aws.items import check_size, compact
from syncline.aws.statements import Insert, Key, Scalar, Statement, Update
from syncline.engine.records import (
    PlatformRecord,
    fed_at,
    outbox_from,
    outbox_json,
    record_lookups,
    waits_since,
)
from syncline.kinds.objects import OBJECTS
from syncline.ports import RecordWrite

SHARDS: Final = 8
"""So many partitions share an object's change feed, and as many the list of what waits for a
writer; one takes 1,000 writes a second:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"""

CHANGES_INDEX: Final = "changes"
WAITING_INDEX: Final = "waiting"

_OPTIONAL: Final = ("edits", "deleted", "sync", "outbox", "times", "waiting", "waits_since")
_FEED: Final = ("feed", "changed_at")


@dataclass(frozen=True, slots=True)
class RecordKeys:
    """Keys of one workspace."""

    table: str
    workspace: str

    def objects(self, object_name: str) -> str:
        """Partition of the records of an object."""
        return f"{self.workspace}|{object_name}"

    def record(self, object_name: str, id_: str) -> Key:
        return Key(self.objects(object_name), id_)

    def lookup(self, object_name: str, attribute: str, value: str) -> Key:
        return Key(f"{self.workspace}|{object_name}|{attribute}", value)

    def feeds(self, object_name: str) -> list[str]:
        """Partitions of the change feed of an object."""
        return [f"{self.objects(object_name)}|{shard}" for shard in range(SHARDS)]

    def feed(self, record: PlatformRecord) -> str:
        return self.feeds(record.object)[_shard(record.id)]

    def writers(self, object_name: str, *, bulk: bool) -> list[str]:
        """Partitions of what waits for a writer of an object."""
        writer = "bulk" if bulk else "now"
        return [f"{self.objects(object_name)}|{writer}|{shard}" for shard in range(SHARDS)]

    def waiting(self, record: PlatformRecord) -> str:
        """A record that waits for both writers is the immediate one's."""
        bulk = all(entry.bulk for entry in record.outbox)
        return self.writers(record.object, bulk=bulk)[_shard(record.id)]

    def claims(self, record: PlatformRecord | None) -> dict[Key, Claim]:
        """The lookups of a record; a tombstone is found by nothing."""
        known = OBJECTS.get(record.object) if record else None
        if record is None or known is None or record.deleted:
            return {}
        by = record.sync or f"{record.id}@{record.version}"
        found = record_lookups(record.values, known.lookups)
        keys = [self.lookup(record.object, name, value) for name, value in found.items()]
        return {key: Claim(key, owner=record.id, by=by) for key in keys}


def _shard(id_: str) -> int:
    """Spreads by id; crc32 because Python's own hash differs from process to process."""
    return zlib.crc32(id_.encode()) % SHARDS


def record_statement(keys: RecordKeys, write: RecordWrite) -> Statement:
    """RecordRejectedError if the record does not fit into an item."""
    record = write.record
    key = keys.record(record.object, record.id)
    item = _item(record)
    if write.feed:
        item |= {"feed": keys.feed(record), "changed_at": fed_at(record)}
    if record.outbox:
        item |= {"waiting": keys.waiting(record), "waits_since": waits_since(record)}
    check_size({"pk": key.pk, "sk": key.sk, **item}, f"{record.object} {record.id}")
    if write.expected == 0:
        return Insert(keys.table, {"pk": key.pk, "sk": key.sk, **item})
    removable = _OPTIONAL if record.edits else _OPTIONAL + _FEED
    absent = tuple(name for name in removable if name not in item)
    return Update(keys.table, key, set=item, remove=absent, where={"v": write.expected})


def _item(record: PlatformRecord) -> dict[str, Scalar]:
    item: dict[str, Scalar] = {
        "v": record.version,
        "data": compact(dict(record.values)),
        "updated": record.updated_at,
    }
    if record.edits:
        item["edits"] = compact(dict(record.edits))
    if record.deleted:
        item["deleted"] = True
    if record.sync is not None:
        item["sync"] = record.sync
    if record.outbox:
        item["outbox"] = compact(outbox_json(record.outbox))
    if record.times:
        item["times"] = compact(dict(record.times))
    return item


def record_from(object_name: str, item: Mapping[str, Any]) -> PlatformRecord:
    """The record that an item holds."""
    return PlatformRecord(
        object=object_name,
        id=item["sk"],
        version=item["v"],
        values=json.loads(item["data"]),
        updated_at=item["updated"],
        edits=json.loads(item["edits"]) if "edits" in item else {},
        deleted=item.get("deleted", False),
        sync=item.get("sync"),
        outbox=outbox_from(json.loads(item["outbox"])) if "outbox" in item else (),
        times=json.loads(item["times"]) if "times" in item else {},
    )
