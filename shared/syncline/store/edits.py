"""What we wrote last to fields of records that references lead to: one item for each field."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from syncline.aws.database import Database
from syncline.aws.items import compact
from syncline.aws.replacing import replace_all
from syncline.aws.statements import Item, Key
from syncline.engine.edited import Edited, EditPlace
from syncline.store.link_items import LinkKeys


class Edits:
    """The notes of one workspace and connection. They go by their time to live, as trails do."""

    def __init__(self, database: Database, keys: LinkKeys, *, kept: timedelta) -> None:
        self._database = database
        self._keys = keys
        self._kept = kept

    def get(self, places: Collection[EditPlace]) -> Mapping[EditPlace, Edited]:
        keys = {self._keys.edited(*place): place for place in places}
        found = self._database.get(self._keys.table, keys)
        return {keys[key]: Edited(**json.loads(item["doc"])) for key, item in found.items()}

    def put(self, edits: Mapping[EditPlace, Edited], at: str) -> None:
        expires_at = int((datetime.fromisoformat(at) + self._kept).timestamp())
        items = [
            _item(self._keys.edited(*place), edit, expires_at) for place, edit in edits.items()
        ]
        replace_all(self._database, self._keys.table, items)


def _item(key: Key, edit: Edited, expires_at: int) -> Item:
    doc = compact({"at": edit.at, "value": edit.value})
    return {"pk": key.pk, "sk": key.sk, "doc": doc, "expires_at": expires_at}
