"""Users that sign in, connected apps, refresh tokens, and ending sessions."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, replace
from typing import Final

from pydantic import Field

from local.salesforce.acting import DEFAULT_ZONE
from local.salesforce.apps import App, Flow
from local.salesforce.http.control.asking import (
    BadRequestError,
    Name,
    Order,
    asked_model,
    asked_object,
    asked_record,
    routes,
)
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.signin.assertions import readable_key
from local.salesforce.http.signin.people import Person, by_id, by_username
from local.salesforce.ids import normalise
from local.salesforce.logins import Login
from local.salesforce.org import Org
from local.salesforce.store.rawvalues import LoadError

_TOKEN_LENGTH: Final = 24
_DEFAULTS: Final = {
    "LastName": "User",
    "Alias": "user",
    "IsActive": True,
    "TimeZoneSidKey": DEFAULT_ZONE,
    "LocaleSidKey": "en_US",
    "LanguageLocaleKey": "en_US",
    "EmailEncodingKey": "UTF-8",
    "UserType": "Standard",
}


class UserOrder(Order):
    """A user by name, and what is to be set; what is left out stays."""

    username: Name
    password: str = ""
    security_token: str = ""
    password_expired: bool = False
    profile: Name | None = None
    fields: dict[str, object] = Field(default_factory=dict)


class TokenOrder(Order):
    """Which app a user has approved."""

    client_id: Name
    username: Name


class ExpireOrder(Order):
    """Whose sessions end, or which one."""

    token: Name | None = None
    username: Name | None = None


def put_user(org: Org, call: Call) -> Answer:
    """`POST users`: {"username", "password", "security_token", "profile", "fields", ...}.

    Makes the user, or changes the one of that name; what is left out stays. `profile` is a
    profile's name or id. Deactivating somebody ends their sessions.
    """
    asked = asked_model(call, UserOrder)
    person = _saved(org, asked)
    login = _login(org.logins.get(person.id), asked)
    org.logins.put(person.id, login)
    if not person.active:
        org.sessions.expire_of(person.id)
    return Answer(200, {"id": person.id, "username": person.username, **asdict(login)})


def _saved(org: Org, asked: UserOrder) -> Person:
    known = by_username(org, asked.username)
    values = {"Username": asked.username, **asked.fields, **_profile(org, asked.profile)}
    if known is None:
        nickname = asked.username[:40]
        values = {**_DEFAULTS, "Email": asked.username, "CommunityNickname": nickname, **values}
    else:
        values["Id"] = known.id
    try:
        org.loader().load([json.dumps({"sobject": "User", "fields": values}).encode()])
    except LoadError as error:
        raise BadRequestError(
            f"fields.{error.field}", error.value, error.reason, error.remedy
        ) from error
    person = by_username(org, asked.username)
    if person is None:
        raise BadRequestError("fields", asked.fields, "the user was not made", "leave out Username")
    return person


def _login(known: Login | None, asked: UserOrder) -> Login:
    """A user without a password gets one that nobody knows, and a security token."""
    login = known or Login(secrets.token_urlsafe(), secrets.token_hex(_TOKEN_LENGTH // 2))
    changes = asked.model_dump(
        exclude_unset=True, include={"password", "security_token", "password_expired"}
    )
    return replace(login, **changes)


def _profile(org: Org, name: str | None) -> dict[str, object]:
    if name is None:
        return {}
    if org.schema.get("Profile") is not None:
        row = org.database.one('SELECT "Id" FROM "Profile" WHERE fold("Name") = ?',
                               (name.casefold(),))  # fmt: skip
        if row is not None:
            return {"ProfileId": str(row[0])}
    found = normalise(name)
    if found is None:
        raise BadRequestError("profile", name, "no such profile", "give its Name or Id")
    return {"ProfileId": found}


def put_app(org: Org, call: Call) -> Answer:
    """`POST apps`: {"client_id", "client_secret", "name", "run_as", "certificate", "flows", ...}.

    Makes a connected app, or changes the one of that id. `run_as` is a username or the id of a
    user, `certificate` the PEM of a certificate or public key, `users` the usernames that are
    admin approved, null for everybody. The answer has a refresh token for `run_as`.
    """
    asked = asked_object(call)
    client_id = asked.get("client_id")
    if not isinstance(client_id, str) or not client_id:
        raise BadRequestError("client_id", client_id, "is missing or no text", "give it")
    known = org.apps.known(client_id) or App(client_id, secrets.token_hex(32).upper())
    if asked.get("run_as") is not None:
        asked["run_as"] = _user_id(org, str(asked["run_as"]), field="run_as")
    app = asked_record({**asdict(known), **asked}, App)
    _check_key(app.certificate)
    org.apps.put(app)
    offered = app.run_as if Flow.REFRESH_TOKEN in app.flows else None
    token = None
    if offered is not None:
        token = org.apps.latest(client_id, offered) or org.apps.issue(client_id, offered)
    return Answer(200, {**asdict(app), "refresh_token": token})


def _check_key(certificate: str | None) -> None:
    if certificate is None:
        return
    try:
        readable_key(certificate)
    except ValueError as error:
        remedy = "give the PEM of a certificate or public key (RSA)"
        raise BadRequestError("certificate", certificate, str(error), remedy) from error


def new_refresh_token(org: Org, call: Call) -> Answer:
    """`POST refresh-tokens`: {"client_id", "username"}, as if that user had approved the app."""
    asked = asked_model(call, TokenOrder)
    if org.apps.known(asked.client_id) is None:
        raise BadRequestError("client_id", asked.client_id, "no such app", "make it: POST apps")
    user_id = _user_id(org, asked.username, field="username")
    return Answer(200, {"refresh_token": org.apps.issue(asked.client_id, user_id)})


def apps(org: Org, _call: Call) -> Answer:
    """`GET apps`."""
    return Answer(200, {"apps": [asdict(app) for app in org.apps.everyone()]})


def expire_sessions(org: Org, call: Call) -> Answer:
    """`POST sessions/expire`: all access tokens, the one in {"token"}, or {"username"}'s."""
    asked = asked_model(call, ExpireOrder) if call.body.strip() else ExpireOrder()
    if asked.username is not None:
        ended = org.sessions.expire_of(_user_id(org, asked.username, field="username"))
    else:
        ended = org.sessions.expire(asked.token)
    return Answer(200, {"expired": ended})


def rotate(org: Org, *, on: bool) -> None:
    """What the setting of the standing app says."""
    org.apps.put(replace(org.apps.standing, refresh_token_rotation=on))


def credentials(org: Org) -> dict[str, object]:
    """What the standing app and user sign in with."""
    app, user_id = org.apps.standing, org.sessions.user_id
    person, login = by_id(org, user_id), org.logins.get(user_id)
    return {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "refresh_token": org.apps.latest(app.client_id, user_id),
        "username": person.username if person is not None else None,
        "password": login.password if login is not None else None,
        "security_token": login.security_token if login is not None else None,
        "private_key": org.apps.key_file,
    }


def _user_id(org: Org, named: str, *, field: str) -> str:
    person = by_username(org, named) or by_id(org, normalise(named) or "")
    if person is None:
        raise BadRequestError(field, named, "no such user", "give a username or id of GET org")
    return person.id


ROUTES = routes(
    (
        ("POST", "users", put_user),
        ("POST", "apps", put_app),
        ("GET", "apps", apps),
        ("POST", "refresh-tokens", new_refresh_token),
        ("POST", "sessions/expire", expire_sessions),
    )
)
