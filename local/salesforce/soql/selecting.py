"""The SELECT list: fields, functions, FIELDS(), TYPEOF and child subqueries."""

from __future__ import annotations

from collections.abc import Callable

from local.salesforce.soql.calls import at_call, parse_call
from local.salesforce.soql.functions import IN_SELECT
from local.salesforce.soql.literals import parse_path
from local.salesforce.soql.stream import TokenStream
from local.salesforce.soql.tree import (
    Column,
    Computed,
    Fields,
    Path,
    Query,
    Selection,
    Subquery,
    TypeOf,
    When,
)

SubqueryParser = Callable[[TokenStream], Query]


def parse_selections(
    stream: TokenStream, start: int, subquery: SubqueryParser
) -> tuple[Selection, ...]:
    """Everything up to FROM; `start` is where SELECT stands."""
    if stream.at_word("FROM"):
        stream.refuse_since(start)
    found = [_selection(stream, subquery)]
    while stream.accept_symbol(","):
        found.append(_selection(stream, subquery))
    return tuple(found)


def _selection(stream: TokenStream, subquery: SubqueryParser) -> Selection:
    token = stream.current
    if stream.accept_symbol("("):
        inner = subquery(stream)
        stream.expect_symbol(")")
        return Subquery(inner, token.at)
    if at_call(stream):
        return _fields(stream) if token.upper == "FIELDS" else _computed(stream)
    if token.upper == "TYPEOF" and stream.peek().upper not in (",", "FROM", "."):
        return _type_of(stream)
    path = parse_path(stream)
    return Column(path, stream.accept_alias())


def _fields(stream: TokenStream) -> Fields:
    token = stream.advance()
    stream.expect_symbol("(")
    group = stream.accept_word("ALL", "STANDARD", "CUSTOM") or stream.refuse()
    stream.expect_symbol(")")
    return Fields(group.upper, token.at)


def _computed(stream: TokenStream) -> Computed:
    call = parse_call(stream, IN_SELECT)
    return Computed(call, stream.accept_alias())


def _type_of(stream: TokenStream) -> TypeOf:
    token = stream.advance()
    relationship = parse_path(stream)
    cases = [_when(stream)]
    while stream.at_word("WHEN"):
        cases.append(_when(stream))
    otherwise = _paths(stream) if stream.accept_word("ELSE") else ()
    stream.expect_word("END")
    return TypeOf(relationship, tuple(cases), otherwise, token.at)


def _when(stream: TokenStream) -> When:
    stream.expect_word("WHEN")
    name = stream.expect_name()
    stream.expect_word("THEN")
    return When(name.text, _paths(stream), name.at)


def _paths(stream: TokenStream) -> tuple[Path, ...]:
    paths = [parse_path(stream)]
    while stream.accept_symbol(","):
        paths.append(parse_path(stream))
    return tuple(paths)
