"""Tokens to a tree, by recursive descent."""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.soql.conditions import parse_condition
from local.salesforce.soql.faults import SoqlError, place
from local.salesforce.soql.lexer import TokenType
from local.salesforce.soql.literals import parse_count, parse_path
from local.salesforce.soql.stream import TokenStream
from local.salesforce.soql.tree import (
    Call,
    Column,
    Condition,
    Fields,
    Order,
    Path,
    Query,
    Selection,
    Source,
    Subquery,
)

AGGREGATES: Final = frozenset({"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"})
_CLAUSES: Final = frozenset(
    {"WHERE", "WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "ALL", "USING"}
)


def parse(statement: str) -> Query:
    """One whole statement; raises ApiError worded and placed as Salesforce does."""
    try:
        return _parse(statement)
    except SoqlError as error:
        raise place(error, statement) from error
    except RecursionError as error:
        raise place(
            SoqlError(Kind.MALFORMED_QUERY, "SOQL statement is nested too deeply", None), statement
        ) from error


def _parse(statement: str) -> Query:
    stream = TokenStream(statement)
    if not stream.at_word("SELECT"):
        raise SoqlError(Kind.MALFORMED_QUERY, f"unexpected token: {stream.current.text}", None)
    query = _query(stream)
    if stream.current.type is not TokenType.END:
        stream.refuse()
    return query


def _query(stream: TokenStream) -> Query:
    stream.expect_word("SELECT")
    selections = _selections(stream)
    stream.expect_word("FROM")
    source = _source(stream)
    where = _where(stream)
    group_by = _group_by(stream)
    order_by = _order_by(stream)
    limit = parse_count(stream) if stream.accept_word("LIMIT") else None
    offset = parse_count(stream) if stream.accept_word("OFFSET") else None
    _for(stream)
    all_rows = bool(stream.accept_word("ALL") and stream.expect_word("ROWS"))
    return Query(selections, source, where, group_by, order_by, limit, offset, all_rows)


def _selections(stream: TokenStream) -> tuple[Selection, ...]:
    found = [_selection(stream)]
    while stream.accept_symbol(","):
        found.append(_selection(stream))
    return tuple(found)


def _selection(stream: TokenStream) -> Selection:
    token = stream.current
    if stream.accept_symbol("("):
        inner = _query(stream)
        stream.expect_symbol(")")
        return Subquery(inner, token.at)
    if token.type is TokenType.NAME and stream.peek().text == "(":
        return _function(stream)
    path = parse_path(stream)
    return Column(path, _column_alias(stream))


def _function(stream: TokenStream) -> Selection:
    token = stream.current
    if token.upper not in AGGREGATES | {"FIELDS"}:
        stream.refuse()
    stream.advance()
    stream.expect_symbol("(")
    if token.upper == "FIELDS":
        group = stream.accept_word("ALL", "STANDARD", "CUSTOM") or stream.refuse()
        stream.expect_symbol(")")
        return Fields(group.upper, token.at)
    path: Path | None = None
    if not (token.upper == "COUNT" and stream.at_symbol(")")):
        path = parse_path(stream)
    stream.expect_symbol(")")
    return Call(token.upper, path, _column_alias(stream), token.at)


def _column_alias(stream: TokenStream) -> str | None:
    if stream.current.type is TokenType.NAME and not stream.at_word("FROM"):
        return stream.advance().text
    return None


def _source(stream: TokenStream) -> Source:
    path = parse_path(stream)
    alias: str | None = None
    if stream.accept_word("AS"):
        alias = stream.expect_name().text
    elif stream.current.type is TokenType.NAME and not stream.at_word(*_CLAUSES):
        alias = stream.advance().text
    if stream.accept_word("USING"):
        stream.expect_word("SCOPE")
        stream.expect_name()
    return Source(path.text, alias, path.at)


def _where(stream: TokenStream) -> Condition | None:
    found = parse_condition(stream, _query) if stream.accept_word("WHERE") else None
    if stream.accept_word("WITH") and not stream.accept_word("SECURITY_ENFORCED", "USER_MODE"):
        stream.refuse()
    return found


def _group_by(stream: TokenStream) -> tuple[Path, ...]:
    if not stream.accept_word("GROUP"):
        return ()
    stream.expect_word("BY")
    paths = [parse_path(stream)]
    while stream.accept_symbol(","):
        paths.append(parse_path(stream))
    return tuple(paths)


def _order_by(stream: TokenStream) -> tuple[Order, ...]:
    if not stream.accept_word("ORDER"):
        return ()
    stream.expect_word("BY")
    orders = [_order(stream)]
    while stream.accept_symbol(","):
        orders.append(_order(stream))
    return tuple(orders)


def _order(stream: TokenStream) -> Order:
    path = parse_path(stream)
    direction = stream.accept_word("ASC", "DESC")
    last = False
    if stream.accept_word("NULLS"):
        word = stream.accept_word("FIRST", "LAST") or stream.refuse()
        last = word.upper == "LAST"
    return Order(path, bool(direction and direction.upper == "DESC"), last)


def _for(stream: TokenStream) -> None:
    """FOR VIEW and FOR REFERENCE touch per-user dates, FOR UPDATE locks: neither is seen here."""
    if stream.accept_word("FOR"):
        stream.accept_word("VIEW", "REFERENCE", "UPDATE") or stream.refuse()
