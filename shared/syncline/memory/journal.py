"""The Journal port in memory."""

from collections.abc import Sequence
from typing import Any

from syncline.memory.table import Table
from syncline.ports import JsonObject


class MemoryJournal:
    """Entries by workspace, run and name; the first that is put stays."""

    def __init__(self) -> None:
        self.entries = Table(limit=None)

    @property
    def writes(self) -> int:
        return self.entries.writes

    def put(self, workspace: str, run: str, name: str, entry: JsonObject) -> JsonObject:
        self.entries.insert((workspace, run, name), entry)
        stored: JsonObject = self.entries.get((workspace, run, name))
        return stored

    def get(self, workspace: str, run: str, name: str) -> JsonObject | None:
        stored: JsonObject | None = self.entries.get((workspace, run, name))
        return stored

    def names(
        self, workspace: str, run: str, *, after: str = "", limit: int = 1000
    ) -> Sequence[str]:
        found = [key[-1] for key, _ in self.entries.under((workspace, run)) if key[-1] > after]
        return found[:limit]

    def dump(self) -> dict[str, Any]:
        return self.entries.dump()
