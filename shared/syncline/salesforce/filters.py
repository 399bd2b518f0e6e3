"""The user's filter: whether it stays inside the parentheses that it will be put into.

Salesforce judges what it means; this only makes sure that it is one condition and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

from syncline.errors import ConfigurationError

_WORD: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:+-%")
_SIGNS: Final = frozenset("(),=<>!")
_CLAUSES: Final = frozenset(
    {
        *("select", "from", "where", "order", "group", "having", "limit", "offset"),
        *("with", "for", "using", "all", "update"),
    }
)
"""Words that begin another part of a query. No field is called so; paths such as Group.Name are
other words."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """`word`, `text`, or the sign itself."""
    value: str


def checked_filter(text: str) -> str:
    """The filter, without blanks around. ConfigurationError where it is not one condition."""
    depth: list[bool] = []
    tokens = list(_tokens(text))
    for at, token in enumerate(tokens):
        if token.kind == "(":
            depth.append(at + 1 < len(tokens) and tokens[at + 1].value.lower() == "select")
        elif token.kind == ")":
            if not depth:
                _refuse("it closes a parenthesis that it did not open")
            depth.pop()
        elif token.kind == "word":
            _check_word(token.value, inner_query=any(depth))
    if depth:
        _refuse("it leaves a parenthesis open")
    if not tokens:
        _refuse("it is empty")
    return text.strip()


def _check_word(word: str, *, inner_query: bool) -> None:
    if "--" in word:
        _refuse("it has '--' in it")
    if not inner_query and word.lower() in _CLAUSES:
        _refuse(f"{word.upper()} does not belong into a condition")


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        sign = text[at]
        if sign in " \t\r\n":
            at += 1
        elif sign == "'":
            end = _string_end(text, at)
            yield _Token("text", text[at:end])
            at = end
        elif sign in _SIGNS:
            yield _Token(sign, sign)
            at += 1
        elif sign in _WORD:
            end = _word_end(text, at)
            yield _Token("word", text[at:end])
            at = end
        else:
            _refuse(f"the sign {sign!r} does not belong outside of quotes")


def _string_end(text: str, start: int) -> int:
    """Behind the closing quote; a backslash takes the next sign with it."""
    at = start + 1
    while at < len(text) and text[at] != "'":
        at += 2 if text[at] == "\\" else 1
    if at >= len(text):
        _refuse("it leaves a quote open")
    return at + 1


def _word_end(text: str, start: int) -> int:
    at = start
    while at < len(text) and text[at] in _WORD:
        at += 1
    return at


def _refuse(why: str) -> NoReturn:
    raise ConfigurationError(
        f"The filter cannot be used: {why}.",
        code="query_refused",
        field="filter",
        remedy="Write one SOQL condition, as it would stand behind WHERE.",
    )
