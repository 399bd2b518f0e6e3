"""Which records have something in their outbox, read from the sparse index."""

from collections.abc import Iterator
from heapq import merge
from itertools import islice
from typing import Any, Final

from syncline.aws.database import Database
from syncline.aws.statements import wire
from syncline.engine.records import waits_for
from syncline.platform.record_items import SHARDS, WAITING_INDEX, RecordKeys

_SPARE: Final = 2
"""Shards are not equally full: a page a little larger than its share is seldom followed by
another."""
_AMONG_OTHERS: Final = 1000
"""Of what waits for other connections many pages may have to be passed over."""


class OutboxIndex:
    """What waits for the writers of one workspace, over all shards, the longest waiting first.

    A query for each shard, eventually consistent, as every query of such an index:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
    """

    def __init__(self, database: Database, keys: RecordKeys) -> None:
        self._database = database
        self._keys = keys

    def read(
        self, object_name: str, *, bulk: bool, limit: int, connection: str | None
    ) -> list[str]:
        """At most `limit` ids; no further page is read than these need."""
        page = limit // SHARDS + _SPARE
        if connection is not None:
            page = max(page, _AMONG_OTHERS)
        shards = self._keys.writers(object_name, bulk=bulk)
        waiting = merge(*[self._shard(each, page) for each in shards])
        mine = (id_ for place, id_ in waiting if waits_for(place, connection))
        return list(islice(mine, limit))

    def _shard(self, partition: str, page: int) -> Iterator[tuple[str, str]]:
        ask: dict[str, Any] = {
            "IndexName": WAITING_INDEX,
            "ConsistentRead": False,
            "KeyConditionExpression": "waiting = :pk",
            "ExpressionAttributeValues": {":pk": wire(partition)},
            "Limit": page,
        }
        for item in self._database.query(self._keys.table, partition, ask=ask):
            yield item["waits_since"], item["sk"]
