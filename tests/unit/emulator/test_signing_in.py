"""The token endpoint: client credentials, refresh tokens and passwords, each with its refusals."""

from typing import Any

import pytest

from local.salesforce.inprocess import ORIGIN, Api
from tests.unit.emulator.doors import (
    LOGIN_HOST,
    TOKEN,
    client,
    control,
    grant,
    sent,
    standing_token,
)

USERNAME = "integration@emulator.example"
SECRETS = "emulator-password-1EmulatorSecurityToken001"


def refusal(error: str, description: str) -> tuple[int, dict[str, str]]:
    return 400, {"error": error, "error_description": description}


def test_client_credentials_in_the_body_or_the_header(api: Api) -> None:
    sessions, app = api.org.sessions, api.org.apps.standing

    in_body = grant(api, grant_type="client_credentials", **client(api))
    basic = f"{app.client_id}:{app.client_secret}"
    in_header = grant(api, basic=basic, grant_type="client_credentials")

    for status, body in (in_body, in_header):
        assert status == 200
        assert set(body) == {
            "access_token", "signature", "scope", "instance_url", "id", "token_type", "issued_at",
        }  # fmt: skip
        assert body["instance_url"] == ORIGIN
        assert body["id"] == f"{ORIGIN}/id/{sessions.org_id}/{sessions.user_id}"
        assert body["issued_at"] == "1773144000000"
        assert Api(api.org, body["access_token"]).call("GET", "limits")[0] == 200


@pytest.mark.parametrize("host", [LOGIN_HOST, "https://test.salesforce.com"])
def test_client_credentials_need_a_my_domain(api: Api, host: str) -> None:
    found = grant(api, host=host, grant_type="client_credentials", **client(api))

    assert found == refusal("invalid_grant", "request not supported on this domain")


def test_a_my_domain_host_stays_the_instance(api: Api) -> None:
    host = "https://acme.my.salesforce.com"

    _, body = grant(api, host=host, grant_type="client_credentials", **client(api))

    assert body["instance_url"] == host
    assert body["id"].startswith(f"{LOGIN_HOST}/id/00D")


def test_a_password_opens_with_its_security_token(api: Api) -> None:
    form = {"grant_type": "password", "username": USERNAME.upper(), **client(api)}

    status, body = grant(api, host=LOGIN_HOST, password=SECRETS, **form)

    assert status == 200
    assert list(body) == [
        "access_token", "instance_url", "id", "token_type", "issued_at", "signature",
    ]  # fmt: skip
    assert body["instance_url"] == "https://syncline.my.salesforce.com"
    assert grant(api, password="emulator-password-1", **form) == refusal(
        "invalid_grant", "authentication failure"
    )


def test_a_trusted_network_needs_no_security_token(api: Api) -> None:
    control(api, "settings", trusted_network=True)

    status, _ = grant(
        api,
        grant_type="password",
        username=USERNAME,
        password="emulator-password-1",
        **client(api),
    )

    assert status == 200


def test_ten_wrong_passwords_lock_a_user_out(api: Api) -> None:
    form = {"grant_type": "password", "username": USERNAME, **client(api)}
    wrong = [grant(api, password="wrong", **form)[0] for _ in range(10)]

    locked = grant(api, password=SECRETS, **form)
    api.org.clock.advance(15 * 60)
    later = grant(api, password=SECRETS, **form)

    assert set(wrong) == {400}
    assert locked == refusal("invalid_grant", "authentication failure")
    assert later[0] == 200


@pytest.mark.parametrize("off", ["setting", "app"])
def test_password_sign_in_may_be_off(api: Api, off: str) -> None:
    if off == "setting":
        control(api, "settings", password_flow=False)
    else:
        control(api, "apps", **client(api), flows=["client_credentials"])

    found = grant(api, grant_type="password", username=USERNAME, password=SECRETS, **client(api))

    assert found == refusal("invalid_grant", "authentication failure")


def test_a_refresh_token_stays_unless_rotation_is_on(api: Api) -> None:
    token = standing_token(api)
    form = {"grant_type": "refresh_token", **client(api)}

    kept = grant(api, refresh_token=token, **form)
    control(api, "settings", refresh_token_rotation=True)
    rotated = grant(api, refresh_token=token, **form)
    dead = grant(api, refresh_token=token, **form)
    next_one = grant(api, refresh_token=rotated[1]["refresh_token"], **form)

    assert "refresh_token" not in kept[1]
    assert rotated[1]["refresh_token"] != token
    assert dead == refusal("invalid_grant", "expired access/refresh token")
    assert next_one[0] == 200


def test_a_refresh_token_is_of_one_app(api: Api) -> None:
    other = control(api, "apps", client_id="other", run_as=USERNAME)
    form = {"grant_type": "refresh_token", **client(api)}

    found = grant(api, refresh_token=other["refresh_token"], **form)

    assert found == refusal("invalid_grant", "expired access/refresh token")


def test_a_sixth_approval_ends_the_oldest(api: Api) -> None:
    form = {"grant_type": "refresh_token", **client(api)}
    named = {"client_id": client(api)["client_id"], "username": USERNAME}
    tokens = [standing_token(api)]
    tokens += [control(api, "refresh-tokens", **named)["refresh_token"] for _ in range(5)]

    statuses = [grant(api, refresh_token=token, **form)[0] for token in tokens]

    assert statuses == [400, 200, 200, 200, 200, 200]


