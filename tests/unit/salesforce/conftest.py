"""The scripted org of every test in this folder."""

from collections.abc import Iterator

import pytest

from tests.unit.salesforce.scripted import ScriptedOrg, scripted_org


@pytest.fixture
def org() -> Iterator[ScriptedOrg]:
    with scripted_org() as found:
        yield found
