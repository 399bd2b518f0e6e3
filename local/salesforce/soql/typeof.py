"""TYPEOF: the fields to read depend on which object a polymorphic parent is.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_typeof.htm
The texts of refusals are recorded in public code where another emulator was compared with an org.
"""

from __future__ import annotations

from collections.abc import Iterable

from local.salesforce.errors import Kind
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import Field, SObject
from local.salesforce.soql.faults import SoqlError
from local.salesforce.soql.planned import Hop, Shape, Switch
from local.salesforce.soql.scope import Bound, Joined, Scope, kind_sql
from local.salesforce.soql.tree import Path, TypeOf, When
from local.salesforce.soql.wording import no_such_type


def switch(node: TypeOf, scope: Scope, schema: Schema) -> Switch:
    """One TYPEOF bound to the tables of its parent; raises SoqlError."""
    field, parent = scope.parent(node.relationship)
    if field.reference is None or not field.reference.polymorphic:
        raise SoqlError(
            Kind.MALFORMED_QUERY,
            f"TYPEOF operand '{node.relationship.text}' is not a polymorphic relationship field",
            node.relationship.at,
        )
    branches = _branches(node, scope, parent, _Types(schema, field))
    return Switch(
        names=parent.names,
        id_sql=scope.parent_id(parent.names),
        kind_sql=kind_sql(parent),
        branches=branches,
        otherwise=_shape(scope, node.otherwise, parent) if node.otherwise else None,
    )


class _Types:
    """What a WHEN may name."""

    def __init__(self, schema: Schema, field: Field) -> None:
        self._schema = schema
        reference = field.reference
        self._allowed = reference.targets if reference else ()

    def of(self, case: When) -> SObject | None:
        """The object of a WHEN; None for one that the reference knows and this org lacks."""
        wanted = case.sobject.lower()
        if any(each.lower() == wanted for each in self._allowed):
            return self._schema.get(case.sobject)
        raise SoqlError(Kind.QUERY_TYPE, no_such_type(case.sobject), case.at)


def _branches(node: TypeOf, scope: Scope, parent: Joined, types: _Types) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    seen: set[str] = set()
    for case in node.cases:
        if case.sobject.lower() in seen:
            text = f"WHEN clause operand [{case.sobject}] is not unique"
            raise SoqlError(Kind.MALFORMED_QUERY, text, case.at)
        seen.add(case.sobject.lower())
        target = types.of(case)
        if target is not None:
            found[target.name] = _shape(scope, case.paths, scope.branch(parent, target))
    return found


def _shape(scope: Scope, paths: Iterable[Path], base: Joined) -> Shape:
    """The columns of one branch, with names that begin at the parent."""
    depth = len(base.names)
    outputs = [scope.column(path, base) for path in paths]
    relative = tuple(Bound(each.sql, each.field, each.names[depth:]) for each in outputs)
    return Shape(relative, hops((each.names for each in relative), scope, base.names))


def hops(
    paths: Iterable[tuple[str, ...]], scope: Scope, prefix: tuple[str, ...] = ()
) -> tuple[Hop, ...]:
    """Every parent passed on the way to an output, nearest first."""
    found: dict[tuple[str, ...], Hop] = {}
    for path in paths:
        for depth in range(1, len(path)):
            names = path[:depth]
            whole = (*prefix, *names)
            found.setdefault(names, Hop(names, scope.parent_id(whole), scope.parent_object(whole)))
    return tuple(found.values())
