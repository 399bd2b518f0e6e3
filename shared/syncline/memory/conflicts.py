"""The Conflicts port in memory."""

import dataclasses
from collections.abc import Collection, Sequence
from typing import Any

from syncline.memory.table import Table
from syncline.ports import Conflict


class MemoryConflicts:
    """The held records of one workspace."""

    def __init__(self, workspace: str, table: Table) -> None:
        self._workspace = workspace
        self._table = table

    def put(self, conflicts: Sequence[Conflict]) -> None:
        stored = {self._key(each): dataclasses.asdict(each) for each in conflicts}
        for key, value in stored.items():
            self._table.check(key, value)
        for key, value in stored.items():
            self._table.put(key, value)

    def get(self, connection: str, platform_id: str) -> Conflict | None:
        stored = self._table.get((self._workspace, connection, platform_id))
        return None if stored is None else conflict_from(stored)

    def page(self, *, limit: int, after: tuple[str, str] | None = None) -> Sequence[Conflict]:
        found = self._table.under((self._workspace,))
        behind = [value for key, value in found if after is None or key[1:] > after]
        return [conflict_from(value) for value in behind[:limit]]

    def remove(self, connection: str, platform_ids: Collection[str]) -> None:
        for platform_id in set(platform_ids):
            self._table.remove((self._workspace, connection, platform_id))

    def _key(self, conflict: Conflict) -> tuple[str, str, str]:
        return (self._workspace, conflict.connection, conflict.platform_id)


def conflict_from(stored: dict[str, Any]) -> Conflict:
    """JSON has lists where a conflict has pairs."""
    fields = {name: (crm, platform) for name, (crm, platform) in stored["fields"].items()}
    return Conflict(**{**stored, "fields": fields})
