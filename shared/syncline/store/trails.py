"""What leads to the story of a record that has no link: one item for each, replaced as a whole."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from syncline.aws.database import Database
from syncline.aws.items import compact
from syncline.aws.replacing import replace_all
from syncline.aws.statements import Item, Key
from syncline.ports import Aside, Trail
from syncline.store.link_items import LinkKeys


class Trails:
    """The trails of one workspace and connection. They are `kept` as long as the journal keeps what
    they lead to, and go by their time to live:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html"""

    def __init__(self, database: Database, keys: LinkKeys, *, kept: timedelta) -> None:
        self._database = database
        self._keys = keys
        self._kept = kept

    def get(self, object_name: str, ids: Collection[str]) -> Mapping[str, Trail]:
        keys = [self._keys.trail(object_name, id) for id in ids]
        found = self._database.get(self._keys.table, keys)
        return {key.sk: _trail(json.loads(item["doc"])) for key, item in found.items()}

    def put(self, object_name: str, trails: Mapping[str, Trail], at: str) -> None:
        expires_at = int((datetime.fromisoformat(at) + self._kept).timestamp())
        items = [
            _item(self._keys.trail(object_name, id), trail, expires_at)
            for id, trail in trails.items()
        ]
        replace_all(self._database, self._keys.table, items)


def _item(key: Key, trail: Trail, expires_at: int) -> Item:
    asides = [[each.told, each.entry] for each in trail.asides]
    doc = compact({"crm_id": trail.crm_id, "asides": asides})
    return {"pk": key.pk, "sk": key.sk, "doc": doc, "expires_at": expires_at}


def _trail(stored: Mapping[str, Any]) -> Trail:
    return Trail(stored["crm_id"], tuple(Aside(told, entry) for told, entry in stored["asides"]))
