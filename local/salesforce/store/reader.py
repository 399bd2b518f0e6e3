# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Plans run: row numbers first, values page by page, as records or as lines of CSV."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from local.salesforce.schema.people import NAME
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import DECIMAL_TYPES, Field, FieldType
from local.salesforce.soql.planned import ChildPlan, Plan, alive
from local.salesforce.soql.scope import Bound
from local.salesforce.store.database import Database, Value
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


class Reader:
    """Reads for one API version, whose path stands in the `url` of each record."""

    def __init__(self, database: Database, schema: Schema, *, base: str) -> None:
        self._database = database
        self._schema = schema
        self._base = base

    def find(self, plan: Plan, *, everything: bool) -> array[int]:
        """The rows of a statement in their order; `everything` is queryAll."""
        rows = array("q")
        sql, parameters = find_sql(plan, everything=everything)
        cursor = self._database.connection.execute(sql, parameters)
        while chunk := cursor.fetchmany(10_000):
            rows.extend(row[0] for row in chunk)
        return rows

    def count(self, plan: Plan, *, everything: bool) -> int:
        """How many rows a statement has."""
        sql, parameters = find_sql(plan, everything=everything)
        row = self._database.one(f"SELECT count(*) FROM ({sql})", parameters)
        return int(row[0] or 0) if row else 0

    def records(self, plan: Plan, rows: Sequence[int], *, everything: bool) -> list[Record]:
        """Rows as REST shows them, values as they are now; a row gone since is left out."""
        columns, template = self._layout(plan)
        visible = "1" if everything else alive(plan)
        found = self._database.rows(
            f"SELECT {plan.alias}.row, {columns} FROM {plan.read_from}"
            f" WHERE {plan.alias}.row IN (SELECT value FROM json_each(?)) AND {visible}",
            (json.dumps(list(rows)),),
        )
        by_row = {row[0]: row for row in found}
        ordered = [by_row[row] for row in rows if row in by_row]
        records = [self._record(plan, row, template) for row in ordered]
        ids = [str(row[1]) for row in ordered]
        for child in plan.children:
            self._attach(child, ids, records, everything=everything)
        return records

    def _layout(self, plan: Plan) -> tuple[str, tuple[_Parent | _Slot, ...]]:
        """The columns to select and, in the order of the SELECT list, where they go."""
        columns = [f'{plan.alias}."Id"']
        holders: dict[tuple[str, ...], int] = {(): 0}
        steps: list[_Parent | _Slot] = []
        hops = {hop.names: hop for hop in plan.hops}
        for output in plan.outputs:
            for depth in range(1, len(output.names)):
                names = output.names[:depth]
                if names not in holders:
                    hop = hops[names]
                    columns.append(hop.id_sql)
                    kind = None if hop.sobject is NAME else hop.sobject.name
                    parent = holders[names[:-1]]
                    steps.append(_Parent(parent, names[-1], len(columns), kind))
                    holders[names] = len(holders)
            columns.append(output.sql)
            holder = holders[output.names[:-1]]
            convert = _CONVERT.get(output.field.type)
            steps.append(_Slot(holder, output.names[-1], len(columns), convert))
        return ", ".join(columns), tuple(steps)

    def _record(
        self, plan: Plan, row: tuple[Value, ...], template: tuple[_Parent | _Slot, ...]
    ) -> Record:
        root = self._start(plan.sobject.name, str(row[1]))
        holders: list[Record | None] = [root]
        for step in template:
            holder = holders[step.holder]
            value = row[step.column]
            if isinstance(step, _Parent):
                nested = self._parent(step, value)
                holders.append(nested)
                if holder is not None:
                    holder[step.name] = nested
            elif holder is not None:
                holder[step.name] = step.convert(value) if step.convert else value
        return root

    def _start(self, kind: str, record_id: str) -> Record:
        url = f"{self._base}/sobjects/{kind}/{record_id}"
        return {"attributes": {"type": kind, "url": url}}

    def _parent(self, step: _Parent, value: Value) -> Record | None:
        if value is None:
            return None
        if step.type_name is not None:
            return self._start(step.type_name, str(value))
        target = self._schema.of_id(str(value))
        record = self._start(target.name if target else "Name", str(value))
        record["attributes"] = {**_attributes(record), "type": "Name"}
        return record

    def _attach(
        self, child: ChildPlan, ids: list[str], records: list[Record], *, everything: bool
    ) -> None:
        plan = child.plan
        visible = "1" if everything else alive(plan)
        order = f" ORDER BY {plan.order}" if plan.order else f" ORDER BY {plan.alias}.row"
        found = self._database.rows(
            f"SELECT {child.key}, {plan.alias}.row FROM {plan.find_from}"
            f" WHERE {child.key} IN (SELECT value FROM json_each(?)) AND {visible}"
            f" AND ({plan.where.text}){order}",
            (json.dumps(ids), *plan.where.parameters),
        )
        by_parent: dict[str, list[int]] = {}
        for key, row in found:
            by_parent.setdefault(str(key), []).append(int(row or 0))
        last = None if plan.limit is None else plan.offset + plan.limit
        for record_id, record in zip(ids, records, strict=True):
            rows = by_parent.get(record_id, [])[plan.offset : last]
            inner = self.records(plan, rows, everything=everything) if rows else []
            record[child.name] = (
                {"totalSize": len(inner), "done": True, "records": inner} if inner else None
            )

    def aggregate(self, plan: Plan, *, everything: bool) -> list[Record]:
        """The groups of a grouped statement."""
        visible = "1" if everything else alive(plan)
        columns = ", ".join(each.sql for each in plan.aggregates)
        group = f" GROUP BY {plan.group}" if plan.group else ""
        order = f" ORDER BY {plan.order}" if plan.order else ""
        found = self._database.rows(
            f"SELECT {columns} FROM {plan.read_from} WHERE {visible} AND ({plan.where.text})"
            f"{group}{order}{_limits(plan)}",
            plan.where.parameters,
        )
        return [
            {
                "attributes": {"type": "AggregateResult"},
                **{
                    each.name: rest_value(each.bound.field, value) if each.bound else value
                    for each, value in zip(plan.aggregates, row, strict=True)
                },
            }
            for row in found
        ]

    def csv_lines(
        self, plan: Plan, rows: Sequence[int], *, delimiter: str, ending: str
    ) -> Iterator[str]:
        """Rows as Bulk prints them: everything quoted, null as "", moments with Z."""
        line = _csv_line(plan.outputs, delimiter=delimiter, ending=ending)
        for start in range(0, len(rows), 5_000):
            part = rows[start : start + 5_000]
            found = self._database.rows(
                f"SELECT {plan.alias}.row, {line} FROM {plan.read_from}"
                f" WHERE {plan.alias}.row IN (SELECT value FROM json_each(?))",
                (json.dumps(list(part)),),
            )
            by_row = {row: str(text) for row, text in found}
            yield from (by_row[row] for row in part if row in by_row)


