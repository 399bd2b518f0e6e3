"""Who presents a token. Identity only: what they may do is decided where the request is served."""

from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest

from syncline.ports import Tokens
from syncline.usecases.create_token import SCOPES, digest


@dataclass(frozen=True, slots=True)
class Identity:
    """`workspace` None is the administrator, who may do everything everywhere."""

    token: str
    workspace: str | None
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identify:
    """`administrator_token` is asked for anew each time, so that a rotated one is good at once."""

    tokens: Tokens
    administrator_token: Callable[[], str | None]

    def __call__(self, token: str) -> Identity | None:
        """None: nobody we know, or a revoked token."""
        if not token:
            return None
        found = self.tokens.by_hash(digest(token))
        if found is not None:
            revoked = found.revoked_at is not None
            return None if revoked else Identity(found.id, found.workspace, found.scopes)
        expected = self.administrator_token()
        if expected and compare_digest(token.encode(), expected.encode()):
            return Identity("administrator", None, SCOPES)
        return None
