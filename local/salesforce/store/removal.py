# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""The recycle bin and what leads there: delete, undelete, purge, merge, and the archive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.ids import normalise
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import SObject
from local.salesforce.store.database import Database
from local.salesforce.values import store_datetime

ARCHIVE_AFTER: Final = timedelta(days=365)
MAXIMUM_LOSERS: Final = 2
_IN: Final = "(SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Removal:
    """Works on rows as one moment; every row that goes is logged for getDeleted."""

    database: Database
    schema: Schema
    stamp: datetime

    def delete(self, sobject: SObject, record_id: str) -> None:
        """To the bin, with the children that cannot be without their parent."""
        if not sobject.traits.deletable:
            raise ApiError(Kind.NO_DML, verb="deleted", sobject=sobject.name)
        full = self._live(sobject, record_id)
        self._delete(sobject, [full], root=full)

    def _live(self, sobject: SObject, record_id: str) -> str:
        full = normalise(record_id)
        if full is None or not full.startswith(sobject.prefix):
            raise ApiError(Kind.MALFORMED_ID, fields=("Id",), value=record_id)
        mark = '"IsDeleted"' if sobject.has("IsDeleted") else "0"
        found = self.database.one(f'SELECT {mark} FROM "{sobject.name}" WHERE "Id" = ?', (full,))
        if found is None:
            raise ApiError(Kind.CROSS_REFERENCE)
        if found[0]:
            raise ApiError(Kind.ENTITY_IS_DELETED)
        return full

    def _delete(self, sobject: SObject, ids: Sequence[str], *, root: str) -> None:
        if not ids:
            return
        self._log(sobject, ids, root)
        if not sobject.has("IsDeleted"):
            self.database.run(f'DELETE FROM "{sobject.name}" WHERE "Id" IN {_IN}', (_list(ids),))
            return
        self._mark(sobject, ids, deleted=True)
        for child in self.schema.children(sobject):
            if child.cascade:
                found = self.database.rows(
                    f'SELECT "Id" FROM "{child.sobject.name}"'
                    f' WHERE "{child.field.name}" IN {_IN} AND "IsDeleted" = 0',
                    (_list(ids),),
                )
                self._delete(child.sobject, [str(row[0]) for row in found], root=root)

    def _log(self, sobject: SObject, ids: Sequence[str], root: str) -> None:
        when = store_datetime(self.stamp)
        self.database.connection.executemany(
            'INSERT OR REPLACE INTO "_deleted" (sobject, id, deleted, root) VALUES (?, ?, ?, ?)',
            [(sobject.name, each, when, root) for each in ids],
        )

    def _mark(self, sobject: SObject, ids: Sequence[str], *, deleted: bool) -> None:
        """Both ways move SystemModstamp, so that replication sees the row again."""
        self.database.run(
            f'UPDATE "{sobject.name}" SET "IsDeleted" = ?, "SystemModstamp" = ?'
            f' WHERE "Id" IN {_IN}',
            (int(deleted), store_datetime(self.stamp), _list(ids)),
        )

    def undelete(self, record_id: str) -> list[str]:
        """Back from the bin, with what went along; returns all ids that came back."""
        full = normalise(record_id) or record_id
        gone = self.database.rows('SELECT sobject, id FROM "_deleted" WHERE root = ?', (full,))
        back: list[str] = []
        for name in dict.fromkeys(str(row[0]) for row in gone):
            sobject = self.schema.require(name)
            ids = [str(row[1]) for row in gone if row[0] == name]
            back += self._undelete(sobject, ids)
        if full not in back:
            raise ApiError(Kind.UNDELETE, fields=("Id",))
        return back

    def _undelete(self, sobject: SObject, ids: list[str]) -> list[str]:
        if not sobject.has("IsDeleted"):
            return []
        found = self.database.rows(
            f'SELECT "Id" FROM "{sobject.name}" WHERE "Id" IN {_IN} AND "IsDeleted" = 1',
            (_list(ids),),
        )
        back = [str(row[0]) for row in found]
        self._mark(sobject, back, deleted=False)
        self.database.run(
            f'DELETE FROM "_deleted" WHERE sobject = ? AND id IN {_IN}', (sobject.name, _list(back))
        )
        if sobject.has("MasterRecordId"):
            self.database.run(
                f'UPDATE "{sobject.name}" SET "MasterRecordId" = NULL WHERE "Id" IN {_IN}',
                (_list(back),),
            )
        return back

    def purge(self, sobject: SObject, ids: Sequence[str] | None) -> int:
        """Out of the bin for good; the log of getDeleted keeps them."""
        some = "" if ids is None else f' AND "Id" IN {_IN}'
        parameters = () if ids is None else (_list([normalise(each) or each for each in ids]),)
        return self.database.run(
            f'DELETE FROM "{sobject.name}" WHERE "IsDeleted" = 1{some}', parameters
        )

    def merge(self, sobject: SObject, winner: str, losers: Sequence[str]) -> None:
        """Losers go to the bin and name the winner; their children change parent unstamped.

        No trigger fires for the children, so their SystemModstamp stays.
        https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/apex_triggers_merge_statements.htm
        """
        if not sobject.traits.mergeable or not 0 < len(losers) <= MAXIMUM_LOSERS:
            raise ApiError(Kind.MERGE, text=f"cannot merge {len(losers)} records into one")
        kept = self._live(sobject, winner)
        ids = [self._live(sobject, each) for each in losers]
        if kept in ids:
            raise ApiError(Kind.MERGE, text="a record cannot be merged with itself")
        for child in self.schema.children(sobject):
            if child.field.name == "MasterRecordId":
                continue
            self.database.run(
                f'UPDATE "{child.sobject.name}" SET "{child.field.name}" = ?'
                f' WHERE "{child.field.name}" IN {_IN}',
                (kept, _list(ids)),
            )
        for each in ids:
            self._log(sobject, [each], each)
        self._mark(sobject, ids, deleted=True)
        self.database.run(
            f'UPDATE "{sobject.name}" SET "MasterRecordId" = ? WHERE "Id" IN {_IN}',
            (kept, _list(ids)),
        )
        self._mark(sobject, [kept], deleted=False)

    def archive(self, sobject: SObject, ids: Sequence[str] | None) -> int:
        """Hide old activities from `query`; their stamp stays, as for every direct change of rows.

        Without ids: events that ended, and closed tasks that were due or without a due date made,
        more than 365 days ago.
        """
        name = sobject.name
        if not sobject.has("IsArchived"):
            raise ApiError(Kind.NOT_FOUND)
        if ids is not None:
            full = [normalise(each) or each for each in ids]
            return self.database.run(
                f'UPDATE "{name}" SET "IsArchived" = 1 WHERE "Id" IN {_IN}', (_list(full),)
            )
        edge = store_datetime(self.stamp - ARCHIVE_AFTER)
        old = _OLD[name]
        return self.database.run(
            f'UPDATE "{name}" SET "IsArchived" = 1 WHERE "IsArchived" = 0 AND {old}', (edge,)
        )


_OLD: Final = {
    "Task": '"IsClosed" = 1 AND coalesce("ActivityDate" || \'T00:00:00.000Z\', "CreatedDate") < ?',
    "Event": '"EndDateTime" < ?',
}


def _list(ids: Sequence[str]) -> str:
    return json.dumps(list(ids))
