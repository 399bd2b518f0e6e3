"""Which records have something in their outbox, read from the sparse index."""

from collections.abc import Iterator
from heapq import merge
from itertools import islice
from typing import Any, Final

from syncline.aws.database import Database
from syncline.aws.statements import wire
from syncline.engine.records import by_connection, waits_for
from syncline.platform.record_items import SHARDS, WAITING_INDEX, RecordKeys

_SPARE: Final = 2
"""Shards are not equally full: a page a little larger than its share is seldom followed by
another."""
_AMONG_OTHERS: Final = 1000
"""Of what waits for other connections many pages may have to be passed over."""
_PASSED_OVER: Final = 20_000
"""Entries of others: every change of one connection would pay for all that waits for one that is
down. The sweeper's one pass finds what is behind them."""


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
        """At most `limit` ids; no further page is read than these need, and of a connection's no
        more than its own and _PASSED_OVER entries of others."""
        page = limit // SHARDS + _SPARE
        if connection is not None:
            page = max(page, _AMONG_OTHERS)
        waiting = islice(self._all(object_name, bulk=bulk, page=page), limit + _PASSED_OVER)
        mine = (id_ for place, id_ in waiting if waits_for(place, connection))
        return list(islice(mine, limit))

    def read_each(self, object_name: str, *, bulk: bool, limit: int) -> dict[str, list[str]]:
        """Connection → at most `limit` ids. Everything is read, once."""
        return by_connection(self._all(object_name, bulk=bulk, page=_AMONG_OTHERS), limit)

    def _all(self, object_name: str, *, bulk: bool, page: int) -> Iterator[tuple[str, str]]:
        """Place and id, in order; pages as they are asked for."""
        shards = self._keys.writers(object_name, bulk=bulk)
        return merge(*[self._shard(each, page) for each in shards])

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
