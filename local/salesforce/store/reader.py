# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Plans run: row numbers first, values page by page, as records or as lines of CSV."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from local.salesforce.schema.registry import Schema
from local.salesforce.soql.planned import ChildPlan, Groups, Plan, alive, condition
from local.salesforce.store.database import Database, Value
from local.salesforce.store.printing import csv_sql
from local.salesforce.store.shapes import Layout, Record, rest_value

_FETCH: Final = 10_000
_CSV_CHUNK: Final = 5_000


class Reader:
    """Reads for one API version, whose path stands in the `url` of each record."""

    def __init__(self, database: Database, schema: Schema, *, base: str) -> None:
        self._database = database
        self._schema = schema
        self._base = base

    def find(self, plan: Plan, *, everything: bool) -> array[int]:
        """The rows of a statement in their order; `everything` is queryAll."""
        rows = array("q")
        sql, parameters = self._prepared(plan, everything=everything)
        cursor = self._database.connection.execute(sql, parameters)
        while chunk := cursor.fetchmany(_FETCH):
            rows.extend(chain.from_iterable(chunk))
        return rows

    def count(self, plan: Plan, *, everything: bool) -> int:
        """How many rows a statement has."""
        sql, parameters = self._prepared(plan, everything=everything)
        row = self._database.one(f"SELECT count(*) FROM ({sql})", parameters)
        return int(row[0] or 0) if row else 0

    def _prepared(self, plan: Plan, *, everything: bool) -> tuple[str, tuple[Value, ...]]:
        sql, parameters = find_sql(plan, everything=everything)
        self._database.index_searched(plan.sobject, sql)
        return sql, parameters

    def records(self, plan: Plan, rows: Sequence[int], *, everything: bool) -> list[Record]:
        """Rows as REST shows them, values as they are now; a row gone since is left out.

        Children are not attached: which of them fit on a page is the page's matter.
        """
        return list(self.shown(plan, rows, everything=everything).values())

    def shown(self, plan: Plan, rows: Sequence[int], *, everything: bool) -> dict[int, Record]:
        """As `records`, by number of row and in the order given."""
        layout = Layout(plan, self._schema, base=self._base)
        visible = "1" if everything else alive(plan)
        found = self._database.connection.execute(
            f"SELECT {plan.alias}.row, {layout.columns} FROM {plan.read_from}"
            f" WHERE {plan.alias}.row IN (SELECT value FROM json_each(?)) AND {visible}",
            (json.dumps(list(rows)),),
        )
        by_row = {row[0]: layout.record(row) for row in found}
        return {row: by_row[row] for row in rows if row in by_row}

    def children(
        self, child: ChildPlan, parents: Sequence[str], *, everything: bool
    ) -> dict[str, array[int]]:
        """The rows of a subquery by the id of their parent, each within LIMIT and OFFSET."""
        plan = child.plan
        where = condition(plan, everything=everything)
        order = plan.order or f"{plan.alias}.row"
        sql = (
            f"SELECT {child.key}, {plan.alias}.row FROM {plan.find_from}"
            f" WHERE {child.key} IN (SELECT value FROM json_each(?)) AND ({where.text})"
            f" ORDER BY {order}"
        )
        self._database.index_searched(plan.sobject, sql)
        found = self._database.connection.execute(
            sql, (json.dumps(list(parents)), *where.parameters)
        )
        by_parent: dict[str, array[int]] = {}
        for key, row in found:
            by_parent.setdefault(key, array("q")).append(row)
        last = None if plan.limit is None else plan.offset + plan.limit
        return {key: rows[plan.offset : last] for key, rows in by_parent.items()}

    def ids(self, plan: Plan, rows: Sequence[int]) -> dict[int, str]:
        """The ids of rows, which is what their children know them by."""
        found = self._database.rows(
            f'SELECT row, "Id" FROM "{plan.sobject.name}"'
            " WHERE row IN (SELECT value FROM json_each(?))",
            (json.dumps(list(rows)),),
        )
        return {int(row or 0): str(record_id) for row, record_id in found}

    def widths(self, plan: Plan, columns: Sequence[str], rows: Sequence[int]) -> dict[int, int]:
        """How many characters some columns of some rows hold together."""
        total = " + ".join(f"ifnull(length({column}), 0)" for column in columns)
        found = self._database.rows(
            f"SELECT {plan.alias}.row, {total} FROM {plan.read_from}"
            f" WHERE {plan.alias}.row IN (SELECT value FROM json_each(?))",
            (json.dumps(list(rows)),),
        )
        return {int(row or 0): int(width or 0) for row, width in found}

    def aggregate(self, plan: Plan, groups: Groups, *, everything: bool) -> list[Record]:
        """The groups of a grouped statement."""
        sql, parameters = group_sql(plan, groups, everything=everything)
        self._database.index_searched(plan.sobject, sql)
        return [
            {
                "attributes": {"type": "AggregateResult"},
                **{
                    each.name: rest_value(each.bound.field, value)
                    for each, value in zip(groups.aggregates, row, strict=True)
                },
            }
            for row in self._database.rows(sql, parameters)
        ]

    def csv_lines(
        self, plan: Plan, rows: Sequence[int], *, delimiter: str, ending: str
    ) -> Iterator[str]:
        """Rows as Bulk prints them; a row gone since is left out."""
        sql = csv_sql(plan, delimiter=delimiter, ending=ending)
        for start in range(0, len(rows), _CSV_CHUNK):
            part = rows[start : start + _CSV_CHUNK]
            found = self._database.connection.execute(sql, (json.dumps(list(part)),))
            by_row = dict(found.fetchall())
            yield from (str(by_row[row]) for row in part if row in by_row)

    def touch(self, plan: Plan, rows: Sequence[int], columns: Sequence[str], now: str) -> None:
        """Mark rows as seen, where the object remembers that."""
        known = [f'"{name}" = ?' for name in columns if plan.sobject.has(name)]
        if known:
            self._database.run(
                f'UPDATE "{plan.sobject.name}" SET {", ".join(known)}'
                " WHERE row IN (SELECT value FROM json_each(?))",
                (*[now] * len(known), json.dumps(list(rows))),
            )


