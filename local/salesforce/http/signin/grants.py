"""`POST /services/oauth2/token`: four grants, each with the keys that Salesforce answers it with.

https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flows.htm; no grant tells when
the token ends, since that depends on how it is used.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from local.salesforce.apps import App, Flow
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.http.signin.assertions import verified
from local.salesforce.http.signin.forms import Form, app_of, form_of
from local.salesforce.http.signin.hosts import identity_url, instance_url, on_login_host
from local.salesforce.http.signin.people import Person, by_id, let_in, with_password
from local.salesforce.org import Org
from local.salesforce.refusals import OAuthError, Refusal

#: What every token may do; a refresh token is told of only where one could have been given.
_SCOPE: Final = "api refresh_token"
_UNCACHED: Final = {"Cache-Control": "no-cache, no-store", "Pragma": "no-cache"}


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who comes in through which app, and the refresh token when it is a new one."""

    app: App
    person: Person
    family: str | None = None
    refresh_token: str | None = None


_Admit = Callable[[Org, Call, Form], Admitted]


@dataclass(frozen=True, slots=True)
class _Grant:
    """One way in and the keys of its answer."""

    admit: _Admit
    keys: tuple[str, ...]


def token(org: Org, call: Call) -> Answer:
    """A token, or a refusal with status 400."""
    try:
        return Answer(200, _granted(org, call), headers=_UNCACHED)
    except OAuthError as error:
        return refusal(error)


def refusal(error: OAuthError) -> Answer:
    """An object, never a list."""
    return Answer(400, error.body(), headers=_UNCACHED)


def token_by_get(_org: Org, _call: Call) -> Answer:
    """`GET` gives no tokens."""
    return refusal(OAuthError(Refusal.NOT_POST))


def _granted(org: Org, call: Call) -> dict[str, object]:
    form = form_of(call)
    name = form.get("grant_type")
    if name is None:
        raise OAuthError(Refusal.NO_GRANT)
    grant = _GRANTS.get(name)
    if grant is None:
        raise OAuthError(Refusal.UNKNOWN_GRANT)
    admitted = grant.admit(org, call, form)
    let_in(org, admitted.person)
    values = _values(org, call, admitted)
    answer = {key: values[key] for key in grant.keys}
    if admitted.refresh_token is not None:
        answer["refresh_token"] = admitted.refresh_token
    return answer


def _values(org: Org, call: Call, admitted: Admitted) -> Mapping[str, object]:
    """`issued_at` is text, in milliseconds, by the clock of the org."""
    issued = str(int(org.clock.now().timestamp() * 1000))
    identity = identity_url(org, call, admitted.person.id)
    key = admitted.app.client_secret.encode()
    signature = hmac.new(key, (identity + issued).encode(), hashlib.sha256).digest()
    return {
        "access_token": org.sessions.open(
            admitted.person.id, client_id=admitted.app.client_id, family=admitted.family
        ),
        "signature": base64.b64encode(signature).decode(),
        "scope": _SCOPE,
        "instance_url": instance_url(org, call),
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued,
    }


def _client_credentials(org: Org, call: Call, form: Form) -> Admitted:
    if on_login_host(call):
        raise OAuthError(Refusal.NOT_MY_DOMAIN)
    app = app_of(org, call, form)
    if Flow.CLIENT_CREDENTIALS not in app.flows:
        raise OAuthError(Refusal.FLOW_OFF)
    person = by_id(org, app.run_as) if app.run_as else None
    if person is None:
        raise OAuthError(Refusal.NO_RUN_AS)
    if not app.approves(person.username):
        raise OAuthError(Refusal.NOT_ADMIN_APPROVED)
    return Admitted(app, person)


def _refresh_token(org: Org, call: Call, form: Form) -> Admitted:
    app = app_of(org, call, form)
    if Flow.REFRESH_TOKEN not in app.flows:
        raise OAuthError(Refusal.REFRESH_TOKEN)
    given = form.get("refresh_token", "")
    grant, following = org.apps.use(given, app)
    person = by_id(org, grant.user_id)
    if person is None:
        raise OAuthError(Refusal.REFRESH_TOKEN)
    return Admitted(app, person, grant.family, None if following == given else following)


def _jwt_bearer(org: Org, call: Call, form: Form) -> Admitted:
    return Admitted(*verified(org, call, form.get("assertion", "")))


def _password(org: Org, call: Call, form: Form) -> Admitted:
    """Off in new orgs, and then it fails as a wrong password does; not documented."""
    app = app_of(org, call, form)
    person = with_password(org, form.get("username", ""), form.get("password", ""))
    if person is None or Flow.PASSWORD not in app.flows or not org.settings.password_flow:
        raise OAuthError(Refusal.AUTHENTICATION)
    return Admitted(app, person)


_ALL: Final = (
    "access_token", "signature", "scope", "instance_url", "id", "token_type", "issued_at",
)  # fmt: skip

#: Keys of the JWT answer: https://github.com/simple-salesforce/simple-salesforce, its recorded
#: token_login response; of the password answer: https://salesforce.stackexchange.com/q/305477
_GRANTS: Final[Mapping[str, _Grant]] = {
    "client_credentials": _Grant(_client_credentials, _ALL),
    "refresh_token": _Grant(_refresh_token, _ALL),
    "urn:ietf:params:oauth:grant-type:jwt-bearer": _Grant(
        _jwt_bearer, ("access_token", "scope", "instance_url", "id", "token_type")
    ),
    "password": _Grant(
        _password,
        ("access_token", "instance_url", "id", "token_type", "issued_at", "signature"),
    ),
}

ROUTES = (
    Route("POST", "/services/oauth2/token", "token", token, open=True),
    Route("GET", "/services/oauth2/token", "token", token_by_get, open=True),
)
