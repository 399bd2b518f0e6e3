# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Parents of the records being written: each is looked at once, however many rows point to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import SObject
from local.salesforce.store.database import Database, Value
from local.salesforce.store.incoming import malformed
from local.salesforce.store.intake import Entry

#: What there is to know of a parent: whether it is alive, and whether it may own records.
Standing = tuple[bool, bool]
_QUEUE: Final = "00G"
_RECORD_TYPE: Final = "012"


@dataclass(frozen=True, slots=True)
class _Known:
    sobject: SObject
    sql: str


class References:
    """Knows the parents of one request; nothing else deletes them while it lives."""

    def __init__(self, database: Database, schema: Schema) -> None:
        self.database = database
        self._schema = schema
        self._meanings: dict[tuple[str, Value], Mapping[str, Value]] = {}
        self._known = {each.prefix: _known(each) for each in schema if each.prefix}
        self._queues: dict[str, list[tuple[Value, ...]]] = {}
        self._standing: dict[str, Standing] = {}
        self._looked_up: dict[str, dict[str, Value]] = {}

    def check(self, owner_of: str, entry: Entry, record_id: str) -> None:
        """The parent must be of an object the field points to, be there, and an owner active."""
        prefix = record_id[:3]
        known = self._known.get(prefix)
        if entry.prefixes is not None and prefix not in entry.prefixes:
            if known is None and not entry.closed:
                return
            raise _of_wrong_type(entry, record_id)
        if known is None:
            return
        alive, active = self._standing.get(record_id) or self._look(known, record_id)
        if not alive:
            raise ApiError(Kind.CROSS_REFERENCE_FIELD, fields=(entry.field.name,))
        if prefix == _RECORD_TYPE:
            self._may_be_of_type(owner_of, entry, record_id)
        elif entry.field.name == "OwnerId":
            self._may_own(owner_of, record_id, active=active)

    def _may_be_of_type(self, owner_of: str, entry: Entry, record_id: str) -> None:
        """A record type is one of the object; the text is from practice."""
        if self.value(record_id, "SobjectType") != owner_of:
            raise ApiError(
                Kind.RECORD_TYPE,
                fields=(entry.field.name,),
                label=entry.field.label,
                value=record_id,
            )

    def _may_own(self, owner_of: str, record_id: str, *, active: bool) -> None:
        """An inactive user owns nothing new, a queue only records of its objects.

        The refusal for queues is not documented; code and text as public code handles them. A
        queue without any object is one that was loaded raw, and takes all.
        """
        if record_id.startswith(_QUEUE):
            found = {row[0] for row in self._queued(record_id)}
            if found and owner_of not in found:
                raise ApiError(Kind.QUEUE_OWNER, fields=("OwnerId",))
        elif not active:
            raise ApiError(
                Kind.INACTIVE_OWNER,
                fields=("OwnerId",),
                user=record_id,
                sobject=owner_of.lower(),
            )

    def _queued(self, queue: str) -> list[tuple[Value, ...]]:
        key = f"queue/{queue}"
        if key not in self._queues:
            sql = 'SELECT "SobjectType" FROM "QueueSobject" WHERE "QueueId" = ?'
            self._queues[key] = self.database.rows(sql, (queue,))
        return self._queues[key]

    def _look(self, known: _Known, record_id: str) -> Standing:
        found = self.database.one(known.sql, (record_id,))
        standing = (found is not None and not found[0], found is None or bool(found[1]))
        self._standing[record_id] = standing
        return standing

    def value(self, record_id: str, column: str) -> Value:
        """One column of a parent; None when there is no such parent or column."""
        values = self._looked_up.setdefault(record_id, {})
        if column not in values:
            known = self._known.get(record_id[:3])
            found = None
            if known is not None and known.sobject.has(column):
                sql = f'SELECT "{column}" FROM "{known.sobject.name}" WHERE "Id" = ?'
                found = self.database.one(sql, (record_id,))
            values[column] = found[0] if found else None
        return values[column]

    def value_of(self, sobject: str, value: Value) -> Mapping[str, Value]:
        """The row behind a value of a status or stage, by its name in the API."""
        key = (sobject, value)
        found = self._meanings.get(key)
        if found is None:
            found = self._meanings[key] = self._meaning(sobject, value)
        return found

    def _meaning(self, sobject: str, value: Value) -> Mapping[str, Value]:
        known = self._schema.get(sobject)
        if known is None or value is None:
            return {}
        names = [field.name for field in known.stored]
        columns = ", ".join(f'"{name}"' for name in names)
        found = self.database.one(
            f'SELECT {columns} FROM "{sobject}" WHERE "ApiName" = ?', (value,)
        )
        return dict(zip(names, found, strict=True)) if found else {}

    def is_member(self, person: str, campaign: Value) -> bool:
        """Whether a lead or contact is in a campaign already."""
        found = self.database.one(
            'SELECT 1 FROM "CampaignMember" WHERE "CampaignId" = ? AND "IsDeleted" = 0'
            ' AND ? IN ("LeadId", "ContactId")',
            (campaign, person),
        )
        return found is not None

    def forget(self, record_id: str) -> None:
        """A record was written: what was looked up of it may be stale."""
        self._looked_up.pop(record_id, None)

    def sobject(self, record_id: str) -> SObject | None:
        """The object an id belongs to."""
        known = self._known.get(record_id[:3])
        return known.sobject if known else None


def _of_wrong_type(entry: Entry, record_id: str) -> ApiError:
    """The person of an activity is told in another code than other references (jsforce 1006)."""
    field = entry.field
    if field.name != "WhoId":
        return malformed(field, record_id)
    text = f"{field.label}: id value of incorrect type: {record_id}"
    return ApiError(Kind.FIELD_INTEGRITY, fields=(field.name,), text=text)


def _known(sobject: SObject) -> _Known:
    deleted = '"IsDeleted"' if sobject.has("IsDeleted") else "0"
    active = '"IsActive"' if sobject.name == "User" else "1"
    return _Known(sobject, f'SELECT {deleted}, {active} FROM "{sobject.name}" WHERE "Id" = ?')
