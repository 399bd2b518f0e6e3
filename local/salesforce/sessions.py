"""Sessions: whose an access token is, which app asked for it, and when it ends by itself."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.salesforce.clock import Clock


@dataclass(slots=True)
class Session:
    """One access token; SOAP logins have no app. A lasting one outlives every timeout.

    `family` names the refresh token it came from.
    """

    token: str
    user_id: str
    opened: datetime
    used: datetime
    client_id: str | None = None
    family: str | None = None
    lasting: bool = False


class Sessions:
    """Access tokens live until they are unused for too long, revoked or expired on demand."""

    def __init__(self, clock: Clock, *, org_id: str, user_id: str) -> None:
        self._clock = clock
        self.org_id = org_id
        #: The integration user, who is there from the start.
        self.user_id = user_id
        self._open: dict[str, Session] = {}

    def open(
        self,
        user_id: str | None = None,
        *,
        client_id: str | None = None,
        family: str | None = None,
        lasting: bool = False,
    ) -> str:
        """A new access token, in the shape of a session id: the org, a bang, letters."""
        token = f"{self.org_id[:15]}!AQ{secrets.token_urlsafe(60)}"
        now = self._clock.now()
        self._open[token] = Session(
            token,
            user_id or self.user_id,
            opened=now,
            used=now,
            client_id=client_id,
            family=family,
            lasting=lasting,
        )
        return token

    def find(self, token: str, *, minutes: float) -> Session | None:
        """The session of a token, unless it was unused for that long; looking is no use."""
        session = self._open.get(token)
        if session is None:
            return None
        if not session.lasting and self._clock.now() - session.used > timedelta(minutes=minutes):
            del self._open[token]
            return None
        return session

    def user_of(self, token: str) -> str | None:
        """Whose token it is, however long it was not used."""
        session = self._open.get(token)
        return None if session is None else session.user_id

    def use(self, session: Session, *, minutes: float) -> None:
        """A call was made: the time-out begins anew, but not before half of it has passed.

        https://help.salesforce.com/s/articleView?id=sf.admin_sessions.htm
        """
        now = self._clock.now()
        if now - session.used >= timedelta(minutes=minutes) / 2:
            session.used = now

    def expire(self, token: str | None = None) -> int:
        """End one session or all; returns how many ended."""
        if token is not None:
            return int(self._open.pop(token, None) is not None)
        return self._end(lambda _: True)

    def expire_of(self, user_id: str) -> int:
        """End all sessions of a user; returns how many."""
        return self._end(lambda session: session.user_id == user_id)

    def expire_from(self, family: str) -> int:
        """End the sessions that a refresh token, or one before it, opened; returns how many."""
        return self._end(lambda session: session.family == family)

    def _end(self, ends: Callable[[Session], bool]) -> int:
        ended = [token for token, session in self._open.items() if ends(session)]
        for token in ended:
            del self._open[token]
        return len(ended)
