"""SOQL over lists of dicts, row by row: slow, plain, and knowing nothing of the emulator's SQL."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from local.salesforce.soql import tree
from local.salesforce.soql.functions import Function
from tests.property.emulator.naive_values import (
    CHILDREN,
    DATE_FUNCTIONS,
    NAMES,
    PARENTS,
    TYPES,
    Row,
    World,
    day_of,
    days_of,
    like,
    moment,
    place,
    plain,
    rank,
    same,
)

Record = dict[str, Any]
Typed = tuple[str, Any]
COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


class Naive:
    """One statement after the other against one world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def run(self, query: tree.Query) -> list[Record]:
        """The records of a statement, without attributes."""
        name = query.source.name
        rows = [row for row in self.world.tables[name] if self.holds(query.where, name, row)]
        if query.group_by or _aggregated(query):
            return self._grouped(query, name, rows)
        for order in reversed(query.order_by):
            rows = self._sorted(rows, order, lambda row, each: self.typed(each, name, row))
        return [self._record(query, name, row) for row in _window(query, rows)]

    def typed(self, operand: tree.Operand, name: str, row: Row) -> Typed:
        """The type and the value of a field or of a date function in a row."""
        if isinstance(operand, tree.Call):
            return self._date_function(operand, name, row)
        *relationships, field = operand.parts
        at: Row | None = row
        for relationship in relationships:
            key, target = PARENTS[name, relationship]
            found = self.world.find(at[key]) if at else None
            name, at = target, found[1] if found else None
        if field == "Type" and relationships:
            return "text", name if at else None
        field = NAMES[name] if field == "Name" else field
        return TYPES[name][field], at[field] if at else None

    def _date_function(self, call: tree.Call, name: str, row: Row) -> Typed:
        inner = call.arguments[0]
        local = isinstance(inner, tree.Call)
        path = inner.path if isinstance(inner, tree.Call) else inner
        assert isinstance(path, tree.Path)
        kind, value = self.typed(path, name, row)
        result = "day" if call.name is Function.DAY_ONLY else "number"
        if value is None:
            return result, None
        if kind == "day":
            return result, DATE_FUNCTIONS[call.name.value](datetime.fromisoformat(value))
        zone = self.world.zone if local else UTC
        return result, DATE_FUNCTIONS[call.name.value](moment(value).astimezone(zone))

    def holds(self, node: tree.Condition | None, name: str, row: Row) -> bool:
        match node:
            case None:
                return True
            case tree.And(parts):
                return all(self.holds(part, name, row) for part in parts)
            case tree.Or(parts):
                return any(self.holds(part, name, row) for part in parts)
            case tree.Not(part):
                return not self.holds(part, name, row)
            case tree.SemiJoin(path, query, negated):
                _, value = self.typed(path, name, row)
                inside = [value for each in self.run(query) for value in each.values()]
                return (value is not None and value in inside) != negated
            case _:
                kind, value = self.typed(node.operand, name, row)
                return self.matches(node, kind, value)

    def matches(
        self, node: tree.Comparison | tree.Membership | tree.Includes, kind: str, value: Any
    ) -> bool:
        match node:
            case tree.Comparison(_, operator, literal):
                return self._compare(operator.value, literal, kind, value)
            case tree.Membership(_, literals, negated):
                found = any(self._compare("=", each, kind, value) for each in literals)
                return found != negated
            case tree.Includes(_, texts, negated):
                chosen = {each.casefold() for each in (value or "").split(";")}
                wanted = [set(each.value.casefold().split(";")) for each in texts]
                return any(each <= chosen for each in wanted) != negated

    def _compare(self, operator: str, literal: tree.Literal, kind: str, value: Any) -> bool:
        if operator == "LIKE":
            assert isinstance(literal, tree.Text)
            return value is not None and like(literal.pattern, value)
        if operator == "!=":
            return not self._compare("=", literal, kind, value)
        if isinstance(literal, tree.DateWord):
            return value is not None and self._within(operator, literal, kind, value)
        wanted = plain(literal)
        if operator == "=":
            return bool(same(kind, value) == same(kind, wanted))
        if value is None or wanted is None:
            return False
        return COMPARE[operator](rank(kind, value), rank(kind, wanted))

    def _within(self, operator: str, word: tree.DateWord, kind: str, value: str) -> bool:
        first, last = days_of(word.word, word.count, self.world.today)
        day = day_of(kind, value, self.world.zone)
        return {
            "=": first <= day <= last,
            "<": day < first,
            "<=": day <= last,
            ">": day > last,
            ">=": day >= first,
        }[operator]

    def _sorted(
        self, rows: Sequence[Any], order: tree.Order, typed: Callable[[Any, tree.Operand], Typed]
    ) -> list[Any]:
        """Nulls first unless told otherwise; those of a reference are first even then."""
        operand = order.operand
        field = operand.parts[-1] if isinstance(operand, tree.Path) else ""
        pairs = [(typed(row, operand), row) for row in rows]
        missing = [row for (_, value), row in pairs if value is None]
        present = sorted(
            (pair for pair in pairs if pair[0][1] is not None),
            key=lambda pair: place(field, *pair[0]),
            reverse=order.descending,
        )
        found = [row for _, row in present]
        reference = field.endswith("Id") and field != "Id"
        last = bool(order.nulls_last) and not reference
        return [*found, *missing] if last else [*missing, *found]

    def _record(self, query: tree.Query, name: str, row: Row) -> Record:
        record: Record = {}
        for selection in query.selections:
            if isinstance(selection, tree.Column):
                self._put(record, selection.path, name, row)
            elif isinstance(selection, tree.Subquery):
                relation = selection.query.source.name
                record[relation] = self._children(selection.query, name, row["Id"])
        return record

    def _put(self, record: Record, path: tree.Path, name: str, row: Row) -> None:
        at: Record | None = record
        for depth, relationship in enumerate(path.parts[:-1], start=1):
            _, parent = self.typed(tree.Path((*path.parts[:depth], "Id"), 0), name, row)
            assert at is not None
            at = at.setdefault(relationship, {} if parent else None)
            if at is None:
                return
        assert at is not None
        at[path.parts[-1]] = self.typed(path, name, row)[1]

    def _children(self, query: tree.Query, name: str, parent: str) -> list[Record] | None:
        kind, key = CHILDREN[name, query.source.name]
        rows = [
            row
            for row in self.world.tables[kind]
            if row[key] == parent and self.holds(query.where, kind, row)
        ]
        for order in reversed(query.order_by):
            rows = self._sorted(rows, order, lambda row, each: self.typed(each, kind, row))
        return [self._record(query, kind, row) for row in _window(query, rows)] or None

    def _grouped(self, query: tree.Query, name: str, rows: list[dict[str, Any]]) -> list[Record]:
        groups: list[Group] = []
        for kept in _kept(query):
            keys = [each for each, keep in zip(query.group_by, kept, strict=True) if keep]
            found: dict[tuple[Any, ...], list[Row]] = {} if query.group_by else {(): []}
            for row in rows:
                key = tuple(same(*self.typed(each, name, row)) for each in keys)
                found.setdefault(key, []).append(row)
            groups += [Group(self, name, each, keys) for each in found.values()]
        groups = [each for each in groups if each.holds(query.having)]
        for order in reversed(query.order_by):
            groups = self._sorted(groups, order, lambda group, each: group.typed(each))
        return [each.record(query) for each in _window(query, groups)]


