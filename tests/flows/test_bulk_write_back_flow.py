"""One action of a segment changes many tasks: the real template, its queues and its window.

SYNCLINE_WRITE_BACK_VOLUME=5000 is the full size; without it 600 tasks.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Final

import pytest

from local.bench.changing import PATH, WRITTEN, Changing, change, latest, timed
from local.bench.write_back import (
    WINDOW_SECONDS,
    announced,
    bulk_runs,
    over_the_window,
    shown,
    taken_up,
)
from local.house import House, stand

SIZE: Final = int(os.environ.get("SYNCLINE_WRITE_BACK_VOLUME", "600"))
"""More than 500, so that it is taken up in parts, and more than one message speaks of it."""
MOST: Final = {"bulk.ingest.create": 15, "collections": 5 + ceil(SIZE / 200) + SIZE // 1000}
"""Requests by either way. One of Collections writes 200 records; queries grow with it, too."""
_LATEST: Final = 120
"""Seconds from the change to its run (W8)."""
_EARLY: Final = WINDOW_SECONDS - 25
"""Seconds after which there is none yet: a poll under way sees a moved clock when it is over."""


@dataclass(frozen=True, slots=True)
class Story:
    """What the outside saw: runs `_EARLY` seconds after the 202, those `_LATEST` seconds after it,
    and in the end; requests by the emulator's journal, the receipt of all and each one's, what
    differs, records of the run."""

    early: list[dict[str, Any]]
    begun: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    requests: dict[str, int]
    receipt: dict[str, Any]
    receipts: Counter[str]
    differences: list[str]
    records: list[dict[str, Any]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    home: Path = tmp_path_factory.mktemp("house")
    with stand(home=home, auth=True) as house:
        return told(house)


def told(house: House) -> Story:
    changing = Changing(house)
    changing.set_up(SIZE)
    house.salesforce.control.clear_journal()
    receipt = announced(changing, SIZE)
    early, begun = while_it_stands_still(changing, receipt)
    runs = over_the_window(changing, house.cloud.clock.now())
    changes = (change(n, own, whole=True) for n, own in enumerate(changing.ids))
    return Story(
        early=early,
        begun=begun,
        runs=runs,
        requests=house.salesforce.control.counts(),
        receipt=shown(house, receipt),
        receipts=changing.receipts(),
        differences=changing.differences(latest(changes)),
        records=house.call("GET", f"{PATH}/runs/{runs[0]['id']}/records?limit=5")["items"],
    )


def while_it_stands_still(
    changing: Changing, receipt: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The runs of both moments. The clock stands still but for our steps, so that it does not
    matter how fast the machine is."""
    house, clock = changing.house, changing.house.cloud.clock
    clock.freeze()
    taken_up(changing, receipt, SIZE)
    clock.advance(_EARLY)
    early = bulk_runs(house)
    clock.advance(_LATEST - _EARLY)
    timed(lambda: bool(bulk_runs(house)), pause=0.25)
    begun = bulk_runs(house)
    clock.resume()
    return early, begun


def test_several_deliveries_are_one_run_after_the_window(story: Story) -> None:
    assert story.early == []
    (run,) = story.runs
    assert run["status"] == "succeeded"
    assert run["ledger"]["updated"] == SIZE


def test_the_run_begins_within_two_minutes(story: Story) -> None:
    assert [run["id"] for run in story.begun] == [run["id"] for run in story.runs]


def test_every_receipt_is_final(story: Story) -> None:
    assert story.receipt["statuses"] == {"applied": SIZE}
    assert story.receipts == {"settled": SIZE}


def test_both_sides_say_the_same(story: Story) -> None:
    assert story.differences == []


def test_the_run_shows_every_attribute(story: Story) -> None:
    named = {each["field"] for record in story.records for each in record["changes"]}

    assert named == set(WRITTEN)


def test_few_requests_write_many_changes(story: Story, tell: Callable[[str], None]) -> None:
    sent = {name: n for name, n in story.requests.items() if name not in ("token", "identity")}

    tell(f"bulk write-back of {SIZE:,} tasks, 3 attributes each: {sent}")
    way = next(name for name in MOST if name in sent)
    assert sum(sent.values()) <= MOST[way]
