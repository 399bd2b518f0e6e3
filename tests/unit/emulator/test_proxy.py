"""The forward proxy: hosts of Salesforce lead to the emulator, and no others lead anywhere."""

import socket
import ssl
from collections.abc import Iterator

import httpx
import pytest

from local.salesforce.running import Running, start


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with start() as running:
        yield running


@pytest.fixture
def client(emulator: Running) -> Iterator[httpx.Client]:
    trusted = ssl.create_default_context(cafile=emulator.ca)
    with httpx.Client(proxy=emulator.proxy, verify=trusted, trust_env=False) as client:
        yield client


def asked(emulator: Running, request: bytes) -> bytes:
    host, _, port = emulator.proxy.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        sock.sendall(request)
        sock.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: sock.recv(65_536), b""))


def test_the_proxy_is_of_this_machine_only(emulator: Running) -> None:
    assert emulator.proxy.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "host",
    [
        "login.salesforce.com",
        "test.salesforce.com",
        "LOGIN.salesforce.com",
        "na1.salesforce.com",
        "acme.my.salesforce.com",
        "acme--dev.sandbox.my.salesforce.com",
        "acme-dev-ed.develop.my.salesforce.com",
    ],
)
def test_a_host_of_salesforce_leads_here(client: httpx.Client, host: str) -> None:
    answer = client.get(f"https://{host}/services/data")

    assert answer.status_code == 200
    assert answer.json()[0]["version"] == "31.0"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/",
        "https://salesforce.com.example.com/",
        "https://notsalesforce.com/",
        "https://foo.bar.salesforce.com/",
        "https://acme.lightning.force.com/",
        "https://login.salesforce.com:444/",
        "https://127.0.0.1/",
    ],
)
def test_no_other_host_is_reached(client: httpx.Client, url: str) -> None:
    with pytest.raises(httpx.ProxyError, match="403"):
        client.get(url)


@pytest.mark.parametrize(
    "request_line",
    [
        b"CONNECT example.com:443 HTTP/1.1",
        b"GET http://login.salesforce.com/ HTTP/1.1",
        b"CONNECT HTTP/1.1",
        b"CONNECT login.salesforce.com HTTP/1.1",
        b"CONNECT foo.bar.salesforce.com:443 HTTP/1.1",
        b"CONNECT .salesforce.com:443 HTTP/1.1",
        b"\xff\xfe",
    ],
)
def test_a_refusal_says_why(emulator: Running, request_line: bytes) -> None:
    found = asked(emulator, request_line + b"\r\n\r\n")

    assert found.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert b"leads to https://*.salesforce.com only" in found
    assert b"*.sandbox.my.salesforce.com" in found


@pytest.mark.parametrize("request_", [b"", b"CONNECT login", b"x" * 40_000])
def test_half_a_request_ends_its_connection_only(
    emulator: Running, client: httpx.Client, request_: bytes
) -> None:
    try:
        found = asked(emulator, request_)
    except ConnectionError:
        found = b""

    assert found == b""
    assert client.get("https://login.salesforce.com/services/data").status_code == 200


def test_a_reset_arrives_through_the_proxy(emulator: Running, client: httpx.Client) -> None:
    emulator.control.arm("versions", "connection_reset")

    with pytest.raises(httpx.ReadError):
        client.get("https://login.salesforce.com/services/data")

    assert client.get("https://login.salesforce.com/services/data").status_code == 200


def test_a_large_answer_arrives_whole(emulator: Running, client: httpx.Client) -> None:
    rows = (("Account", {"Name": f"{'x' * 200}{at}"}) for at in range(3_000))
    emulator.control.load(rows)
    form = {
        "grant_type": "client_credentials",
        "client_id": emulator.client_id,
        "client_secret": emulator.client_secret,
    }
    base = "https://acme.my.salesforce.com"
    token = client.post(f"{base}/services/oauth2/token", data=form).json()["access_token"]

    answer = client.get(
        f"{base}/services/data/v62.0/query",
        params={"q": "SELECT Name FROM Account"},
        headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
    )

    assert len(answer.json()["records"]) == 2_000