class Group:
    """Some rows put together; `keys` are what they share."""

    def __init__(
        self, naive: Naive, name: str, rows: Sequence[Row], keys: Sequence[tree.Operand]
    ) -> None:
        self._naive, self._name, self._rows, self._keys = naive, name, rows, keys

    def typed(self, operand: tree.Operand) -> Typed:
        if isinstance(operand, tree.Call) and operand.name.value not in DATE_FUNCTIONS:
            return self._aggregate(operand)
        texts = [each.text for each in self._keys]
        values = [self._naive.typed(operand, self._name, row) for row in self._rows]
        kind = values[0][0] if values else "text"
        return kind, _least(values) if operand.text in texts else None

    def _aggregate(self, call: tree.Call) -> Typed:
        if not call.arguments:
            return "number", len(self._rows)
        if call.name is Function.GROUPING:
            assert call.path is not None
            return "number", int(call.path.text not in [each.text for each in self._keys])
        operand = call.arguments[0]
        assert isinstance(operand, tree.Path | tree.Call)
        found = [self._naive.typed(operand, self._name, row) for row in self._rows]
        present = [each for each in found if each[1] is not None]
        field = operand.parts[-1] if isinstance(operand, tree.Path) else ""
        return self._reduce(call.name, field, present)

    def _reduce(self, function: Function, field: str, present: list[Typed]) -> Typed:
        kind = present[0][0] if present else "number"
        values = [value for _, value in present]
        match function:
            case Function.COUNT:
                return "number", len(values)
            case Function.COUNT_DISTINCT:
                return "number", len({same(*each) for each in present})
            case Function.SUM:
                return "number", sum(values) if values else None
            case Function.AVG:
                return "number", sum(values) / len(values) if values else None
        pick = min if function is Function.MIN else max
        if not values:
            return kind, None
        return kind, pick(values, key=lambda value: (place(field, kind, value), value))

    def holds(self, node: tree.Condition | None) -> bool:
        match node:
            case None:
                return True
            case tree.And(parts):
                return all(self.holds(part) for part in parts)
            case tree.Or(parts):
                return any(self.holds(part) for part in parts)
            case tree.Not(part):
                return not self.holds(part)
            case tree.SemiJoin():
                raise AssertionError(node)
            case _:
                return self._naive.matches(node, *self.typed(node.operand))

    def record(self, query: tree.Query) -> Record:
        found: Record = {}
        unnamed = 0
        for selection in query.selections:
            if isinstance(selection, tree.Column):
                found[selection.alias or selection.path.parts[-1]] = self.typed(selection.path)[1]
            elif isinstance(selection, tree.Computed):
                found[selection.alias or f"expr{unnamed}"] = self.typed(selection.call)[1]
                unnamed += selection.alias is None
        return found


def _least(values: Sequence[Typed]) -> Any:
    present = [value for _, value in values if value is not None]
    return min(present) if present else None


def _aggregated(query: tree.Query) -> bool:
    return any(isinstance(each, tree.Computed) for each in query.selections)


def _kept(query: tree.Query) -> list[tuple[bool, ...]]:
    count = len(query.group_by)
    if query.grouping is tree.Grouping.ROLLUP:
        return [tuple(at < kept for at in range(count)) for kept in range(count, -1, -1)]
    if query.grouping is tree.Grouping.CUBE:
        bits = range(2**count)
        return [tuple(not mask >> at & 1 for at in range(count)) for mask in bits]
    return [(True,) * count]


def _window(query: tree.Query, rows: Sequence[Any]) -> Sequence[Any]:
    start = query.offset or 0
    return rows[start:] if query.limit is None else rows[start : start + query.limit]
