"""Creates an API token: shown once, stored as a digest."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from syncline.engine.moments import canonical_instant
from syncline.ports import Clock, Configuration, TokenRecord, Tokens
from syncline.usecases.find import find_workspace

SCOPES: Final = ("read", "write", "operate")
_PREFIX: Final = "syncline_"
_BYTES: Final = 32


def digest(token: str) -> str:
    """How a token is stored and found. It is random and long, so a plain digest is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CreateToken:
    """The token belongs to one workspace and is good for its scopes only."""

    configuration: Configuration
    tokens: Tokens
    clock: Clock

    def __call__(
        self, workspace: str, *, name: str, scopes: Collection[str]
    ) -> tuple[TokenRecord, str]:
        """The record and the token itself, which nobody can read again. NotFoundError."""
        find_workspace(self.configuration, workspace)
        token = _PREFIX + secrets.token_urlsafe(_BYTES)
        record = TokenRecord(
            id=f"tok_{secrets.token_hex(8)}",
            hash=digest(token),
            workspace=workspace,
            scopes=tuple(scope for scope in SCOPES if scope in scopes),
            name=name,
            created_at=canonical_instant(self.clock.now()),
        )
        self.tokens.add(record)
        return record, token
