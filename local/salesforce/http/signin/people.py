"""Users as the doors see them, and the checks that everybody passes who comes in."""

from __future__ import annotations

from dataclasses import dataclass

from local.salesforce.org import Org
from local.salesforce.refusals import OAuthError, Refusal


@dataclass(frozen=True, slots=True)
class Person:
    """A user who might come in."""

    id: str
    username: str
    active: bool


def by_id(org: Org, user_id: str) -> Person | None:
    """The user with an id."""
    return _found(org, '"Id" = ?', user_id)


def by_username(org: Org, username: str) -> Person | None:
    """The user with a username, in any case."""
    return _found(org, 'fold("Username") = ?', username.casefold())


def let_in(org: Org, person: Person) -> None:
    """Raises OAuthError for who is not active or was here too often within the hour."""
    if not person.active:
        raise OAuthError(Refusal.INACTIVE)
    if not org.logins.admit(person.id, org.clock.now(), most=org.settings.logins_per_hour):
        raise OAuthError(Refusal.LOGIN_RATE)


def with_password(org: Org, username: str, password: str) -> Person | None:
    """The user whose password, with the security token behind it, was given."""
    person = by_username(org, username)
    if person is None:
        return None
    right = org.logins.opens(
        person.id, password, org.clock.now(), trusted=org.settings.trusted_network
    )
    return person if right else None


def _found(org: Org, condition: str, value: str) -> Person | None:
    row = org.database.one(
        f'SELECT "Id", "Username", "IsActive" FROM "User" WHERE {condition}',  # noqa: S608  constant
        (value,),
    )
    return None if row is None else Person(str(row[0]), str(row[1] or ""), bool(row[2]))
