"""Passwords of users, and how often each has signed in within the hour."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Login:
    """What a user signs in with; an expired password lets in, but to no data."""

    password: str
    security_token: str
    password_expired: bool = False

    def opens_with(self, given: str, *, trusted: bool) -> bool:
        """Password and security token in one; from a trusted network the password is enough.

        https://help.salesforce.com/s/articleView?id=sf.user_security_token.htm
        """
        accepted = [self.password + self.security_token] + [self.password] * trusted
        return any(secrets.compare_digest(given.encode(), each.encode()) for each in accepted)


class Logins:
    """By id of the user. A user nobody gave a password cannot sign in with one."""

    def __init__(self) -> None:
        self._known: dict[str, Login] = {}
        self._recent: dict[str, deque[datetime]] = {}

    def put(self, user_id: str, login: Login) -> None:
        """Give a user a password and token."""
        self._known[user_id] = login

    def get(self, user_id: str) -> Login | None:
        """What a user signs in with."""
        return self._known.get(user_id)

    def admit(self, user_id: str, now: datetime, *, most: int) -> bool:
        """Count a sign-in; False once a user had `most` of them within the hour.

        The words are in https://github.com/restforce/restforce/issues/412; the number of 3,600 is
        not documented and comes from practice.
        """
        recent = self._recent.setdefault(user_id, deque())
        while recent and not now - _HOUR < recent[0] <= now:
            recent.popleft()
        if len(recent) >= most:
            return False
        recent.append(now)
        return True
