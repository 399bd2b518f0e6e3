"""The crash sweep on the local cloud for change events: what captures them, and both writers.

A seeded share of the points by default; SYNCLINE_SWEEP=all tries every one (`make sweep`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from local.house import House, stand
from tests.faults.cloud_changes import changes_of, prepare_changes, stored_changes_of
from tests.faults.cloud_changes_sweep import ChangesSweep

Changes = list[dict[str, Any]]

SWEPT: Final[dict[str, tuple[str, Callable[[House], Changes]]]] = {
    "capture": ("InspectFunction", lambda house: changes_of(house, "profile")),
    "write-back": ("WriteBackFunction", lambda house: changes_of(house, "profile")),
    "bulk write-back": ("BulkWriteBackFunction", lambda house: changes_of(house, "segment")),
    "a stored request": ("InspectFunction", stored_changes_of),
    "taking it up": ("WriteBackFunction", stored_changes_of),
}
"""The function that is killed, and what it works on."""
OUTCOMES: Final = {
    "applied",
    "refused deleted_in_crm",
    "skipped not_matched",
    "superseded later_change",
    "superseded crm_is_later",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("sweep")
    with stand(home=home, deliveries=0, pollers=0) as standing:
        prepare_changes(standing)
        yield standing


@pytest.mark.parametrize("what", SWEPT)
def test_a_killed_process_changes_nothing_in_the_end(
    house: House, what: str, tell: Callable[[str], None]
) -> None:
    function, changes = SWEPT[what]
    sweep = ChangesSweep(house, function, changes(house))
    left = sweep.reference()
    assert {each for word in left["receipts"].values() for each in word.values()} == OUTCOMES
    assert len(left["receipts"]) == len(sweep.changes)
    assert left["at_work"] == []

    tell(f"crash sweep of {what} on the local cloud: {sweep.all()}")

    assert sweep.differences == []
