"""The crash sweep in memory: every call of a run, killed before and after it."""

import copy
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from syncline.ports import RunStatus
from tests.faults.crashing import SIDES, CrashError, Fuse, Side
from tests.worlds.small import ACME, World

_PASSING: Final = frozenset(
    {
        "updated_at",
        "leg",
        "ended_at",
        "requests",
        "until",
        "place",
        "started_at",
        "created_at",
        "sent_at",
        "systemmodstamp",
        "lastmodifieddate",
        "createddate",
    }
)
"""When things happened and how often was tried: what a crash may change."""
_MOST_STARTS: Final = 9
NEXT: Final = "2026-01-01T16:00:00Z"
MOMENT: Final = "2026-01-01T15:00:00Z"
"""The start that the schedule sends, and sends again."""


@dataclass(slots=True)
class Sweep:
    """Kills `job` at every point of its run in `world`; what is left must equal `expected`."""

    world: World
    job: str
    passing: frozenset[str] = frozenset()
    """What else a crash may change of this job."""
    points: int = 0
    differences: list[str] = field(default_factory=list)

    def trace(self) -> tuple[list[str], dict[str, Any]]:
        """The calls of a run without a crash, and what it leaves."""
        world = copy.deepcopy(self.world)
        fuse = Fuse()
        world.run(self.job, fuse=fuse, moment=MOMENT)
        return fuse.trace, outcome(world, self.passing)

    def all(self) -> None:
        """Tries every point, before and after."""
        trace, expected = self.trace()
        for at, name in enumerate(trace):
            for side in SIDES:
                self.points += 1
                left = self._killed(at, side)
                if left != expected:
                    self.differences.append(
                        f"{side} call {at} ({name}): {difference(left, expected)}"
                    )

    def every_answer_lost(self) -> None:
        """Each request of the run is carried out once without its answer arriving."""
        _, expected = self.trace()
        probe = copy.deepcopy(self.world)
        before = probe.crm.requests()
        probe.run(self.job, moment=MOMENT)
        for number in range(before + 1, probe.crm.requests() + 1):
            self.points += 1
            world = copy.deepcopy(self.world)
            world.crm.lost = {number}
            runs = _runs_after(world, self.job)
            world.run(self.job, moment=MOMENT)
            restart(world, self.job, runs=runs)
            left = outcome(world, self.passing)
            if left != expected:
                told = difference(left, expected)
                self.differences.append(f"answer {number - before} lost: {told}")

    def _killed(self, at: int, side: Side) -> dict[str, Any]:
        world = copy.deepcopy(self.world)
        runs = _runs_after(world, self.job)
        try:
            world.run(self.job, fuse=Fuse(at, side), moment=MOMENT)
        except CrashError:
            restart(world, self.job, runs=runs)
        return outcome(world, self.passing)


def _runs_after(world: World, job: str) -> int:
    """How many runs there will be: one more, unless one waits to be taken up."""
    runs = world.cloud.runs.page(ACME, job, limit=100)
    return len(runs) + (not runs or runs[0].status is not RunStatus.QUEUED)


def restart(world: World, job: str, *, runs: int) -> None:
    """What AWS does after a death: the schedules of legs come when they are due; without one, the
    job's own schedule comes the next time. Until there are so many runs, and the last has ended."""
    for _ in range(_MOST_STARTS):
        leg = _next_leg(world)
        if leg is not None:
            world.cloud.clock.set(max(world.cloud.clock.now(), leg.pop("at")))
            world.cloud.schedules.legs.remove(leg.pop("key"))
            world.run(job, **leg)
        elif _ended(world, job, runs):
            return
        else:
            world.cloud.clock.advance(timedelta(minutes=17))
            world.run(job, moment=NEXT)


def _next_leg(world: World) -> dict[str, Any] | None:
    waiting = [(stored["at"], key, stored) for key, stored in world.cloud.schedules.legs.under(())]
    if not waiting:
        return None
    at, key, stored = min(waiting, key=lambda each: each[0])
    moment = datetime.fromisoformat(at)
    return {"at": moment, "key": key, "run": stored["run"], "leg": stored["leg"]}


def _ended(world: World, job: str, wanted: int) -> bool:
    """Whether the run that was killed, or the one in its place, has come to its end."""
    runs = world.cloud.runs.page(ACME, job, limit=100)
    return len(runs) >= wanted and runs[0].status in (
        RunStatus.SUCCEEDED,
        RunStatus.PARTIAL,
    )


def outcome(world: World, passing: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Everything both sides hold, without times, attempts and the name of the run."""
    dump = world.cloud.dump()
    kept = {
        name: dump[name]
        for name in (
            "links",
            "claims",
            "waiting",
            "trails",
            "records",
            "lookups",
            "feed",
            "journal",
        )
    }
    told = json.dumps(_timeless({**kept, "runs": dump["runs"], "crm": world.crm.org.rows}, passing))
    for moment in (MOMENT, NEXT):
        told = told.replace(moment.replace("-", "").replace(":", ""), "THE-RUN")
    found: dict[str, Any] = json.loads(told)
    return found


def _timeless(stored: Any, passing: frozenset[str]) -> Any:
    if isinstance(stored, dict):
        hidden = _PASSING | passing
        return {k: _timeless(v, passing) for k, v in stored.items() if k not in hidden}
    if isinstance(stored, list):
        return [_timeless(each, passing) for each in stored]
    return stored


def difference(left: Any, expected: Any, path: str = "") -> str:
    """Where two outcomes part first."""
    if isinstance(left, dict) and isinstance(expected, dict):
        for key in sorted({*left, *expected}):
            if left.get(key) != expected.get(key):
                return difference(left.get(key), expected.get(key), f"{path}/{key}")
    return f"{path}: {left!r:.300} instead of {expected!r:.300}"


def deliver(world: World, job: str, times: int) -> int:
    """Works the job off with every message that many times; how many messages there were."""
    count = 1
    for _ in range(times):
        world.run(job, moment=MOMENT)
    while waiting := [(stored["at"], key, stored) for key, stored in _legs(world)]:
        at, key, stored = min(waiting, key=lambda each: each[0])
        world.cloud.clock.set(max(world.cloud.clock.now(), datetime.fromisoformat(at)))
        world.cloud.schedules.legs.remove(key)
        count += 1
        for _ in range(times):
            world.run(job, run=stored["run"], leg=stored["leg"])
    return count


def _legs(world: World) -> Iterable[tuple[Any, Any]]:
    return world.cloud.schedules.legs.under(())
