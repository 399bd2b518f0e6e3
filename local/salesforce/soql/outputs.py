"""The SELECT list of a statement without groups: which columns, under which names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.soql.calendar import Calendar
from local.salesforce.soql.expressions import bind
from local.salesforce.soql.faults import SoqlError
from local.salesforce.soql.functions import DATE_FUNCTIONS, Function
from local.salesforce.soql.scope import Bound, Scope
from local.salesforce.soql.tree import Column, Computed, Fields, Query, Selection

FIELDS_LIMIT: Final = 200
_GROUPS: Final = {"ALL": (True, False), "CUSTOM": (True,), "STANDARD": (False,)}


def outputs(query: Query, scope: Scope, calendar: Calendar) -> tuple[Bound, ...]:
    """The columns in their order; raises SoqlError for one that is named twice."""
    found: dict[tuple[str, ...], Bound] = {}
    unnamed = 0
    for selection in query.selections:
        for bound in _columns(selection, query, scope, calendar):
            named = bound
            if isinstance(selection, Computed):
                named = _named(selection, bound, unnamed)
                unnamed += named.names == (f"expr{unnamed}",)
            key = tuple(name.lower() for name in named.names)
            if key in found:
                # https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_fields.htm
                text = f"duplicate field selected: {'.'.join(named.names)}"
                raise SoqlError(Kind.QUERY_FIELD, text, None)
            found[key] = named
    return tuple(found.values())


def _columns(
    selection: Selection, query: Query, scope: Scope, calendar: Calendar
) -> Iterator[Bound]:
    match selection:
        case Column(path, alias):
            if alias is not None:
                text = "only aggregate expressions use field aliasing"
                raise SoqlError(Kind.MALFORMED_QUERY, text, path.at)
            yield scope.column(path)
        case Computed(call):
            if call.name in DATE_FUNCTIONS:
                text = "Date-aggregate functions can only be selected in grouped queries"
                raise SoqlError(Kind.MALFORMED_QUERY, text, call.at)
            yield bind(call, scope, calendar)
        case Fields():
            yield from _expand(selection, query, scope)


def _named(selection: Computed, bound: Bound, unnamed: int) -> Bound:
    """Under its alias, or else under the name of its field; a distance is an expression."""
    if selection.alias is not None:
        return Bound(bound.sql, bound.field, (selection.alias,))
    if selection.call.name is Function.DISTANCE:
        return Bound(bound.sql, bound.field, (f"expr{unnamed}",))
    return bound


def _expand(selection: Fields, query: Query, scope: Scope) -> Iterator[Bound]:
    if selection.group != "STANDARD" and not 0 < (query.limit or 0) <= FIELDS_LIMIT:
        raise SoqlError(
            Kind.MALFORMED_QUERY,
            f"The SOQL FIELDS function must have a LIMIT of at most {FIELDS_LIMIT}",
            selection.at,
        )
    wanted = _GROUPS[selection.group]
    return (each for each in scope.every_field() if each.field.custom in wanted)
