# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""A parsed statement against the schema."""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.schema.registry import Child, Schema
from local.salesforce.schema.types import SObject
from local.salesforce.soql.bounds import lower_bounds
from local.salesforce.soql.faults import SoqlError, place
from local.salesforce.soql.filters import (
    Calendar,
    Sql,
    comparison,
    filterable,
    includes,
    join,
    membership,
    negate,
    operand,
)
from local.salesforce.soql.functions import AGGREGATES, Function
from local.salesforce.soql.planned import Aggregate, ChildPlan, Hop, Plan, alive
from local.salesforce.soql.scope import Bound, Scope
from local.salesforce.soql.tree import (
    And,
    Column,
    Comparison,
    Computed,
    Condition,
    Fields,
    Includes,
    Membership,
    Not,
    Operand,
    Or,
    Order,
    Path,
    Query,
    SemiJoin,
    Subquery,
    TypeOf,
)
from local.salesforce.soql.wording import no_such_type

FIELDS_LIMIT: Final = 200
MAXIMUM_OFFSET: Final = 2_000


def plan(statement: str, query: Query, schema: Schema, *, calendar: Calendar) -> Plan:
    """Bind a parsed statement; raises ApiError worded and placed as Salesforce does."""
    try:
        return _Binder(schema, calendar).bind(query)
    except SoqlError as error:
        raise place(error, statement) from error


class _Binder:
    def __init__(self, schema: Schema, calendar: Calendar) -> None:
        self._schema = schema
        self._calendar = calendar
        self._aliases = 0

    def bind(self, query: Query) -> Plan:
        sobject = self._schema.get(query.source.name)
        if sobject is None or not sobject.traits.queryable:
            raise SoqlError(Kind.QUERY_TYPE, no_such_type(query.source.name), query.source.at)
        return self._plan(query, sobject)

    def _scope(self, query: Query, sobject: SObject) -> Scope:
        self._aliases += 1
        alias = f"t{self._aliases}"
        return Scope(self._schema, sobject, alias=alias, known=query.source.alias)

    def _plan(self, query: Query, sobject: SObject) -> Plan:
        _refuse_unsupported(query)
        scope = self._scope(query, sobject)
        alias = f"t{self._aliases}"
        where = self._where(query, scope)
        order = self._orders(query, scope)
        find_from = scope.from_sql
        outputs = () if _grouped(query) else self._outputs(query, scope)
        group = ", ".join(operand(scope.column(_path(each))) for each in query.group_by)
        return Plan(
            sobject=sobject,
            alias=alias,
            find_from=find_from,
            where=where,
            order=order,
            limit=query.limit,
            offset=_offset(query),
            outputs=outputs,
            hops=_hops(outputs, scope),
            children=self._children(query, sobject),
            aggregates=self._aggregates(query, scope) if _grouped(query) else (),
            group=group,
            count_only=_count_only(query),
            ordered=bool(query.order_by),
            read_from=scope.from_sql,
        )

    def _where(self, query: Query, scope: Scope) -> Sql:
        if query.where is None:
            return Sql("1")
        parts = [self._condition(query.where, scope)]
        bounds = lower_bounds(query.where, scope.column)
        parts.extend(Sql(f"{column} >= ?", (value,)) for column, value in bounds.items())
        return join(parts, "AND")

    def _condition(self, node: Condition, scope: Scope) -> Sql:
        match node:
            case And(parts) | Or(parts):
                word = "AND" if isinstance(node, And) else "OR"
                return join([self._condition(part, scope) for part in parts], word)
            case Not(part):
                return negate(self._condition(part, scope))
            case SemiJoin():
                return self._semi_join(node, scope)
            case _:
                return self._leaf(node, scope)

    def _leaf(self, node: Comparison | Membership | Includes, scope: Scope) -> Sql:
        bound = scope.column(_path(node.operand))
        match node:
            case Comparison():
                return comparison(bound, node, self._calendar)
            case Membership():
                return membership(bound, node, self._calendar)
            case Includes():
                return includes(bound, node)

    def _semi_join(self, node: SemiJoin, scope: Scope) -> Sql:
        bound = scope.column(node.path)
        inner = self.bind(node.query)
        if len(inner.outputs) != 1 or not (bound.field.is_id and inner.outputs[0].field.is_id):
            raise SoqlError(
                Kind.MALFORMED_QUERY,
                "The inner and outer selects of a semi join must both name one id field",
                node.path.at,
            )
        column = inner.outputs[0].sql
        inside = Sql(
            f"{bound.sql} IN (SELECT {column} FROM {inner.read_from}"
            f" WHERE {alive(inner)} AND ({inner.where.text}) AND {column} IS NOT NULL)",
            inner.where.parameters,
        )
        return negate(inside) if node.negated else inside

    def _orders(self, query: Query, scope: Scope) -> str:
        return ", ".join(self._order(order, scope) for order in query.order_by)

    def _order(self, order: Order, scope: Scope) -> str:
        bound = scope.column(_path(order.operand))
        if not bound.field.sortable:
            raise SoqlError(
                Kind.MALFORMED_QUERY,
                f"field '{bound.field.name}' can not be sorted in a query call",
                order.operand.at,
            )
        text = operand(bound) + (" DESC" if order.descending else "")
        if not bound.field.access.nillable and len(bound.names) == 1:
            return text
        return text + (" NULLS LAST" if order.nulls_last else " NULLS FIRST")

    def _outputs(self, query: Query, scope: Scope) -> tuple[Bound, ...]:
        outputs: list[Bound] = []
        for selection in query.selections:
            if isinstance(selection, Column):
                _no_alias(selection)
                outputs.append(_fresh(scope.column(selection.path), outputs, selection.path.at))
            elif isinstance(selection, Fields):
                outputs.extend(_expand(selection, query, scope))
        return tuple(outputs)

    def _children(self, query: Query, sobject: SObject) -> tuple[ChildPlan, ...]:
        return tuple(
            self._child(selection, sobject)
            for selection in query.selections
            if isinstance(selection, Subquery)
        )

    def _child(self, selection: Subquery, parent: SObject) -> ChildPlan:
        name = selection.query.source.name
        found = _relation(self._schema.children(parent), name)
        if found is None:
            raise SoqlError(
                Kind.QUERY_TYPE,
                f"Didn't understand relationship '{name}' in FROM part of query call. If you are"
                " attempting to use a custom relationship, be sure to append the '__r' after the"
                " custom relationship name. Please reference your WSDL or the describe call for"
                " the appropriate names.",
                selection.query.source.at,
            )
        inner = self._plan(selection.query, found.sobject)
        return ChildPlan(str(found.name), f'{inner.alias}."{found.field.name}"', inner)

    def _aggregates(self, query: Query, scope: Scope) -> tuple[Aggregate, ...]:
        found: list[Aggregate] = []
        unnamed = 0
        for selection in query.selections:
            if isinstance(selection, Computed):
                name = selection.alias or f"expr{unnamed}"
                unnamed += selection.alias is None
                found.append(_aggregate(selection, name, scope))
            elif isinstance(selection, Column):
                found.append(_group_key(selection, query, scope))
        return tuple(found)


