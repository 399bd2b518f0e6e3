"""Text to tokens. SOQL has no reserved words, so a name is a name until the parser asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.soql.faults import GrammarError, SoqlError

MAXIMUM_LENGTH: Final = 100_000
_LITERAL_LENGTH: Final = 4_000
_ESCAPES: Final = {
    "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "\\": "\\", "'": "'", '"': '"',
    "N": "\n", "R": "\r", "T": "\t", "B": "\b", "F": "\f",
}  # fmt: skip
_SPACE: Final = re.compile(r"\s*")

# What a number is, a date or a moment, is told by the parser. A string with escapes is read apart.
_TOKEN: Final = re.compile(
    r"""
    (?P<name> [A-Za-z][A-Za-z0-9_]*)
    | '(?P<string> [^'\\\r\n]*)'
    | (?P<number> (?: [0-9] | [+-][0-9.] | \.[0-9] ) [-0-9:+.TZtzeE]*)
    | (?P<symbol> != | <> | <= | >= | [(),.:=<>+-])
    """,
    re.VERBOSE,
)
_PART: Final = re.compile(
    r"(?P<plain>[^'\\\r\n]+)|\\(?P<wild>[_%])|\\[uU](?P<code>[0-9A-Fa-f]{4})|\\(?P<letter>.)"
)


class TokenType(StrEnum):
    """What a token is."""

    NAME = "name"
    STRING = "string"
    NUMBER = "number"
    SYMBOL = "symbol"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `pattern` is the text of a string with the escapes of LIKE kept."""

    type: TokenType
    text: str
    at: int
    end: int
    pattern: str = ""

    @property
    def upper(self) -> str:
        """The text in capitals, to compare with keywords."""
        return self.text.upper()


_TYPES: Final = {
    "name": TokenType.NAME,
    "string": TokenType.STRING,
    "number": TokenType.NUMBER,
    "symbol": TokenType.SYMBOL,
}


def tokenize(statement: str) -> list[Token]:
    """All tokens and an END; raises SoqlError for what no token can start with."""
    if len(statement) > MAXIMUM_LENGTH:
        text = f"SOQL statements can not be longer than {MAXIMUM_LENGTH} characters."
        raise SoqlError(Kind.MALFORMED_QUERY, text, None)
    tokens: list[Token] = []
    at = _after_space(statement, 0)
    while at < len(statement):
        token = _next(statement, at)
        tokens.append(token)
        at = _after_space(statement, token.end)
    tokens.append(Token(TokenType.END, "<EOF>", len(statement), len(statement)))
    return tokens


def _after_space(statement: str, at: int) -> int:
    found = _SPACE.match(statement, at)
    return found.end() if found else at


def _next(statement: str, at: int) -> Token:
    found = _TOKEN.match(statement, at)
    if found is None:
        if statement[at] == "'":
            return _string(statement, at)
        raise _unexpected(statement[at], at)
    kind = found.lastgroup or ""
    text = found[kind]
    if kind != "string":
        return Token(_TYPES[kind], text, at, found.end())
    return _measured(Token(TokenType.STRING, text, at, found.end(), text))


def _unexpected(letter: str, at: int) -> GrammarError:
    """No token begins so, or a string begins that does not end: refused before all else.

    Recorded since Summer '24 for a `$` and for an apostrophe without its second; the release notes
    put row and column into the text of dynamic Apex, which shows no place.
    """
    return GrammarError(f"unexpected token: '{letter}'", at)


def _string(statement: str, at: int) -> Token:
    """A string with escapes in it, as it is and as LIKE needs it."""
    value: list[str] = []
    pattern: list[str] = []
    end = at + 1
    while (found := _PART.match(statement, end)) is not None:
        plain, escaped = _part(found, statement, at)
        value.append(plain)
        pattern.append(escaped)
        end = found.end()
    if statement[end : end + 1] in ("\r", "\n"):
        text = "Line breaks are not allowed in string literals"
        raise SoqlError(Kind.MALFORMED_QUERY, text, at)
    if statement[end : end + 1] != "'":
        raise _unexpected("'", at)
    return _measured(Token(TokenType.STRING, "".join(value), at, end + 1, "".join(pattern)))


def _measured(token: Token) -> Token:
    if len(token.text) > _LITERAL_LENGTH:
        text = f"maximum length of a string literal is {_LITERAL_LENGTH} characters"
        raise SoqlError(Kind.MALFORMED_QUERY, text, token.at)
    return token


def _part(found: re.Match[str], statement: str, start: int) -> tuple[str, str]:
    """Plain text or one escape; a backslash stays escaped in the pattern."""
    if found["plain"]:
        return found["plain"], found["plain"]
    if found["wild"]:
        return found["wild"], found[0]
    if found["code"]:
        letter = chr(int(found["code"], 16))
        return letter, letter
    plain = _ESCAPES.get(found["letter"])
    if plain is None:
        end = statement.find("'", found.end())
        literal = statement[start + 1 : end if end >= 0 else len(statement)]
        raise bad_escape(literal, found[0], start)
    return plain, "\\\\" if plain == "\\" else plain


def bad_escape(literal: str, sequence: str, at: int) -> SoqlError:
    """A backslash before anything else than the reference lists.

    https://developer.salesforce.com/docs/platform/salesforce-soql-sosl/guide/sforce-api-calls-soql-select-quotedstringescapes.html
    The wording is that of the Apex compiler, as recorded for a SOSL statement too.
    """
    text = (
        f"Invalid string literal '{literal}'. Illegal character sequence '{sequence}' in string"
        " literal."
    )
    return SoqlError(Kind.MALFORMED_QUERY, text, at)
