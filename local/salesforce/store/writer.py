# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Creating and changing records under the rules of the org, each stamped once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from local.salesforce.errors import ApiError, Kind
from local.salesforce.ids import mint, normalise
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import Field, FieldType, SObject
from local.salesforce.store.database import Database, Value
from local.salesforce.store.incoming import malformed, stored_value
from local.salesforce.store.rules import Row, Saving, apply
from local.salesforce.values import store_datetime

Body = Mapping[str, object]
_IGNORED = frozenset({"attributes"})


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes as one user at one moment: the stamp is that of the transaction's begin."""

    database: Database
    schema: Schema
    user_id: str
    stamp: datetime
    zone: tzinfo

    def create(self, sobject: SObject, body: Body, *, record_id: str | None = None) -> str:
        """A new record; returns its id."""
        if not sobject.traits.createable:
            raise ApiError(Kind.NO_DML, verb="inserted", sobject=sobject.name)
        fields = self._fields(sobject, body)
        self._forbid(field for field in fields if not field.access.createable)
        row = self._values(sobject, fields)
        given = frozenset(row)
        self._require(sobject, row)
        new: Row = {**self._defaults(sobject, row), **row}
        new["Id"] = record_id or self._mint(sobject)
        self._check(sobject, new, given, before=None)
        self._insert(sobject, new)
        return str(new["Id"])

    def update(self, sobject: SObject, record_id: str, body: Body) -> None:
        """Change some fields; nothing given still counts as a change."""
        before = self.find(sobject, record_id)
        if not sobject.traits.updateable:
            raise ApiError(Kind.NO_DML, verb="updated", sobject=sobject.name)
        fields = self._fields(sobject, body)
        self._forbid(field for field in fields if not field.access.updateable)
        row = self._values(sobject, fields)
        self._not_nulled(sobject, row)
        after: Row = {**before, **row, **self._touch(sobject)}
        self._check(sobject, after, frozenset(row), before=before)
        changed = {name: value for name, value in after.items() if before.get(name) != value}
        self._set(sobject, str(before["Id"]), changed)

    def find(self, sobject: SObject, record_id: str) -> Row:
        """A live row; raises ApiError for ids that are malformed, unknown or deleted."""
        full = normalise(record_id)
        if full is None or not full.startswith(sobject.prefix):
            raise ApiError(Kind.MALFORMED_ID, fields=("Id",), value=record_id)
        names = [field.name for field in sobject.stored]
        columns = ", ".join(f'"{name}"' for name in names)
        found = self.database.one(f'SELECT {columns} FROM "{sobject.name}" WHERE "Id" = ?', (full,))
        if found is None:
            raise ApiError(Kind.CROSS_REFERENCE)
        row = dict(zip(names, found, strict=True))
        if row.get("IsDeleted"):
            raise ApiError(Kind.ENTITY_IS_DELETED)
        return row

    def by_external_id(self, sobject: SObject, field: Field, value: str) -> list[str]:
        """Ids of the live records whose external id has this value, in any case."""
        column, wanted = f'"{field.name}"', stored_value(field, _typed(field, value))
        if field.is_text and not field.case_sensitive:
            column, wanted = f"fold({column})", str(wanted or "").casefold()
        alive = ' AND "IsDeleted" = 0' if sobject.has("IsDeleted") else ""
        found = self.database.rows(
            f'SELECT "Id" FROM "{sobject.name}" WHERE {column} = ?{alive} ORDER BY "Id"', (wanted,)
        )
        return [str(row[0]) for row in found]

    def _fields(self, sobject: SObject, body: Body) -> dict[Field, object]:
        """The body by field; a nested object stands for the parent with that external id."""
        fields: dict[Field, object] = {}
        for name, value in body.items():
            if name in _IGNORED:
                continue
            field = sobject.get(name)
            if field is None:
                field, value = self._parent(sobject, name, value)  # noqa: PLW2901  becomes its id
            fields[field] = value
        return fields

    def _parent(self, sobject: SObject, name: str, value: object) -> tuple[Field, object]:
        found = self.schema.parent(sobject, name)
        if found is None or not isinstance(value, Mapping):
            raise ApiError(Kind.UNKNOWN_COLUMN, field=name, sobject=sobject.name)
        field = found[0]
        keys = {key: each for key, each in value.items() if key not in _IGNORED}
        kind = _attributes(value).get("type")
        target = self.schema.get(str(kind)) if kind else next(iter(self.schema.targets(field)))
        if len(keys) != 1 or target is None:
            raise ApiError(Kind.UNKNOWN_COLUMN, field=name, sobject=sobject.name)
        key, wanted = next(iter(keys.items()))
        lookup = target.get(key)
        if lookup is None or not (lookup.external_id or lookup.id_lookup):
            raise ApiError(Kind.UNKNOWN_COLUMN, field=key, sobject=target.name)
        ids = self.by_external_id(target, lookup, str(wanted))
        if len(ids) != 1:
            raise ApiError(
                Kind.FOREIGN_KEY, fields=(), value=wanted, field=key, sobject=target.name
            )
        return field, ids[0]

    def _forbid(self, fields: Iterable[Field]) -> None:
        names = tuple(field.name for field in fields)
        if names:
            raise ApiError(Kind.READ_ONLY_FIELD, fields=names, names=", ".join(names))

    def _values(self, sobject: SObject, fields: Mapping[Field, object]) -> Row:
        row: Row = {}
        for field, value in fields.items():
            row[field.name] = stored_value(field, value)
            if field.reference is not None and row[field.name] is not None:
                self._refer(sobject, field, str(row[field.name]))
        return row

    def _refer(self, sobject: SObject, field: Field, record_id: str) -> None:
        """The parent must be of an object the field points to, and be there."""
        targets = self.schema.targets(field)
        known = self.schema.of_id(record_id)
        if known is not None and known not in targets:
            raise malformed(field, record_id)
        if known is None and field.reference and len(targets) == len(field.reference.targets):
            raise malformed(field, record_id)
        if known is None:
            return
        columns = '"IsDeleted"' if known.has("IsDeleted") else "0"
        active = '"IsActive"' if field.name == "OwnerId" and known.has("IsActive") else "1"
        found = self.database.one(
            f'SELECT {columns}, {active} FROM "{known.name}" WHERE "Id" = ?', (record_id,)
        )
        if found is None or found[0]:
            raise ApiError(Kind.CROSS_REFERENCE_FIELD, fields=(field.name,))
        if not found[1]:
            raise ApiError(
                Kind.INACTIVE_OWNER, fields=("OwnerId",), user=record_id,
                sobject=sobject.name.lower(),
            )  # fmt: skip

    def _require(self, sobject: SObject, row: Row) -> None:
        missing = tuple(
            field.name for field in sobject.fields if field.required and row.get(field.name) is None
        )
        if missing:
            raise ApiError(Kind.REQUIRED_FIELD, fields=missing, names=", ".join(missing))

    def _not_nulled(self, sobject: SObject, row: Row) -> None:
        """A field that must have a value cannot lose it."""
        nulled = tuple(
            name
            for name, value in row.items()
            if value is None and not sobject.by_name[name.lower()].access.nillable
        )
        if nulled:
            raise ApiError(Kind.REQUIRED_FIELD, fields=nulled, names=", ".join(nulled))

    def _defaults(self, sobject: SObject, given: Row) -> Row:
        row: Row = {field.name: _default(field) for field in sobject.stored}
        audit: Row = {
            "CreatedDate": store_datetime(self.stamp),
            "CreatedById": self.user_id,
            "OwnerId": self.user_id,
            **self._touch(sobject),
        }
        row.update((name, value) for name, value in audit.items() if sobject.has(name))
        return {name: value for name, value in row.items() if name not in given}

    def _touch(self, sobject: SObject) -> Row:
        now = store_datetime(self.stamp)
        marks: Row = {
            "LastModifiedDate": now,
            "LastModifiedById": self.user_id,
            "SystemModstamp": now,
        }
        return {name: value for name, value in marks.items() if sobject.has(name)}

    def _check(
        self, sobject: SObject, row: Row, given: frozenset[str], *, before: Row | None
    ) -> None:
        apply(sobject.name, Saving(row, given, before, self.stamp, self.zone, self.database))
        for field in sobject.fields:
            if field.unique and field.name in given and row[field.name] is not None:
                self._unique(sobject, field, row)

    def _unique(self, sobject: SObject, field: Field, row: Row) -> None:
        for other in self.by_external_id(sobject, field, str(row[field.name])):
            if other != row["Id"]:
                raise ApiError(
                    Kind.DUPLICATE_VALUE, fields=(field.name,), field=field.name, id=other
                )

    def _mint(self, sobject: SObject) -> str:
        """A new id; one that was loaded by hand is stepped over."""
        while True:
            record_id = mint(sobject.prefix, self.database.reserve(sobject.prefix))
            taken = f'SELECT 1 FROM "{sobject.name}" WHERE "Id" = ?'
            if self.database.one(taken, (record_id,)) is None:
                return record_id

    def _insert(self, sobject: SObject, row: Row) -> None:
        columns = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        self.database.run(
            f'INSERT INTO "{sobject.name}" ({columns}) VALUES ({marks})', tuple(row.values())
        )

    def _set(self, sobject: SObject, record_id: str, changed: Row) -> None:
        if changed:
            columns = ", ".join(f'"{name}" = ?' for name in changed)
            self.database.run(
                f'UPDATE "{sobject.name}" SET {columns} WHERE "Id" = ?',
                (*changed.values(), record_id),
            )


def _attributes(value: Mapping[str, object]) -> Mapping[str, object]:
    found = value.get("attributes")
    return found if isinstance(found, Mapping) else {}


def _default(field: Field) -> Value:
    if field.type is FieldType.BOOLEAN:
        return int(bool(field.default))
    return field.default if isinstance(field.default, str) else None


def _typed(field: Field, value: str) -> object:
    """A value of a path or a nested object, which is always text, as the field's JSON type."""
    return value == "true" if field.type is FieldType.BOOLEAN else value