def find_sql(plan: Plan, *, everything: bool) -> tuple[str, tuple[Value, ...]]:
    """The SQL that finds the rows of a statement, in their order, by number."""
    where = condition(plan, everything=everything)
    order = f" ORDER BY {plan.order}" if plan.order else ""
    sql = f"SELECT {plan.alias}.row FROM {plan.find_from} WHERE {where.text}{order}{_limits(plan)}"
    return sql, where.parameters


def group_sql(plan: Plan, groups: Groups, *, everything: bool) -> tuple[str, tuple[Value, ...]]:
    """The SQL of a grouped statement: its grouping sets one below the other, then HAVING."""
    where = condition(plan, everything=everything)
    selects = [
        f"SELECT {', '.join(columns)} FROM {plan.read_from}"
        f" WHERE {where.text}{_group_by(keys, always=groups.always)}"
        for columns, keys in groups.sets
    ]
    shown = ", ".join(each.bound.sql for each in groups.aggregates)
    order = f" ORDER BY {groups.order}" if groups.order else ""
    sql = (
        f"SELECT {shown} FROM ({' UNION ALL '.join(selects)})"
        f" WHERE {groups.having.text}{order}{_limits(plan)}"
    )
    return sql, (*where.parameters * len(selects), *groups.having.parameters)


def _group_by(keys: Sequence[str], *, always: bool) -> str:
    """Without keys there is one group, which a statement with GROUP BY shows if it has rows."""
    if keys:
        return f" GROUP BY {', '.join(keys)}"
    return "" if always else " GROUP BY NULL"


def _limits(plan: Plan) -> str:
    if plan.limit is None and not plan.offset:
        return ""
    return f" LIMIT {-1 if plan.limit is None else plan.limit} OFFSET {plan.offset}"
