"""What a token is worth: identity, userinfo, introspection, revocation, and how sessions end."""

from typing import Any

import pytest

from local.salesforce.inprocess import ORIGIN, Api
from tests.unit.emulator.doors import LOGIN_HOST, client, control, grant, sent, standing_token

USERNAME = "integration@emulator.example"
EXPIRED = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


@pytest.fixture
def granted(api: Api) -> Api:
    """A client whose session came from the token endpoint."""
    _, body = grant(api, grant_type="client_credentials", **client(api))
    return Api(api.org, body["access_token"])


def refreshed(api: Api, token: str) -> Api:
    status, body = grant(api, grant_type="refresh_token", refresh_token=token, **client(api))
    assert status == 200
    return Api(api.org, body["access_token"])


def limits(api: Api) -> tuple[int, Any]:
    status, body = api.call("GET", "limits")
    return status, body if status != 200 else None


def test_identity_names_user_and_org(api: Api) -> None:
    sessions = api.org.sessions
    path = f"/id/{sessions.org_id}/{sessions.user_id}"

    _, found = api.call("GET", path)

    assert found["id"] == ORIGIN + path
    assert found["user_id"] == sessions.user_id
    assert found["organization_id"] == sessions.org_id
    assert found["username"] == USERNAME
    assert found["timezone"] == "America/Los_Angeles"
    assert found["utcOffset"] == -28_800_000
    assert found["urls"]["query"] == f"{ORIGIN}/services/data/v{{version}}/query/"


def test_identity_fills_in_a_version(api: Api) -> None:
    sessions = api.org.sessions

    _, found = api.call("GET", f"/id/{sessions.org_id}/{sessions.user_id}", version="62.0")

    assert found["urls"]["rest"] == f"{ORIGIN}/services/data/v62.0/"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_userinfo_has_the_names_of_openid(api: Api, method: str) -> None:
    status, found = api.call(method, "/services/oauth2/userinfo")

    assert status == 200
    assert found["sub"].endswith(f"/id/{api.org.sessions.org_id}/{api.org.sessions.user_id}")
    assert found["preferred_username"] == USERNAME
    assert (found["given_name"], found["family_name"]) == ("Integration", "User")
    assert found["zoneinfo"] == "America/Los_Angeles"


@pytest.mark.parametrize(
    ("path", "header", "status", "word"),
    [
        ("/services/oauth2/userinfo", "", 403, b"Missing_OAuth_Token"),
        ("/services/oauth2/userinfo", "Bearer nonsense", 403, b"Bad_OAuth_Token"),
        ("/id/{org}/{user}", "Bearer nonsense", 403, b"Bad_OAuth_Token"),
        ("/id/00D000000000001/{user}", None, 403, b"Wrong_Org"),
        ("/id/{org}/005000000000009AAA", None, 404, b"Bad_Id"),
    ],
)
def test_identity_refuses_in_one_word(
    api: Api, path: str, header: str | None, status: int, word: bytes
) -> None:
    sessions = api.org.sessions
    full = path.format(org=sessions.org_id, user=sessions.user_id)
    headers = {} if header is None else {"authorization": header}

    found = api.send("GET", full, headers=headers)

    assert (found.status, found.raw) == (status, word)


def test_introspection_tells_the_apps_own_tokens(granted: Api) -> None:
    path = "/services/oauth2/introspect"
    control(granted, "apps", client_id="other", client_secret="s")

    own = sent(granted, path, {"token": granted.token, **client(granted)}).body
    other = sent(
        granted, path, {"token": granted.token, "client_id": "other", "client_secret": "s"}
    ).body

    assert own == {
        "active": True,
        "scope": "api refresh_token",
        "client_id": client(granted)["client_id"],
        "username": USERNAME,
        "sub": f"{ORIGIN}/id/{granted.org.sessions.org_id}/{granted.org.sessions.user_id}",
        "token_type": "access_token",
        "exp": 1_773_144_000 + 7_200,
        "iat": 1_773_144_000,
        "nbf": 1_773_144_000,
    }
    assert other == {"active": False}


def test_introspection_needs_the_apps_secret(granted: Api) -> None:
    form = {"token": granted.token, "client_id": client(granted)["client_id"]}

    found = sent(granted, "/services/oauth2/introspect", form)

    assert (found.status, found.body) == (
        400,
        {"error": "invalid_client", "error_description": "invalid client credentials"},
    )


def test_a_refresh_token_is_introspected_too(granted: Api) -> None:
    token = standing_token(granted)

    found = sent(granted, "/services/oauth2/introspect", {"token": token, **client(granted)}).body

    assert isinstance(found, dict)
    assert (found["active"], found["token_type"]) == (True, "refresh_token")
    assert "exp" not in found


@pytest.mark.parametrize("where", ["body", "address"])
def test_a_revoked_token_is_no_session(granted: Api, where: str) -> None:
    path = "/services/oauth2/revoke"

    if where == "body":
        found = sent(granted, path, {"token": granted.token})
    else:
        found = granted.send("GET", path, query={"token": granted.token})

    assert (found.status, found.content()) == (200, b"")
    assert limits(granted) == (401, EXPIRED)


