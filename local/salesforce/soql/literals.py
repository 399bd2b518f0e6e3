"""Values in a statement: numbers, dates, datetimes, date words, strings, true, false, null."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, NoReturn

from local.salesforce.errors import Kind
from local.salesforce.soql.datewords import COUNTED, PLAIN
from local.salesforce.soql.faults import GrammarError, SoqlError
from local.salesforce.soql.lexer import Token, TokenType, bad_escape
from local.salesforce.soql.stream import TokenStream
from local.salesforce.soql.tree import (
    DateWord,
    Day,
    Flag,
    Literal,
    Moment,
    Money,
    Null,
    Number,
    Path,
    Text,
)

_LARGEST_COUNT: Final = 2**31 - 1
_ESCAPED_WILDCARD: Final = re.compile(r"(?:^|[^\\])(?:\\\\)*(?P<escape>\\[_%])")
_MONEY: Final = re.compile(r"(?P<currency>[A-Za-z]{3})(?P<amount>-?[0-9]+(\.[0-9]+)?)")


def parse_path(stream: TokenStream) -> Path:
    """A field or relationships and a field."""
    first = stream.expect_name()
    parts = [first.text]
    while stream.accept_symbol("."):
        parts.append(stream.expect_name().text)
    return Path(tuple(parts), first.at)


def parse_literal(stream: TokenStream) -> Literal:
    """One value; a colon is what Apex would bind and the API refuses."""
    token = stream.current
    if token.type is TokenType.STRING:
        return _text(stream)
    if token.type is TokenType.NUMBER:
        return _numeric(stream)
    if token.type is TokenType.NAME:
        return _word(stream)
    return refuse_value(stream)


def refuse_value(stream: TokenStream) -> NoReturn:
    """Raise for what is no value; `:name` is one in Apex alone."""
    if stream.at_symbol(":"):
        raise SoqlError(
            Kind.MALFORMED_QUERY, "Bind variables only allowed in Apex code", stream.current.at
        )
    stream.refuse()


def _text(stream: TokenStream) -> Text:
    """A string in which no wildcard is escaped: nothing but LIKE knows wildcards."""
    token = stream.current
    escape = _ESCAPED_WILDCARD.search(token.pattern)
    if escape:
        raise bad_escape(token.pattern, escape["escape"], token.at)
    return parse_pattern(stream)


def parse_text(stream: TokenStream) -> Text:
    """A quoted string and nothing else."""
    if stream.current.type is not TokenType.STRING:
        refuse_value(stream)
    return _text(stream)


def parse_pattern(stream: TokenStream) -> Text:
    """The quoted string after LIKE."""
    if stream.current.type is not TokenType.STRING:
        refuse_value(stream)
    token = stream.advance()
    return Text(token.text, token.pattern, token.at)


def _numeric(stream: TokenStream) -> Literal:
    token = stream.current
    for form, read in _FORMS:
        if form.fullmatch(token.text):
            stream.advance()
            return read(token)
    return stream.refuse()


def _moment(token: Token) -> Moment:
    try:
        value = datetime.fromisoformat(token.text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise GrammarError(f"Invalid datetime: {token.text}", token.at) from error
    return Moment(value, token.at)


def _day(token: Token) -> Day:
    try:
        return Day(date.fromisoformat(token.text), token.at)
    except ValueError as error:
        raise GrammarError(f"Invalid date: {token.text}", token.at) from error


def _decimal(token: Token) -> Number:
    return Number(Decimal(token.text), token.at)


_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
_ZONE: Final = r"(Z|[+-][0-9]{2}:?[0-9]{2})"

# A moment without its zone is none, and no number has an exponent.
_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[Token], Literal]], ...]] = (
    (re.compile(f"{_DATE}T{_TIME}{_ZONE}", re.IGNORECASE), _moment),
    (re.compile(_DATE), _day),
    (re.compile(r"[+-]?([0-9]+|[0-9]*\.[0-9]+)"), _decimal),
)


def _word(stream: TokenStream) -> Literal:
    token = stream.current
    word = token.upper
    if word in ("TRUE", "FALSE"):
        stream.advance()
        return Flag(word == "TRUE", token.at)
    if word == "NULL":
        stream.advance()
        return Null(token.at)
    if word in PLAIN:
        stream.advance()
        return DateWord(word, 0, token.at)
    if word in COUNTED:
        stream.advance()
        stream.expect_symbol(":")
        return DateWord(word, parse_count(stream), token.at)
    return _money(stream)


def _money(stream: TokenStream) -> Money:
    """`USD5000` is one word; of `USD5000.5` and `USD-5` the end is a number that follows at once.

    Amounts below zero: release notes of Winter '25, SOQL error and functionality changes.
    """
    token, following = stream.current, stream.peek()
    joined = following.type is TokenType.NUMBER and following.at == token.end
    found = _MONEY.fullmatch(token.text + (following.text if joined else ""))
    if found is None:
        stream.refuse()
    stream.advance()
    if joined:
        stream.advance()
    return Money(found["currency"].upper(), Decimal(found["amount"]), token.at)


def parse_count(stream: TokenStream) -> int:
    """A whole number that is not negative; what Java would say of one that is too large."""
    token = stream.current
    if token.type is not TokenType.NUMBER or not token.text.isdecimal():
        stream.refuse()
    stream.advance()
    if Decimal(token.text) > _LARGEST_COUNT:
        raise SoqlError(Kind.MALFORMED_QUERY, f'For input string: "{token.text}"', None)
    return int(token.text)
