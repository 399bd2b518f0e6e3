"""What the tests of the protocol share: forms, signed assertions, and errors over sockets."""

import base64
import json
import time
from typing import Any
from urllib.parse import urlencode

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from local.salesforce.http.dispatch import answer
from local.salesforce.http.messages import Answer, Call
from local.salesforce.inprocess import ORIGIN, Api

TOKEN = "/services/oauth2/token"
LOGIN_HOST = "https://login.salesforce.com"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def sent(
    api: Api, path: str, form: dict[str, str], *, host: str = ORIGIN, **headers: str
) -> Answer:
    """A form, sent without a session to any host."""
    call = Call("POST", path, headers=headers, body=urlencode(form).encode(), origin=host)
    return answer(api.org, call)


def grant(
    api: Api, *, host: str = ORIGIN, basic: str | None = None, **form: str
) -> tuple[int, dict[str, Any]]:
    """Status and body of the token endpoint."""
    headers = {}
    if basic is not None:
        headers["authorization"] = "Basic " + base64.b64encode(basic.encode()).decode()
    found = sent(api, TOKEN, form, host=host, **headers)
    assert isinstance(found.body, dict)
    return found.status, found.body


def client(api: Api) -> dict[str, str]:
    """The keys of the standing app."""
    app = api.org.apps.standing
    return {"client_id": app.client_id, "client_secret": app.client_secret}


def standing_token(api: Api) -> str:
    """The refresh token that is good now for the standing app and user."""
    apps, user_id = api.org.apps, api.org.sessions.user_id
    return apps.latest(apps.standing.client_id, user_id) or ""


def control(api: Api, path: str, **body: object) -> dict[str, Any]:
    """A control route that must succeed."""
    status, found = api.call("POST", f"/__emulator__/{path}", body)
    assert status == 200, found
    assert isinstance(found, dict)
    return found


def public_pem() -> str:
    """The public half of the key that the tests sign with."""
    return (
        KEY.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def signed(claims: dict[str, object], *, key: rsa.RSAPrivateKey = KEY, alg: str = "RS256") -> str:
    """A JWT, whatever it claims."""
    parts = [_part(json.dumps(each).encode()) for each in ({"alg": alg}, claims)]
    signature = key.sign(".".join(parts).encode(), padding.PKCS1v15(), hashes.SHA256())
    return ".".join([*parts, _part(signature)])


def claims_of(api: Api, **changed: object) -> dict[str, object]:
    """Claims that are good, but for what is changed."""
    return {
        "iss": api.org.apps.standing.client_id,
        "sub": "integration@emulator.example",
        "aud": LOGIN_HOST,
        "exp": int(time.time()) + 180,
        **changed,
    }


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def code_of(answer: httpx.Response) -> str:
    """The error code of a JSON answer over sockets."""
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8", answer.text
    return str(answer.json()[0]["errorCode"])
