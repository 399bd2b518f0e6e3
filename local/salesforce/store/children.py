# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""What becomes of the records that point to a record that goes, per child relationship."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from local.salesforce.schema.registry import Child, Schema
from local.salesforce.schema.types import Field, SObject
from local.salesforce.store.database import Database

IN_LIST: Final = "(SELECT value FROM json_each(?))"


class Fate(StrEnum):
    """What a child does when its parent goes."""

    GOES = "goes"
    KEEPS_PARENT = "keeps parent"
    LOSES_PARENT = "loses parent"


@dataclass(frozen=True, slots=True)
class Tie:
    """One reference to an object, with what it means for the children."""

    sobject: SObject
    field: Field
    fate: Fate

    @property
    def alive(self) -> str:
        """The condition that leaves deleted children out."""
        return '"IsDeleted" = 0' if self.sobject.has("IsDeleted") else "1"


#: The winner of a merge and the people in system fields stay as they are.
_KEPT: Final = frozenset({"MasterRecordId", "CreatedById", "LastModifiedById"})


class Ties:
    """The ties of each object, looked up once; a column that is searched gets its index."""

    def __init__(self, database: Database, schema: Schema) -> None:
        self._database = database
        self._schema = schema
        self._of: dict[str, tuple[Tie, ...]] = {}

    def of(self, parent: SObject) -> tuple[Tie, ...]:
        """All references to an object that do something when a record of it goes."""
        found = self._of.get(parent.name)
        if found is None:
            found = tuple(
                Tie(child.sobject, child.field, fate)
                for child in self._schema.children(parent)
                if (fate := _fate(child)) is not None
            )
            for tie in found:
                if tie.fate is not Fate.GOES:
                    self._index(tie)
            self._of[parent.name] = found
        return found

    def _index(self, tie: Tie) -> None:
        table, column = tie.sobject.name, tie.field.name
        self._database.run(
            f'CREATE INDEX IF NOT EXISTS "{table}_{column}_tie" ON "{table}" ("{column}")'
            f' WHERE "{column}" IS NOT NULL'
        )

    def find(self, tie: Tie, ids: Sequence[str]) -> list[str]:
        """The live children of some records."""
        column = tie.field.name
        table = tie.sobject.name
        sql = f'SELECT "Id" FROM "{table}" WHERE "{column}" IN {IN_LIST} AND {tie.alive}'
        self._database.index_parents(sql)
        found = self._database.rows(sql, (as_list(ids),))
        return [str(row[0]) for row in found]


def _fate(child: Child) -> Fate | None:
    """Computed references are left alone: what they follow from decides."""
    if child.cascade:
        return Fate.GOES
    if child.restricted:
        return Fate.KEEPS_PARENT
    access = child.field.access
    settable = access.createable or access.updateable
    return Fate.LOSES_PARENT if settable and child.field.name not in _KEPT else None


def as_list(ids: Sequence[str]) -> str:
    """Ids as the one parameter that IN_LIST takes."""
    return json.dumps(list(ids))
