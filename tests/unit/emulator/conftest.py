"""One org per test, in memory, at a fixed moment; and one over sockets for who needs them."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from local.salesforce.inprocess import Api
from local.salesforce.org import opened
from local.salesforce.running import Running, start


@pytest.fixture
def api() -> Iterator[Api]:
    with opened() as org:
        org.clock.fix(datetime(2026, 3, 10, 12, 0, 0, tzinfo=UTC))
        yield Api.signed_in(org)


@pytest.fixture(scope="module")
def live() -> Iterator[Running]:
    """One emulator in a process of its own for all tests of a file."""
    with start() as running:
        yield running


@pytest.fixture
def wire(live: Running) -> Iterator[httpx.Client]:
    """A client that is signed in over TLS, and an empty journal."""
    live.control.settings(requests_used=0, per_app_api_requests=0)
    trusted = ssl.create_default_context(cafile=live.ca)
    with httpx.Client(base_url=live.https, verify=trusted, trust_env=False) as client:
        form = {
            "grant_type": "client_credentials",
            "client_id": live.client_id,
            "client_secret": live.client_secret,
        }
        token = client.post("/services/oauth2/token", data=form).json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        live.control.clear_journal()
        yield client
