# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""What all writes of one object have in common, worked out once per request, not once per row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import compress
from operator import is_not, itemgetter
from typing import Any, Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import Field, FieldType, SObject
from local.salesforce.store.database import Value
from local.salesforce.store.incoming import Convert, converter
from local.salesforce.store.numbering import self_named

Row = dict[str, Value]
_Insert = tuple[str, Callable[[Row], tuple[Value, ...]]]
_STAMPED: Final = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
_SIGNED: Final = ("CreatedById", "LastModifiedById", "OwnerId")
_TOUCHED: Final = ("LastModifiedDate", "SystemModstamp")

#: Fields of which many rows of a request have the same few values.
_REPEATING: Final = frozenset({FieldType.DATE, FieldType.PICKLIST, FieldType.REFERENCE})


@dataclass(frozen=True, slots=True)
class Entry:
    """One field as a writer sees it: how to read its values, and where a reference may point.

    `prefixes` are the key prefixes of the parents this org has; `closed` tells that these are
    all the parents there can be, so that any other id is of a wrong type. `taken` remembers what
    rows hold for a text that was taken; None where rows seldom have the same.
    """

    name: str
    field: Field
    convert: Convert
    prefixes: frozenset[str] | None
    closed: bool
    taken: dict[object, Value] | None


@dataclass(frozen=True, slots=True)
class Intake:
    """An object prepared for writing.

    `entries` are the fields the user sees, by name in lower case; rows have all stored fields,
    whatever the user sees, and new ones begin as `blank`: only what is filled, since most columns
    of most rows are null. `required` must be given on create, `needed` can never be null.
    `inserts` and `updates` remember statements by what a row has and what changed in it.
    """

    sobject: SObject
    entries: Mapping[str, Entry]
    blank: Row
    touch: Row
    required: tuple[str, ...]
    needed: frozenset[str]
    unique: tuple[Field, ...]
    references: tuple[str, ...]
    self_named: tuple[Field, ...]
    columns: tuple[str, ...]
    now: str
    inserts: dict[tuple[str, ...], _Insert] = field(default_factory=dict)
    updates: dict[tuple[str, ...], str] = field(default_factory=dict)

    def require(self, row: Row) -> None:
        """All that must be there is there, told in the order of the describe answer."""
        missing = tuple([name for name in self.required if row.get(name) is None])
        if missing:
            raise ApiError(Kind.REQUIRED_FIELD, fields=missing, names=", ".join(missing))

    def insertion(self, row: Row) -> tuple[str, tuple[Value, ...]]:
        """The INSERT of a new row; what no column has is left out."""
        names = tuple(row)
        found = self.inserts.get(names)
        if found is None:
            found = self.inserts[names] = self._insert(names)
        sql, values = found
        return sql, values(row)

    def _insert(self, names: tuple[str, ...]) -> _Insert:
        stored = tuple(name for name in names if name in self.columns)
        columns, marks = ", ".join(f'"{each}"' for each in stored), ", ".join("?" * len(stored))
        sql = f'INSERT INTO "{self.sobject.name}" ({columns}) VALUES ({marks})'
        return sql, _getter(stored)

    def setting(self, changed: Row) -> str:
        """The UPDATE of some columns of one record, whose id is its last parameter."""
        names = tuple(changed)
        sql = self.updates.get(names)
        if sql is None:
            columns = ", ".join(f'"{name}" = ?' for name in names)
            sql = f'UPDATE "{self.sobject.name}" SET {columns} WHERE "Id" = ?'
            self.updates[names] = sql
        return sql

    def select(self, names: Iterable[str]) -> str:
        """The SELECT of some columns, up to the comparison of the id."""
        columns = ", ".join(f'"{name}"' for name in names)
        return f'SELECT {columns} FROM "{self.sobject.name}" WHERE "Id"'

    def changes(self, before: Row, after: Row) -> Row:
        """What a row has now and had not; all columns, in one order, stand first in both."""
        replaced = compress(after, map(is_not, after.values(), before.values()))
        return {name: new for name in replaced if (new := after[name]) != before[name]}

    def not_nulled(self, row: Row) -> None:
        """A field that must have a value cannot lose it."""
        needed = self.needed
        nulled = tuple([name for name, value in row.items() if value is None and name in needed])
        if nulled:
            raise ApiError(Kind.REQUIRED_FIELD, fields=nulled, names=", ".join(nulled))


def prepared(seen: SObject, schema: Schema, *, now: str, user_id: str) -> Intake:
    """The intake of an object as a user sees it, stamped with a moment as rows hold it."""
    whole = schema.get(seen.name) or seen
    columns = tuple(field.name for field in whole.stored)
    defaults: Row = {field.name: _default(field) for field in whole.stored}
    defaults.update({name: now for name in _STAMPED if name in defaults})
    defaults.update({name: user_id for name in _SIGNED if name in defaults})
    touch: Row = {name: now for name in _TOUCHED if name in defaults}
    if "LastModifiedById" in defaults:
        touch["LastModifiedById"] = user_id
    return Intake(
        sobject=whole,
        entries={name: _entry(field, schema) for name, field in seen.by_name.items()},
        blank={name: value for name, value in defaults.items() if value is not None},
        touch=touch,
        required=tuple(field.name for field in whole.fields if field.required),
        needed=frozenset(field.name for field in whole.fields if not field.access.nillable),
        unique=tuple(field for field in whole.fields if field.unique),
        references=tuple(field.name for field in whole.stored if field.reference),
        self_named=self_named(whole),
        columns=columns,
        now=now,
    )


def _getter(columns: tuple[str, ...]) -> Callable[[Row], tuple[Value, ...]]:
    get: Any = itemgetter(*columns)
    return get if len(columns) > 1 else lambda row: (get(row),)


def _entry(field: Field, schema: Schema) -> Entry:
    taken: dict[object, Value] | None = {} if field.type in _REPEATING else None
    if field.reference is None:
        return Entry(field.name, field, converter(field), None, closed=False, taken=taken)
    targets = schema.targets(field)
    return Entry(
        field.name,
        field,
        converter(field),
        frozenset(each.prefix for each in targets),
        closed=len(targets) == len(field.reference.targets),
        taken=taken,
    )


def _default(field: Field) -> Value:
    if field.type is FieldType.BOOLEAN:
        return int(bool(field.default))
    return field.default
