"""Users that sign in, connected apps, refresh tokens, and ending sessions."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any, Final

from pydantic import TypeAdapter

from local.salesforce.acting import DEFAULT_ZONE
from local.salesforce.apps import App, Flow
from local.salesforce.http.control.asking import asked_object, known_keys, routes
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.signin.assertions import readable_key
from local.salesforce.http.signin.people import by_id, by_username
from local.salesforce.ids import normalise
from local.salesforce.logins import Login
from local.salesforce.org import Org

_APP: Final = TypeAdapter(App)
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


def put_user(org: Org, call: Call) -> Answer:
    """`POST users`: {"username", "password", "security_token", "profile", "fields", ...}.

    Makes the user, or changes the one of that name; what is left out stays. `profile` is a
    profile's name or id. Deactivating somebody ends their sessions.
    """
    asked = known_keys(call, Login, "username", "profile", "fields")
    username = _text(asked, "username")
    known = by_username(org, username)
    given = {**_fields(asked), **_profile(org, asked)}
    values = {"Username": username, **given}
    if known is None:
        values = {**_DEFAULTS, "Email": username, "CommunityNickname": username[:40], **values}
    else:
        values["Id"] = known.id
    org.loader().load([json.dumps({"sobject": "User", "fields": values}).encode()])
    person = by_username(org, username)
    if person is None:
        raise ValueError("the user was not made")
    login = _login(org.logins.get(person.id), asked)
    org.logins.put(person.id, login)
    if not person.active:
        org.sessions.expire_of(person.id)
    return Answer(200, {"id": person.id, "username": person.username, **asdict(login)})


def _login(known: Login | None, asked: Mapping[str, object]) -> Login:
    """A user without a password gets one that nobody knows, and a security token."""
    login = known or Login(secrets.token_urlsafe(), secrets.token_hex(_TOKEN_LENGTH // 2))
    changes: dict[str, Any] = {
        each.name: asked[each.name] for each in fields(Login) if each.name in asked
    }
    return TypeAdapter(Login).validate_python({**asdict(login), **changes})


def _fields(asked: Mapping[str, object]) -> dict[str, object]:
    found = asked.get("fields", {})
    if not isinstance(found, dict):
        raise TypeError("fields must be an object")
    return found


def _profile(org: Org, asked: Mapping[str, object]) -> dict[str, object]:
    if "profile" not in asked:
        return {}
    name = _text(asked, "profile")
    if org.schema.get("Profile") is not None:
        row = org.database.one('SELECT "Id" FROM "Profile" WHERE fold("Name") = ?',
                               (name.casefold(),))  # fmt: skip
        if row is not None:
            return {"ProfileId": str(row[0])}
    found = normalise(name)
    if found is None:
        raise ValueError(f"unknown profile {name}")
    return {"ProfileId": found}


def put_app(org: Org, call: Call) -> Answer:
    """`POST apps`: {"client_id", "client_secret", "name", "run_as", "certificate", "flows", ...}.

    Makes a connected app, or changes the one of that id. `run_as` is a username or the id of a
    user, `certificate` the PEM of a certificate or public key, `users` the usernames that are
    admin approved, null for everybody. The answer has a refresh token for `run_as`.
    """
    asked = known_keys(call, App)
    client_id = _text(asked, "client_id")
    known = org.apps.known(client_id) or App(client_id, secrets.token_hex(32).upper())
    if asked.get("run_as") is not None:
        asked["run_as"] = _user_id(org, str(asked["run_as"]))
    app = _APP.validate_python({**asdict(known), **asked})
    if app.certificate is not None:
        readable_key(app.certificate)
    org.apps.put(app)
    offered = app.run_as if Flow.REFRESH_TOKEN in app.flows else None
    token = None
    if offered is not None:
        token = org.apps.latest(client_id, offered) or org.apps.issue(client_id, offered)
    return Answer(200, {**asdict(app), "refresh_token": token})


def new_refresh_token(org: Org, call: Call) -> Answer:
    """`POST refresh-tokens`: {"client_id", "username"}, as if that user had approved the app."""
    asked = asked_object(call)
    client_id = _text(asked, "client_id")
    if org.apps.known(client_id) is None:
        raise ValueError(f"unknown app {client_id}")
    user_id = _user_id(org, _text(asked, "username"))
    return Answer(200, {"refresh_token": org.apps.issue(client_id, user_id)})


def apps(org: Org, _call: Call) -> Answer:
    """`GET apps`."""
    return Answer(200, {"apps": [asdict(app) for app in org.apps.everyone()]})


def expire_sessions(org: Org, call: Call) -> Answer:
    """`POST sessions/expire`: all access tokens, the one in {"token"}, or {"username"}'s."""
    asked = asked_object(call) if call.body.strip() else {}
    if unknown := set(asked) - {"token", "username"}:
        raise ValueError(f"unknown keys {sorted(unknown)}; known are ['token', 'username']")
    if "username" in asked:
        ended = org.sessions.expire_of(_user_id(org, _text(asked, "username")))
    else:
        ended = org.sessions.expire(_text(asked, "token") if "token" in asked else None)
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


def _user_id(org: Org, named: str) -> str:
    person = by_username(org, named) or by_id(org, normalise(named) or "")
    if person is None:
        raise ValueError(f"unknown user {named}")
    return person.id


def _text(asked: Mapping[str, object], name: str) -> str:
    found = asked.get(name)
    if not isinstance(found, str) or not found:
        raise ValueError(f"{name} is missing or no text")
    return found


ROUTES = routes(
    (
        ("POST", "users", put_user),
        ("POST", "apps", put_app),
        ("GET", "apps", apps),
        ("POST", "refresh-tokens", new_refresh_token),
        ("POST", "sessions/expire", expire_sessions),
    )
)
