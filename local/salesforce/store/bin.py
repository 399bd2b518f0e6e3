# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Out of the recycle bin, back or for good; and the archive, which hides without deleting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.ids import normalise
from local.salesforce.schema.types import Field, SObject
from local.salesforce.store.children import IN_LIST, as_list
from local.salesforce.store.removal import Removal
from local.salesforce.values import store_datetime

ARCHIVE_AFTER: Final = timedelta(days=365)
#: https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/langCon_apex_dml_examples_undelete.htm
BIN_LIFE: Final = timedelta(days=15)
#: Lookups that an undelete restores besides all custom ones, as the page on deletes lists them.
_RESTORED: Final = frozenset(
    {("Account", "ParentId"), ("Case", "ParentId"), ("Contact", "ReportsToId")}
)
_OLD: Final = {
    "Task": '"IsClosed" = 1 AND coalesce("ActivityDate" || \'T00:00:00.000Z\', "CreatedDate") < ?',
    "Event": '"EndDateTime" < ?',
}


@dataclass(frozen=True, slots=True)
class RecycleBin:
    """Works with the stamp of a removal."""

    removal: Removal

    def undelete(self, record_id: str) -> list[str]:
        """Back from the bin, with what went along; returns all ids that came back.

        What went along with its parent is not in the bin itself, so it cannot come back alone.
        The text is that of help article 000386040.
        """
        database, schema = self.removal.database, self.removal.schema
        full = normalise(record_id) or record_id
        sobject = schema.of_id(full)
        if sobject is not None and not sobject.traits.undeletable:
            raise ApiError(Kind.NOT_UNDELETABLE)
        gone = database.rows('SELECT sobject, id FROM "_deleted" WHERE root = ?', (full,))
        back: dict[str, list[str]] = {}
        for name in dict.fromkeys(str(row[0]) for row in gone):
            ids = [str(row[1]) for row in gone if row[0] == name]
            back[name] = self._undelete(schema.require(name), ids)
        returned = [each for ids in back.values() for each in ids]
        if full not in returned:
            raise ApiError(Kind.UNDELETE, fields=("Id",))
        for name, ids in back.items():
            self._forget_lost_parents(schema.require(name), ids)
        self._tie_again(full)
        return returned

    def _undelete(self, sobject: SObject, ids: list[str]) -> list[str]:
        database = self.removal.database
        if not sobject.has("IsDeleted"):
            return []
        found = database.rows(
            f'SELECT "Id" FROM "{sobject.name}" WHERE "Id" IN {IN_LIST} AND "IsDeleted" = 1',
            (as_list(ids),),
        )
        back = [str(row[0]) for row in found]
        self.removal.mark(sobject, back, deleted=False)
        database.run(
            f'DELETE FROM "_deleted" WHERE sobject = ? AND id IN {IN_LIST}',
            (sobject.name, as_list(back)),
        )
        if sobject.has("MasterRecordId"):
            database.run(
                f'UPDATE "{sobject.name}" SET "MasterRecordId" = NULL WHERE "Id" IN {IN_LIST}',
                (as_list(back),),
            )
        return back

    def _forget_lost_parents(self, sobject: SObject, ids: list[str]) -> None:
        """A parent that was deleted or purged later is not there; from practice, nothing is
        documented."""
        for field in sobject.stored:
            for target in self.removal.schema.targets(field) if field.reference else ():
                if target.has("IsDeleted") and field.access.nillable:
                    self.removal.database.run(
                        f'UPDATE "{sobject.name}" SET "{field.name}" = NULL WHERE "Id" IN {IN_LIST}'
                        f' AND substr("{field.name}", 1, 3) = ? AND NOT EXISTS'
                        f' (SELECT 1 FROM "{target.name}" AS parent WHERE parent."IsDeleted" = 0'
                        f' AND parent."Id" = "{sobject.name}"."{field.name}")',
                        (as_list(ids), target.prefix),
                    )

    def _tie_again(self, root: str) -> None:
        """Lookups that were nulled and not filled since; the rest of the log is forgotten."""
        database = self.removal.database
        lost = database.rows('SELECT sobject, id, field, parent FROM "_untied" WHERE root = ?',
                             (root,))  # fmt: skip
        for name, child, column, parent in lost:
            field = self.removal.schema.require(str(name)).get(str(column))
            if field is not None and _restored(str(name), field):
                database.run(
                    f'UPDATE "{name}" SET "{column}" = ? WHERE "Id" = ? AND "{column}" IS NULL',
                    (parent, child),
                )
        database.run('DELETE FROM "_untied" WHERE root = ?', (root,))

    def expire(self) -> int:
        """For good what has been in the bin for more than 15 days; returns how many rows."""
        edge = store_datetime(self.removal.stamp - BIN_LIFE)
        return sum(
            self.removal.database.run(
                f'DELETE FROM "{sobject.name}" WHERE "IsDeleted" = 1 AND "Id" IN'
                ' (SELECT id FROM "_deleted" WHERE sobject = ? AND deleted < ?)',
                (sobject.name, edge),
            )
            for sobject in self.removal.schema
            if sobject.has("IsDeleted")
        )

    def archive(self, sobject: SObject, ids: Sequence[str] | None) -> int:
        """Hide old activities from `query`; their stamp stays, as for every direct change of rows.

        Without ids: events that ended, and closed tasks that were due or without a due date made,
        more than 365 days ago.
        """
        database, name = self.removal.database, sobject.name
        if not sobject.has("IsArchived"):
            raise ApiError(Kind.NOT_FOUND)
        if ids is not None:
            full = [normalise(each) or each for each in ids]
            return database.run(
                f'UPDATE "{name}" SET "IsArchived" = 1 WHERE "Id" IN {IN_LIST}', (as_list(full),)
            )
        edge = store_datetime(self.removal.stamp - ARCHIVE_AFTER)
        old = _OLD[name]
        return database.run(
            f'UPDATE "{name}" SET "IsArchived" = 1 WHERE "IsArchived" = 0 AND {old}', (edge,)
        )


def _restored(sobject: str, field: Field) -> bool:
    return field.custom or (sobject, field.name) in _RESTORED
