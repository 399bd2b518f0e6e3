"""What people were told of that keeps write-back from working, beside the runs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from syncline.aws.database import Database
from syncline.aws.replacing import replace_all
from syncline.aws.statements import Delete, Item, Key
from syncline.ports import Trouble

_KEPT: Final = timedelta(days=30)


class DynamoTroubles:
    """The Troubles port: a partition for each connection, an item for each cause. Items go by their
    time to live, should a connection never work again."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def known(self, workspace: str, connection: str) -> Sequence[Trouble]:
        found = self._database.query(self._table, _partition(workspace, connection))
        return [
            Trouble(workspace, connection, item["sk"], item["object"], item["at"]) for item in found
        ]

    def note(self, trouble: Trouble) -> None:
        key = _key(trouble)
        expires_at = int((datetime.fromisoformat(trouble.at) + _KEPT).timestamp())
        item: Item = {
            "pk": key.pk,
            "sk": key.sk,
            "object": trouble.object,
            "at": trouble.at,
            "expires_at": expires_at,
        }
        replace_all(self._database, self._table, [item])

    def forget(self, trouble: Trouble) -> None:
        self._database.execute([Delete(self._table, _key(trouble))])


def _partition(workspace: str, connection: str) -> str:
    return f"{workspace}|troubles|{connection}"


def _key(trouble: Trouble) -> Key:
    return Key(_partition(trouble.workspace, trouble.connection), trouble.cause)
