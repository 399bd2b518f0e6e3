"""One org per test, in memory, at a fixed moment; and one over sockets for who needs them."""

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
    with live.signed_in() as client:
        live.control.clear_journal()
        yield client
