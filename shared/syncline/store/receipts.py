"""Receipts of change events on DynamoDB, beside the runs and forgotten as they are."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Final

from syncline.aws.database import Database
from syncline.aws.items import compact
from syncline.aws.results import word_from, word_json
from syncline.aws.statements import Delete, Insert, Item, Key, Update
from syncline.engine.told import Told
from syncline.ports import BatchReceipt, Receipt, Results

_RESULT: Final = "result:"
_OPEN: Final = ""
"""The result of a connection that has said nothing yet. It is written when the receipt is opened,
so that a first word is a plain condition, and a receipt that is forgotten is not made again."""


class DynamoReceipts:
    """The Receipts port for one workspace: an item for each, with an attribute for each connection
    it goes to. Each connection says its word without reading, and without meeting another.

    `kept` is how long the journal keeps what a receipt tells of; items go by their time to live:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html"""

    def __init__(self, database: Database, table: str, *, workspace: str, kept: timedelta) -> None:
        self._database = database
        self._table = table
        self._workspace = workspace
        self._kept = kept

    def open(self, receipts: Sequence[Receipt]) -> Sequence[Receipt]:
        """One that is forgotten between the insert and the read is made after all."""
        wanted = {each.id: replace(each, results={}) for each in reversed(receipts)}
        found: dict[str, Receipt] = {}
        while left := [each for id, each in wanted.items() if id not in found]:
            made = self._database.execute([Insert(self._table, self._item(each)) for each in left])
            new = {each.id: each for each, ok in zip(left, made, strict=True) if ok}
            found.update(self.get([each.id for each in left if each.id not in new]), **new)
        return [found[each.id] for each in receipts]

    def get(self, ids: Collection[str]) -> Mapping[str, Receipt]:
        keys = {self._key(id): id for id in ids}
        found = self._database.get(self._table, keys)
        return {keys[key]: _receipt(keys[key], item) for key, item in found.items()}

    def settle(self, results: Mapping[str, Results]) -> None:
        """An item is written once in a batch, so a second connection's words are a second one."""
        batches: list[list[Update]] = []
        for id, words in results.items():
            for turn, (connection, told) in enumerate(words.items()):
                batches += [[]] if turn == len(batches) else []
                batches[turn].append(self._word(id, connection, told))
        for batch in batches:
            self._database.execute(batch)

    def open_batch(self, batch: BatchReceipt) -> BatchReceipt:
        """Listed first, so that none is missed; one that is listed in vain is taken from the list
        by whoever reads it."""
        key = self._batch_key(batch.id)
        doc = asdict(batch)
        item: Item = {
            "pk": key.pk,
            "sk": key.sk,
            "captured": doc.pop("captured"),
            "seen": doc.pop("seen"),
            "doc": compact(doc),
            "expires_at": self._expiry(batch.accepted_at),
        }
        at = {"since": batch.accepted_at, "expires_at": item["expires_at"]}
        listed = self._list_key(batch.id)
        self._database.execute([Insert(self._table, {"pk": listed.pk, "sk": listed.sk, **at})])
        while not self._database.execute([Insert(self._table, item)])[0]:
            stored = self.get_batch(batch.id)
            if stored is not None:
                return stored
        return batch

    def get_batch(self, id: str) -> BatchReceipt | None:
        return self._batches([id]).get(id)

    def advance(self, id: str, captured: int) -> None:
        key = self._batch_key(id)
        while (stored := self.get_batch(id)) is not None and stored.captured < captured:
            where: Item = {"captured": stored.captured}
            change = Update(self._table, key, set={"captured": captured}, where=where)
            self._database.execute([change])
            if captured >= stored.count:
                self._database.execute([Delete(self._table, self._list_key(id))])

    def note_seen(self, id: str, seen: str) -> None:
        self._database.execute([Update(self._table, self._batch_key(id), set={"seen": seen})])

    def listed(self, *, before: str) -> Sequence[BatchReceipt]:
        items = self._database.query(self._table, self._list_key("").pk)
        due = [str(item["sk"]) for item in items if item["since"] < before]
        known = self._batches(due)
        left = [known[id] for id in due if id in known and known[id].captured < known[id].count]
        vain = set(due) - {batch.id for batch in left}
        self._database.execute([Delete(self._table, self._list_key(id)) for id in sorted(vain)])
        return left

    def put_off(self, id: str, *, at: str) -> None:
        self._database.execute([Update(self._table, self._list_key(id), set={"since": at})])

    def _batches(self, ids: Collection[str]) -> dict[str, BatchReceipt]:
        keys = {self._batch_key(id): id for id in ids}
        return {
            keys[key]: BatchReceipt(
                **json.loads(item["doc"]), captured=item["captured"], seen=item.get("seen", "")
            )
            for key, item in self._database.get(self._table, keys).items()
        }

    def _key(self, id: str) -> Key:
        return Key(f"{self._workspace}|receipts|{id}", "receipt")

    def _batch_key(self, id: str) -> Key:
        return Key(f"{self._workspace}|receipts|{id}", "batch")

    def _list_key(self, id: str) -> Key:
        return Key(f"{self._workspace}|uncaptured", id)

    def _expiry(self, accepted_at: str) -> int:
        """In seconds since 1970."""
        return int((datetime.fromisoformat(accepted_at) + self._kept).timestamp())

    def _item(self, receipt: Receipt) -> Item:
        key, doc = self._key(receipt.id), asdict(receipt)
        del doc["id"], doc["results"]
        words = {f"{_RESULT}{connection}": _OPEN for connection in receipt.to}
        expires_at = self._expiry(receipt.accepted_at)
        return {"pk": key.pk, "sk": key.sk, "doc": compact(doc), "expires_at": expires_at, **words}

    def _word(self, id: str, connection: str, told: Mapping[str, Told]) -> Update:
        name = f"{_RESULT}{connection}"
        word = compact(word_json(told))
        return Update(self._table, self._key(id), set={name: word}, where={name: _OPEN})


def _receipt(id: str, item: Mapping[str, Any]) -> Receipt:
    stored = json.loads(item["doc"])
    words = {
        name.removeprefix(_RESULT): word_from(json.loads(text))
        for name, text in item.items()
        if name.startswith(_RESULT) and text != _OPEN
    }
    to = {connection: tuple(names) for connection, names in stored["to"].items()}
    return Receipt(**{**stored, "id": id, "to": to, "results": words})
