"""Values in a statement: numbers, dates, datetimes, date words, strings, true, false, null."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from local.salesforce.soql.datewords import COUNTED, PLAIN
from local.salesforce.soql.lexer import Token, TokenType
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

MAXIMUM_PARTS: Final = 6
_DATE_LENGTH: Final = 10
_MONEY: Final = re.compile(r"(?P<currency>[A-Za-z]{3})(?P<amount>[0-9]+)")


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
    if stream.at_symbol(":"):
        refuse_bind(stream)
    stream.refuse()
    raise AssertionError


def refuse_bind(stream: TokenStream) -> None:
    """Raise for `:name`, which Apex alone replaces by a value."""
    stream.refuse("Bind variables only allowed in Apex code")


def _text(stream: TokenStream) -> Text:
    token = stream.advance()
    return Text(token.text, token.pattern, token.at)


def parse_text(stream: TokenStream) -> Text:
    """A quoted string and nothing else."""
    if stream.current.type is not TokenType.STRING:
        stream.refuse()
    return _text(stream)


def _numeric(stream: TokenStream) -> Literal:
    token = stream.current
    found = _moment(token) or _day(token) or _decimal(token)
    if found is None:
        stream.refuse()
        raise AssertionError
    stream.advance()
    return found


def _moment(token: Token) -> Moment | None:
    """`2024-01-01T00:00:00Z`, with milliseconds or an offset; without a zone it is no value."""
    text = token.text.upper()
    if "T" not in text:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    return Moment(value.astimezone(UTC), token.at) if value.tzinfo else None


def _day(token: Token) -> Day | None:
    if len(token.text) != _DATE_LENGTH or token.text[4] != "-" or token.text[7] != "-":
        return None
    try:
        return Day(date.fromisoformat(token.text), token.at)
    except ValueError:
        return None


def _decimal(token: Token) -> Number | None:
    try:
        return Number(Decimal(token.text), token.at)
    except InvalidOperation:
        return None


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
    """`USD5000` is one word, the digits after the point of `USD5000.5` another."""
    token = stream.current
    found = _MONEY.fullmatch(token.text)
    if found is None:
        stream.refuse()
        raise AssertionError
    stream.advance()
    amount = found["amount"]
    if stream.at_symbol(".") and stream.peek().type is TokenType.NUMBER:
        stream.advance()
        amount = f"{amount}.{stream.advance().text}"
    return Money(found["currency"].upper(), Decimal(amount), token.at)


def parse_count(stream: TokenStream) -> int:
    """A whole number that is not negative."""
    token = stream.current
    if token.type is not TokenType.NUMBER or not token.text.isdigit():
        stream.refuse()
    stream.advance()
    return int(token.text)
