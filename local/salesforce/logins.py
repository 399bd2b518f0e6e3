"""Passwords of users, how often each has signed in within the hour, and who is locked out."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_HOUR: Final = timedelta(hours=1)
#: What a new org's password policy says:
#: https://help.salesforce.com/s/articleView?id=sf.admin_password.htm
_MOST_FAILURES: Final = 10
_LOCKED: Final = timedelta(minutes=15)


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
        self._failures: dict[str, list[datetime]] = {}

    def put(self, user_id: str, login: Login) -> None:
        """Give a user a password and token, which also lets in again who was locked out."""
        self._known[user_id] = login
        self._failures.pop(user_id, None)

    def get(self, user_id: str) -> Login | None:
        """What a user signs in with."""
        return self._known.get(user_id)

    def opens(self, user_id: str, given: str, now: datetime, *, trusted: bool) -> bool:
        """Whether a password is right; after ten wrong ones in a row none is, for 15 minutes."""
        login = self._known.get(user_id)
        failures = self._failures.setdefault(user_id, [])
        if len(failures) >= _MOST_FAILURES and now - failures[-1] < _LOCKED:
            return False
        if login is None or not login.opens_with(given, trusted=trusted):
            self._failures[user_id] = [*failures, now][-_MOST_FAILURES:]
            return False
        self._failures.pop(user_id)
        return True

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
