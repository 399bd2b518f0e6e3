"""The header of a Bulk CSV against the schema: each column a field or a way to a parent.

https://developer.salesforce.com/docs/platform/api-asynch/guide/relationship-fields-in-a-header-row-2-0.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from local.salesforce.bulk.cells import NULL, READERS, CellError, ReadCell, refused_cell
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import Field, FieldType, SObject

_PATH_PARTS = 2


class HeaderError(ValueError):
    """A column that is none: its name as it stands in the file."""


@dataclass(frozen=True, slots=True)
class Parent:
    """`User:Owner.Email`: the relationship, the field of the parent, and its object if told."""

    relationship: str
    key: str
    type_name: str | None

    def value(self, text: str) -> dict[str, object]:
        """The nested object that a JSON write has in its place."""
        if self.type_name is None:
            return {self.key: text}
        return {"attributes": {"type": self.type_name}, self.key: text}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `name` is its key in a JSON write, `read` None for text that needs no reading."""

    name: str
    field: Field
    parent: Parent | None
    read: ReadCell | None


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns, and the name each has in the file."""

    names: tuple[str, ...]
    all: tuple[Column, ...]

    def body(self, cells: Sequence[str]) -> dict[str, object]:
        """A row as a JSON write would have it; raises ApiError for a cell that is no value."""
        body: dict[str, object] = {}
        for at, (column, text) in enumerate(zip(self.all, cells, strict=False)):
            if not text:
                continue
            if text == NULL:
                body[column.field.name] = None
            elif column.read is None:
                body[column.name] = text
            else:
                body[column.name] = _read(column.read, column.field, at, text)
        return body


def _read(read: ReadCell, field: Field, column: int, text: str) -> object:
    try:
        return read(text)
    except CellError as error:
        raise refused_cell(field, column, text) from error


def columns(schema: Schema, sobject: SObject, names: Sequence[str]) -> Columns:
    """The columns of a header; raises HeaderError for the first that the object does not have."""
    return Columns(tuple(names), tuple(_column(schema, sobject, name) for name in names))


def _column(schema: Schema, sobject: SObject, name: str) -> Column:
    field = sobject.get(name)
    if field is not None and field.type is not FieldType.ADDRESS:
        return Column(field.name, field, None, READERS.get(field.type))
    kind, colon, path = name.rpartition(":")
    parts = path.split(".")
    found = schema.parent(sobject, parts[0]) if len(parts) == _PATH_PARTS else None
    named = _parent_object(schema, found[0], kind, told=bool(colon)) if found else None
    key = named.get(parts[1]) if named is not None else None
    if found is None or named is None or key is None or not (key.external_id or key.id_lookup):
        raise HeaderError(name)
    parent = Parent(_relationship(found[0]), key.name, named.name if _several(found[0]) else None)
    return Column(parent.relationship, found[0], parent, parent.value)


def _relationship(field: Field) -> str:
    return str(field.reference.relationship) if field.reference else field.name


def _several(field: Field) -> bool:
    return field.reference is not None and field.reference.polymorphic


def _parent_object(schema: Schema, field: Field, kind: str, *, told: bool) -> SObject | None:
    """The object of the parent: to be told where several are possible, and only there.

    An owner counts as a user when nothing is told, as the page's own sample has it.
    """
    targets = schema.targets(field)
    several = _several(field)
    if told:
        return next((each for each in targets if several and each.name == kind), None)
    if not several:
        return next(iter(targets), None)
    return schema.get("User") if field.name == "OwnerId" else None
