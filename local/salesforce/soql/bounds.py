"""The earliest moment a condition can hold at, so that an index finds where to start.

`SystemModstamp > t OR (SystemModstamp = t AND Id > i)` implies `SystemModstamp >= t`. SQLite does
not see that and would read the index from its beginning for each page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from local.salesforce.schema.types import FieldType
from local.salesforce.soql.scope import Bound
from local.salesforce.soql.tree import And, Comparison, Condition, Moment, Operator, Or, Path
from local.salesforce.values import store_datetime

Resolve = Callable[[Path], Bound]
Bounds = Mapping[str, str]

_FROM_BELOW: Final = (Operator.EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL)


def lower_bounds(condition: Condition, resolve: Resolve) -> Bounds:
    """Column SQL to the lowest value that can satisfy the condition; empty when unbounded."""
    match condition:
        case And(parts):
            return _all(lower_bounds(part, resolve) for part in parts)
        case Or(parts):
            return _any([lower_bounds(part, resolve) for part in parts])
        case Comparison(Path() as path, operator, Moment(value)) if operator in _FROM_BELOW:
            bound = resolve(path)
            if len(bound.names) == 1 and bound.field.type is FieldType.DATETIME:
                return {bound.sql: store_datetime(value, milliseconds=True)}
    return {}


def _all(parts: Iterable[Bounds]) -> Bounds:
    joined: dict[str, str] = {}
    for part in parts:
        for column, value in part.items():
            joined[column] = max(value, joined.get(column, value))
    return joined


def _any(parts: list[Bounds]) -> Bounds:
    shared = set(parts[0]).intersection(*parts[1:])
    return {column: min(part[column] for part in parts) for column in shared}
