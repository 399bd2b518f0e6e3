"""The crash sweep in memory: every call of a run, killed before and after it."""

import copy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from syncline.ports import RunStatus
from tests.faults.crashing import SIDES, CrashError, Fuse, Side
from tests.worlds.small import World

_PASSING: Final = frozenset(
    {"updated_at", "leg", "ended_at", "requests", "until", "started_at", "created_at"}
)
"""When things happened and how often was tried: what a crash may change."""
_MOST_STARTS: Final = 6
MOMENT: Final = "2026-01-01T15:00:00Z"
"""The start that the schedule sends, and sends again."""


@dataclass(slots=True)
class Sweep:
    """Kills `job` at every point of its run in `world`; what is left must equal `expected`."""

    world: World
    job: str
    points: int = 0
    differences: list[str] = field(default_factory=list)

    def trace(self) -> tuple[list[str], dict[str, Any]]:
        """The calls of a run without a crash, and what it leaves."""
        world = copy.deepcopy(self.world)
        fuse = Fuse()
        world.run(self.job, fuse=fuse, moment=MOMENT)
        return fuse.trace, outcome(world)

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

    def _killed(self, at: int, side: Side) -> dict[str, Any]:
        world = copy.deepcopy(self.world)
        try:
            world.run(self.job, fuse=Fuse(at, side), moment=MOMENT)
        except CrashError:
            restart(world, self.job)
        return outcome(world)


def restart(world: World, job: str) -> None:
    """What the schedules do after a death: the leg's follow-up, else the job's own next start."""
    for _ in range(_MOST_STARTS):
        world.cloud.clock.advance(timedelta(minutes=17))
        run = world.run(job, moment=MOMENT)
        if run is not None and run.status in (RunStatus.SUCCEEDED, RunStatus.PARTIAL):
            return


def outcome(world: World) -> dict[str, Any]:
    """Everything both sides hold, without times and attempts."""
    dump = world.cloud.dump()
    kept = {
        name: dump[name]
        for name in ("links", "claims", "waiting", "records", "lookups", "feed", "journal")
    }
    return {**_timeless(kept), "runs": _timeless(dump["runs"])}


def _timeless(stored: Any) -> Any:
    if isinstance(stored, dict):
        return {k: _timeless(v) for k, v in stored.items() if k not in _PASSING}
    if isinstance(stored, list):
        return [_timeless(each) for each in stored]
    return stored


def difference(left: Any, expected: Any, path: str = "") -> str:
    """Where two outcomes part first."""
    if isinstance(left, dict) and isinstance(expected, dict):
        for key in sorted({*left, *expected}):
            if left.get(key) != expected.get(key):
                return difference(left.get(key), expected.get(key), f"{path}/{key}")
    return f"{path}: {left!r:.300} instead of {expected!r:.300}"
