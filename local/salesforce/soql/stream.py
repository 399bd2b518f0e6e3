"""Tokens with a place in them: what the parser's functions share."""

from __future__ import annotations

from typing import NoReturn

from local.salesforce.soql.faults import GrammarError
from local.salesforce.soql.lexer import Token, TokenType, tokenize
from local.salesforce.soql.words import CLAUSES, RESERVED


class TokenStream:
    """Looks at most two tokens ahead; every refusal names the token it stands on."""

    def __init__(self, statement: str) -> None:
        self._statement = statement
        self._tokens = tokenize(statement)
        self._at = 0

    @property
    def current(self) -> Token:
        """The token not yet taken."""
        return self._tokens[self._at]

    def peek(self, ahead: int = 1) -> Token:
        """A later token; the END repeats."""
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def advance(self) -> Token:
        """Take the current token."""
        token = self.current
        self._at += token.type is not TokenType.END
        return token

    def at_word(self, *words: str) -> bool:
        """Whether a name stands here that reads as one of these words."""
        return self.current.type is TokenType.NAME and self.current.upper in words

    def at_symbol(self, symbol: str) -> bool:
        """Whether this symbol stands here."""
        return self.current.type is TokenType.SYMBOL and self.current.text == symbol

    def accept_word(self, *words: str) -> Token | None:
        """Take one of these words if it stands here."""
        return self.advance() if self.at_word(*words) else None

    def accept_symbol(self, symbol: str) -> bool:
        """Take this symbol if it stands here."""
        found = self.at_symbol(symbol)
        if found:
            self.advance()
        return found

    def expect_word(self, word: str) -> Token:
        """Take this word or refuse the statement."""
        return self.accept_word(word) or self.refuse()

    def expect_symbol(self, symbol: str) -> None:
        """Take this symbol or refuse the statement."""
        if not self.accept_symbol(symbol):
            self.refuse()

    def expect_name(self) -> Token:
        """Take any name that is no word of the language, or refuse the statement."""
        name = self.current.type is TokenType.NAME and self.current.upper not in RESERVED
        return self.advance() if name else self.refuse()

    def accept_alias(self) -> str | None:
        """Take a name that does not begin the next clause; OFFSET does only before a number."""
        token, following = self.current, self.peek()
        if token.type is not TokenType.NAME or token.upper in RESERVED:
            return None
        if following.upper in CLAUSES.get(token.upper, ()):
            return None
        if token.upper == "OFFSET" and following.type is TokenType.NUMBER:
            return None
        return self.advance().text

    def refuse(self, message: str | None = None) -> NoReturn:
        """Raise for the current token; the end of a statement has no place to show."""
        token = self.current
        at = None if token.type is TokenType.END else token.at
        raise GrammarError(message or f"unexpected token: '{token.text}'", at)

    def refuse_since(self, start: int) -> NoReturn:
        """Raise for all from there to the current token: none of several readings fits.

        Release notes of Summer '24, SOQL: `SELECT FROM x` is an unexpected 'SELECT FROM'.
        """
        token = self.current
        if token.type is TokenType.END:
            self.refuse()
        self.refuse(f"unexpected token: '{self._statement[start : token.end]}'")
