"""Unmodified simple-salesforce signs in as its users do: its own hosts, a proxy and a CA."""

from collections.abc import Iterator
from typing import Any

import pytest
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceExpiredSession

from local.salesforce.running import Running, start

VERSION = "62.0"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with start() as running:
        yield running


@pytest.fixture
def environment(emulator: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """All that a client is told of the emulator."""
    monkeypatch.setenv("HTTPS_PROXY", emulator.proxy)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", emulator.ca)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.delenv("https_proxy", raising=False)
    return emulator


def assert_at_home(client: Any, host: str) -> None:
    made = client.Account.create({"Name": host})

    found = client.query("SELECT Id FROM Account WHERE CreatedBy.Username != null")
    assert client.sf_instance == host
    assert made["id"] in {row["Id"] for row in found["records"]}
    client.session.close()


def test_username_password_and_security_token(environment: Running) -> None:
    client = Salesforce(
        username=environment.username,
        password=environment.password,
        security_token=environment.security_token,
        version=VERSION,
    )

    assert_at_home(client, "syncline.my.salesforce.com")


def test_the_default_version_signs_in(environment: Running) -> None:
    client = Salesforce(
        username=environment.username,
        password=environment.password,
        security_token=environment.security_token,
        domain="test",
    )

    assert_at_home(client, "syncline.my.salesforce.com")


def test_client_credentials_of_a_my_domain(environment: Running) -> None:
    client = Salesforce(
        consumer_key=environment.client_id,
        consumer_secret=environment.client_secret,
        domain="mydomain.my",
        version=VERSION,
    )

    assert_at_home(client, "mydomain.my.salesforce.com")


def test_a_private_key_signs_a_jwt(environment: Running) -> None:
    client = Salesforce(
        username=environment.username,
        consumer_key=environment.client_id,
        privatekey_file=environment.private_key,
        version=VERSION,
    )

    assert_at_home(client, "syncline.my.salesforce.com")


def test_username_and_password_over_oauth(environment: Running) -> None:
    client = Salesforce(
        username=environment.username,
        password=environment.password + environment.security_token,
        consumer_key=environment.client_id,
        consumer_secret=environment.client_secret,
        version=VERSION,
    )

    assert_at_home(client, "syncline.my.salesforce.com")


def test_proxies_may_be_given_in_the_call(
    emulator: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", emulator.ca)

    client = Salesforce(
        username=emulator.username,
        password=emulator.password,
        security_token=emulator.security_token,
        version=VERSION,
        proxies={"https": emulator.proxy},
    )

    assert_at_home(client, "syncline.my.salesforce.com")


@pytest.mark.parametrize(
    ("wrong", "code", "message"),
    [
        (
            {"password": "wrong", "security_token": "wrong"},
            "INVALID_LOGIN",
            "Invalid username, password, security token; or user locked out.",
        ),
        (
            {"password": "wrong", "consumer_key": "{client_id}", "consumer_secret": "x"},
            "invalid_client",
            "invalid client credentials",
        ),
        (
            {"password": "x", "consumer_key": "{client_id}", "consumer_secret": "{client_secret}"},
            "invalid_grant",
            "authentication failure",
        ),
        (
            {"consumer_key": "nobody", "privatekey_file": "{private_key}"},
            "invalid_client_id",
            "client identifier invalid",
        ),
    ],
)
def test_the_library_tells_a_refusal(
    environment: Running, wrong: dict[str, str], code: str, message: str
) -> None:
    facts = {
        "client_id": environment.client_id,
        "client_secret": environment.client_secret,
        "private_key": environment.private_key,
    }
    given: dict[str, Any] = {name: value.format(**facts) for name, value in wrong.items()}

    with pytest.raises(SalesforceAuthenticationFailed) as refused:
        Salesforce(username=environment.username, version=VERSION, **given)

    assert str(refused.value) == f"Authentication failed (code: {code}): {message}"


def test_a_session_that_ends_is_told(environment: Running) -> None:
    signed_in = Salesforce(
        username=environment.username,
        password=environment.password,
        security_token=environment.security_token,
        version=VERSION,
    )
    client = Salesforce(
        instance=signed_in.sf_instance, session_id=signed_in.session_id, version=VERSION
    )
    environment.control.expire_sessions()

    with pytest.raises(SalesforceExpiredSession):
        client.limits()
    client.session.close()
    signed_in.session.close()
