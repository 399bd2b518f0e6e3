"""Workspaces, connections and jobs on DynamoDB: one item for each document."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from syncline.aws.database import Database
from syncline.aws.items import check_size, compact
from syncline.aws.statements import Item, Key
from syncline.ports import JsonObject, Stored


class DynamoConfiguration:
    """The Configuration port: partition `{workspace}|{type}`, sort key the name."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def get(self, workspace: str, type: str, name: str) -> Stored | None:
        key = _key(workspace, type, name)
        item = self._database.get(self._table, [key]).get(key)
        return None if item is None else _stored(item)

    def put(
        self, workspace: str, type: str, name: str, body: JsonObject, *, expected: int
    ) -> Stored | None:
        key = _key(workspace, type, name)
        item: Item = {"pk": key.pk, "sk": key.sk, "v": expected + 1, "body": compact(body)}
        check_size(item, f"the {type} {name}")
        asked = _stored(item)
        if self._database.put(self._table, item, where={"v": expected} if expected else None):
            return asked
        # An answer that was lost: what was asked is there.
        return asked if self.get(workspace, type, name) == asked else None

    def delete(self, workspace: str, type: str, name: str) -> bool:
        return self._database.delete(self._table, _key(workspace, type, name))

    def all(self, workspace: str, type: str) -> Sequence[tuple[str, Stored]]:
        found = self._database.query(self._table, f"{workspace}|{type}")
        return [(item["sk"], _stored(item)) for item in found]


def _key(workspace: str, type_: str, name: str) -> Key:
    return Key(f"{workspace}|{type_}", name)


def _stored(item: Mapping[str, Any]) -> Stored:
    return Stored(body=json.loads(item["body"]), version=item["v"])
