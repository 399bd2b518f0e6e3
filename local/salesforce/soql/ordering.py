"""ORDER BY: how each type sorts, and where nulls go.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_orderby.htm
"""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.schema.types import FieldType
from local.salesforce.soql.faults import SoqlError
from local.salesforce.soql.scope import Bound
from local.salesforce.soql.sql import quoted
from local.salesforce.soql.tree import Operand, Order

MAXIMUM_KEYS: Final = 32


def order_by(bound: Bound, order: Order) -> str:
    """One sort key as SQL; raises SoqlError for a field that has no order."""
    sortable(bound, order.operand)
    return _keys(bound, " DESC" if order.descending else "", _nulls(bound, order))


def in_order(bound: Bound) -> str:
    """The key that sorts as ORDER BY does where nothing is said."""
    return _keys(bound, "", " NULLS FIRST")


def _keys(bound: Bound, direction: str, nulls: str) -> str:
    if bound.field.type is FieldType.PICKLIST and bound.field.picklist:
        rank = f"{rank_sql(bound)}{direction}{nulls}"
        return f"{rank}, {sorted_sql(bound)}{direction}"
    return f"{sorted_sql(bound)}{direction}{nulls}"


def sortable(bound: Bound, operand: Operand) -> None:
    """Refuse long text, multi-select and compound fields."""
    if not bound.field.sortable:
        raise SoqlError(
            Kind.MALFORMED_QUERY,
            f"field '{bound.field.name}' can not be sorted in a query call",
            operand.at,
        )


def sorted_sql(bound: Bound) -> str:
    """The column as it sorts: text by its capitals."""
    folded = bound.field.is_text and not bound.field.case_sensitive
    return f"collated({bound.sql})" if folded else bound.sql


def _nulls(bound: Bound, order: Order) -> str:
    """First, whichever the direction; a reference's nulls are first even with NULLS LAST."""
    if not bound.field.access.nillable and not bound.outer:
        return ""
    last = order.nulls_last and bound.field.type is not FieldType.REFERENCE
    return " NULLS LAST" if last else " NULLS FIRST"


def rank_sql(bound: Bound) -> str:
    """The place of a picklist's value in its list; values that are not in it come last."""
    values = bound.field.picklist if bound.field.type is FieldType.PICKLIST else ()
    if not values:
        return "0"
    cases = " ".join(f"WHEN {quoted(each.value)} THEN {at}" for at, each in enumerate(values))
    other = f"CASE WHEN {bound.sql} IS NOT NULL THEN {len(values)} END"
    return f"CASE {bound.sql} {cases} ELSE {other} END"