def _grouped(query: Query) -> bool:
    return bool(query.group_by) or any(isinstance(each, Computed) for each in query.selections)


def _count_only(query: Query) -> bool:
    first = query.selections[0]
    return isinstance(first, Computed) and first.call.path is None and len(query.selections) == 1


def _offset(query: Query) -> int:
    if query.offset is not None and query.offset > MAXIMUM_OFFSET:
        raise SoqlError(Kind.QUERY_RANGE, f"Maximum SOQL offset allowed is {MAXIMUM_OFFSET}", None)
    return query.offset or 0


def _no_alias(column: Column) -> None:
    if column.alias is not None:
        raise SoqlError(
            Kind.MALFORMED_QUERY,
            f"unexpected token: '{column.alias}'",
            column.path.at + len(column.path.text) + 1,
        )


def _fresh(bound: Bound, before: list[Bound], at: int) -> Bound:
    if any(each.names == bound.names for each in before):
        name = ".".join(bound.names)
        raise SoqlError(Kind.QUERY_FIELD, f"duplicate field selected: {name}", at)
    return bound


def _expand(selection: Fields, query: Query, scope: Scope) -> tuple[Bound, ...]:
    if selection.group != "STANDARD" and not 0 < (query.limit or 0) <= FIELDS_LIMIT:
        raise SoqlError(
            Kind.MALFORMED_QUERY,
            f"The SOQL FIELDS function must have a LIMIT of at most {FIELDS_LIMIT}",
            selection.at,
        )
    wanted = {"ALL": (True, False), "CUSTOM": (True,), "STANDARD": (False,)}[selection.group]
    return tuple(each for each in scope.every_field() if each.field.custom in wanted)


def _hops(outputs: tuple[Bound, ...], scope: Scope) -> tuple[Hop, ...]:
    """Every parent passed on the way to an output, nearest first."""
    found: dict[tuple[str, ...], Hop] = {}
    for output in outputs:
        for depth in range(1, len(output.names)):
            names = output.names[:depth]
            found.setdefault(names, Hop(names, scope.parent_id(names), scope.parent_object(names)))
    return tuple(found.values())


def _relation(children: tuple[Child, ...], name: str) -> Child | None:
    wanted = name.lower()
    return next((each for each in children if each.name and each.name.lower() == wanted), None)


def _aggregate(selection: Computed, name: str, scope: Scope) -> Aggregate:
    call = selection.call
    if call.name not in AGGREGATES or not all(isinstance(each, Path) for each in call.arguments):
        raise unsupported(call.text, call.at)
    if call.path is None:
        return Aggregate(name, "count(*)", None)
    bound = scope.column(call.path)
    filterable(bound, call.path)
    if call.name is Function.COUNT_DISTINCT:
        return Aggregate(name, f"count(DISTINCT {operand(bound)})", None)
    sql = f"{call.name.value.lower()}({bound.sql})"
    return Aggregate(name, sql, bound if call.name in (Function.MIN, Function.MAX) else None)


def _path(found: Operand) -> Path:
    if isinstance(found, Path):
        return found
    raise unsupported(found.text, found.at)


def unsupported(what: str, at: int) -> SoqlError:
    """The refusal of what the grammar knows and the evaluator does not."""
    return SoqlError(Kind.MALFORMED_QUERY, f"{what} is not supported by this emulator", at)


def _refuse_unsupported(query: Query) -> None:
    asked = {
        "FROM with several objects": query.joined,
        "WITH DATA CATEGORY": query.categories,
        "WITH a filter": query.contexts,
        f"GROUP BY {query.grouping}": query.grouping,
        "HAVING": query.having,
        "TYPEOF": any(isinstance(each, TypeOf) for each in query.selections),
    }
    for what, given in asked.items():
        if given:
            raise unsupported(what, query.source.at)


def _group_key(selection: Column, query: Query, scope: Scope) -> Aggregate:
    bound = scope.column(selection.path)
    grouped = {scope.column(_path(each)).names for each in query.group_by}
    if bound.names not in grouped:
        raise SoqlError(
            Kind.MALFORMED_QUERY,
            f"Field must be grouped or aggregated: {selection.path.text}",
            selection.path.at,
        )
    return Aggregate(selection.alias or bound.field.name, bound.sql, bound)
