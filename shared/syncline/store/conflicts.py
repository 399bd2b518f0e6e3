"""Held records on DynamoDB: one item for each record and connection, in order of both."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any, Final

from syncline.aws.database import Database
from syncline.aws.items import compact
from syncline.aws.replacing import replace_all
from syncline.aws.statements import Delete, Item, Key
from syncline.ports import Conflict, ConflictPlace

_BETWEEN: Final = "#"
"""Below every character of a name, so that the order is by connection, object and record."""


class DynamoConflicts:
    """The Conflicts port for one workspace, beside the cross-references.

    No other item of that table has a partition key of two parts.
    """

    def __init__(self, database: Database, table: str, *, workspace: str) -> None:
        self._database = database
        self._table = table
        self._partition = f"{workspace}|conflicts"

    def put(self, conflicts: Sequence[Conflict]) -> None:
        replace_all(self._database, self._table, [self._item(each) for each in conflicts])

    def get(self, place: ConflictPlace) -> Conflict | None:
        key = self._key(place)
        item = self._database.get(self._table, [key]).get(key)
        return None if item is None else _conflict(item)

    def page(self, *, limit: int, after: ConflictPlace | None = None) -> Sequence[Conflict]:
        found = self._database.query(
            self._table,
            self._partition,
            after=self._key(after).sk if after else None,
            ask={"Limit": limit + 1},
        )
        return [_conflict(item) for item in islice(found, limit)]

    def remove(self, places: Collection[ConflictPlace]) -> None:
        keys = [self._key(each) for each in dict.fromkeys(places)]
        self._database.execute([Delete(self._table, key) for key in keys])

    def _key(self, place: ConflictPlace) -> Key:
        return Key(self._partition, _BETWEEN.join(place))

    def _item(self, conflict: Conflict) -> Item:
        key = self._key(conflict.place)
        return {"pk": key.pk, "sk": key.sk, "doc": compact(asdict(conflict))}


def _conflict(item: Mapping[str, Any]) -> Conflict:
    """JSON has lists where a conflict has pairs."""
    stored = json.loads(item["doc"])
    fields = {name: (crm, platform) for name, (crm, platform) in stored["fields"].items()}
    return Conflict(**{**stored, "fields": fields})
