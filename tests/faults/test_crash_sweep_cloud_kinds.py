"""The crash sweep on the local cloud for the kinds beside accounts and tasks inbound.

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
    "accounts-out": {"created:new", "updated:changed"},
    "touchpoints-in": {
        "created:new",
        "deleted:deleted_in_crm",
        "rejected:no_subject_or_content",
    },
    "touchpoints-out": {"created:new", "updated:changed", "deleted:deleted_on_platform"},
    "campaigns": {"created:new", "rejected:no_start_date"},
    "tasks-out": {"created:new", "updated:changed", "deleted:deleted_on_platform"},
}
PASSING: Final = ("started", "watermark", "jobs")
"""An outbound run begins at our own time; a Bulk job that was never begun leaves its number."""
_ACTIVITY: Final = ("Subject", "WhatId", "WhoId", "OwnerId", "ActivityDate", KEY)
_FIELDS: Final = {"Account": ("Name", "Phone"), "Task": _ACTIVITY, "Event": _ACTIVITY}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with stand(home=tmp_path_factory.mktemp("sweep"), deliveries=0) as standing:
        prepare_kinds(standing)
        yield standing


def live(house: House) -> dict[str, Any]:
    """What the org holds of all three objects, by id."""
    seller = Seller(house.salesforce)
    found: dict[str, Any] = {}
    for object, names in _FIELDS.items():
        soql = f"SELECT Id, {', '.join(names)} FROM {object}"  # noqa: S608 our own words
        found |= {row["Id"]: {name: row[name] for name in names} for row in seller.find(soql)}
    return found


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
