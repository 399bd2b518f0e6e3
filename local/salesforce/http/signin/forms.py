"""Forms of the sign-in endpoints, and which app sent one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Final

from local.salesforce.apps import App
from local.salesforce.http.messages import Call
from local.salesforce.http.reading import query_of
from local.salesforce.org import Org
from local.salesforce.refusals import OAuthError, Refusal

Form = Mapping[str, str]

_FORM: Final = "application/x-www-form-urlencoded"


def form_of(call: Call) -> Form:
    """Parameters of the body and of the address, which Salesforce does not tell apart.

    A body that is no form counts as none: https://github.com/ChuckJonas/ts-force/issues/17
    """
    kind = call.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    body = query_of(call.body.decode(errors="replace")) if kind == _FORM else {}
    return {**call.query, **body}


def bearer(call: Call) -> str:
    """The token of an Authorization header, `Bearer` or `OAuth`; empty when there is none."""
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() in ("bearer", "oauth") else ""


def app_of(org: Org, call: Call, form: Form) -> App:
    """The app by its Basic header or by the form. Raises OAuthError."""
    kind, _, value = call.headers.get("authorization", "").partition(" ")
    client_id, secret = form.get("client_id"), form.get("client_secret")
    if kind.lower() == "basic":
        client_id, secret = _basic(value)
    app = org.apps.get(client_id)
    app.check_secret(secret)
    return app


def _basic(value: str) -> tuple[str, str]:
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise OAuthError(Refusal.WRONG_SECRET) from error
    return name, secret
