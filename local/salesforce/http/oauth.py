"""The token endpoint and what hangs on it: client credentials, refresh token, revoke, identity."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

from local.salesforce.errors import OAuthError
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.org import Org


def token(org: Org, call: Call) -> Answer:
    """`POST /services/oauth2/token`; every refusal is an object with `error`, status 400."""
    form = _form(call)
    try:
        return Answer(200, _grant(org, call, form), headers={"Cache-Control": "no-cache, no-store"})
    except OAuthError as error:
        body = {"error": error.error, "error_description": error.description}
        return Answer(error.status, body)


def _form(call: Call) -> dict[str, str]:
    return dict(parse_qsl(call.body.decode(errors="replace"), keep_blank_values=True))


def _grant(org: Org, call: Call, form: Mapping[str, str]) -> dict[str, object]:
    grant = form.get("grant_type")
    if grant is None:
        raise OAuthError("invalid_request", "grant type is missing")
    if grant not in ("client_credentials", "refresh_token"):
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    client_id, client_secret = _client(call, form)
    org.sessions.check_client(client_id, client_secret)
    answer = _opened(org, call)
    if grant == "refresh_token":
        rotated = org.sessions.refresh(form.get("refresh_token", ""))
        if rotated is not None:
            answer["refresh_token"] = rotated
    return {"access_token": org.sessions.open(), **answer}


def _client(call: Call, form: Mapping[str, str]) -> tuple[str, str | None]:
    """Credentials from a Basic header, which simple-salesforce sends, or from the body."""
    kind, _, value = call.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise OAuthError("invalid_client", "invalid client credentials") from error
        return name, secret
    if "client_id" not in form:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    return form["client_id"], form.get("client_secret")


def _opened(org: Org, call: Call) -> dict[str, object]:
    issued = str(int(org.clock.now().timestamp() * 1000))
    identity = _identity_url(org, call)
    signature = hmac.new(
        org.sessions.client_secret.encode(), (identity + issued).encode(), hashlib.sha256
    )
    return {
        "signature": base64.b64encode(signature.digest()).decode(),
        "scope": "api refresh_token",
        "instance_url": call.origin,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued,
    }


def _identity_url(org: Org, call: Call) -> str:
    return f"{call.origin}/id/{org.sessions.org_id}/{org.sessions.user_id}"


def revoke(org: Org, call: Call) -> Answer:
    """`POST /services/oauth2/revoke`: ends a session."""
    given = {**call.query, **_form(call)}.get("token", "")
    if org.sessions.expire(given):
        return Answer(200)
    return Answer(
        400, {"error": "unsupported_token_type", "error_description": "this token is not supported"}
    )


def identity(org: Org, call: Call) -> Answer:
    """`/id/{org}/{user}` and userinfo: who the session belongs to."""
    user = org.database.one(
        'SELECT "Username", "Name", "Email", "TimeZoneSidKey", "LocaleSidKey" FROM "User"'
        ' WHERE "Id" = ?',
        (call.user_id,),
    )
    username, name, email, zone, locale = user or (None,) * 5
    rest = f"{call.origin}/services/data/v{{version}}/"
    return Answer(
        200,
        {
            "id": _identity_url(org, call),
            "sub": _identity_url(org, call),
            "asserted_user": True,
            "user_id": call.user_id,
            "organization_id": org.sessions.org_id,
            "username": username,
            "preferred_username": username,
            "display_name": name,
            "name": name,
            "email": email,
            "user_type": "STANDARD",
            "timezone": zone,
            "zoneinfo": zone,
            "locale": locale,
            "active": True,
            "urls": {
                "rest": rest,
                "sobjects": f"{rest}sobjects/",
                "query": f"{rest}query/",
            },
        },
    )


ROUTES = (
    Route("POST", "/services/oauth2/token", "token", token, open=True),
    Route("POST", "/services/oauth2/revoke", "revoke", revoke, open=True),
    Route("GET", "/services/oauth2/revoke", "revoke", revoke, open=True),
    Route("GET", "/services/oauth2/userinfo", "userinfo", identity),
    Route("POST", "/services/oauth2/userinfo", "userinfo", identity),
    Route("GET", "/id/{org}/{user}", "identity", identity),
)
