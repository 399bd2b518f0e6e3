"""One org per test, in memory, at a fixed moment."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from local.salesforce.inprocess import Api
from local.salesforce.org import opened


@pytest.fixture
def api() -> Iterator[Api]:
    with opened() as org:
        org.clock.fix(datetime(2026, 3, 10, 12, 0, 0, tzinfo=UTC))
        yield Api.signed_in(org)