def test_an_app_may_refresh_without_its_secret(api: Api) -> None:
    app = control(api, "apps", client_id="public", run_as=USERNAME, secret_required=False)
    form = {"grant_type": "refresh_token", "client_id": "public"}

    allowed = grant(api, refresh_token=app["refresh_token"], **form)
    wrong = grant(api, refresh_token=app["refresh_token"], client_secret="wrong", **form)

    assert allowed[0] == 200
    assert wrong == refusal("invalid_client", "invalid client credentials")


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        (
            {"installed": False},
            refusal("app_not_found", "External client app is not installed in this org"),
        ),
        ({"run_as": None}, refusal("invalid_grant", "no client credentials user enabled")),
        (
            {"flows": ["jwt_bearer"]},
            refusal("unsupported_grant_type", "grant type not supported"),
        ),
        (
            {"users": ["somebody@else.example"]},
            refusal("invalid_app_access", "user is not admin approved to access this app"),
        ),
    ],
)
def test_an_app_that_is_not_set_up_lets_nobody_in(
    api: Api, app: dict[str, Any], expected: tuple[int, dict[str, str]]
) -> None:
    control(api, "apps", **client(api), **app)

    assert grant(api, grant_type="client_credentials", **client(api)) == expected


REFUSED = [
    ({}, refusal("invalid_request", "grant type is missing")),
    ({"grant_type": "magic"}, refusal("unsupported_grant_type", "grant type not supported")),
    (
        {"grant_type": "client_credentials"},
        refusal("invalid_client_id", "client identifier invalid"),
    ),
    (
        {"grant_type": "client_credentials", "client_id": "x"},
        refusal("invalid_client_id", "client identifier invalid"),
    ),
]


@pytest.mark.parametrize(("form", "expected"), REFUSED)
def test_a_refusal_is_an_object_with_error(
    api: Api, form: dict[str, str], expected: tuple[int, dict[str, str]]
) -> None:
    assert grant(api, **form) == expected


@pytest.mark.parametrize("secret", [{}, {"client_secret": "wrong"}, {"client_secret": "é"}])
def test_a_secret_must_be_right(api: Api, secret: dict[str, str]) -> None:
    app = client(api)["client_id"]

    found = grant(api, grant_type="client_credentials", client_id=app, **secret)

    assert found == refusal("invalid_client", "invalid client credentials")


def test_a_basic_header_may_be_unreadable(api: Api) -> None:
    headers = {"authorization": "Basic ///"}

    found = sent(api, TOKEN, {"grant_type": "client_credentials"}, **headers)

    assert found.body == {
        "error": "invalid_client", "error_description": "invalid client credentials",
    }  # fmt: skip


def test_a_token_is_given_to_forms_only(api: Api) -> None:
    by_get = api.send("GET", TOKEN)
    as_json = api.send(
        "POST",
        TOKEN,
        body={"grant_type": "client_credentials", **client(api)},
        headers={"content-type": "application/json"},
    )

    assert (by_get.status, by_get.body) == refusal("invalid_request", "must use HTTP POST")
    assert (as_json.status, as_json.body) == refusal("invalid_request", "grant type is missing")


def test_an_inactive_user_is_told_apart(api: Api) -> None:
    token = standing_token(api)
    control(api, "users", username=USERNAME, fields={"IsActive": False})

    found = grant(api, grant_type="refresh_token", refresh_token=token, **client(api))

    assert found == refusal("inactive_user", "user is inactive")
    assert api.call("GET", "limits")[0] == 401


def test_logins_are_limited_by_the_hour(api: Api) -> None:
    control(api, "settings", logins_per_hour=2)
    form = {"grant_type": "client_credentials", **client(api)}

    statuses = [grant(api, **form)[0] for _ in range(2)]
    over = grant(api, **form)
    api.org.clock.advance(3_600)
    later = grant(api, **form)

    assert statuses == [200, 200]
    assert over == refusal("invalid_grant", "login rate exceeded")
    assert later[0] == 200


def test_a_new_user_signs_in_and_acts(api: Api) -> None:
    ada = control(
        api,
        "users",
        username="ada@acme.example",
        password="pw",
        security_token="tok",
        profile="Standard User",
        fields={"FirstName": "Ada", "LastName": "Byron"},
    )

    _, body = grant(
        api, grant_type="password", username="ada@acme.example", password="pwtok", **client(api)
    )
    as_ada = Api(api.org, body["access_token"])
    as_ada.create("Account", Name="Hers")

    found = as_ada.query("SELECT CreatedById, OwnerId FROM Account WHERE Name = 'Hers'")
    assert found == [{"CreatedById": ada["id"], "OwnerId": ada["id"]}]
    assert as_ada.call("GET", "/services/oauth2/userinfo")[1]["name"] == "Ada Byron"


def test_the_org_tells_what_opens_it(api: Api) -> None:
    _, org = api.call("GET", "/__emulator__/org")

    by_password = grant(
        api,
        grant_type="password",
        username=org["username"],
        password=org["password"] + org["security_token"],
        client_id=org["client_id"],
        client_secret=org["client_secret"],
    )
    assert by_password[0] == 200
    assert org["refresh_token"] == standing_token(api)
    assert org["my_domain"] == "https://syncline.my.salesforce.com"
    assert org["private_key"] is None
