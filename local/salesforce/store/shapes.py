"""Rows of SQL to records of REST: nested parents, TYPEOF, values as they go over the wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from local.salesforce.schema.people import NAME
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import DECIMAL_TYPES, Field, FieldType
from local.salesforce.soql.planned import Hop, Plan, Shape, Switch
from local.salesforce.store.database import Value
from local.salesforce.values import rest_datetime

Record = dict[str, object]
Convert = Callable[[Value], object]


def _rest_moment(value: Value) -> object:
    return rest_datetime(str(value)) if value is not None else None


def _rest_flag(value: Value) -> object:
    return bool(value) if value is not None else None


def _rest_decimal(value: Value) -> object:
    return float(value) if value is not None else None


def _rest_address(value: Value) -> object:
    return json.loads(str(value)) if value is not None else None


_CONVERT: Final[Mapping[FieldType, Convert]] = {
    FieldType.DATETIME: _rest_moment,
    FieldType.BOOLEAN: _rest_flag,
    FieldType.ADDRESS: _rest_address,
    FieldType.LOCATION: _rest_address,
    **dict.fromkeys(DECIMAL_TYPES, _rest_decimal),
}


def rest_value(field: Field, value: Value) -> object:
    """A stored value as REST shows it."""
    convert = _CONVERT.get(field.type)
    return value if convert is None else convert(value)


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where one column of a row goes in its record."""

    holder: int
    name: str
    column: int
    convert: Convert | None


@dataclass(frozen=True, slots=True)
class _Parent:
    """A nested object: made when its Id is there, null otherwise."""

    holder: int
    name: str
    column: int
    type_name: str | None


@dataclass(frozen=True, slots=True)
class _Switch:
    """A nested object whose columns depend on what it is; `column` is its Id, the next its kind."""

    holder: int
    name: str
    column: int
    branches: Mapping[str, tuple[_Step, ...]]
    otherwise: tuple[_Step, ...] | None


_Step = _Slot | _Parent | _Switch


class Layout:
    """The columns of a plan to select, and where in a record each of them goes."""

    def __init__(self, plan: Plan, schema: Schema, *, base: str) -> None:
        self._schema = schema
        self._base = base
        self._kind = plan.sobject.name
        self._columns = [f'{plan.alias}."Id"']
        holders: dict[tuple[str, ...], int] = {(): 0}
        steps = self._steps(plan.shape, holders)
        hops = {hop.names: hop for hop in plan.shape.hops}
        for each in plan.switches:
            steps += self._parents(each.names, hops, holders)
            steps.append(self._switch(each, holders[each.names[:-1]]))
        self._template = tuple(steps)

    @property
    def columns(self) -> str:
        """What stands after the row's number in the SELECT."""
        return ", ".join(self._columns)

    def _add(self, sql: str) -> int:
        self._columns.append(sql)
        return len(self._columns)

    def _steps(self, shape: Shape, holders: dict[tuple[str, ...], int]) -> list[_Step]:
        hops = {hop.names: hop for hop in shape.hops}
        steps: list[_Step] = []
        for output in shape.outputs:
            steps += self._parents(output.names, hops, holders)
            column = self._add(output.sql)
            convert = _CONVERT.get(output.field.type)
            steps.append(_Slot(holders[output.names[:-1]], output.names[-1], column, convert))
        return steps

    def _parents(
        self,
        path: tuple[str, ...],
        hops: Mapping[tuple[str, ...], Hop],
        holders: dict[tuple[str, ...], int],
    ) -> Iterator[_Parent]:
        """The nested objects on the way to a column that are not there yet."""
        for depth in range(1, len(path)):
            names = path[:depth]
            if names not in holders:
                hop = hops[names]
                kind = None if hop.sobject is NAME else hop.sobject.name
                yield _Parent(holders[names[:-1]], names[-1], self._add(hop.id_sql), kind)
                holders[names] = len(holders)

    def _switch(self, switch: Switch, holder: int) -> _Switch:
        column = self._add(switch.id_sql)
        self._add(switch.kind_sql)
        other = switch.otherwise
        return _Switch(
            holder=holder,
            name=switch.names[-1],
            column=column,
            branches={
                kind: tuple(self._steps(shape, {(): 0})) for kind, shape in switch.branches.items()
            },
            otherwise=None if other is None else tuple(self._steps(other, {(): 0})),
        )

    def record(self, row: tuple[Value, ...]) -> Record:
        """One row, whose first column is its number, as a record."""
        root = self._start(self._kind, str(row[1]))
        self._fill(root, self._template, row)
        return root

    def _fill(self, root: Record, steps: Iterable[_Step], row: tuple[Value, ...]) -> None:
        holders: list[Record | None] = [root]
        for step in steps:
            holder = holders[step.holder]
            value = row[step.column]
            if isinstance(step, _Slot):
                if holder is not None:
                    holder[step.name] = step.convert(value) if step.convert else value
                continue
            nested = self._nested(step, value, row)
            if isinstance(step, _Parent):
                holders.append(nested)
            if holder is not None:
                holder[step.name] = nested

    def _nested(
        self, step: _Parent | _Switch, value: Value, row: tuple[Value, ...]
    ) -> Record | None:
        if value is None:
            return None
        if isinstance(step, _Switch):
            return self._switched(step, str(value), str(row[step.column + 1]), row)
        if step.type_name is None:
            return self._named(str(value))
        return self._start(step.type_name, str(value))

    def _switched(
        self, step: _Switch, record_id: str, kind: str, row: tuple[Value, ...]
    ) -> Record | None:
        """The branch of the parent's kind, or ELSE, or null."""
        branch = step.branches.get(kind)
        if branch is None and step.otherwise is None:
            return None
        record = self._named(record_id) if branch is None else self._start(kind, record_id)
        self._fill(record, step.otherwise or () if branch is None else branch, row)
        return record

    def _start(self, kind: str, record_id: str) -> Record:
        url = f"{self._base}/sobjects/{kind}/{record_id}"
        return {"attributes": {"type": kind, "url": url}}

    def _named(self, record_id: str) -> Record:
        """A parent seen through the Name object, with the address of the record it is."""
        target = self._schema.of_id(record_id)
        kind = target.name if target else "Name"
        url = f"{self._base}/sobjects/{kind}/{record_id}"
        return {"attributes": {"type": "Name", "url": url}}
