"""Whole items that are made or replaced, whatever was there.

PartiQL has an insert that refuses an item that exists and an update that refuses one that does not,
and nothing in between.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.insert.html
"""

from collections.abc import Iterable

from syncline.aws.database import Database
from syncline.aws.statements import Insert, Item, Key, Update


def replace_all(database: Database, table: str, items: Iterable[Item]) -> None:
    """Inserts, and changes those that exist; one that goes away in between is made again.

    Items of a table that are replaced have the same attributes. Of one key the last item counts.
    RecordRejectedError, before anything is written, for an item over 400 KB.
    """
    left = {Key(str(item["pk"]), str(item["sk"])): item for item in items}
    while left:
        made = database.execute([Insert(table, item) for item in left.values()])
        left = {key: item for (key, item), ok in zip(left.items(), made, strict=True) if not ok}
        changed = database.execute([_update(table, key, item) for key, item in left.items()])
        left = {key: item for (key, item), ok in zip(left.items(), changed, strict=True) if not ok}


def _update(table: str, key: Key, item: Item) -> Update:
    return Update(table, key, set={name: item[name] for name in item if name not in key._fields})
