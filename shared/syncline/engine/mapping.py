"""A mapping compiled for many rows: raw row in, canonical attribute values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from syncline.engine.coercion import Coercer, coercer, column_coercer, refused
from syncline.engine.outcoercion import outcoercer, sendable
from syncline.engine.records import Raw, Value, Values


@dataclass(frozen=True, slots=True)
class Line:
    """One mapped pair with both types resolved. `crm` is the path, `attribute` the platform's."""

    crm: str
    attribute: str
    crm_type: str
    type: str


_LONG: Final = frozenset({"textarea", "encryptedstring", "anytype"})
"""CRM types whose texts may be long enough to matter for the size of a record."""


class RowMapper:
    """Maps rows aligned with the lines' CRM paths, each path once however often it is mapped.

    Empty values are left out, so two mapped records are equal exactly if their dicts are.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = tuple(lines)
        self.attributes = tuple(line.attribute for line in lines)
        self.long = tuple(line.attribute for line in lines if line.crm_type.lower() in _LONG)
        self.fields = tuple(dict.fromkeys(line.crm for line in lines))
        place = {path: index for index, path in enumerate(self.fields)}
        self._steps: tuple[tuple[int, str, Coercer], ...] = tuple(
            (place[line.crm], line.attribute, coercer(line.crm_type, line.type)) for line in lines
        )
        self._columns = tuple(
            (place[line.crm], column_coercer(line.crm_type, line.type)) for line in lines
        )

    def __call__(self, row: tuple[Raw, ...]) -> dict[str, Value]:
        """RecordRejectedError when a value cannot be made what its attribute needs."""
        values: dict[str, Value] = {}
        for index, attribute, coerce in self._steps:
            try:
                value = coerce(row[index])
            except ValueError as exc:
                raise refused(self.fields[index], attribute, exc) from exc
            if value is not None:
                values[attribute] = value
        return values

    def alike(self, own: Values, crm: Values) -> dict[str, Value]:
        """The platform's values that differ from the CRM's only in what its field cannot hold, such
        as a time of day where it has a day: that is no difference to decide about."""
        found: dict[str, Value] = {}
        for line in self.lines:
            ours, theirs = own.get(line.attribute), crm.get(line.attribute)
            if ours == theirs or ours is None or theirs is None:
                continue
            if _read_back(line, ours) == theirs:
                found[line.attribute] = ours
        return found

    def many(self, rows: Sequence[tuple[Raw, ...]]) -> Sequence[dict[str, Value]] | None:
        """All rows at once, column by column: a third of the time of one after the other.

        None if any value does not fit; the caller then maps row by row to find out which.
        """
        if not rows:
            return []
        columns = tuple(zip(*rows, strict=True))
        try:
            mapped = [coerce(columns[index]) for index, coerce in self._columns]
        except ValueError:
            return None
        names = self.attributes
        return [
            {name: value for name, value in zip(names, values, strict=True) if value is not None}
            for values in zip(*mapped, strict=True)
        ]


def _read_back(line: Line, value: Value) -> Value:
    """The value as it would come back from the CRM's field; None if it could not go there."""
    if not sendable(line.type, line.crm_type):
        return None
    try:
        return coercer(line.crm_type, line.type)(outcoercer(line.type, line.crm_type)(value))
    except ValueError:
        return None
