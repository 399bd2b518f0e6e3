"""The crash sweep on the local cloud: the function's process is really killed.

A seeded tenth of the points by default; SYNCLINE_SWEEP=all tries every one (`make sweep`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import pytest

from local.house import House, stand
from tests.faults.cloud_sweep import CloudSweep
from tests.worlds.standing import FUNCTIONS, run_job
from tests.worlds.stirred import prepare

REASONS: Final = {
    "accounts": {"created:new", "updated:changed", "skipped:deletes_off", "held:merged_away"},
    "tasks": {
        "created:new",
        "created:account_arrived",
        "updated:changed",
        "updated:contested",
        "deleted:deleted_in_crm",
        "parked:account_not_there",
        "held:edited_after_deletion",
        "rejected:no_title",
    },
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with stand(home=tmp_path_factory.mktemp("sweep")) as standing:
        prepare(standing)
        yield standing


@pytest.mark.parametrize("job", ["accounts", "tasks"])
def test_a_killed_process_changes_nothing_after_the_rerun(
    house: House, job: str, tell: Callable[[str], None]
) -> None:
    if job == "tasks":
        run_job(house, "accounts", "2026-01-31T10:00:00+00:00")
    sweep = CloudSweep(
        house, FUNCTIONS[job], start=lambda moment: run_job(house, job, moment), org=dict
    )
    told = sweep.reference()
    assert told["status"] == "partial"
    assert set(told["ledger"]["reasons"]) >= REASONS[job]

    tell(f"crash sweep of {job} on the local cloud: {sweep.all()}")

    assert sweep.differences == []
