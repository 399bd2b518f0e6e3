"""Connected apps: which flows each may use, its keys, and the refresh tokens given to it."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from local.salesforce.refusals import OAuthError, Refusal

_MOST_APPROVALS: Final = 5


class Flow(StrEnum):
    """The ways in that an app may be allowed."""

    CLIENT_CREDENTIALS = "client_credentials"
    REFRESH_TOKEN = "refresh_token"
    JWT_BEARER = "jwt_bearer"
    PASSWORD = "password"


@dataclass(frozen=True, slots=True)
class App:
    """One connected app.

    `run_as` is the id of the user behind client credentials; `certificate` the PEM of an X.509
    certificate or of a public key, which JWT assertions are verified with; `users` the usernames
    that are admin approved, None for everybody. One that is not `installed` is of another org.
    """

    client_id: str
    client_secret: str
    name: str = "Syncline"
    run_as: str | None = None
    certificate: str | None = None
    flows: tuple[Flow, ...] = tuple(Flow)
    users: tuple[str, ...] | None = None
    secret_required: bool = True
    installed: bool = True
    refresh_token_rotation: bool = False

    def approves(self, username: str) -> bool:
        """Whether a user may come in without being asked; usernames have no case."""
        return self.users is None or username.lower() in {each.lower() for each in self.users}

    def check_secret(self, given: str | None) -> None:
        """Raises OAuthError; a secret may be left out only where the app allows it."""
        if given is None and not self.secret_required:
            return
        if given is None or not _same(given, self.client_secret):
            raise OAuthError(Refusal.WRONG_SECRET)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a refresh token stands for."""

    client_id: str
    user_id: str
    #: The first token of a row of rotated ones; what the row opened ends together.
    family: str


class Apps:
    """All apps; the standing one is there from the start."""

    def __init__(self, standing: App) -> None:
        self._standing = standing.client_id
        self._apps = {standing.client_id: standing}
        self._tokens: dict[str, Grant] = {}
        self.calls: Counter[str] = Counter()
        #: The file with the private key of the standing app, where one was made.
        self.key_file: str | None = None

    @property
    def standing(self) -> App:
        """The app whose credentials are printed at start."""
        return self._apps[self._standing]

    def put(self, app: App) -> None:
        """Make an app, or take its place."""
        self._apps[app.client_id] = app

    def get(self, client_id: str | None) -> App:
        """Raises OAuthError for an app nobody made, or that is not installed here."""
        found = self._apps.get(client_id or "")
        if found is None:
            raise OAuthError(Refusal.UNKNOWN_CLIENT)
        if not found.installed:
            raise OAuthError(Refusal.NOT_INSTALLED)
        return found

    def known(self, client_id: str) -> App | None:
        """An app, or None."""
        return self._apps.get(client_id)

    def everyone(self) -> tuple[App, ...]:
        """All apps, in the order they were made."""
        return tuple(self._apps.values())

    def issue(self, client_id: str, user_id: str, *, family: str | None = None) -> str:
        """A new refresh token, in the shape Salesforce gives.

        A user may approve an app five times; a sixth approval ends the oldest:
        https://help.salesforce.com/s/articleView?id=sf.remoteaccess_request_manage.htm
        """
        token = "5Aep861" + secrets.token_urlsafe(48)
        if family is None:
            for old in self._of(client_id, user_id)[: -(_MOST_APPROVALS - 1)]:
                del self._tokens[old]
        self._tokens[token] = Grant(client_id, user_id, family or token)
        return token

    def latest(self, client_id: str, user_id: str) -> str | None:
        """The newest refresh token of a user for an app, while one is good."""
        mine = self._of(client_id, user_id)
        return mine[-1] if mine else None

    def _of(self, client_id: str, user_id: str) -> list[str]:
        return [
            token
            for token, grant in self._tokens.items()
            if (grant.client_id, grant.user_id) == (client_id, user_id)
        ]

    def use(self, token: str, app: App) -> tuple[Grant, str]:
        """What a refresh token stands for, and the one to use next.

        With rotation the token dies and another takes its place:
        https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_refresh_token_flow.htm
        Raises OAuthError.
        """
        grant = self._tokens.get(token)
        if grant is None or grant.client_id != app.client_id:
            raise OAuthError(Refusal.REFRESH_TOKEN)
        if not app.refresh_token_rotation:
            return grant, token
        del self._tokens[token]
        return grant, self.issue(grant.client_id, grant.user_id, family=grant.family)

    def granted(self, token: str) -> Grant | None:
        """What a refresh token stands for while it is good."""
        return self._tokens.get(token)

    def revoke(self, token: str) -> Grant | None:
        """End a refresh token; returns what it stood for."""
        return self._tokens.pop(token, None)


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode(), wanted.encode())
