"""The Bodies port in memory."""

from syncline.memory.table import Table
from syncline.ports import JsonObject


class MemoryBodies:
    """The stored requests of one workspace. `table` has no limit: they are objects in a bucket."""

    def __init__(self, workspace: str, table: Table) -> None:
        self._workspace = workspace
        self._table = table

    def put(self, id: str, body: JsonObject) -> None:
        self._table.put((self._workspace, id), body)

    def get(self, id: str) -> JsonObject | None:
        stored: JsonObject | None = self._table.get((self._workspace, id))
        return stored
