"""Values of rows that are loaded raw: of the type of their field, or refused with a remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Final

from local.salesforce.ids import normalise
from local.salesforce.schema.types import NUMBER_TYPES, Field, FieldType
from local.salesforce.store.database import Value
from local.salesforce.values import canonical_datetime, parse_date

#: What SQLite can hold as a whole number.
_BIGGEST: Final = 2**63


class LoadError(ValueError):
    """A line that cannot be a row: its number, which field, its value, why, and what to do."""

    def __init__(self, field: str, value: object, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.line = 0
        self.field = field
        self.value = value
        self.reason = reason
        self.remedy = remedy

    def at(self, line: int) -> LoadError:
        """The same, of a line."""
        self.line = line
        self.args = (f"line {line}: {self.field} {self.value!r}: {self.reason}; {self.remedy}",)
        return self

    @property
    def problem(self) -> dict[str, object]:
        """As control routes tell it."""
        return {"line": self.line, "field": self.field, "value": self.value,
                "message": self.reason, "remedy": self.remedy}  # fmt: skip


def converter(field: Field) -> Callable[[object], Value]:
    """What makes a value of a field, or raises ValueError; chosen once for a column."""
    return _maker(field)[0]


def mistake(field: Field, value: object) -> LoadError:
    """What is told of a value that cannot be made one of the field."""
    return LoadError(field.name, value, f"cannot be a {field.type}", _maker(field)[1])


def _maker(field: Field) -> tuple[Callable[[object], Value], str]:
    if field.is_id:
        return _id, "give an id of 15 or 18 characters, or null"
    return _MAKERS.get(field.type, (_text, "give text or null"))


def _text(value: object) -> Value:
    if value is None or isinstance(value, str):
        return value
    raise ValueError


def _number(value: object) -> Value:
    if value is None:
        return None
    if type(value) is float and isfinite(value):
        return value
    if type(value) is int and -_BIGGEST <= value < _BIGGEST:
        return value
    raise ValueError


def _whole(value: object) -> Value:
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    return _number(value)


def _truth(value: object) -> Value:
    if value is None or value is False or value is True:
        return int(value is True)
    raise ValueError


def _moment(value: object) -> Value:
    if value is None:
        return None
    found = canonical_datetime(str(value))
    if found is None:
        raise ValueError
    return found


def _day(value: object) -> Value:
    if value is None:
        return None
    found = parse_date(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError
    return found.isoformat()


def _id(value: object) -> Value:
    if value is None or value == "":
        return None
    found = normalise(str(value))
    if found is None:
        raise ValueError
    return found


#: How a value of a type is made, and what helps when it cannot be; the rest is text.
_MAKERS: Final[Mapping[FieldType, tuple[Callable[[object], Value], str]]] = {
    **dict.fromkeys(NUMBER_TYPES, (_number, "give a number or null")),
    FieldType.INT: (_whole, "give a whole number or null"),
    FieldType.BOOLEAN: (_truth, "give true or false"),
    FieldType.DATETIME: (_moment, "give ISO 8601, as in 2026-03-10T12:00:00Z, or null"),
    FieldType.DATE: (_day, "give a day, as in 2026-03-10, or null"),
}
