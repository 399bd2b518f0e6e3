# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Records found by what they are called outside: external ids, and parents named by one."""

from __future__ import annotations

from collections.abc import Mapping

from local.salesforce.errors import ApiError, Kind
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import Field, FieldType, SObject
from local.salesforce.store.database import Database
from local.salesforce.store.incoming import stored_value


class Lookups:
    """Looks in the rows as they are now."""

    def __init__(self, database: Database, schema: Schema) -> None:
        self._database = database
        self._schema = schema

    def find(self, sobject: SObject, field: Field, value: str) -> list[str]:
        """Ids of the live records whose external id has this value, in any case."""
        column, wanted = f'"{field.name}"', stored_value(field, _typed(field, value))
        if field.is_text and not field.case_sensitive:
            column, wanted = f"fold({column})", str(wanted or "").casefold()
        alive = ' AND "IsDeleted" = 0' if sobject.has("IsDeleted") else ""
        found = self._database.rows(
            f'SELECT "Id" FROM "{sobject.name}" WHERE {column} = ?{alive} ORDER BY "Id"', (wanted,)
        )
        return [str(row[0]) for row in found]

    def parent(self, sobject: SObject, name: str, value: object) -> tuple[Field, object]:
        """The reference a nested object stands for, and the id of the parent it names."""
        found = self._schema.parent(sobject, name)
        if found is None or not isinstance(value, Mapping):
            raise ApiError(Kind.UNKNOWN_COLUMN, field=name, sobject=sobject.name)
        field = found[0]
        keys = {key: each for key, each in value.items() if key != "attributes"}
        kind = _attributes(value).get("type")
        target = self._schema.get(str(kind)) if kind else next(iter(self._schema.targets(field)))
        if len(keys) != 1 or target is None:
            raise ApiError(Kind.UNKNOWN_COLUMN, field=name, sobject=sobject.name)
        key, wanted = next(iter(keys.items()))
        lookup = target.get(key)
        if lookup is None or not (lookup.external_id or lookup.id_lookup):
            raise ApiError(Kind.UNKNOWN_COLUMN, field=key, sobject=target.name)
        ids = self.find(target, lookup, str(wanted))
        if len(ids) != 1:
            raise ApiError(
                Kind.FOREIGN_KEY, fields=(), value=wanted, field=key, sobject=target.name
            )
        return field, ids[0]


def _attributes(value: Mapping[str, object]) -> Mapping[str, object]:
    found = value.get("attributes")
    return found if isinstance(found, Mapping) else {}


def _typed(field: Field, value: str) -> object:
    """A value of a path or a nested object, which is always text, as the field's JSON type."""
    return value == "true" if field.type is FieldType.BOOLEAN else value
