"""IN (SELECT ...) in WHERE: where it may stand and what it may select.

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
from local.salesforce.soql.planned import Join, Plan
from local.salesforce.soql.scope import Bound
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
NESTED: Final = (
    "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested"
    " WHERE expressions."
)
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
        raise refused("Nesting of semi join sub-selects is not supported", first)
    if len(found) > MAXIMUM_SEMI_JOINS:
        raise refused("Maximum 2 semi join sub-selects are allowed", found[MAXIMUM_SEMI_JOINS])
    if isinstance(where, Or):
        raise refused("Semi join sub-selects are not allowed with the 'OR' operator", first)
    top = where.parts if isinstance(where, And) else (where,)
    deep = next((each for each in found if each not in top), None)
    if deep is not None:
        raise refused(NESTED, deep)


def _inside(node: Condition) -> Iterator[SemiJoin]:
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _inside(part)
        case Not(part):
            yield from _inside(part)
        case SemiJoin():
            yield node


def refused(text: str, node: SemiJoin) -> SoqlError:
    """A refusal shown at the left side of the condition."""
    return SoqlError(Kind.MALFORMED_QUERY, text, node.path.at)


def check_sides(node: SemiJoin, outer: str) -> None:
    """Refuse a sub-select of the wrong form, object or kind of column before it is bound."""
    selections = node.query.selections
    only = selections[0] if len(selections) == 1 else None
    if not isinstance(only, Column) or node.query.group_by:
        raise refused("Semi join sub-selects must select exactly one field", node)
    inner = node.query.source.name.lower()
    if inner == outer.lower():
        raise refused("The inner and outer selects should not be on the same object type", node)
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


def join_plan(node: SemiJoin, bound: Bound, inner: Plan, outer: str) -> Join:
    """The condition bound; both sides are ids of the same kind of record."""
    selected = inner.outputs[0]
    _check_ids(node, bound, selected)
    left, right = _points_to(bound, outer), _points_to(selected, inner.sobject.name)
    if not left & right:
        raise refused(
            f"The selected field '{'.'.join(selected.names)}' in the subquery and the left operand"
            f" field in the where expression in the outer query '{node.path.text}' should point to"
            " the same object type",
            node,
        )
    return Join(bound.sql, inner, node.negated)


def _check_ids(node: SemiJoin, bound: Bound, selected: Bound) -> None:
    if not bound.field.is_id or bound.outer:
        raise refused(
            "The left operand field in the where expression for outer query should be an id field,"
            f" cannot use: '{node.path.text}'",
            node,
        )
    name = ".".join(selected.names)
    if not selected.field.is_id or selected.outer:
        raise refused(f"Semi join sub-selects can only query id fields, cannot use: '{name}'", node)


def _points_to(bound: Bound, owner: str) -> frozenset[str]:
    """The objects that an id can be of."""
    if bound.field.type is FieldType.ID:
        return frozenset({owner})
    reference = bound.field.reference
    return frozenset(reference.targets) if reference else frozenset()
