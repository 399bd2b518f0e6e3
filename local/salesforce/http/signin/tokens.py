"""Taking a token back, and asking what one is worth."""

from __future__ import annotations

from typing import Final

from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.http.signin.forms import app_of, form_of
from local.salesforce.http.signin.grants import refusal
from local.salesforce.http.signin.hosts import identity_url
from local.salesforce.http.signin.people import by_id
from local.salesforce.org import Org
from local.salesforce.refusals import OAuthError, Refusal

_INACTIVE: Final = {"active": False}


def revoke(org: Org, call: Call) -> Answer:
    """`/services/oauth2/revoke`: an access token, or a refresh token and all that came of it.

    https://developer.salesforce.com/docs/platform/mobile-sdk/guide/oauth-revoking-tokens; sessions
    of SOAP logins are not revoked here:
    https://developer.salesforce.com/blogs/developer-relations/2011/11/revoking-oauth-2-0-access-tokens-and-refresh-tokens
    """
    given = form_of(call).get("token", "")
    grant = org.apps.revoke(given)
    if grant is not None:
        org.sessions.expire_from(grant.family)
        return Answer(200)
    session = org.sessions.find(given, minutes=org.settings.session_timeout_minutes)
    if session is None:
        return refusal(OAuthError(Refusal.TOKEN))
    if session.client_id is None and not session.lasting:
        return refusal(OAuthError(Refusal.TOKEN_TYPE))
    org.sessions.expire(given)
    return Answer(200)


def introspect(org: Org, call: Call) -> Answer:
    """`POST /services/oauth2/introspect`, by the app that the token was given to.

    https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oidc_token_introspection_endpoint.htm;
    tokens of other apps are told as inactive: https://salesforce.stackexchange.com/q/305477
    """
    form = form_of(call)
    try:
        app = app_of(org, call, form)
    except OAuthError as error:
        return refusal(error)
    given = form.get("token", "")
    session = org.sessions.find(given, minutes=org.settings.session_timeout_minutes)
    if session is not None and session.client_id == app.client_id:
        opened, used = int(session.opened.timestamp()), int(session.used.timestamp())
        seconds = int(org.settings.session_timeout_minutes * 60)
        times = {"exp": used + seconds, "iat": opened, "nbf": opened}
        return Answer(200, {**_worth(org, call, session.user_id, app.client_id, given), **times})
    grant = org.apps.granted(given)
    if grant is not None and grant.client_id == app.client_id:
        return Answer(200, _worth(org, call, grant.user_id, app.client_id, given))
    return Answer(200, _INACTIVE)


def _worth(org: Org, call: Call, user_id: str, client_id: str, given: str) -> dict[str, object]:
    person = by_id(org, user_id)
    return {
        "active": True,
        "scope": "api refresh_token",
        "client_id": client_id,
        "username": person.username if person is not None else None,
        "sub": identity_url(org, call, user_id),
        "token_type": "refresh_token" if org.apps.granted(given) else "access_token",
    }


ROUTES = (
    Route("POST", "/services/oauth2/revoke", "revoke", revoke, open=True),
    Route("GET", "/services/oauth2/revoke", "revoke", revoke, open=True),
    Route("POST", "/services/oauth2/introspect", "introspect", introspect, open=True),
)
