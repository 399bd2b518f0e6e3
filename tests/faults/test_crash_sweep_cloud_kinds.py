"""The crash sweep on the local cloud for touchpoints, campaign touches and tasks on their way out.

A seeded tenth of the points by default; SYNCLINE_SWEEP=all tries every one (`make sweep`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from local.house import House, stand
from local.seller import Seller
from tests.faults.cloud_sweep import CloudSweep
from tests.worlds.stirred_kinds import JOBS, KEY, prepare_kinds, run_kind

REASONS: Final = {
    "touchpoints-in": {
        "created:new",
        "deleted:deleted_in_salesforce",
        "rejected:no_subject_or_content",
    },
    "touchpoints-out": {"created:new", "updated:changed", "deleted:deleted_on_platform"},
    "campaigns": {"created:new", "rejected:no_start_date"},
    "tasks-out": {"created:new", "updated:changed", "deleted:deleted_on_platform"},
}
PASSING: Final = ("started", "watermark", "jobs")
"""An outbound run begins at our own time; a Bulk job that was never begun leaves its number."""
_FIELDS: Final = ("Id", "Subject", "WhatId", "WhoId", "OwnerId", "ActivityDate", KEY)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with stand(home=tmp_path_factory.mktemp("sweep"), deliveries=0) as standing:
        prepare_kinds(standing)
        yield standing


def live(house: House) -> dict[str, Any]:
    """All tasks and events of the org, by id."""
    seller, names = Seller(house.salesforce), ", ".join(_FIELDS)
    rows = [
        row
        for name in ("Task", "Event")
        for row in seller.find(f"SELECT {names} FROM {name}")  # noqa: S608 our own words
    ]
    return {row["Id"]: {name: row[name] for name in _FIELDS} for row in rows}


@pytest.mark.parametrize("job", REASONS)
def test_a_killed_process_changes_nothing_after_the_rerun(
    house: House, job: str, tell: Callable[[str], None]
) -> None:
    sweep = CloudSweep(
        house,
        JOBS[job][1],
        start=lambda moment: run_kind(house, job, moment),
        org=lambda: live(house),
        passing=PASSING,
    )
    told = sweep.reference()
    assert set(told["ledger"]["reasons"]) >= REASONS[job]

    tell(f"crash sweep of {job} on the local cloud: {sweep.all()}")

    assert sweep.differences == []
