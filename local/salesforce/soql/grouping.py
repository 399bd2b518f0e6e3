"""GROUP BY, ROLLUP, CUBE, HAVING and aggregates: what is read, and what is made of it.

Each grouping set becomes one SELECT. Everything that the SELECT list, HAVING and ORDER BY name is
a column of it, so that all three read the same values.
https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby.htm
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.schema.types import FieldType
from local.salesforce.soql.aggregates import aggregated, groupable
from local.salesforce.soql.calendar import Calendar
from local.salesforce.soql.expressions import apply, bind, result
from local.salesforce.soql.faults import SoqlError
from local.salesforce.soql.filters import compared
from local.salesforce.soql.functions import AGGREGATES, DATE_FUNCTIONS, Function
from local.salesforce.soql.ordering import in_order
from local.salesforce.soql.scope import Bound, Scope
from local.salesforce.soql.tree import Call, Grouping, Operand, Path, Query

MAXIMUM_SUBTOTAL_FIELDS: Final = 3

#: One SELECT: its columns, and what it groups by.
Set = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Key:
    """One expression of GROUP BY; its value is shown as one of the group's rows has it."""

    operand: Operand
    bound: Bound

    @property
    def shown(self) -> str:
        """The value of the whole group: rows that differ in case share one."""
        return f"min({self.bound.sql})"

    def is_for(self, operand: Operand, bound: Bound) -> bool:
        """Whether an expression elsewhere in the statement is this one."""
        if isinstance(operand, Path) or isinstance(self.operand, Path):
            same = isinstance(operand, Path) and isinstance(self.operand, Path)
            return same and bound.names == self.bound.names
        return bound.sql == self.bound.sql


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of the SELECTs: of a key, of rows, or the mark of a subtotal."""

    sql: str
    key: int | None = None
    is_mark: bool = False

    def of(self, kept: tuple[bool, ...]) -> str:
        """The column in the SELECT of one set: null where the key is summed over."""
        if self.key is None:
            return self.sql
        if self.is_mark:
            return "0" if kept[self.key] else "1"
        return self.sql if kept[self.key] else "NULL"


class Groups:
    """The columns of a grouped statement; it grows by one for whatever is asked for."""

    def __init__(self, query: Query, scope: Scope, calendar: Calendar) -> None:
        self._scope = scope
        self._calendar = calendar
        self._grouping = query.grouping
        self._columns: list[_Column] = []
        self._keys = tuple(self._key(each) for each in query.group_by)
        if query.grouping and len(self._keys) > MAXIMUM_SUBTOTAL_FIELDS:
            text = f"{query.grouping.value} can contain at most {MAXIMUM_SUBTOTAL_FIELDS} fields"
            raise SoqlError(Kind.MALFORMED_QUERY, text, query.group_by[-1].at)

    def _key(self, operand: Operand) -> _Key:
        bound = bind(operand, self._scope, self._calendar)
        groupable(bound, operand)
        return _Key(operand, bound)

    def selected(self, operand: Operand) -> Bound:
        """What the SELECT list, HAVING or ORDER BY names, as a column of the groups."""
        if isinstance(operand, Call):
            return self._call(operand)
        bound = self._scope.column(operand)
        at = self._place(operand, bound)
        if at is None:
            text = f"Field must be grouped or aggregated: {operand.text}"
            raise SoqlError(Kind.MALFORMED_QUERY, text, operand.at)
        return self._of_key(at)

    def is_grouped(self, operand: Operand) -> bool:
        """Whether an expression may stand outside of aggregates."""
        if isinstance(operand, Call) and operand.name not in DATE_FUNCTIONS:
            return True
        bound = bind(operand, self._scope, self._calendar)
        return self._place(operand, bound) is not None or self._day_key(operand) is not None

    def _call(self, call: Call) -> Bound:
        if call.name in AGGREGATES:
            return self._aggregate(call)
        if call.name is Function.GROUPING:
            return self._mark(call)
        if call.name in DATE_FUNCTIONS:
            return self._date(call)
        inner = call.arguments[0]
        if not isinstance(inner, Path | Call):
            raise TypeError(call.text)
        return apply(call, self.selected(inner), self._calendar)

    def _aggregate(self, call: Call) -> Bound:
        """COUNT() without a field is for statements that select nothing else."""
        inner = call.arguments[0] if call.arguments else None
        if inner is None:
            raise SoqlError(Kind.MALFORMED_QUERY, f"unexpected token: '{call.name.value}'", call.at)
        if not isinstance(inner, Path | Call):
            raise TypeError(call.text)
        found = aggregated(call, bind(inner, self._scope, self._calendar))
        return self._add(_Column(found.sql), found)

    def _mark(self, call: Call) -> Bound:
        path = call.path
        at = self._place(path, self._scope.column(path)) if path else None
        if at is None or self._grouping is Grouping.PLAIN:
            text = f"Field must be grouped or aggregated: {path.text if path else ''}"
            raise SoqlError(Kind.MALFORMED_QUERY, text, call.at)
        field = result(call.text, FieldType.INT)
        return self._add(_Column("", at, is_mark=True), Bound("", field, (call.text,)))

    def _date(self, call: Call) -> Bound:
        """A grouped date function, or one of a date that is grouped itself."""
        bound = bind(call, self._scope, self._calendar)
        at = self._place(call, bound)
        if at is not None:
            return self._of_key(at)
        day = self._day_key(call)
        if day is None:
            text = f"Field must be grouped or aggregated: {call.text}"
            raise SoqlError(Kind.MALFORMED_QUERY, text, call.at)
        return apply(call, self._of_key(day), self._calendar)

    def _day_key(self, operand: Operand) -> int | None:
        path = operand.path if isinstance(operand, Call) else None
        if path is None:
            return None
        bound = self._scope.column(path)
        return self._place(path, bound) if bound.field.type is FieldType.DATE else None

    def _place(self, operand: Operand, bound: Bound) -> int | None:
        places = (at for at, key in enumerate(self._keys) if key.is_for(operand, bound))
        return next(places, None)

    def _of_key(self, at: int) -> Bound:
        key = self._keys[at]
        return self._add(_Column(key.shown, at), key.bound)

    def _add(self, column: _Column, bound: Bound) -> Bound:
        if column not in self._columns:
            self._columns.append(column)
        # Subtotals have nulls where no row has.
        field = replace(bound.field, access=replace(bound.field.access, nillable=True))
        return Bound(f"c{self._columns.index(column)}", field, bound.names)

    def sets(self) -> tuple[Set, ...]:
        """The SELECTs: all keys, and for ROLLUP and CUBE with some of them summed over."""
        return tuple(self._set(kept) for kept in self._kept())

    def _kept(self) -> Iterator[tuple[bool, ...]]:
        count = len(self._keys)
        if self._grouping is Grouping.CUBE:
            yield from product((True, False), repeat=count)
        elif self._grouping is Grouping.ROLLUP:
            yield from (tuple(at < kept for at in range(count)) for kept in range(count, -1, -1))
        else:
            yield (True,) * count

    def _set(self, kept: tuple[bool, ...]) -> Set:
        columns = tuple(f"{column.of(kept)} AS c{at}" for at, column in enumerate(self._columns))
        keys = (compared(key.bound) for key, keep in zip(self._keys, kept, strict=True) if keep)
        return columns, tuple(keys)

    def natural_order(self) -> str:
        """Without ORDER BY each subtotal follows the rows it sums, as the reference shows them."""
        if self._grouping is Grouping.PLAIN:
            return ""
        orders = []
        for at, key in enumerate(self._keys):
            mark = self._add(_Column("", at, is_mark=True), key.bound)
            orders += [mark.sql, in_order(self._of_key(at))]
        return ", ".join(orders)
