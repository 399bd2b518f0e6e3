"""Tokens, sessions, versions, limits: what stands before the first record."""

import base64
from typing import Any
from urllib.parse import urlencode

import pytest

from local.salesforce.inprocess import ORIGIN, Api

TOKEN = "/services/oauth2/token"


def grant(api: Api, *, basic: str | None = None, **form: str) -> tuple[int, dict[str, Any]]:
    headers = {"authorization": ""}
    if basic is not None:
        headers["authorization"] = "Basic " + base64.b64encode(basic.encode()).decode()
    found = api.send("POST", TOKEN, body=urlencode(form).encode(), headers=headers)
    assert isinstance(found.body, dict)
    return found.status, found.body


def client(api: Api) -> dict[str, str]:
    sessions = api.org.sessions
    return {"client_id": sessions.client_id, "client_secret": sessions.client_secret}


def test_client_credentials_in_the_body_or_the_header(api: Api) -> None:
    sessions = api.org.sessions

    in_body = grant(api, grant_type="client_credentials", **client(api))
    basic = f"{sessions.client_id}:{sessions.client_secret}"
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


def test_a_refresh_token_stays_unless_rotation_is_on(api: Api) -> None:
    token = api.org.sessions.refresh_token
    form = {"grant_type": "refresh_token", **client(api)}

    kept = grant(api, refresh_token=token, **form)
    api.call("POST", "/__emulator__/settings", {"refresh_token_rotation": True})
    rotated = grant(api, refresh_token=token, **form)
    dead = grant(api, refresh_token=token, **form)
    next_one = grant(api, refresh_token=rotated[1]["refresh_token"], **form)

    assert "refresh_token" not in kept[1]
    assert rotated[1]["refresh_token"] != token
    assert dead == (
        400,
        {"error": "invalid_grant", "error_description": "expired access/refresh token"},
    )
    assert next_one[0] == 200


REFUSED = [
    ({}, "invalid_request"),
    ({"grant_type": "magic"}, "unsupported_grant_type"),
    ({"grant_type": "client_credentials"}, "invalid_client_id"),
    ({"grant_type": "client_credentials", "client_id": "x"}, "invalid_client_id"),
    ({"grant_type": "client_credentials", "client_secret": "x"}, "invalid_client"),
]


@pytest.mark.parametrize(("form", "error"), REFUSED)
def test_a_refusal_is_an_object_with_error(api: Api, form: dict[str, str], error: str) -> None:
    known = client(api) if "client_secret" in form else {}

    status, body = grant(api, **{**known, **form})

    assert (status, body["error"]) == (400, error)
    assert set(body) == {"error", "error_description"}


def test_sessions_end_on_demand(api: Api) -> None:
    other = Api.signed_in(api.org)

    api.call("POST", "/__emulator__/sessions/expire", {"token": api.token})

    status, body = api.call("GET", "limits")
    assert status == 401
    assert body == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    assert other.call("GET", "limits")[0] == 200


def test_a_revoked_token_is_no_session(api: Api) -> None:
    revoked = api.send(
        "POST", "/services/oauth2/revoke", body=urlencode({"token": api.token}).encode()
    )

    assert revoked.status == 200
    assert api.call("GET", "limits")[0] == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Digest x"])
def test_a_header_that_is_no_session_is_told_from_an_expired_one(api: Api, header: str) -> None:
    found = api.send("GET", "limits", headers={"authorization": header})

    assert isinstance(found.body, list)
    assert (found.status, found.body[0]["errorCode"]) == (401, "INVALID_AUTH_HEADER")


def test_identity_names_user_and_org(api: Api) -> None:
    sessions = api.org.sessions

    _, by_url = api.call("GET", f"/id/{sessions.org_id}/{sessions.user_id}")
    _, userinfo = api.call("GET", "/services/oauth2/userinfo")

    assert by_url == userinfo
    assert by_url["user_id"] == sessions.user_id
    assert by_url["organization_id"] == sessions.org_id
    assert by_url["username"] == "integration@emulator.example"


def test_versions_need_no_session(api: Api) -> None:
    found = api.send("GET", "/services/data/", headers={"authorization": ""})

    assert isinstance(found.body, list)
    assert found.body[-2] == {
        "label": "Winter '26", "url": "/services/data/v65.0", "version": "65.0",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    ["/services/data/v62.0/sobjects/task/describe", "/Services/Data/V62.0/SObjects/TASK/Describe/"],
)
def test_paths_are_found_in_any_case_with_or_without_a_slash(api: Api, path: str) -> None:
    status, body = api.call("GET", path)

    assert (status, body["name"]) == (200, "Task")


def test_only_api_requests_are_counted_and_the_limit_holds(api: Api) -> None:
    api.call("POST", "/__emulator__/settings", {"daily_api_requests": 2})
    grant(api, grant_type="client_credentials", **client(api))
    api.call("GET", "/services/data")

    first = api.call("GET", "limits")
    api.call("GET", "sobjects")
    over, body = api.call("GET", "sobjects")

    assert first[1]["DailyApiRequests"] == {"Max": 2, "Remaining": 1}
    assert (over, body[0]) == (
        403,
        {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"},
    )
