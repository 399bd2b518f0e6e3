"""Tokens to a tree, by recursive descent: one function for each clause, in their fixed order."""

from __future__ import annotations

from typing import Final, TypedDict

from local.salesforce.soql.calls import parse_operand
from local.salesforce.soql.conditions import ConditionParser
from local.salesforce.soql.faults import GrammarError, SoqlError, place
from local.salesforce.soql.functions import IN_GROUP_BY, IN_HAVING, IN_ORDER_BY, IN_WHERE
from local.salesforce.soql.lexer import TokenType
from local.salesforce.soql.limits import check_limits
from local.salesforce.soql.literals import parse_count, parse_path, refuse_value
from local.salesforce.soql.scoping import parse_settings, parse_with
from local.salesforce.soql.selecting import parse_selections
from local.salesforce.soql.stream import TokenStream
from local.salesforce.soql.tree import (
    Condition,
    Grouping,
    Literal,
    Operand,
    Order,
    Query,
    Source,
)

_PURPOSES: Final = ("VIEW", "REFERENCE", "UPDATE")


def parse(statement: str) -> Query:
    """One whole statement; raises ApiError worded and placed as Salesforce does."""
    try:
        return _parse(statement)
    except SoqlError as error:
        raise place(error, statement) from error
    except RecursionError as error:
        deep = GrammarError("SOQL statement is nested too deeply", None)
        raise place(deep, statement) from error


def _parse(statement: str) -> Query:
    if not statement.strip():
        raise GrammarError("SOQL statements cannot be empty or null", None)
    stream = TokenStream(statement)
    query = _query(stream)
    if stream.at_word("ALL") and stream.peek().upper == "ROWS":
        raise GrammarError("ALL ROWS not allowed in this context", None)
    if stream.current.type is not TokenType.END:
        stream.refuse()
    check_limits(query)
    return query


def _query(stream: TokenStream) -> Query:
    start = stream.expect_word("SELECT").at
    selections = parse_selections(stream, start, _query)
    stream.expect_word("FROM")
    source, *joined = _sources(stream)
    scope = _scope(stream)
    where = _where(stream)
    scoping = parse_with(stream)
    grouping, group_by = _group_by(stream)
    having = _having(stream) if group_by else None
    return Query(
        selections=selections,
        source=source,
        joined=tuple(joined),
        scope=scope,
        where=where,
        categories=scoping.categories,
        contexts=scoping.contexts,
        grouping=grouping,
        group_by=group_by,
        having=having,
        order_by=_order_by(stream),
        limit=parse_count(stream) if stream.accept_word("LIMIT") else None,
        offset=parse_count(stream) if stream.accept_word("OFFSET") else None,
        **_tail(stream),
    )


def _sources(stream: TokenStream) -> tuple[Source, ...]:
    sources = [_source(stream)]
    while stream.accept_symbol(","):
        sources.append(_source(stream))
    return tuple(sources)


def _source(stream: TokenStream) -> Source:
    path = parse_path(stream)
    return Source(path.text, stream.accept_alias(), path.at)


def _scope(stream: TokenStream) -> str | None:
    if not stream.accept_word("USING"):
        return None
    stream.expect_word("SCOPE")
    return stream.expect_name().upper


def _where(stream: TokenStream) -> Condition | None:
    if not stream.accept_word("WHERE"):
        return None
    return ConditionParser(IN_WHERE, _query).parse(stream)


def _group_by(stream: TokenStream) -> tuple[Grouping, tuple[Operand, ...]]:
    if not stream.accept_word("GROUP"):
        return Grouping.PLAIN, ()
    stream.expect_word("BY")
    if stream.at_word("ROLLUP", "CUBE") and stream.peek().text == "(":
        grouping = Grouping(stream.advance().upper)
        stream.expect_symbol("(")
        operands = _operands(stream)
        stream.expect_symbol(")")
        return grouping, operands
    return Grouping.PLAIN, _operands(stream)


def _operands(stream: TokenStream) -> tuple[Operand, ...]:
    operands = [parse_operand(stream, IN_GROUP_BY)]
    while stream.accept_symbol(","):
        operands.append(parse_operand(stream, IN_GROUP_BY))
    return tuple(operands)


def _having(stream: TokenStream) -> Condition | None:
    if not stream.accept_word("HAVING"):
        return None
    return ConditionParser(IN_HAVING, _query).parse(stream)


def _order_by(stream: TokenStream) -> tuple[Order, ...]:
    if not stream.accept_word("ORDER"):
        return ()
    stream.expect_word("BY")
    orders = [_order(stream)]
    while stream.accept_symbol(","):
        orders.append(_order(stream))
    return tuple(orders)


def _order(stream: TokenStream) -> Order:
    operand = parse_operand(stream, IN_ORDER_BY)
    direction = stream.accept_word("ASC", "DESC")
    last: bool | None = None
    if stream.accept_word("NULLS"):
        word = stream.accept_word("FIRST", "LAST") or stream.refuse()
        last = word.upper == "LAST"
    return Order(operand, bool(direction and direction.upper == "DESC"), last)


class _Tail(TypedDict):
    purposes: tuple[str, ...]
    updates: tuple[str, ...]
    options: tuple[tuple[str, Literal], ...]


def _tail(stream: TokenStream) -> _Tail:
    """FOR UPDATE may stand at the very end too, behind the options."""
    purposes = _purposes(stream)
    updates, options = _updates(stream), _options(stream)
    return {"purposes": purposes + _purposes(stream), "updates": updates, "options": options}


def _purposes(stream: TokenStream) -> tuple[str, ...]:
    """FOR VIEW and FOR REFERENCE touch per-user dates, FOR UPDATE locks."""
    found: list[str] = []
    while stream.accept_word("FOR"):
        word = stream.accept_word(*_PURPOSES) or stream.refuse()
        found.append(word.upper)
    return tuple(found)


def _updates(stream: TokenStream) -> tuple[str, ...]:
    if not stream.accept_word("UPDATE"):
        return ()
    found = [_update(stream)]
    while stream.accept_symbol(","):
        found.append(_update(stream))
    return tuple(found)


def _update(stream: TokenStream) -> str:
    return (stream.accept_word("TRACKING", "VIEWSTAT") or stream.refuse()).upper


def _options(stream: TokenStream) -> tuple[tuple[str, Literal], ...]:
    """The very end of a statement since API 67.0; which names there are is not for the grammar.

    https://developer.salesforce.com/docs/platform/salesforce-soql-sosl/guide/sforce-api-calls-soql-select-set-options.html
    """
    if not stream.accept_word("SET"):
        return ()
    stream.expect_word("OPTIONS")
    if stream.at_symbol(":"):
        refuse_value(stream)
    return parse_settings(stream)
