"""WHERE and HAVING: terms joined by AND or by OR, never by both at one level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from local.salesforce.soql.calls import parse_operand
from local.salesforce.soql.functions import Names
from local.salesforce.soql.lexer import TokenType
from local.salesforce.soql.literals import parse_literal, parse_pattern, parse_text, refuse_value
from local.salesforce.soql.stream import TokenStream
from local.salesforce.soql.tree import (
    And,
    Comparison,
    Condition,
    Includes,
    Membership,
    Not,
    Operand,
    Operator,
    Or,
    Path,
    Query,
    SemiJoin,
)

SubqueryParser = Callable[[TokenStream], Query]
_Item = TypeVar("_Item")

_SYMBOLS: Final = {
    "=": Operator.EQUAL,
    "!=": Operator.NOT_EQUAL,
    "<>": Operator.NOT_EQUAL,
    "<": Operator.LESS,
    "<=": Operator.LESS_OR_EQUAL,
    ">": Operator.GREATER,
    ">=": Operator.GREATER_OR_EQUAL,
}


@dataclass(frozen=True, slots=True)
class ConditionParser:
    """`functions` are those allowed on the left; `subquery` reads what stands in a semi-join."""

    functions: Names
    subquery: SubqueryParser

    def parse(self, stream: TokenStream) -> Condition:
        """A whole clause or the inside of parentheses."""
        parts = [self._term(stream)]
        joint: str | None = None
        while stream.at_word("AND", "OR"):
            word = stream.current.upper
            if joint not in (None, word):
                stream.refuse()
            joint = word
            stream.advance()
            parts.append(self._term(stream))
        if joint is None:
            return parts[0]
        return And(tuple(parts)) if joint == "AND" else Or(tuple(parts))

    def _term(self, stream: TokenStream) -> Condition:
        if stream.accept_word("NOT"):
            return Not(self._term(stream))
        if stream.accept_symbol("("):
            inside = self.parse(stream)
            stream.expect_symbol(")")
            return inside
        return self._comparison(stream)

    def _comparison(self, stream: TokenStream) -> Condition:
        operand = parse_operand(stream, self.functions)
        token = stream.current
        if token.type is TokenType.SYMBOL and token.text in _SYMBOLS:
            stream.advance()
            return Comparison(operand, _SYMBOLS[token.text], parse_literal(stream))
        if stream.accept_word("LIKE"):
            return Comparison(operand, Operator.LIKE, parse_pattern(stream))
        if stream.accept_word("IN"):
            return self._membership(stream, operand, negated=False)
        if stream.accept_word("NOT"):
            if not stream.accept_word("IN"):
                stream.refuse_since(operand.at)
            return self._membership(stream, operand, negated=True)
        word = stream.accept_word("INCLUDES", "EXCLUDES") or stream.refuse_since(operand.at)
        return _includes(stream, operand, negated=word.upper == "EXCLUDES")

    def _membership(self, stream: TokenStream, operand: Operand, *, negated: bool) -> Condition:
        if stream.at_symbol(":"):
            refuse_value(stream)
        stream.expect_symbol("(")
        if stream.at_symbol(")"):
            stream.refuse_since(operand.at)
        if isinstance(operand, Path) and stream.at_word("SELECT"):
            query = self.subquery(stream)
            stream.expect_symbol(")")
            return SemiJoin(operand, query, negated)
        return Membership(operand, _list(stream, parse_literal), negated)


def _includes(stream: TokenStream, operand: Operand, *, negated: bool) -> Includes:
    stream.expect_symbol("(")
    return Includes(operand, _list(stream, parse_text), negated)


def _list(stream: TokenStream, item: Callable[[TokenStream], _Item]) -> tuple[_Item, ...]:
    """What is between the parentheses, and the closing one."""
    found = [item(stream)]
    while stream.accept_symbol(","):
        found.append(item(stream))
    stream.expect_symbol(")")
    return tuple(found)
