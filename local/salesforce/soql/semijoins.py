# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""IN (SELECT ...) in WHERE: where it may stand, what it may select, and its SQL.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_comparisonoperators.htm
The texts are recorded in public code and notes, but for those about the left operand and about
the number of selected fields, which are from memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.schema.types import FieldType
from local.salesforce.soql.faults import SoqlError
from local.salesforce.soql.planned import Plan, alive
from local.salesforce.soql.scope import Bound
from local.salesforce.soql.sql import Sql, negate
from local.salesforce.soql.tree import (
    And,
    Column,
    Condition,
    Not,
    Or,
    Query,
    SemiJoin,
)

MAXIMUM_SEMI_JOINS: Final = 2
#: What no inner select can read.
UNSUPPORTED: Final = frozenset(
    {"activityhistory", "attachment", "event", "eventattendee", "note", "openactivity", "task"}
)


def check_places(query: Query, *, nested: bool) -> None:
    """Refuse semi-joins where Salesforce does: below OR, in nested conditions, more than two."""
    where = query.where
    found = list(_inside(where)) if where is not None else []
    if not found:
        return
    first = found[0]
    if nested:
        raise _refused("Nesting of semi join sub-selects is not supported", first)
    if len(found) > MAXIMUM_SEMI_JOINS:
        raise _refused("Maximum 2 semi join sub-selects are allowed", found[MAXIMUM_SEMI_JOINS])
    if isinstance(where, Or):
        raise _refused("Semi join sub-selects are not allowed with the 'OR' operator", first)
    top = where.parts if isinstance(where, And) else (where,)
    deep = next((each for each in found if each not in top), None)
    if deep is not None:
        raise _refused(
            "Semi join sub-selects are only allowed at the top level WHERE expressions and not in"
            " nested WHERE expressions.",
            deep,
        )


def _inside(node: Condition) -> Iterator[SemiJoin]:
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _inside(part)
        case Not(part):
            yield from _inside(part)
        case SemiJoin():
            yield node


def _refused(text: str, node: SemiJoin) -> SoqlError:
    return SoqlError(Kind.MALFORMED_QUERY, text, node.path.at)


def check_sides(node: SemiJoin, outer: str) -> None:
    """Refuse a sub-select of the wrong form, object or kind of column before it is bound."""
    selections = node.query.selections
    only = selections[0] if len(selections) == 1 else None
    if not isinstance(only, Column) or node.query.group_by:
        raise _refused("Semi join sub-selects must select exactly one field", node)
    inner = node.query.source.name.lower()
    if inner == outer.lower():
        raise _refused("The inner and outer selects should not be on the same object type", node)
    if inner in UNSUPPORTED:
        source = node.query.source
        text = f"Entity '{source.name}' is not supported for semi join inner selects"
        raise SoqlError(Kind.MALFORMED_QUERY, text, source.at)
    _check_clauses(node.query)


def _check_clauses(inner: Query) -> None:
    clauses = {"ORDER": inner.order_by, "LIMIT": inner.limit is not None, "FOR": inner.purposes}
    word = next((word for word, given in clauses.items() if given), None)
    if word is not None:
        raise SoqlError(Kind.MALFORMED_QUERY, f"missing value at '{word}'", inner.source.at)


def semi_join(node: SemiJoin, bound: Bound, inner: Plan) -> Sql:
    """The condition as SQL; both sides are ids of the same kind of record."""
    _check_ids(node, bound, inner.outputs[0])
    column = inner.outputs[0].sql
    inside = Sql(
        f"{bound.sql} IN (SELECT {column} FROM {inner.read_from}"
        f" WHERE {alive(inner)} AND ({inner.where.text}) AND {column} IS NOT NULL)",
        inner.where.parameters,
    )
    return negate(inside) if node.negated else inside


def _check_ids(node: SemiJoin, bound: Bound, selected: Bound) -> None:
    if not bound.field.is_id or bound.outer:
        raise _refused(
            "The left operand field in the where expression for outer query should be an id field,"
            f" cannot use: '{node.path.text}'",
            node,
        )
    name = ".".join(selected.names)
    if not selected.field.is_id or selected.outer:
        raise _refused(
            f"Semi join sub-selects can only query id fields, cannot use: '{name}'", node
        )


def check_types(node: SemiJoin, left: frozenset[str], right: frozenset[str], name: str) -> None:
    """Refuse ids that cannot be of the same object."""
    if not left & right:
        raise _refused(
            f"The selected field '{name}' in the subquery and the left operand field in the where"
            f" expression in the outer query '{node.path.text}' should point to the same object"
            " type",
            node,
        )


def points_to(bound: Bound, owner: str) -> frozenset[str]:
    """The objects that an id can be of."""
    if bound.field.type is FieldType.ID:
        return frozenset({owner})
    reference = bound.field.reference
    return frozenset(reference.targets) if reference else frozenset()
