"""Revokes an API token; from then on nobody is let in with it."""

from dataclasses import dataclass

from syncline.engine.moments import canonical_instant
from syncline.ports import Clock, Tokens
from syncline.usecases.find import unknown


@dataclass(frozen=True, slots=True)
class RevokeToken:
    tokens: Tokens
    clock: Clock

    def __call__(self, workspace: str, token: str) -> None:
        """NotFoundError if the workspace has no such token; one that is revoked stays so."""
        held = {each.id: each for each in self.tokens.all(workspace)}
        if token not in held:
            unknown("token", token)
        if held[token].revoked_at is None:
            self.tokens.revoke(workspace, token, at=canonical_instant(self.clock.now()))
