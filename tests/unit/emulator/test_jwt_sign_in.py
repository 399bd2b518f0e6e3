"""JWT bearer: the signature counts, and every claim."""

import time
from typing import Any

import pytest

from local.salesforce.inprocess import ORIGIN, Api
from tests.unit.emulator.doors import (
    JWT_BEARER,
    LOGIN_HOST,
    OTHER_KEY,
    claims_of,
    client,
    control,
    grant,
    public_pem,
    signed,
)


@pytest.fixture
def keyed(api: Api) -> Api:
    control(api, "apps", **client(api), certificate=public_pem())
    return api


def assert_refused(api: Api, assertion: str, error: str, description: str) -> None:
    found = grant(api, host=LOGIN_HOST, grant_type=JWT_BEARER, assertion=assertion)

    assert found == (400, {"error": error, "error_description": description})


def test_a_signed_assertion_opens_a_session(keyed: Api) -> None:
    assertion = signed(claims_of(keyed))

    status, body = grant(keyed, host=LOGIN_HOST, grant_type=JWT_BEARER, assertion=assertion)

    assert status == 200
    assert list(body) == ["access_token", "scope", "instance_url", "id", "token_type"]
    assert body["instance_url"] == "https://syncline.my.salesforce.com"
    assert Api(keyed.org, body["access_token"]).call("GET", "limits")[0] == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ORIGIN},
        {"aud": "https://test.salesforce.com/"},
        {"aud": "https://syncline.my.salesforce.com"},
        {"aud": [LOGIN_HOST]},
        {"sub": None, "prn": "INTEGRATION@emulator.example"},
    ],
)
def test_claims_may_be_spelled_in_several_ways(keyed: Api, claims: dict[str, Any]) -> None:
    assertion = signed(claims_of(keyed, **claims))
    host = LOGIN_HOST if claims.get("aud") != ORIGIN else ORIGIN

    assert grant(keyed, host=host, grant_type=JWT_BEARER, assertion=assertion)[0] == 200


@pytest.mark.parametrize(
    ("claims", "error", "description"),
    [
        ({"iss": "nobody"}, "invalid_client_id", "client identifier invalid"),
        ({"iss": None}, "invalid_client_id", "client identifier invalid"),
        ({"sub": "no@body.example"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"aud": "https://elsewhere.example"}, "invalid_grant", "audience is invalid"),
        ({"aud": 7}, "invalid_grant", "audience is invalid"),
        ({"exp": "nan"}, "invalid_grant", "expired authorization code"),
        ({"exp": None}, "invalid_grant", "invalid assertion"),
    ],
)
def test_a_wrong_claim_is_refused(
    keyed: Api, claims: dict[str, Any], error: str, description: str
) -> None:
    assert_refused(keyed, signed(claims_of(keyed, **claims)), error, description)


def test_an_expiry_may_be_text(keyed: Api) -> None:
    assertion = signed(claims_of(keyed, exp=str(int(time.time()) + 180)))

    assert grant(keyed, host=LOGIN_HOST, grant_type=JWT_BEARER, assertion=assertion)[0] == 200


@pytest.mark.parametrize(
    ("ahead", "description"), [(-60, "expired authorization code"), (3_600, "invalid assertion")]
)
def test_an_expiry_is_ahead_and_near(keyed: Api, ahead: int, description: str) -> None:
    assertion = signed(claims_of(keyed, exp=int(time.time()) + ahead))

    assert_refused(keyed, assertion, "invalid_grant", description)


def test_another_key_is_no_signature(keyed: Api) -> None:
    assertion = signed(claims_of(keyed), key=OTHER_KEY)

    assert_refused(keyed, assertion, "invalid_grant", "invalid assertion")


def test_changed_claims_break_the_signature(keyed: Api) -> None:
    head, _, signature = signed(claims_of(keyed)).split(".")
    other = signed(claims_of(keyed, sub="ada@acme.example")).split(".")[1]

    assert_refused(keyed, f"{head}.{other}.{signature}", "invalid_grant", "invalid assertion")


@pytest.mark.parametrize("alg", ["none", "HS256", "RS512"])
def test_only_rs256_is_taken(keyed: Api, alg: str) -> None:
    assertion = signed(claims_of(keyed), alg=alg)

    assert_refused(keyed, assertion, "invalid_grant", "invalid assertion")


@pytest.mark.parametrize("assertion", ["", "a.b", "a.b.c", "!.!.!", "W10.W10.W10", "é.é.é"])
def test_junk_is_no_assertion(keyed: Api, assertion: str) -> None:
    assert_refused(keyed, assertion, "invalid_grant", "invalid assertion")


def test_an_app_without_certificate_takes_none(api: Api) -> None:
    assert_refused(api, signed(claims_of(api)), "invalid_grant", "invalid assertion")


def test_who_is_not_approved_stays_outside(keyed: Api) -> None:
    control(keyed, "apps", **client(keyed), users=["ada@acme.example"])

    assert_refused(
        keyed, signed(claims_of(keyed)), "invalid_grant", "user hasn't approved this consumer"
    )


def test_a_certificate_must_hold_a_key(api: Api) -> None:
    status, body = api.call(
        "POST", "/__emulator__/apps", {"client_id": "other", "certificate": "-----BEGIN"}
    )

    assert status == 400
    assert "error" in body
