"""The world of write-back with its second queue: what is gathered there goes out by runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from syncline.ports import Drain, Run, RunStatus
from syncline.usecases.start_bulk import StartBulk, Started
from syncline.usecases.stored_changes import ChangeEvent
from syncline.usecases.sweep_runs import SweepRuns
from tests.faults.crashing import Fuse, Fused
from tests.worlds.small import ACME, World
from tests.worlds.writing_back import Announcing, announcing

BULK: Final = "bulk_write_back_crm"
WINDOW: Final = 100
_NAMES: Final = ("configuration", "runs", "journal", "queues", "turnstile")
_MOST: Final = 60


@dataclass(slots=True)
class Gathering:
    """`platform` announces; time passes here as it does on AWS."""

    platform: Announcing
    invocations: int = 0

    @property
    def world(self) -> World:
        return self.platform.world

    def event(self, number: int, at: str | None = None, **values: Any) -> ChangeEvent:
        """One that goes out with others."""
        return self.platform.event(number, at, bulk=True, **values)

    def changed(self, number: int = 1, **values: Any) -> Drain:
        """The message of a change of one account."""
        self.announce([self.event(number, **(values or {"industry": "Mining"}))])
        (drain,) = self.taken()
        return drain

    def at_work(self) -> Run:
        """A run that has changed one account and waits for its job in Salesforce."""
        self.world.crm.job_from, self.world.crm.job_waits = 1, 2
        run = self.invoke(self.changed())
        assert run is not None
        return run

    def taken(self) -> list[Drain]:
        """What the window has gathered for each place, delays over; the queue has it no more."""
        queue = self.world.cloud.queues.bulk
        found: dict[tuple[str, str, str], Drain] = {}
        for message in queue:
            drain = message.request
            assert isinstance(drain, Drain)
            before = found.setdefault((drain.workspace, drain.connection, drain.object), drain)
            ids = tuple(dict.fromkeys([*before.ids, *drain.ids]))
            merged = replace(before, ids=ids, delays=max(before.delays, drain.delays))
            found[drain.workspace, drain.connection, drain.object] = merged
        delay = max((message.delay for message in queue), default=0)
        self.world.advance(seconds=delay + WINDOW)
        queue.clear()
        return list(found.values())

    def start(self, drain: Drain, *, fuse: Fuse | None = None, holder: str = "") -> Started:
        """What a poller does first."""
        cloud, fuse = self.world.cloud, fuse or Fuse()
        self.invocations += 1
        ports: dict[str, Any] = {name: Fused(getattr(cloud, name), fuse) for name in _NAMES}
        start = StartBulk(
            **ports,
            records=lambda workspace: Fused(cloud.records(workspace), fuse),
            clock=cloud.clock,
        )
        return start(drain, holder=holder or f"poller-{self.invocations:04d}")

    def invoke(self, drain: Drain, *, fuse: Fuse | None = None) -> Run | None:
        """An invocation of the function for what one place has gathered."""
        started = self.start(drain, fuse=fuse)
        if started.run is None:
            return None
        return self.world.run(BULK, fuse=fuse, run=started.run.id)

    def work_off(self) -> list[Run]:
        """Messages and legs as they are due, until there are none; the runs, newest first."""
        for _ in range(_MOST):
            if self.world.cloud.queues.bulk:
                for drain in self.taken():
                    self.invoke(drain)
            elif not self.next_leg():
                return self.runs()
        raise AssertionError("it goes on and on")

    def next_leg(self) -> bool:
        """Whether a schedule was due; it starts the leg."""
        legs = self.world.cloud.schedules.legs
        waiting = [(stored["at"], key, stored) for key, stored in legs.under(())]
        if not waiting:
            return False
        at, key, stored = min(waiting, key=lambda each: each[0])
        legs.remove(key)
        missing = datetime.fromisoformat(at) - self.world.cloud.clock.now()
        self.world.advance(seconds=max(missing.total_seconds(), 0))
        self.world.run(BULK, run=stored["run"], leg=stored["leg"])
        return True

    def runs(self) -> list[Run]:
        return list(self.world.cloud.runs.page(ACME, BULK, limit=100))

    def run(self) -> Run:
        """The only one, ended."""
        (run,) = self.runs()
        assert run.status not in (RunStatus.QUEUED, RunStatus.RUNNING)
        return run

    def announce(self, events: Sequence[ChangeEvent]) -> None:
        self.platform.announce(*events)

    def sweep(self) -> None:
        """What the sweeper does, the starts included."""
        cloud = self.world.cloud
        sweeper = SweepRuns(
            cloud.configuration, cloud.runs, cloud.starter, cloud.notifications, cloud.clock
        )
        sweeper()
        for _, event in cloud.starter.started:
            self.world.run(event["job"], run=event["run"])
        cloud.starter.started.clear()


def gathering(*attributes: str, **settings: Any) -> Gathering:
    """Five accounts on both sides, whose attributes are written back."""
    return Gathering(announcing(*attributes, **settings))
