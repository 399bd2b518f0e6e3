"""WITH: access modes, data categories, and the filters that some feed and topic objects ask for.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_with.htm
"""

from __future__ import annotations

from dataclasses import dataclass

from local.salesforce.soql.literals import parse_literal
from local.salesforce.soql.stream import TokenStream
from local.salesforce.soql.tree import Category, Context, Literal
from local.salesforce.soql.words import ACCESS, SELECTORS


@dataclass(slots=True)
class Scoping:
    """What all WITH clauses of one statement say together."""

    access: str | None = None
    categories: tuple[Category, ...] = ()
    contexts: tuple[Context, ...] = ()


def parse_with(stream: TokenStream) -> Scoping:
    """None, one or several WITH clauses of different kinds."""
    found = Scoping()
    while stream.accept_word("WITH"):
        _clause(stream, found)
    return found


def _clause(stream: TokenStream, found: Scoping) -> None:
    if found.access is None and stream.at_word(*ACCESS):
        found.access = stream.advance().upper
    elif not found.categories and stream.at_word("DATA") and stream.peek().upper == "CATEGORY":
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
    name = stream.expect_name().text
    if stream.accept_symbol("="):
        return Context(None, ((name, parse_literal(stream)),))
    stream.expect_symbol("(")
    values = [_setting(stream)]
    while stream.accept_symbol(","):
        values.append(_setting(stream))
    stream.expect_symbol(")")
    return Context(name, tuple(values))


def _setting(stream: TokenStream) -> tuple[str, Literal]:
    name = stream.expect_name().text
    stream.expect_symbol("=")
    return name, parse_literal(stream)
