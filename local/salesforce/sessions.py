"""Who may call: one connected app, its refresh token, and the access tokens given out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from local.salesforce.errors import OAuthError


@dataclass(slots=True)
class Sessions:
    """Access tokens live until they are expired on demand; a refresh token until it is rotated."""

    client_id: str
    client_secret: str
    refresh_token: str
    org_id: str
    user_id: str
    rotate: bool = False
    _open: dict[str, str] = field(default_factory=dict)

    def open(self) -> str:
        """A new access token, in the shape of a session id: the org, a bang, letters."""
        token = f"{self.org_id[:15]}!AQ{secrets.token_urlsafe(60)}"
        self._open[token] = self.user_id
        return token

    def user_of(self, token: str) -> str | None:
        """The user of a token that is still good."""
        return self._open.get(token)

    def expire(self, token: str | None = None) -> int:
        """End one session or all; returns how many ended."""
        if token is not None:
            return int(self._open.pop(token, None) is not None)
        ended = len(self._open)
        self._open.clear()
        return ended

    def check_client(self, client_id: str, client_secret: str | None) -> None:
        """Raises OAuthError for a wrong app; a secret is checked when given."""
        if client_id != self.client_id:
            raise OAuthError("invalid_client_id", "client identifier invalid")
        if client_secret is None or not secrets.compare_digest(
            client_secret.encode(), self.client_secret.encode()
        ):
            raise OAuthError("invalid_client", "invalid client credentials")

    def refresh(self, token: str) -> str | None:
        """Use a refresh token; with rotation on, returns the next one and the old one dies."""
        if not secrets.compare_digest(token.encode(), self.refresh_token.encode()):
            raise OAuthError("invalid_grant", "expired access/refresh token")
        if not self.rotate:
            return None
        self.refresh_token = new_refresh_token()
        return self.refresh_token


def new_refresh_token() -> str:
    """A refresh token in the shape Salesforce gives."""
    return "5Aep861" + secrets.token_urlsafe(48)