def test_a_refresh_token_takes_its_sessions_along(api: Api, granted: Api) -> None:
    control(api, "settings", refresh_token_rotation=True)
    first = standing_token(api)
    early = refreshed(api, first)
    second = standing_token(api)
    late = refreshed(api, second)
    third = standing_token(api)

    revoked = sent(api, "/services/oauth2/revoke", {"token": third})

    assert revoked.status == 200
    assert limits(early) == limits(late) == (401, EXPIRED)
    assert limits(granted)[0] == 200


def test_a_token_nobody_gave_is_not_revoked(api: Api) -> None:
    found = sent(api, "/services/oauth2/revoke", {"token": "nonsense"})

    assert (found.status, found.body) == (
        400,
        {"error": "invalid_token", "error_description": "invalid token"},
    )


def test_sessions_end_on_demand(api: Api) -> None:
    other = Api.signed_in(api.org)

    control(api, "sessions/expire", token=api.token)

    assert limits(api) == (401, EXPIRED)
    assert limits(other)[0] == 200


def test_sessions_end_by_user(api: Api) -> None:
    ada = control(api, "users", username="ada@acme.example")
    hers = Api(api.org, api.org.sessions.open(ada["id"]))

    ended = control(api, "sessions/expire", username="ada@acme.example")

    assert ended == {"expired": 1}
    assert limits(hers) == (401, EXPIRED)
    assert limits(api)[0] == 200


def test_a_user_who_is_inactive_has_no_session(granted: Api) -> None:
    user_id = granted.org.sessions.user_id

    granted.load("User", [{"Id": user_id, "IsActive": False}])

    assert limits(granted) == (401, EXPIRED)


def test_an_unused_session_ends_by_itself(granted: Api) -> None:
    granted.org.clock.advance(2 * 3_600 + 1)

    assert limits(granted) == (401, EXPIRED)
    granted.org.clock.advance(-3_600)
    assert limits(granted) == (401, EXPIRED)


def test_use_past_half_of_the_time_begins_it_anew(granted: Api) -> None:
    advance = granted.org.clock.advance

    advance(3_600)
    past_half = limits(granted)
    advance(3_599)
    before_half = limits(granted)
    advance(3_602)

    assert (past_half[0], before_half[0]) == (200, 200)
    assert limits(granted) == (401, EXPIRED)


def test_the_time_of_sessions_is_a_setting(granted: Api) -> None:
    control(granted, "settings", session_timeout_minutes=15)

    granted.org.clock.advance(15 * 60 + 1)

    assert limits(granted) == (401, EXPIRED)


def test_users_and_apps_come_back_with_a_snapshot(api: Api) -> None:
    control(api, "apps", client_id="other", client_secret="s", run_as=USERNAME)
    control(api, "users", username=USERNAME, password="before", security_token="")
    control(api, "settings", my_domain="before")
    form = {"grant_type": "password", "username": USERNAME, "client_id": "other"}
    api.call("POST", "/__emulator__/snapshot", {"name": "kept"})
    control(api, "users", username=USERNAME, password="after")
    control(api, "apps", client_id="other", client_secret="changed")

    api.call("POST", "/__emulator__/restore", {"name": "kept"})

    status, body = grant(api, host=LOGIN_HOST, password="before", client_secret="s", **form)
    assert status == 200
    assert body["instance_url"] == "https://before.my.salesforce.com"


@pytest.mark.parametrize("header", ["Bearer {}", "OAuth {}", "bearer   {}"])
def test_a_session_is_named_in_several_ways(api: Api, header: str) -> None:
    found = api.send("GET", "limits", headers={"authorization": header.format(api.token)})

    assert found.status == 200


@pytest.mark.parametrize(
    ("header", "code", "message"),
    [
        ("", "INVALID_SESSION_ID", "Session expired or invalid"),
        ("Bearer nonsense", "INVALID_SESSION_ID", "Session expired or invalid"),
        ("Bearer", "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"),
        ("Digest x", "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"),
    ],
)
def test_a_header_that_is_no_session_is_told_apart(
    api: Api, header: str, code: str, message: str
) -> None:
    found = api.send("GET", "limits", headers={"authorization": header})

    assert (found.status, found.body) == (401, [{"message": message, "errorCode": code}])


def test_the_identity_of_a_my_domain_is_on_the_login_host(api: Api) -> None:
    _, body = grant(
        api,
        host="https://syncline.my.salesforce.com",
        grant_type="client_credentials",
        **client(api),
    )

    assert body["id"].startswith(f"{LOGIN_HOST}/id/")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("users", {}),
        ("users", {"username": "a@b.example", "pasword": "x"}),
        ("users", {"username": "a@b.example", "profile": "No Such Profile"}),
        ("users", {"username": "a@b.example", "fields": {"Nope": 1}}),
        ("apps", {"client_id": ""}),
        ("apps", {"client_id": "x", "run_as": "no@body.example"}),
        ("apps", {"client_id": "x", "flows": ["magic"]}),
        ("refresh-tokens", {"client_id": "nobody", "username": USERNAME}),
        ("sessions/expire", {"user": USERNAME}),
    ],
)
def test_a_mistake_of_control_is_told(api: Api, path: str, body: dict[str, Any]) -> None:
    status, found = api.call("POST", f"/__emulator__/{path}", body)

    assert status == 400
    assert found["error"]
