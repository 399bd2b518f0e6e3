"""Between which moments a condition can hold, so that an index finds where to start and end.

`SystemModstamp > t OR (SystemModstamp = t AND Id > i)` implies `SystemModstamp >= t`. SQLite does
not see that, and of several limits of one column it takes the first: it would read the index from
its beginning for each page. So the narrowest limits are found here and stand before all else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from local.salesforce.schema.types import FieldType
from local.salesforce.soql.scope import Bound
from local.salesforce.soql.sql import Sql
from local.salesforce.soql.tree import And, Comparison, Condition, Moment, Operator, Or, Path
from local.salesforce.values import store_datetime

Resolve = Callable[[Path], Bound]
#: The lowest and the highest value that can satisfy a condition; None where there is no limit.
Range = tuple[str | None, str | None]
Bounds = Mapping[str, Range]

_FROM_BELOW: Final = (Operator.EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL)
_FROM_ABOVE: Final = (Operator.EQUAL, Operator.LESS, Operator.LESS_OR_EQUAL)


def bounds(condition: Condition, resolve: Resolve) -> Bounds:
    """Column SQL to its limits; only moments of the object itself have any."""
    match condition:
        case And(parts):
            return _all(bounds(part, resolve) for part in parts)
        case Or(parts):
            return _any([bounds(part, resolve) for part in parts])
        case Comparison(Path() as path, operator, Moment(value)):
            bound = resolve(path)
            if not bound.outer and bound.field.type is FieldType.DATETIME:
                stored = store_datetime(value, milliseconds=True)
                low = stored if operator in _FROM_BELOW else None
                high = stored if operator in _FROM_ABOVE else None
                return {bound.sql: (low, high)} if low or high else {}
    return {}


def limits(found: Bounds) -> list[Sql]:
    """The limits as conditions."""
    conditions: list[Sql] = []
    for column, (low, high) in found.items():
        conditions += [Sql(f"{column} >= ?", (low,))] if low else []
        conditions += [Sql(f"{column} <= ?", (high,))] if high else []
    return conditions


def _all(parts: Iterable[Bounds]) -> Bounds:
    joined: dict[str, Range] = {}
    for part in parts:
        for column, (low, high) in part.items():
            before, after = joined.get(column, (None, None))
            lows = [each for each in (low, before) if each]
            highs = [each for each in (high, after) if each]
            joined[column] = max(lows, default=None), min(highs, default=None)
    return joined


def _any(parts: Sequence[Bounds]) -> Bounds:
    shared = set(parts[0]).intersection(*parts[1:])
    found: dict[str, Range] = {}
    for column in shared:
        lows = [part[column][0] for part in parts]
        highs = [part[column][1] for part in parts]
        low = min(each for each in lows if each) if all(lows) else None
        high = max(each for each in highs if each) if all(highs) else None
        if low or high:
            found[column] = low, high
    return found
