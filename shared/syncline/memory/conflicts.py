"""The Conflicts port in memory."""

import dataclasses
from collections.abc import Collection, Sequence
from typing import Any

from syncline.memory.table import Table
from syncline.ports import Conflict, ConflictPlace


class MemoryConflicts:
    """The held records of one workspace."""

    def __init__(self, workspace: str, table: Table) -> None:
        self._workspace = workspace
        self._table = table

    def put(self, conflicts: Sequence[Conflict]) -> None:
        stored = {self._key(each.place): dataclasses.asdict(each) for each in conflicts}
        for key, value in stored.items():
            self._table.check(key, value)
        for key, value in stored.items():
            self._table.put(key, value)

    def get(self, place: ConflictPlace) -> Conflict | None:
        stored = self._table.get(self._key(place))
        return None if stored is None else conflict_from(stored)

    def page(self, *, limit: int, after: ConflictPlace | None = None) -> Sequence[Conflict]:
        found = self._table.under((self._workspace,))
        behind = [value for key, value in found if after is None or key[1:] > after]
        return [conflict_from(value) for value in behind[:limit]]

    def remove(self, places: Collection[ConflictPlace]) -> None:
        for place in set(places):
            self._table.remove(self._key(place))

    def _key(self, place: ConflictPlace) -> tuple[str, ...]:
        return (self._workspace, *place)


def conflict_from(stored: dict[str, Any]) -> Conflict:
    """JSON has lists where a conflict has pairs."""
    fields = {name: (crm, platform) for name, (crm, platform) in stored["fields"].items()}
    return Conflict(**{**stored, "fields": fields})
