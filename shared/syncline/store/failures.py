"""Why messages failed, beside the runs: an item for each message, for as long as a dead letter."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from syncline.aws.database import Database
from syncline.aws.replacing import replace_all
from syncline.aws.statements import Item, Key
from syncline.ports import Failure

KEPT: Final = timedelta(days=14)
"""The longest that a queue keeps a message:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"""


class DynamoFailures:
    """The Failures port. Items go by their time to live."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def note(self, failures: Mapping[str, Failure]) -> None:
        items = [_item(message, failure) for message, failure in failures.items()]
        replace_all(self._database, self._table, items)

    def get(self, messages: Collection[str]) -> Mapping[str, Failure]:
        keys = {_key(message): message for message in messages}
        found = self._database.get(self._table, keys)
        return {
            keys[key]: Failure(item["code"], item["reason"], item["at"], item["count"])
            for key, item in found.items()
        }


def _key(message: str) -> Key:
    return Key(f"letter|{message}", "failure")


def _item(message: str, failure: Failure) -> Item:
    key = _key(message)
    expires_at = int((datetime.fromisoformat(failure.at) + KEPT).timestamp())
    return {"pk": key.pk, "sk": key.sk, **asdict(failure), "expires_at": expires_at}
