"""Aggregate functions: which types they take, and what they give.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_agg_functions_field_types.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.schema.types import NUMBER_TYPES, Field, FieldType
from local.salesforce.soql.expressions import result
from local.salesforce.soql.faults import SoqlError
from local.salesforce.soql.filters import compared
from local.salesforce.soql.functions import Function
from local.salesforce.soql.ordering import rank_sql, sorted_sql
from local.salesforce.soql.scope import Bound
from local.salesforce.soql.tree import Call, Operand

_NUMBERS_ONLY: Final = frozenset({Function.SUM, Function.AVG})
_EXTREMES: Final[Mapping[Function, str]] = {Function.MIN: "min", Function.MAX: "max"}


def aggregated(call: Call, bound: Bound) -> Bound:
    """An aggregate of a column; raises SoqlError for a type it does not take."""
    _check(call, bound)
    names = (call.text,)
    if call.name in _EXTREMES:
        return Bound(_extreme(_EXTREMES[call.name], bound), bound.field, names)
    if call.name in (Function.COUNT, Function.COUNT_DISTINCT):
        distinct = "DISTINCT " if call.name is Function.COUNT_DISTINCT else ""
        return Bound(f"count({distinct}{compared(bound)})", result("", FieldType.INT), names)
    return Bound(f"{call.name.value.lower()}({bound.sql})", _sum_field(call, bound.field), names)


def _sum_field(call: Call, field: Field) -> Field:
    """A sum of whole numbers is whole, an average is not."""
    if call.name is Function.AVG and field.type is FieldType.INT:
        return result("", FieldType.DOUBLE, scale=2)
    return field


def _check(call: Call, bound: Bound) -> None:
    field = bound.field
    refused = not field.aggregatable or field.type is FieldType.MULTIPICKLIST
    if refused or (call.name in _NUMBERS_ONLY and field.type not in NUMBER_TYPES):
        text = f"field {field.name} does not support aggregate operator {call.name.value}"
        raise SoqlError(Kind.MALFORMED_QUERY, text, call.at)


def _extreme(word: str, bound: Bound) -> str:
    """The first or last as ORDER BY sorts: picklists by their lists, text by its capitals."""
    if not bound.field.is_text:
        return f"{word}({bound.sql})"
    key = f"printf('%06d', {rank_sql(bound)}) || {sorted_sql(bound)}"
    whole = f"{word}(CASE WHEN {bound.sql} IS NOT NULL THEN {key} || char(1) || {bound.sql} END)"
    return f"substr({whole}, instr({whole}, char(1)) + 1)"


def groupable(bound: Bound, operand: Operand) -> None:
    """Refuse what describe says cannot be grouped; a date function can."""
    if isinstance(operand, Call) or bound.field.groupable:
        return
    text = f"field '{bound.field.name}' can not be grouped in a query call"
    raise SoqlError(Kind.MALFORMED_QUERY, text, operand.at)
