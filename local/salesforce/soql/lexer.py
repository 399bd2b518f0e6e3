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
_UNICODE: Final = re.compile("[0-9A-Fa-f]{4}")
_UNICODE_LENGTH: Final = 4
_PAIRS: Final = frozenset({"!=", "<>", "<=", ">="})
_SINGLES: Final = frozenset("(),.:=<>+-")
_VALUE_CHARACTERS: Final = frozenset("0123456789-:+.TZtzeE")


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


def tokenize(statement: str) -> list[Token]:
    """All tokens and an END; raises SoqlError for what no token can start with."""
    if len(statement) > MAXIMUM_LENGTH:
        raise SoqlError(Kind.MALFORMED_QUERY, "SOQL statements cannot be longer than"
                        f" {MAXIMUM_LENGTH:,} characters.", None)  # fmt: skip
    tokens: list[Token] = []
    at = 0
    while at < len(statement):
        if statement[at].isspace():
            at += 1
            continue
        token = _next(statement, at)
        tokens.append(token)
        at = token.end
    tokens.append(Token(TokenType.END, "<EOF>", len(statement), len(statement)))
    return tokens


def _next(statement: str, at: int) -> Token:
    letter = statement[at]
    if letter.isascii() and letter.isalpha():
        return _name(statement, at)
    if letter == "'":
        return _string(statement, at)
    if _starts_number(statement, at):
        return _number(statement, at)
    if statement[at : at + 2] in _PAIRS:
        return Token(TokenType.SYMBOL, statement[at : at + 2], at, at + 2)
    if letter in _SINGLES:
        return Token(TokenType.SYMBOL, letter, at, at + 1)
    raise _unexpected(letter, at)


def _unexpected(letter: str, at: int) -> GrammarError:
    """No token begins so, or a string begins that does not end: refused before all else.

    Recorded since Summer '24 for a `$` and for an apostrophe without its second; the release notes
    put row and column into the text of dynamic Apex, which shows no place.
    """
    return GrammarError(f"unexpected token: '{letter}'", at)


def _name(statement: str, at: int) -> Token:
    end = at
    while end < len(statement) and _in_name(statement[end]):
        end += 1
    return Token(TokenType.NAME, statement[at:end], at, end)


def _in_name(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter == "_")


def _starts_number(statement: str, at: int) -> bool:
    digits = statement[at + 1 : at + 2]
    if statement[at] in "+-.":
        return digits.isdigit() or (statement[at] != "." and digits == ".")
    return statement[at].isascii() and statement[at].isdigit()


def _number(statement: str, at: int) -> Token:
    """Numbers, dates and datetimes: what they are is told by the parser."""
    end = at + 1
    while end < len(statement) and statement[end] in _VALUE_CHARACTERS:
        end += 1
    return Token(TokenType.NUMBER, statement[at:end], at, end)


def _string(statement: str, at: int) -> Token:
    value: list[str] = []
    pattern: list[str] = []
    end = at + 1
    while end < len(statement) and statement[end] != "'":
        if statement[end] in "\r\n":
            text = "Line breaks are not allowed in string literals"
            raise SoqlError(Kind.MALFORMED_QUERY, text, at)
        plain, escaped, width = _character(statement, end)
        if not width:
            raise _bad_escape(statement, at, end)
        value.append(plain)
        pattern.append(escaped)
        end += width
    if end >= len(statement):
        raise _unexpected("'", at)
    if len(value) > _LITERAL_LENGTH:
        raise SoqlError(Kind.MALFORMED_QUERY, "maximum length of a string literal is"
                        f" {_LITERAL_LENGTH} characters", at)  # fmt: skip
    return Token(TokenType.STRING, "".join(value), at, end + 1, "".join(pattern))


def _character(statement: str, at: int) -> tuple[str, str, int]:
    """One character of a string, the same as LIKE needs it, and its width; 0 for no escape."""
    letter = statement[at]
    if letter != "\\":
        return letter, letter, 1
    code = statement[at + 1 : at + 2]
    if code in ("_", "%"):
        return code, "\\" + code, 2
    if code in ("u", "U"):
        digits = statement[at + 2 : at + 2 + _UNICODE_LENGTH]
        plain = chr(int(digits, 16)) if _UNICODE.fullmatch(digits) else ""
        return plain, plain, 2 + _UNICODE_LENGTH if plain else 0
    plain = _ESCAPES.get(code, "")
    return plain, "\\\\" if plain == "\\" else plain, 2 if plain else 0


def _bad_escape(statement: str, start: int, at: int) -> SoqlError:
    """The wording is that of the Apex compiler, as recorded for a SOSL statement too."""
    end = statement.find("'", at + 2)
    literal = statement[start + 1 : end if end >= 0 else len(statement)]
    sequence = statement[at : at + 2]
    text = (
        f"Invalid string literal '{literal}'. Illegal character sequence '{sequence}' in string"
        " literal."
    )
    return SoqlError(Kind.MALFORMED_QUERY, text, start)
