# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Rows as Bulk prints them, put together by SQL so that no value passes through Python alone."""

from __future__ import annotations

from collections.abc import Iterable

from local.salesforce.schema.types import FieldType
from local.salesforce.soql.planned import Plan
from local.salesforce.soql.scope import Bound


def csv_header(outputs: Iterable[Bound], *, delimiter: str, ending: str) -> str:
    """The first line of a result."""
    return delimiter.join(f'"{".".join(each.names)}"' for each in outputs) + ending


def csv_sql(plan: Plan, *, delimiter: str, ending: str) -> str:
    """SQL for the lines of some rows: everything quoted, null as "", moments with Z."""
    cells = f"||'{delimiter}'||".join(_csv_cell(each) for each in plan.outputs)
    codes = ",".join(str(ord(letter)) for letter in ending)
    return (
        f"SELECT {plan.alias}.row, {cells}||char({codes}) FROM {plan.read_from}"
        f" WHERE {plan.alias}.row IN (SELECT value FROM json_each(?))"
    )


def _csv_cell(output: Bound) -> str:
    sql = output.sql
    if output.field.type is FieldType.BOOLEAN:
        text = f"CASE {sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE '' END"
    elif output.field.is_text:
        text = f"replace(ifnull({sql}, ''), '\"', '\"\"')"
    else:
        text = f"ifnull({sql}, '')"
    return f"'\"'||{text}||'\"'"
