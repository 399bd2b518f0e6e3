"""A table in memory: what is put comes back as JSON brings it back, and writes are counted."""

import json
from collections.abc import Iterator
from typing import Any, Final

from syncline.aws.items import ITEM_LIMIT_BYTES, check_size, compact

Key = tuple[str, ...]

_MISSING: Final = object()


class Table:
    """Items by key. `writes` counts every item put or removed since the table was made.

    `limit` None is for what is an object in a bucket on AWS, not an item.
    """

    def __init__(self, *, limit: int | None = ITEM_LIMIT_BYTES) -> None:
        self.writes = 0
        self._limit = limit
        self._items: dict[Key, str] = {}

    def get(self, key: Key) -> Any:
        """A copy of the item; None where there is none."""
        text = self._items.get(key)
        return None if text is None else json.loads(text)

    def check(self, key: Key, value: Any) -> str:
        """The text that would be stored; RecordRejectedError for what cannot be."""
        text = compact(value)
        if self._limit is not None:
            check_size({"key": "|".join(key), "value": text}, "|".join(key))
        return text

    def put(self, key: Key, value: Any) -> None:
        self._items[key] = self.check(key, value)
        self.writes += 1

    def insert(self, key: Key, value: Any) -> bool:
        """False, and nothing changes, if the key exists."""
        if key in self._items:
            return False
        self.put(key, value)
        return True

    def remove(self, key: Key) -> None:
        """An absent key is a success and no write."""
        if self._items.pop(key, _MISSING) is not _MISSING:
            self.writes += 1

    def under(self, prefix: Key) -> Iterator[tuple[Key, Any]]:
        """Items whose key begins so, in key order."""
        size = len(prefix)
        for key in sorted(key for key in self._items if key[:size] == prefix):
            yield key, json.loads(self._items[key])

    def __contains__(self, key: Key) -> bool:
        return key in self._items

    def __len__(self) -> int:
        return len(self._items)

    def dump(self) -> dict[str, Any]:
        """Everything stored, by key, for a test to compare."""
        return {"|".join(key): json.loads(self._items[key]) for key in sorted(self._items)}
