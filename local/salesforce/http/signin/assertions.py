"""JWT bearer assertions: RS256, verified with the app's certificate; every claim is checked.

https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Mapping
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from local.salesforce.apps import App, Flow
from local.salesforce.http.messages import Call
from local.salesforce.http.signin.hosts import LOGIN_HOSTS, instance_url
from local.salesforce.http.signin.people import Person, by_username
from local.salesforce.org import Org
from local.salesforce.refusals import OAuthError, Refusal

#: How far ahead `exp` may be. Salesforce's guide says three minutes and clients send up to five.
_LONGEST_SECONDS: Final = 5 * 60
#: Clocks may differ by this much, in either direction; not documented.
_SKEW_SECONDS: Final = 30


def verified(org: Org, call: Call, assertion: str) -> tuple[App, Person]:
    """The app that signed and the user it speaks for. Raises OAuthError.

    `exp` is measured by this machine's clock, which is also the client's, whatever moment the
    org's own clock was set to.
    """
    parts = assertion.split(".")
    if len(parts) != 3:
        raise OAuthError(Refusal.ASSERTION)
    head, claims = _json(parts[0]), _json(parts[1])
    app = org.apps.get(_text(claims, "iss"))
    if Flow.JWT_BEARER not in app.flows or head.get("alg") != "RS256":
        raise OAuthError(Refusal.ASSERTION)
    _check_signature(app, f"{parts[0]}.{parts[1]}".encode(), _bytes(parts[2]))
    _check_audience(org, call, claims)
    _check_expiry(claims)
    person = by_username(org, _text(claims, "sub") or _text(claims, "prn"))
    if person is None or not app.approves(person.username):
        raise OAuthError(Refusal.NOT_APPROVED)
    return app, person


def readable_key(pem: str) -> rsa.RSAPublicKey:
    """The RSA key in a certificate or a bare public key. Raises ValueError."""
    content = pem.encode()
    key = (
        x509.load_pem_x509_certificate(content).public_key()
        if b"BEGIN CERTIFICATE" in content
        else load_pem_public_key(content)
    )
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("the certificate must hold an RSA key")  # noqa: TRY004  a value of a body
    return key


def _check_signature(app: App, signed: bytes, signature: bytes) -> None:
    if app.certificate is None:
        raise OAuthError(Refusal.ASSERTION)
    try:
        readable_key(app.certificate).verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as error:
        raise OAuthError(Refusal.ASSERTION) from error


def _check_audience(org: Org, call: Call, claims: Mapping[str, object]) -> None:
    given = claims.get("aud")
    named = given if isinstance(given, list) else [given]
    known = {*(f"https://{host}" for host in LOGIN_HOSTS), call.origin, instance_url(org, call)}
    if not any(isinstance(each, str) and each.rstrip("/") in known for each in named):
        raise OAuthError(Refusal.AUDIENCE)


def _check_expiry(claims: Mapping[str, object]) -> None:
    """Some clients send the seconds as text, and Salesforce takes them."""
    try:
        left = float(str(claims.get("exp"))) - time.time()
    except ValueError as error:
        raise OAuthError(Refusal.ASSERTION) from error
    if not left > -_SKEW_SECONDS:
        raise OAuthError(Refusal.ASSERTION_EXPIRED)
    if left > _LONGEST_SECONDS + _SKEW_SECONDS:
        raise OAuthError(Refusal.ASSERTION)


def _json(part: str) -> dict[str, object]:
    try:
        found = json.loads(_bytes(part))
    except (ValueError, RecursionError) as error:
        raise OAuthError(Refusal.ASSERTION) from error
    if not isinstance(found, dict):
        raise OAuthError(Refusal.ASSERTION)
    return found


def _bytes(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError) as error:
        raise OAuthError(Refusal.ASSERTION) from error


def _text(claims: Mapping[str, object], name: str) -> str:
    found = claims.get(name)
    return found if isinstance(found, str) else ""
