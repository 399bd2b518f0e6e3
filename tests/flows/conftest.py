"""A standing house for the flows of the whole product."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from local.house import House, stand
from local.seed.org import demo_org, tasks

NOW: Final = datetime.now(UTC) - timedelta(hours=2)


@pytest.fixture(scope="module")
def guarded_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Everything up, roles evaluated, with the demo org's accounts and 300 tasks."""
    home: Path = tmp_path_factory.mktemp("house")
    with stand(home=home, auth=True) as house:
        house.salesforce.control.load(demo_org(NOW).foundation)
        house.salesforce.control.load(tasks(300, NOW))
        yield house
