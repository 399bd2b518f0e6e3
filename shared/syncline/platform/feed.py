"""The change feed: which records people edited since a time, read from the sparse index."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from syncline.aws.database import Database
from syncline.aws.statements import wire
from syncline.platform.record_items import CHANGES_INDEX, SHARDS, RecordKeys
from syncline.ports import Cursor


@dataclass(frozen=True, slots=True)
class _Place:
    """An entry of the feed. `until` is the newest one that its shard had when reading it began:
    what is edited meanwhile moves behind it, and is left to the next reading."""

    shard: int
    until: str
    changed_at: str
    id: str


class ChangeFeed:
    """The feed of one workspace, shard by shard, each in order of time.

    Queries of an index are eventually consistent and free of scans:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html. A query may start
    behind a key that is not there any more (https://github.com/getmoto/moto/issues/7461; AWS
    documents neither), but not behind one outside its own condition.
    """

    def __init__(self, database: Database, keys: RecordKeys) -> None:
        self._database = database
        self._keys = keys

    def read(
        self, object_name: str, *, since: str, limit: int, cursor: Cursor | None
    ) -> tuple[list[str], Cursor | None]:
        """Ids, and where to go on; None when the feed is wholly read."""
        place = _Place(**cursor) if cursor else _start(0, since)
        found: list[_Place] = []
        while place.shard < SHARDS:
            left = limit - len(found)
            found += islice(self._entries(object_name, place, left), left)
            if len(found) == limit:
                return [each.id for each in found], asdict(found[-1])
            place = _start(place.shard + 1, since)
        return [each.id for each in found], None

    def _entries(self, object_name: str, place: _Place, limit: int) -> Iterator[_Place]:
        """Those of one shard behind a place, read as they are asked for."""
        feed = self._keys.feeds(object_name)[place.shard]
        until = place.until or self._newest(feed, place.changed_at)
        if until is None:
            return
        ask = _condition("feed = :pk AND changed_at BETWEEN :since AND :until")
        ask |= _values({":pk": feed, ":since": place.changed_at, ":until": until})
        if place.id:
            key = self._keys.record(object_name, place.id)
            start = {"pk": key.pk, "sk": key.sk, "feed": feed, "changed_at": place.changed_at}
            ask["ExclusiveStartKey"] = {name: wire(value) for name, value in start.items()}
        for item in self._database.query(self._keys.table, feed, ask={**ask, "Limit": limit}):
            yield _Place(place.shard, until, item["changed_at"], item["sk"])

    def _newest(self, feed: str, since: str) -> str | None:
        ask = _condition("feed = :pk AND changed_at >= :since")
        ask |= _values({":pk": feed, ":since": since})
        ask |= {"ScanIndexForward": False, "Limit": 1}
        newest = next(self._database.query(self._keys.table, feed, ask=ask), None)
        return None if newest is None else str(newest["changed_at"])


def _start(shard: int, since: str) -> _Place:
    """Before the first entry of a shard, whose newest is not known yet."""
    return _Place(shard, until="", changed_at=since, id="")


def _condition(text: str) -> dict[str, Any]:
    return {"IndexName": CHANGES_INDEX, "ConsistentRead": False, "KeyConditionExpression": text}


def _values(values: Mapping[str, str]) -> dict[str, Any]:
    return {"ExpressionAttributeValues": {name: wire(value) for name, value in values.items()}}
