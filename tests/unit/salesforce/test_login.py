"""Logging in, staying logged in, and what a refused login says."""

from typing import Any

import pytest

from syncline.config.models import Connection
from syncline.errors import ConfigurationError
from syncline.salesforce.connect import Options, open_connection
from syncline.salesforce.tokens import origin_of
from tests.unit.salesforce.scripted import (
    CREDENTIALS,
    ORG,
    USER,
    Asked,
    Said,
    ScriptedOrg,
    describe_of,
    refused,
    scripted_org,
)

EXPIRED = refused(401, "INVALID_SESSION_ID", "Session expired or invalid")
TASK = Said(body=describe_of("Task"))


def test_identity_comes_from_the_login_and_the_name_from_the_user(org: ScriptedOrg) -> None:
    body = {"totalSize": 1, "done": True, "records": [{"Username": "ada@example.com"}]}
    org.route("queryAll", Said(body=body))

    identity = org.crm().identity()

    assert (identity.org_id, identity.user_id) == (ORG, USER)
    assert identity.username == "ada@example.com"
    assert USER in org.asked[0].query["q"]


def test_a_known_identity_costs_no_request(org: ScriptedOrg) -> None:
    known = Connection(login_url=org.url, org_id=ORG, username="ada@example.com")
    crm = org.crm(known)

    assert crm.identity().username == "ada@example.com"
    assert crm.requests() == 0


def test_two_connections_of_a_process_share_a_session(org: ScriptedOrg) -> None:
    org.route("Task/describe", TASK)

    org.crm().describe("Task")
    org.crm().describe("Task")

    assert org.logins == 1


def test_an_ended_session_is_renewed_once_and_the_call_repeated(org: ScriptedOrg) -> None:
    org.route("Task/describe", TASK)
    org.script = [EXPIRED]

    org.crm().describe("Task")

    assert [each.headers["authorization"] for each in org.asked] == [
        "Bearer token-1",
        "Bearer token-2",
    ]


def test_a_session_that_ends_at_once_is_refused_credentials(org: ScriptedOrg) -> None:
    org.route("Task/describe", EXPIRED)

    with pytest.raises(ConfigurationError) as caught:
        org.crm().describe("Task")

    assert (caught.value.code, caught.value.field) == ("credentials_refused", "credentials")
    assert org.logins == 2


@pytest.mark.parametrize(
    "words",
    [
        "This session is not valid for use with the REST API",
        "Connected app is not attached to Agent",
    ],
)
def test_a_401_that_a_new_session_would_meet_again_is_not_renewed(
    org: ScriptedOrg, words: str
) -> None:
    org.route("Task/describe", refused(401, "INVALID_SESSION_ID", words))

    with pytest.raises(ConfigurationError):
        org.crm().describe("Task")

    assert org.logins == 1


def test_calls_follow_the_instance_that_the_login_names() -> None:
    with scripted_org() as login, scripted_org() as instance:
        login.route(
            "login",
            Said(body={"access_token": "t", "instance_url": instance.url, "id": "x/id/o/u"}),
        )
        instance.route("Task/describe", TASK)

        login.crm().describe("Task")

        assert instance.calls() == ["sobjects/Task/describe"]
        assert login.asked == []


def test_a_rotated_refresh_token_is_stored_before_it_is_used(org: ScriptedOrg) -> None:
    org.route("Task/describe", TASK)
    org.refresh_token = "second"
    events: list[str] = []
    credentials = {**CREDENTIALS, "flow": "refresh_token", "refresh_token": "first"}
    crm = open_connection(
        Connection(login_url=org.url),
        credentials,
        store_refresh_token=lambda token: events.append(f"{token} after {len(org.asked)} calls"),
    )

    crm.describe("Task")

    assert events == ["second after 0 calls"]


def test_the_rotated_token_is_the_one_that_renews(org: ScriptedOrg) -> None:
    forms: list[str] = []

    def login(asked: Asked) -> Said:
        forms.append(asked.body)
        body = {"access_token": f"t{len(forms)}", "instance_url": org.url, "id": "id/o/u"}
        return Said(body={**body, "refresh_token": f"rotated-{len(forms)}"})

    org.route("login", login)
    org.route("Task/describe", TASK)
    org.script = [EXPIRED]
    credentials = {**CREDENTIALS, "flow": "refresh_token", "refresh_token": "first"}

    open_connection(Connection(login_url=org.url), credentials).describe("Task")

    assert "refresh_token=first" in forms[0]
    assert "refresh_token=rotated-1" in forms[1]


def test_a_token_that_another_process_has_rotated_is_replaced_by_the_stored_one(
    org: ScriptedOrg,
) -> None:
    forms: list[str] = []

    def login(asked: Asked) -> Said:
        forms.append(asked.body)
        if "refresh_token=first" in asked.body:
            return Said(400, body={"error": "invalid_grant", "error_description": "expired"})
        return Said(body={"access_token": "t", "instance_url": org.url, "id": "id/o/u"})

    org.route("login", login)
    org.route("Task/describe", TASK)
    credentials = {**CREDENTIALS, "flow": "refresh_token", "refresh_token": "first"}
    options = Options(stored_refresh_token=lambda: "second")

    open_connection(Connection(login_url=org.url), credentials, options=options).describe("Task")

    assert ["first" in form for form in forms] == [True, False]
    assert "refresh_token=second" in forms[1]


@pytest.mark.parametrize(
    ("error", "description", "remedy"),
    [
        ("invalid_client", "invalid client credentials", "client_secret"),
        ("invalid_client_id", "client identifier invalid", "client_id"),
        ("invalid_grant", "no client credentials user enabled", "run-as user"),
        ("unsupported_grant_type", "grant type not supported", "My Domain"),
        ("something_new", "whatever", "credentials"),
    ],
)
def test_wrong_credentials_name_the_field_and_the_remedy(
    org: ScriptedOrg, error: str, description: str, remedy: str
) -> None:
    org.route("login", Said(400, {"error": error, "error_description": description}))

    with pytest.raises(ConfigurationError) as caught:
        org.crm().describe("Task")

    assert (caught.value.code, caught.value.field) == ("credentials_refused", "credentials")
    assert remedy in str(caught.value.remedy)
    assert "hush" not in caught.value.message


def test_an_address_without_a_login_is_a_wrong_address(org: ScriptedOrg) -> None:
    org.route("login", Said(404, "<html>not here</html>"))

    with pytest.raises(ConfigurationError) as caught:
        org.crm().describe("Task")

    assert caught.value.field == "login_url"


@pytest.mark.parametrize("url", ["http://example.com", "http://10.0.0.1:8080"])
def test_plain_http_is_for_loopback_alone(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        origin_of(url)

    assert caught.value.field == "login_url"


def test_secrets_are_not_in_what_is_printed(org: ScriptedOrg) -> None:
    org.route("Task/describe", TASK)
    crm: Any = org.crm()
    crm.describe("Task")

    printed = repr(crm._session.sessions.current()) + repr(vars(crm._session.sessions))

    assert "token-1" not in printed
    assert "hush" not in printed
