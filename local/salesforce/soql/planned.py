"""A statement bound to the schema: what to read, from where, and how to show it."""

from __future__ import annotations

from dataclasses import dataclass

from local.salesforce.schema.types import SObject
from local.salesforce.soql.filters import Sql
from local.salesforce.soql.scope import Bound


@dataclass(frozen=True, slots=True)
class Hop:
    """A parent on the way to an output: its Id tells whether it is there at all."""

    names: tuple[str, ...]
    id_sql: str
    sobject: SObject


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """A subquery: the relation that ties its rows to the parent's."""

    name: str
    key: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One column of a grouped answer."""

    name: str
    sql: str
    bound: Bound | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All of one SELECT in SQL; the rows it finds are told by `rowid` first and read later."""

    sobject: SObject
    alias: str
    find_from: str
    where: Sql
    order: str
    limit: int | None
    offset: int
    read_from: str
    outputs: tuple[Bound, ...]
    hops: tuple[Hop, ...]
    children: tuple[ChildPlan, ...]
    aggregates: tuple[Aggregate, ...]
    group: str
    count_only: bool
    ordered: bool


def alive(plan: Plan) -> str:
    """The rows that `query` sees: neither in the bin nor archived."""
    conditions = [
        f'{plan.alias}."{name}" = 0'
        for name in ("IsDeleted", "IsArchived")
        if plan.sobject.has(name)
    ]
    return " AND ".join(conditions) or "1"
