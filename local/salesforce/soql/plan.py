"""A parsed statement against the schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.schema.registry import Child, Schema
from local.salesforce.schema.types import SObject
from local.salesforce.soql import semijoins
from local.salesforce.soql.bounds import bounds, limits
from local.salesforce.soql.calendar import Calendar
from local.salesforce.soql.clauses import check_clauses, is_count_only, is_grouped, within_scope
from local.salesforce.soql.expressions import bind
from local.salesforce.soql.faults import SoqlError, place
from local.salesforce.soql.filters import comparison, includes, membership
from local.salesforce.soql.functions import Function
from local.salesforce.soql.grouping import Groups
from local.salesforce.soql.ordering import MAXIMUM_KEYS, order_by
from local.salesforce.soql.outputs import outputs
from local.salesforce.soql.planned import Aggregate, ChildPlan, Join, Plan, Shape, Switch
from local.salesforce.soql.planned import Groups as GroupPlan
from local.salesforce.soql.scope import Bound, Scope
from local.salesforce.soql.sql import Sql, join, negate
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
    Query,
    SemiJoin,
    Subquery,
    TypeOf,
)
from local.salesforce.soql.typeof import hops, switch
from local.salesforce.soql.wording import no_such_child, no_such_type

MAXIMUM_CHILDREN: Final = 20

Resolve = Callable[[Operand], Bound]


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

    def bind(self, query: Query, *, nested: bool = False) -> Plan:
        sobject = self._schema.get(query.source.name)
        if sobject is None or not sobject.traits.queryable:
            raise SoqlError(Kind.QUERY_TYPE, no_such_type(query.source.name), query.source.at)
        return self._plan(query, sobject, nested=nested)

    def _plan(self, query: Query, sobject: SObject, *, nested: bool = False) -> Plan:
        check_clauses(query)
        semijoins.check_places(query, nested=nested)
        self._aliases += 1
        alias = f"t{self._aliases}"
        sources = (query.source, *query.joined)
        scope = Scope(self._schema, sobject, alias=alias, sources=sources)
        where, joins = self._where(query, scope), self._joins(query, scope)
        if is_grouped(query):
            return self._grouped(query, scope, alias, where, joins)
        order = self._orders(query, lambda operand: self._bind(operand, scope))
        find_from = scope.from_sql
        counts = is_count_only(query)
        columns = () if counts else outputs(query, scope, self._calendar)
        switches = self._switches(query, scope, columns)
        return Plan(
            sobject=sobject,
            alias=alias,
            find_from=find_from,
            where=where,
            joins=joins,
            order=order,
            limit=query.limit,
            offset=query.offset or 0,
            shape=Shape(columns, hops(_paths(columns, switches), scope)),
            switches=switches,
            children=self._children(query, sobject),
            groups=None,
            count_only=counts,
            ordered=bool(query.order_by),
            purposes=query.purposes,
            read_from=scope.from_sql,
        )

    def _bind(self, operand: Operand, scope: Scope) -> Bound:
        return bind(operand, scope, self._calendar)

    def _where(self, query: Query, scope: Scope) -> Sql:
        parts = [within_scope(query.scope, scope, self._calendar)] if query.scope else []
        if query.where is not None:
            parts.extend(limits(bounds(query.where, scope.column)))
            own = [each for each in conjuncts(query.where) if not isinstance(each, SemiJoin)]
            parts.extend(
                self._condition(each, lambda node: self._bind(node, scope)) for each in own
            )
        return join(parts, "AND") if parts else Sql("1")

    def _condition(self, node: Condition, resolve: Resolve) -> Sql:
        match node:
            case And(parts) | Or(parts):
                word = "AND" if isinstance(node, And) else "OR"
                return join([self._condition(part, resolve) for part in parts], word)
            case Not(part):
                return negate(self._condition(part, resolve))
            case SemiJoin():
                raise semijoins.refused(semijoins.NESTED, node)
            case _:
                return self._leaf(node, resolve(node.operand))

    def _leaf(self, node: Comparison | Membership | Includes, bound: Bound) -> Sql:
        match node:
            case Comparison():
                return comparison(bound, node, self._calendar)
            case Membership():
                return membership(bound, node, self._calendar)
            case Includes():
                return includes(bound, node)

    def _joins(self, query: Query, scope: Scope) -> tuple[Join, ...]:
        found: list[Join] = []
        for node in conjuncts(query.where):
            if isinstance(node, SemiJoin):
                bound = scope.column(node.path)
                semijoins.check_sides(node, scope.sobject.name)
                inner = self.bind(node.query, nested=True)
                found.append(semijoins.join_plan(node, bound, inner, scope.sobject.name))
        return tuple(found)

    def _orders(self, query: Query, resolve: Resolve) -> str:
        if "UPDATE" in query.purposes and query.order_by:
            text = "Explicit ORDER BY not allowed when locking rows (Id order is implied)"
            raise SoqlError(Kind.MALFORMED_QUERY, text, query.order_by[0].operand.at)
        if len(query.order_by) > MAXIMUM_KEYS:
            text = f"Cannot sort by more than {MAXIMUM_KEYS} fields"
            raise SoqlError(Kind.MALFORMED_QUERY, text, query.order_by[MAXIMUM_KEYS].operand.at)
        return ", ".join(order_by(resolve(order.operand), order) for order in query.order_by)

    def _switches(
        self, query: Query, scope: Scope, columns: tuple[Bound, ...]
    ) -> tuple[Switch, ...]:
        taken = {each.names[:depth] for each in columns for depth in range(1, len(each.names))}
        found: list[Switch] = []
        for selection in query.selections:
            if isinstance(selection, TypeOf):
                each = switch(selection, scope, self._schema)
                if each.names in taken:
                    text = f"duplicate field selected: {'.'.join(each.names)}"
                    raise SoqlError(Kind.QUERY_FIELD, text, None)
                taken.add(each.names)
                found.append(each)
        return tuple(found)

    def _children(self, query: Query, sobject: SObject) -> tuple[ChildPlan, ...]:
        found = [each for each in query.selections if isinstance(each, Subquery)]
        if len(found) > MAXIMUM_CHILDREN:
            text = f"SOQL statements cannot have more than {MAXIMUM_CHILDREN} subqueries."
            raise SoqlError(Kind.MALFORMED_QUERY, text, found[MAXIMUM_CHILDREN].at)
        return tuple(self._child(each, sobject) for each in found)

    def _child(self, selection: Subquery, parent: SObject) -> ChildPlan:
        if is_grouped(selection.query) or is_count_only(selection.query):
            text = "only root queries support aggregate expressions"
            raise SoqlError(Kind.MALFORMED_QUERY, text, selection.query.source.at)
        name = selection.query.source.name.rpartition(".")[2]
        found = _relation(self._schema.children(parent), name)
        if found is None:
            raise SoqlError(Kind.QUERY_TYPE, no_such_child(name), selection.query.source.at)
        inner = self._plan(selection.query, found.sobject)
        return ChildPlan(str(found.name), f'{inner.alias}."{found.field.name}"', inner)

    def _grouped(
        self, query: Query, scope: Scope, alias: str, where: Sql, joins: tuple[Join, ...]
    ) -> Plan:
        groups = Groups(query, scope, self._calendar)
        aggregates = self._aggregates(query, groups)
        resolve = groups.selected
        having = self._condition(query.having, resolve) if query.having else Sql("1")
        order = self._orders(query, lambda each: _ordered(groups, each))
        order = order or groups.natural_order()
        found = GroupPlan(groups.sets(), having, order, aggregates, always=not query.group_by)
        return Plan(
            sobject=scope.sobject,
            alias=alias,
            find_from=scope.from_sql,
            where=where,
            joins=joins,
            order=order,
            limit=query.limit,
            offset=query.offset or 0,
            shape=Shape((), ()),
            switches=(),
            children=(),
            groups=found,
            count_only=False,
            ordered=bool(query.order_by),
            purposes=query.purposes,
            read_from=scope.from_sql,
        )

    def _aggregates(self, query: Query, groups: Groups) -> tuple[Aggregate, ...]:
        found: dict[str, Aggregate] = {}
        unnamed = 0
        for selection in query.selections:
            if not isinstance(selection, Column | Computed):
                raise _not_grouped(selection)
            operand = selection.path if isinstance(selection, Column) else selection.call
            bound = groups.selected(operand)
            name = selection.alias or _own_name(selection, bound) or f"expr{unnamed}"
            unnamed += name == f"expr{unnamed}"
            if name.lower() in found:
                text = f"duplicate alias: {name}"
                raise SoqlError(Kind.MALFORMED_QUERY, text, operand.at)
            found[name.lower()] = Aggregate(name, bound)
        return tuple(found.values())


def conjuncts(where: Condition | None) -> tuple[Condition, ...]:
    """What stands beside each other at the top of WHERE, the only place of semi-joins."""
    if where is None:
        return ()
    return where.parts if isinstance(where, And) else (where,)


def _paths(columns: tuple[Bound, ...], switches: tuple[Switch, ...]) -> list[tuple[str, ...]]:
    return [*(each.names for each in columns), *(each.names for each in switches)]


def _ordered(groups: Groups, operand: Operand) -> Bound:
    if not groups.is_grouped(operand):
        text = f"Ordered field must be grouped or aggregated: {operand.text}"
        raise SoqlError(Kind.MALFORMED_QUERY, text, operand.at)
    return groups.selected(operand)


def _own_name(selection: Column | Computed, bound: Bound) -> str | None:
    """A field is called as its last name, what is computed from one as nothing of its own."""
    if isinstance(selection, Column):
        return bound.field.name
    called_as_field = (Function.TO_LABEL, Function.CONVERT_CURRENCY)
    return bound.names[-1] if selection.call.name in called_as_field else None


def _not_grouped(selection: Fields | TypeOf | Subquery) -> SoqlError:
    """What no grouped statement can select; the wording of Salesforce is not public."""
    words = {Fields: "The SOQL FIELDS function", TypeOf: "TYPEOF", Subquery: "A subquery"}
    text = f"{words[type(selection)]} is not supported in queries with GROUP BY or aggregates"
    return SoqlError(Kind.MALFORMED_QUERY, text, selection.at)


def _relation(children: tuple[Child, ...], name: str) -> Child | None:
    wanted = name.lower()
    return next((each for each in children if each.name and each.name.lower() == wanted), None)
