"""The Receipts port in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from threading import Lock
from typing import Any, Final

from syncline.aws.results import word_from, word_json
from syncline.memory.table import Table
from syncline.ports import BatchReceipt, Receipt, Results

_ALONE: Final = Lock()
"""Held from the read of what is stored to its write, because these tables know no condition."""


@dataclass(slots=True)
class ReceiptTables:
    """Where the receipts of all workspaces of a cloud are kept."""

    receipts: Table = field(default_factory=Table)
    batches: Table = field(default_factory=Table)
    listed: Table = field(default_factory=Table)
    """Since when a batch is not captured, or from when it is looked at again."""


class MemoryReceipts:
    """The receipts of one workspace."""

    def __init__(self, workspace: str, tables: ReceiptTables) -> None:
        self._workspace = workspace
        self._tables = tables

    def open(self, receipts: Sequence[Receipt]) -> Sequence[Receipt]:
        for each in receipts:
            self._tables.receipts.insert(self._key(each.id), asdict(replace(each, results={})))
        stored = self.get([each.id for each in receipts])
        return [stored[each.id] for each in receipts]

    def get(self, ids: Collection[str]) -> Mapping[str, Receipt]:
        found = ((id, self._tables.receipts.get(self._key(id))) for id in ids)
        return {id: _receipt(stored) for id, stored in found if stored is not None}

    def settle(self, results: Mapping[str, Results]) -> None:
        for id, words in results.items():
            with _ALONE:
                self._settle(self._key(id), words)

    def _settle(self, key: tuple[str, str], words: Results) -> None:
        for connection, told in words.items():
            stored = self._tables.receipts.get(key)
            if stored is None or connection in stored["results"]:
                continue
            if connection in stored["to"]:
                stored["results"][connection] = word_json(told)
                self._tables.receipts.put(key, stored)

    def open_batch(self, batch: BatchReceipt) -> BatchReceipt:
        key = self._key(batch.id)
        if self._tables.batches.insert(key, asdict(batch)):
            self._tables.listed.put(key, batch.accepted_at)
        return BatchReceipt(**self._tables.batches.get(key))

    def get_batch(self, id: str) -> BatchReceipt | None:
        stored = self._tables.batches.get(self._key(id))
        return None if stored is None else BatchReceipt(**stored)

    def advance(self, id: str, captured: int) -> None:
        with _ALONE:
            stored = self.get_batch(id)
            if stored is not None and stored.captured < captured:
                self._tables.batches.put(self._key(id), asdict(replace(stored, captured=captured)))
                if captured >= stored.count:
                    self._tables.listed.remove(self._key(id))

    def note_seen(self, id: str, seen: str) -> None:
        with _ALONE:
            stored = self.get_batch(id)
            if stored is not None:
                self._tables.batches.put(self._key(id), asdict(replace(stored, seen=seen)))

    def listed(self, *, before: str) -> Sequence[BatchReceipt]:
        due = [key[-1] for key, at in self._tables.listed.under((self._workspace,)) if at < before]
        return [batch for batch in map(self.get_batch, due) if batch is not None]

    def put_off(self, id: str, *, at: str) -> None:
        if self._tables.listed.get(self._key(id)) is not None:
            self._tables.listed.put(self._key(id), at)

    def _key(self, id: str) -> tuple[str, str]:
        return self._workspace, id


def _receipt(stored: Mapping[str, Any]) -> Receipt:
    to = {connection: tuple(names) for connection, names in stored["to"].items()}
    results = {connection: word_from(word) for connection, word in stored["results"].items()}
    return Receipt(**{**stored, "to": to, "results": results})
