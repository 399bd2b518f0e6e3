"""The crash sweep of change events on the local cloud: the process that captures or writes them is
killed at a call, and AWS and the sender do what they do."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from typing import Any, Final

from local.cloud.journal import Call
from local.house import House
from tests.faults.cloud_changes import org_of
from tests.faults.cloud_following import PAST, Story
from tests.faults.cloud_sweep import SEED
from tests.faults.sweep import difference
from tests.worlds.standing import CloudState, run_job

_PASSING: Final = (
    "v", "updated", "changed_at", "sync", "by", "last", "sent_at", "stamp", "expires_at",
)  # fmt: skip
"""When things happened, how often was written and in which run: what a crash may change."""
_HOLDS: Final = ("lease|", "turnstile|", "asked|")
_SNAPSHOT: Final = "before"
_SIDES: Final = ("before", "after")
_CHANGING: Final = frozenset(
    {
        "BatchExecuteStatement",
        "ExecuteTransaction",
        "PutObject",
        "SendMessageBatch",
        "CreateSchedule",
        "DeleteSchedule",
        "Publish",
    }
)
"""Operations that leave something; a process that dies elsewhere has left the same."""
_NEXT: Final = "2026-02-01T10:00:00+00:00"

Told = dict[str, Any]
Point = tuple[int, str]


@dataclass(slots=True)
class ChangesSweep:
    """Kills `function` at call k while `changes` are captured and written; compares what both sides
    hold after the next inbound run with what they hold without a crash. By default it tries so many
    calls. `last` is the operation behind which nothing is tried, for it is elsewhere."""

    house: House
    function: str
    changes: list[dict[str, Any]]
    tried: int = 3
    last: str = ""
    calls: list[Call] = field(default_factory=list)
    expected: Told = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    before: CloudState = field(init=False)
    org: Told = field(init=False)

    def __post_init__(self) -> None:
        self.before, self.org = CloudState.of(self.house), org_of(self.house)
        self.house.salesforce.control.snapshot(_SNAPSHOT)

    def reference(self) -> Told:
        """What is left without a crash."""
        self.house.cloud.calls.clear()
        self.house.cloud.recycle(self.function)
        Story(self.house, self.changes).tell()
        calls = list(self.house.cloud.calls.calls(self.function))
        ends = [k for k, call in enumerate(calls, 1) if call.operation == self.last]
        self.calls = calls[: max(ends, default=len(calls))]
        self.expected = self._left()
        self._put_back()
        return self.expected

    def points(self) -> list[Point]:
        """Each commit that is never heard of, and some other calls that leave something, seeded;
        with SYNCLINE_SWEEP=all every point."""
        if os.environ.get("SYNCLINE_SWEEP") == "all":
            return [(k, when) for k in range(1, len(self.calls) + 1) for when in _SIDES]
        others = [k for k, call in enumerate(self.calls, 1) if call.operation in _CHANGING]
        seeded = random.Random(SEED).sample(others, self.tried)
        return [(k, "after") for k in sorted({*self.commits(), *seeded})]

    def commits(self) -> list[int]:
        """Salesforce has written, and the process dies before it hears so."""
        return [
            k
            for k, call in enumerate(self.calls, 1)
            if call.service == "salesforce" and call.operation.startswith("PATCH")
        ]

    def all(self) -> str:
        """Tries the points; how many there were, in words."""
        points = self.points()
        for k, when in points:
            self._attempt(k, when)
        tried = f"{len(points)} of {2 * len(self.calls)} points tried"
        return f"{tried}, {len(self.differences)} ended differently"

    def _attempt(self, k: int, when: str) -> None:
        self.house.cloud.recycle(self.function)
        point = self.house.cloud.kill_at(self.function, k, when=when)
        died: list[tuple[Told, Told]] = []
        story = Story(self.house, self.changes, sweeps_first=k % 2 == 0, point=point)
        story.on_death = lambda: died.append((org_of(self.house), _words(self._now())))
        story.tell()
        self.house.cloud.disarm()
        left = self._left()
        words = _words(self._now())
        self._put_back()
        wrong = [] if left == self.expected else [difference(left, self.expected)]
        wrong += [] if died else ["never reached"]
        wrong += [each for org, said in died for each in self._unsaid(org, said, words)]
        where = f"{when} call {k} ({point.service} {point.operation})"
        self.differences += [f"{where}: {each}" for each in wrong]

    def _unsaid(self, org: Told, said: Told, words: Told) -> list[str]:
        """What was written or told before the death and is not what stands there in the end."""
        final = self.expected["org"]
        written = {place: v for place, v in org.items() if v != self.org.get(place)}
        return [f"{k} was {v!r}" for k, v in written.items() if v != final.get(k)] + [
            f"{k} said {v}" for k, v in said.items() if v != words[k]
        ]

    def _now(self) -> Told:
        return CloudState.of(self.house).told(_PASSING)

    def _left(self) -> Told:
        """After the next inbound run, which brings what was not read back any more."""
        assert run_job(self.house, "accounts", _NEXT).ok
        told = self._now()
        links, runs = told["CrossReferencesTable"], told["RunsTable"]
        return {
            "records": told["RecordsTable"],
            "links": {key: _without_runs(item) for key, item in links.items()},
            "receipts": {key: _outcomes(word) for key, word in _words(told).items()},
            "captured": {k: item["captured"] for k, item in runs.items() if "captured" in item},
            "runs": sorted({item["status"] for item in runs.values() if "status" in item}),
            "at_work": [k for k, item in runs.items() if k.startswith(_HOLDS) and _holds(item)],
            "org": org_of(self.house),
        }

    def _put_back(self) -> None:
        self.before.put_back(self.house)
        self.house.salesforce.control.restore(_SNAPSHOT, keep=("faults", "sessions"))


def _words(told: Told) -> Told:
    """Receipt and connection → what was said; nothing for those that are open."""
    return {
        f"{key}/{name}": value
        for key, item in told["RunsTable"].items()
        for name, value in item.items()
        if name.startswith("result:") and value
    }


def _outcomes(word: Told) -> Told:
    """What was written before a crash is there already after it, and another run may say so."""
    return {
        name: "applied" if told["outcome"] == "applied" else f"{told['outcome']} {told['reason']}"
        for name, told in word.items()
        if not name.startswith("@")
    }


def _holds(item: Told) -> bool:
    """A place that a dead writer was in lets the next one in when its time is up."""
    return bool(item["pk"] != "turnstile" or item["until"] != PAST)


def _without_runs(item: Told) -> Told:
    """Of a trail, what was refused, not when and by which run."""
    if "asides" not in item.get("doc", ()):
        return item
    asides = {aside.partition("@")[0] for aside, _ in item["doc"]["asides"]}
    return {**item, "doc": sorted(asides)}