def csv_header(outputs: Iterable[Bound], *, delimiter: str, ending: str) -> str:
    """The first line of a result."""
    return delimiter.join(f'"{".".join(each.names)}"' for each in outputs) + ending


def _csv_line(outputs: tuple[Bound, ...], *, delimiter: str, ending: str) -> str:
    """SQL that prints one row, so that no value passes through Python on its own."""
    cells = f"||'{delimiter}'||".join(_csv_cell(each) for each in outputs)
    codes = ",".join(str(ord(letter)) for letter in ending)
    return f"{cells}||char({codes})"


def _csv_cell(output: Bound) -> str:
    sql = output.sql
    if output.field.type is FieldType.BOOLEAN:
        text = f"CASE {sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE '' END"
    elif output.field.is_text:
        text = f"replace(ifnull({sql}, ''), '\"', '\"\"')"
    else:
        text = f"ifnull({sql}, '')"
    return f"'\"'||{text}||'\"'"


def _attributes(record: Record) -> Mapping[str, object]:
    found = record["attributes"]
    return found if isinstance(found, dict) else {}


def find_sql(plan: Plan, *, everything: bool) -> tuple[str, tuple[Value, ...]]:
    """The SQL that finds the rows of a statement, in their order, by number."""
    visible = "1" if everything else alive(plan)
    order = f" ORDER BY {plan.order}" if plan.order else ""
    sql = (
        f"SELECT {plan.alias}.row FROM {plan.find_from}"
        f" WHERE {visible} AND ({plan.where.text}){order}{_limits(plan)}"
    )
    return sql, plan.where.parameters


def _limits(plan: Plan) -> str:
    if plan.limit is None and not plan.offset:
        return ""
    return f" LIMIT {-1 if plan.limit is None else plan.limit} OFFSET {plan.offset}"
