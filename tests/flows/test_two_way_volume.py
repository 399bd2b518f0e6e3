"""Tasks and touchpoints both ways on the local cloud, judged from outside (issue's last promise).

SYNCLINE_VOLUME=100000,20000 is the full size; without it 1,000 tasks and 400 events.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from local.agreement.judge import Verdict, judge
from local.agreement.pairs import ACCOUNT, TASK, TOUCHPOINT
from local.crowd import sales_people
from local.house import House, stand
from local.seed.org import demo_org, events, lines, tasks
from tests.worlds.both_ways import (
    JOBS,
    PAIRED,
    Pairs,
    gone,
    lost_edits,
    part,
    platform_work,
    sales_work,
)

NOW: Final = datetime.now(UTC) - timedelta(hours=2)
TASKS, EVENTS = (int(each) for each in os.environ.get("SYNCLINE_VOLUME", "1000,400").split(","))
SHOWS: Final = "SYNCLINE_VOLUME" in os.environ
"""Whether somebody waits for it."""
LEG_SECONDS: Final = 45
"""Fifteen of them for work: a leg begins no batch with less than thirty seconds left."""
CHUNK: Final = 10_000
PAIRS: Final = (ACCOUNT, replace(TASK, once="title"), replace(TOUCHPOINT, once="subject"))
WRITING: Final = (
    "collections", "create", "update", "upsert", "delete", "composite", "bulk.ingest.create",
    "bulk.ingest.upload",
)  # fmt: skip


@dataclass(slots=True)
class Story:
    """What the outside saw at the end of each round."""

    first: list[Verdict]
    kept: dict[str, int]
    second: list[Verdict]
    lost: dict[str, list[str]]
    runs: dict[str, dict[str, Any]]
    requests: dict[str, int]
    before: Any
    after: Any
    peaks: dict[str, int]
    seconds: dict[str, float]


@dataclass(slots=True)
class Watch:
    """How long each part took; told, never judged."""

    seconds: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def lap(self, what: str) -> None:
        """What has just ended."""
        now = time.monotonic()
        self.seconds[what] = now - self.began
        self.began = now
        say(f"{what}: {self.seconds[what]:.0f} s")


def say(what: str) -> None:
    """At once, where somebody waits for it."""
    if SHOWS:
        sys.stderr.write(f"{what}\n")


def verdict_of(name: str, verdicts: list[Verdict]) -> str:
    found = (
        f"{each.pair.platform} {each.agree:,} agree, {sum(each.faults.values())} differ"
        for each in verdicts
    )
    return f"after the {name} round: {'; '.join(found)}"


def _let_a_second_pass() -> None:
    """The two sides tell times in whole seconds, and what comes after must be told as later."""
    threading.Event().wait(1.1)


def runs_of(name: str, runs: dict[str, Any]) -> str:
    told = (f"{job} {run['leg']} legs, {run['requests']} requests" for job, run in runs.items())
    return f"{name} round: {'; '.join(told)}"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    limits = {function: LEG_SECONDS for _, function in JOBS.values()}
    home: Path = tmp_path_factory.mktemp("house")
    with stand(home=home, timeouts=limits, deliveries=0) as house:
        return told(house)


def told(house: House) -> Story:
    pairs, watch = Pairs(house), Watch()
    born_in_salesforce(house)
    pairs.set_up()
    pairs.run("accounts")
    born_on_the_platform(pairs)
    watch.lap("people make records")
    runs = {"first": pairs.round()}
    watch.lap("first round")
    first = judge(house.endpoints(), PAIRS)
    watch.lap("first judgement")
    say(runs_of("first", runs["first"]))
    say(verdict_of("first", first))
    kept = people_work(pairs)
    watch.lap("people work")
    runs["second"] = pairs.round()
    watch.lap("second round")
    second = judge(house.endpoints(), PAIRS)
    say(runs_of("second", runs["second"]))
    say(verdict_of("second", second))
    with pairs.platform() as platform:
        lost = {name: lost_edits(name, platform.rows(name)) for name in PAIRED}
    before = pairs.prints()
    watch.lap("second judgement")
    house.salesforce.control.clear_journal()
    runs["third"] = pairs.round()
    requests = house.salesforce.control.counts()
    watch.lap("third round")
    peaks = {job: house.cloud.peak_memory(JOBS[job][1]) for job in JOBS}
    return Story(
        first, kept, second, lost, runs, requests, before, pairs.prints(), peaks, watch.seconds
    )


def born_in_salesforce(house: House) -> None:
    control = house.salesforce.control
    control.load(demo_org(NOW).foundation)
    makers: tuple[tuple[Callable[..., Any], int], ...] = ((tasks, TASKS), (events, EVENTS))
    for make, count in makers:
        for first in range(0, count // 2, CHUNK):
            rows = make(min(CHUNK, count // 2 - first), NOW, first=first)
            control.load_lines(b"".join(lines(rows)))


def born_on_the_platform(pairs: Pairs) -> None:
    office, crowd = pairs.office(NOW), pairs.crowd()
    crowd.edit(office.tasks(TASKS - TASKS // 2))
    crowd.edit(office.touchpoints(EVENTS - EVENTS // 2))


def people_work(pairs: Pairs) -> dict[str, int]:
    """Edits and deletions in Salesforce, then on the platform: of what both change, the platform's
    is later. How many of each object are to be left."""
    kept = {}
    crowd = pairs.crowd()
    with (
        sales_people(pairs.house.salesforce) as sales,
        pairs.salesforce() as salesforce,
        pairs.platform() as platform,
    ):
        for name, sobject in PAIRED.items():
            asked = f"SELECT Id FROM {sobject} WHERE IsDeleted = false ORDER BY Id"  # noqa: S608
            ids = [row["Id"] for row in salesforce.rows(asked)]
            sales_work(sales, sobject, ids)
            kept[name] = sum(not gone(id) for id in ids)
            assert {part(id) for id in ids} >= set(range(9)), "a part has nobody to work on"
        _let_a_second_pass()
        for name in PAIRED:
            platform_work(crowd, name, platform.rows(name))
    return kept


def test_both_sides_agree_after_the_first_load(story: Story) -> None:
    counts = {verdict.pair.platform: verdict for verdict in story.first}

    assert [verdict.findings for verdict in story.first] == [[], [], []]
    assert counts["task"].agree == TASKS
    assert counts["touchpoint"].agree == EVENTS


def test_both_sides_agree_after_work_on_both(story: Story) -> None:
    counts = {verdict.pair.platform: verdict for verdict in story.second}

    assert [verdict.findings for verdict in story.second] == [[], [], []]
    assert {name: counts[name].agree for name in PAIRED} == story.kept
    assert counts["task"].salesforce == counts["task"].platform == story.kept["task"]


def test_no_edit_was_lost(story: Story) -> None:
    assert story.lost == {"task": [], "touchpoint": []}


def test_a_further_round_writes_nothing(story: Story) -> None:
    written = {job: run["ledger"]["written"] for job, run in story.runs["third"].items()}

    assert written
    assert all(count == 0 for counts in written.values() for count in counts.values()), written
    assert {name: story.requests.get(name, 0) for name in WRITING} == dict.fromkeys(WRITING, 0)
    assert story.before == story.after


def test_every_run_ends_well(story: Story, tell: Callable[[str], None]) -> None:
    ends = {
        f"{name} {job}": run["status"]
        for name, runs in story.runs.items()
        for job, run in runs.items()
    }

    tell(figures(story))
    assert set(ends.values()) == {"succeeded"}, ends


def figures(story: Story) -> str:
    """What the flow was, for people."""
    lines = [f"two ways: {TASKS:,} tasks, {EVENTS:,} events"]
    lines += [runs_of(name, runs) for name, runs in story.runs.items()]
    lines += [verdict_of("first", story.first), verdict_of("second", story.second)]
    lines.append(f"requests of the silent round: {story.requests}")
    peaks = (f"{job} {peak / 1e6:.1f} MB" for job, peak in story.peaks.items())
    lines.append(f"peaks: {', '.join(peaks)}")
    spent = (f"{what} {seconds:.0f} s" for what, seconds in story.seconds.items())
    lines.append(f"time: {', '.join(spent)}; {sum(story.seconds.values()):.0f} s in all")
    return "\n".join(lines)
