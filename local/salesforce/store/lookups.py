# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Records found by what they are called outside: external ids, and parents named by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from operator import itemgetter

from local.salesforce.errors import ApiError, Kind
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import Field, FieldType, SObject
from local.salesforce.store.database import Database, Value
from local.salesforce.store.incoming import WrongJsonError, stored_value


class Lookups:
    """Looks in the rows as they are now."""

    def __init__(self, database: Database, schema: Schema) -> None:
        self._database = database
        self._schema = schema
        self._ahead: dict[Value, list[str]] = {}

    def find(self, sobject: SObject, field: Field, value: str) -> list[str]:
        """Ids of the live records whose external id has this value, in any case."""
        return self._found(sobject, field, [_wanted(field, value)]).popitem()[1]

    def expect(self, sobject: SObject, field: Field, values: Iterable[str]) -> list[str]:
        """Find together what `once` is asked for next; the ids of all."""
        self._ahead = self._found(sobject, field, list(_readable(field, values)))
        return [each for ids in self._ahead.values() for each in ids]

    def once(self, sobject: SObject, field: Field, value: str) -> list[str]:
        """What was found together, for the first that asks: a second may be about its record."""
        found = self._ahead.pop(_wanted(field, value), None)
        return self.find(sobject, field, value) if found is None else found

    def _found(
        self, sobject: SObject, field: Field, wanted: Sequence[Value]
    ) -> dict[Value, list[str]]:
        column = f'fold("{field.name}")' if _folded(field) else f'"{field.name}"'
        alive = ' AND "IsDeleted" = 0' if sobject.has("IsDeleted") else ""
        rows = self._database.rows(
            f'SELECT {column}, "Id" FROM "{sobject.name}"'
            f" WHERE {column} IN ({', '.join('?' * len(wanted))}){alive}",
            tuple(wanted),
        )
        found: dict[Value, list[str]] = {each: [] for each in wanted}
        for value, record_id in sorted(rows, key=itemgetter(1)):
            found[value].append(str(record_id))
        return found

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


def _folded(field: Field) -> bool:
    return field.is_text and not field.case_sensitive


def _wanted(field: Field, value: str) -> Value:
    """A value as rows are searched for it."""
    stored = stored_value(field, _typed(field, value))
    return str(stored or "").casefold() if _folded(field) else stored


def _readable(field: Field, values: Iterable[str]) -> Iterator[Value]:
    """Those that are values; the others are refused with their rows."""
    for value in values:
        with suppress(ApiError, WrongJsonError):
            yield _wanted(field, value)


def _attributes(value: Mapping[str, object]) -> Mapping[str, object]:
    found = value.get("attributes")
    return found if isinstance(found, Mapping) else {}


def _typed(field: Field, value: str) -> object:
    """A value of a path or a nested object, which is always text, as the field's JSON type."""
    return value == "true" if field.type is FieldType.BOOLEAN else value
