"""WITH: data categories, and the filters that some feed and topic objects ask for.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_with.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.soql.faults import SoqlError
from local.salesforce.soql.literals import parse_literal
from local.salesforce.soql.stream import TokenStream
from local.salesforce.soql.tree import Category, Context, Literal
from local.salesforce.soql.words import ACCESS, SELECTORS

# Release notes of Summer '24, SOQL: what all but Apex is told of WITH SECURITY_ENFORCED. That the
# modes are told the same is not documented; they are of Apex too.
_APEX_ONLY: Final = (
    "rule soqlWithIdentifierClause failed predicate: {this.helper.allowApexSyntax() &&"
    " this.helper.hasApexContext()}?"
)


@dataclass(slots=True)
class Scoping:
    """What all WITH clauses of one statement say together."""

    categories: tuple[Category, ...] = ()
    contexts: tuple[Context, ...] = ()


def parse_with(stream: TokenStream) -> Scoping:
    """None, one or several WITH clauses of different kinds."""
    found = Scoping()
    while stream.accept_word("WITH"):
        _clause(stream, found)
    return found


def _clause(stream: TokenStream, found: Scoping) -> None:
    if stream.at_word(*ACCESS):
        raise SoqlError(Kind.MALFORMED_QUERY, _APEX_ONLY, stream.current.at)
    if not found.categories and stream.at_word("DATA") and stream.peek().upper == "CATEGORY":
        stream.advance()
        stream.advance()
        found.categories = _categories(stream)
    else:
        found.contexts += (_context(stream),)


def _categories(stream: TokenStream) -> tuple[Category, ...]:
    found = [_category(stream)]
    while stream.accept_word("AND"):
        found.append(_category(stream))
    return tuple(found)


def _category(stream: TokenStream) -> Category:
    group = stream.expect_name().text
    selector = (stream.accept_word(*SELECTORS) or stream.refuse()).upper
    if not stream.accept_symbol("("):
        return Category(group, selector, (stream.expect_name().text,))
    names = [stream.expect_name().text]
    while stream.accept_symbol(","):
        names.append(stream.expect_name().text)
    stream.expect_symbol(")")
    return Category(group, selector, tuple(names))


def _context(stream: TokenStream) -> Context:
    if stream.peek().text == "=":
        return Context(None, (_setting(stream),))
    return Context(stream.expect_name().text, parse_settings(stream))


def parse_settings(stream: TokenStream) -> tuple[tuple[str, Literal], ...]:
    """`(name = value, name = value)`."""
    stream.expect_symbol("(")
    values = [_setting(stream)]
    while stream.accept_symbol(","):
        values.append(_setting(stream))
    stream.expect_symbol(")")
    return tuple(values)


def _setting(stream: TokenStream) -> tuple[str, Literal]:
    name = stream.expect_name().text
    stream.expect_symbol("=")
    return name, parse_literal(stream)
