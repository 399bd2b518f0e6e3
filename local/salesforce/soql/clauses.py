"""Which clauses of a statement go together, told before its names are looked up."""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.soql.calendar import Calendar
from local.salesforce.soql.faults import SoqlError
from local.salesforce.soql.functions import AGGREGATES, Function
from local.salesforce.soql.scope import Scope
from local.salesforce.soql.sql import Sql
from local.salesforce.soql.tree import Call, Computed, Query

MAXIMUM_OFFSET: Final = 2_000
#: Scopes that tell owners by what they are.
_OWNERS: Final = {"USER_OWNED": "005", "QUEUE_OWNED": "00G"}
_GROUPING: Final = AGGREGATES | {Function.GROUPING}


def is_count_only(query: Query) -> bool:
    """`SELECT COUNT() FROM ...`, whose answer is totalSize."""
    first = query.selections[0]
    alone = len(query.selections) == 1 and not query.group_by
    return alone and isinstance(first, Computed) and not first.call.arguments


def is_grouped(query: Query) -> bool:
    """Whether rows are put together: GROUP BY, or an aggregate in the SELECT list."""
    if is_count_only(query):
        return False
    return bool(query.group_by) or any(_aggregates(each) for each in query.selections)


def _aggregates(selection: object) -> bool:
    if not isinstance(selection, Computed):
        return False
    calls = (selection.call, *selection.call.arguments)
    return any(isinstance(each, Call) and each.name in _GROUPING for each in calls)


def within_scope(word: str, scope: Scope, calendar: Calendar) -> Sql:
    """USING SCOPE: what belongs to the user, to any user or to a queue.

    https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_using_scope.htm
    """
    owner = next((each.sql for each in scope.every_field() if each.field.name == "OwnerId"), None)
    offered = {each.upper() for each in scope.sobject.traits.scopes}
    if word == "EVERYTHING":
        return Sql("1")
    if owner is None or (word not in offered and not scope.sobject.custom):
        raise unsupported(f"USING SCOPE {word}", None)
    if word == "MINE":
        return Sql(f"{owner} = ?", (calendar.user_id,))
    return Sql(f"substr({owner}, 1, 3) = ?", (_OWNERS[word],))


def check_clauses(query: Query) -> None:
    """Refuse clauses that contradict each other, and those that this emulator cannot do."""
    _check_offset(query)
    if query.scope not in (None, "EVERYTHING", "MINE", *_OWNERS):
        raise unsupported(f"USING SCOPE {query.scope}", query.source.at)
    if query.categories or query.contexts:
        raise unsupported("WITH a filter", query.source.at)
    overall = is_grouped(query) and not query.group_by
    for word, given in (("LIMIT", query.limit), ("OFFSET", query.offset)):
        if overall and given is not None:
            text = f"Non-grouped query that uses overall aggregate functions cannot also use {word}"
            raise SoqlError(Kind.MALFORMED_QUERY, text, None)


def _check_offset(query: Query) -> None:
    if query.offset is not None and query.offset > MAXIMUM_OFFSET:
        text = f"Maximum SOQL offset allowed is {MAXIMUM_OFFSET}"
        raise SoqlError(Kind.QUERY_RANGE, text, None)
    if query.offset is not None and "UPDATE" in query.purposes:
        text = "FOR UPDATE cannot be used in conjunction with the OFFSET clause"
        raise SoqlError(Kind.MALFORMED_QUERY, text, None)


def unsupported(what: str, at: int | None) -> SoqlError:
    """The refusal of what the grammar knows and the evaluator does not."""
    return SoqlError(Kind.MALFORMED_QUERY, f"{what} is not supported by this emulator", at)
