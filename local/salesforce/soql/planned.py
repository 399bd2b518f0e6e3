"""A statement bound to the schema: what to read, from where, and how to show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from local.salesforce.schema.types import SObject
from local.salesforce.soql.scope import Bound
from local.salesforce.soql.sql import Sql, join, negate


@dataclass(frozen=True, slots=True)
class Hop:
    """A parent on the way to an output: its Id tells whether it is there at all."""

    names: tuple[str, ...]
    id_sql: str
    sobject: SObject


@dataclass(frozen=True, slots=True)
class Shape:
    """What one record shows, and the parents passed on the way, nearest first."""

    outputs: tuple[Bound, ...]
    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """TYPEOF: one shape per type of the parent, and one for the types not named, if any.

    `kind_sql` is the object's name, null where there is no parent. Names of the shapes begin at
    the parent.
    """

    names: tuple[str, ...]
    id_sql: str
    kind_sql: str
    branches: Mapping[str, Shape]
    otherwise: Shape | None


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """A subquery: the relation that ties its rows to the parent's."""

    name: str
    key: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Join:
    """A semi-join, which stands beside the other conditions; `column` is in what `inner` selects.

    It is kept apart because what it sees depends on what the whole statement sees.
    """

    column: str
    inner: Plan
    negated: bool


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One column of a grouped answer; its SQL reads what the grouping found."""

    name: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class Groups:
    """GROUP BY as one SELECT per grouping set; HAVING and ORDER BY read what they find.

    A set is the columns to read and what to group by; `()` is the grand total. `always` keeps the
    one row of a statement that has aggregates and no GROUP BY even where nothing was found.
    """

    sets: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    having: Sql
    order: str
    aggregates: tuple[Aggregate, ...]
    always: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """All of one SELECT in SQL; the rows it finds are told by `rowid` first and read later."""

    sobject: SObject
    alias: str
    find_from: str
    where: Sql
    joins: tuple[Join, ...]
    order: str
    limit: int | None
    offset: int
    read_from: str
    shape: Shape
    switches: tuple[Switch, ...]
    children: tuple[ChildPlan, ...]
    groups: Groups | None
    count_only: bool
    ordered: bool
    purposes: tuple[str, ...]

    @property
    def outputs(self) -> tuple[Bound, ...]:
        """The columns of the answer, TYPEOF apart."""
        return self.shape.outputs

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """The columns of a grouped answer; none in any other."""
        return self.groups.aggregates if self.groups else ()

    @property
    def depth(self) -> int:
        """How many levels of subqueries are below."""
        return max((1 + child.plan.depth for child in self.children), default=0)


def condition(plan: Plan, *, everything: bool) -> Sql:
    """All of WHERE for `queryAll` or for `query`."""
    visible = Sql("1" if everything else alive(plan))
    joins = (_join(each, everything=everything) for each in plan.joins)
    return join((visible, plan.where, *joins), "AND")


def _join(each: Join, *, everything: bool) -> Sql:
    """That a statement which sees the bin sees it in its sub-selects too is not documented."""
    inner = each.inner
    selected = inner.outputs[0].sql
    where = condition(inner, everything=everything)
    inside = Sql(
        f"{each.column} IN (SELECT {selected} FROM {inner.read_from}"  # noqa: S608
        f" WHERE {where.text} AND {selected} IS NOT NULL)",
        where.parameters,
    )
    return negate(inside) if each.negated else inside


def alive(plan: Plan) -> str:
    """The rows that `query` sees: neither in the bin nor archived."""
    conditions = [
        f'{plan.alias}."{name}" = 0'
        for name in ("IsDeleted", "IsArchived")
        if plan.sobject.has(name)
    ]
    return " AND ".join(conditions) or "1"
