# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""New ids in blocks that grow with the number of records one request makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from local.salesforce.ids import mint
from local.salesforce.schema.types import SObject
from local.salesforce.store.database import Database

_LARGEST_BLOCK: Final = 1_024


class Minter:
    """Ids that sort as they were made; those that were loaded by hand are stepped over."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._free: dict[str, Iterator[str]] = {}
        self._size: dict[str, int] = {}

    def next(self, sobject: SObject) -> str:
        """An id no record of the object has."""
        while True:
            free = self._free.get(sobject.name)
            found = next(free, None) if free is not None else None
            if found is not None:
                return found
            self._free[sobject.name] = self._block(sobject)

    def _block(self, sobject: SObject) -> Iterator[str]:
        size = self._size.get(sobject.name, 1)
        self._size[sobject.name] = min(2 * size, _LARGEST_BLOCK)
        first = self._database.reserve(sobject.prefix, size)
        ids = [mint(sobject.prefix, first + at) for at in range(size)]
        taken = {
            row[0]
            for row in self._database.rows(
                f'SELECT "Id" FROM "{sobject.name}" WHERE "Id" BETWEEN ? AND ?', (ids[0], ids[-1])
            )
        }
        return iter([each for each in ids if each not in taken] if taken else ids)
