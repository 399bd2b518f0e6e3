"""WHERE: terms joined by AND or by OR, never by both at one level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from local.salesforce.soql.lexer import TokenType
from local.salesforce.soql.literals import parse_literal, parse_path, parse_text
from local.salesforce.soql.stream import TokenStream
from local.salesforce.soql.tree import (
    And,
    Comparison,
    Condition,
    Includes,
    Literal,
    Membership,
    Not,
    Operator,
    Or,
    Path,
    Query,
    SemiJoin,
)

SubqueryParser = Callable[[TokenStream], Query]

_SYMBOLS: Final = {
    "=": Operator.EQUAL,
    "!=": Operator.NOT_EQUAL,
    "<>": Operator.NOT_EQUAL,
    "<": Operator.LESS,
    "<=": Operator.LESS_OR_EQUAL,
    ">": Operator.GREATER,
    ">=": Operator.GREATER_OR_EQUAL,
}


def parse_condition(stream: TokenStream, subquery: SubqueryParser) -> Condition:
    """A whole WHERE clause or the inside of parentheses."""
    parts = [_term(stream, subquery)]
    joint: str | None = None
    while stream.at_word("AND", "OR"):
        word = stream.current.upper
        if joint not in (None, word):
            stream.refuse()
        joint = word
        stream.advance()
        parts.append(_term(stream, subquery))
    if joint is None:
        return parts[0]
    return And(tuple(parts)) if joint == "AND" else Or(tuple(parts))


def _term(stream: TokenStream, subquery: SubqueryParser) -> Condition:
    if stream.at_word("NOT"):
        stream.advance()
        return Not(_term(stream, subquery))
    if stream.accept_symbol("("):
        inside = parse_condition(stream, subquery)
        stream.expect_symbol(")")
        return inside
    return _comparison(stream, subquery)


def _comparison(stream: TokenStream, subquery: SubqueryParser) -> Condition:
    path = parse_path(stream)
    token = stream.current
    if token.type is TokenType.SYMBOL and token.text in _SYMBOLS:
        stream.advance()
        return Comparison(path, _SYMBOLS[token.text], parse_literal(stream))
    if stream.accept_word("LIKE"):
        return Comparison(path, Operator.LIKE, parse_literal(stream))
    if stream.accept_word("IN"):
        return _membership(stream, path, negated=False, subquery=subquery)
    if stream.at_word("NOT") and stream.peek().upper == "IN":
        stream.advance()
        stream.advance()
        return _membership(stream, path, negated=True, subquery=subquery)
    word = stream.accept_word("INCLUDES", "EXCLUDES")
    if word is None:
        word = stream.refuse()
    return _includes(stream, path, negated=word.upper == "EXCLUDES")


def _membership(
    stream: TokenStream, path: Path, *, negated: bool, subquery: SubqueryParser
) -> Condition:
    if stream.at_symbol(":"):
        stream.refuse("Bind variables only allowed in Apex code")
    stream.expect_symbol("(")
    if stream.at_word("SELECT"):
        query = subquery(stream)
        stream.expect_symbol(")")
        return SemiJoin(path, query, negated)
    values: list[Literal] = [parse_literal(stream)]
    while stream.accept_symbol(","):
        values.append(parse_literal(stream))
    stream.expect_symbol(")")
    return Membership(path, tuple(values), negated)


def _includes(stream: TokenStream, path: Path, *, negated: bool) -> Includes:
    stream.expect_symbol("(")
    values = [parse_text(stream)]
    while stream.accept_symbol(","):
        values.append(parse_text(stream))
    stream.expect_symbol(")")
    return Includes(path, tuple(values), negated)
