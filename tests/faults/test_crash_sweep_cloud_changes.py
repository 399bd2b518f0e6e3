"""The crash sweep on the local cloud for change events: what captures them, and both writers.

A seeded share of the points by default; SYNCLINE_SWEEP=all tries every one (`make sweep`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from local.house import House, stand
from tests.faults.cloud_changes import changes_of, prepare_changes, stored_changes_of
from tests.faults.cloud_changes_sweep import ChangesSweep


@dataclass(frozen=True, slots=True)
class Swept:
    """The function that is killed, what it works on, and what the sweep is told beside."""

    function: str
    changes: Callable[[House], list[dict[str, Any]]]
    more: Mapping[str, Any] = field(default_factory=dict)


SWEPT: Final = {
    "capture": Swept("InspectFunction", lambda house: changes_of(house, "profile")),
    "write-back": Swept("WriteBackFunction", lambda house: changes_of(house, "profile")),
    "bulk write-back": Swept("BulkWriteBackFunction", lambda house: changes_of(house, "segment")),
    "a stored request": Swept("InspectFunction", stored_changes_of, {"tried": 1}),
    "taking it up": Swept(
        "WriteBackFunction", stored_changes_of, {"tried": 1, "last": "SendMessageBatch"}
    ),
}
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
    swept = SWEPT[what]
    sweep = ChangesSweep(house, swept.function, swept.changes(house), **swept.more)
    left = sweep.reference()
    assert {each for word in left["receipts"].values() for each in word.values()} == OUTCOMES
    assert len(left["receipts"]) == len(sweep.changes)
    assert left["at_work"] == []

    tell(f"crash sweep of {what} on the local cloud: {sweep.all()}")

    assert sweep.differences == []
