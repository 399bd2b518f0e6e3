"""Tasks that go both ways by schedule, and are written back as they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from syncline.config.attribute import attribute_name
from syncline.engine.moments import canonical_instant, precise_instant
from syncline.errors import RetryableError
from syncline.ports import Drain, Receipt, RunStatus
from syncline.usecases.stored_changes import ChangeEvent
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.bulk import Gathering
from tests.worlds.small import ACME, World, put_task, task_id
from tests.worlds.two_way import IN, OUT, two_way_world
from tests.worlds.writing_back import CRM, Announcing

PATHS: Final = {
    "title": "Subject",
    "status": "Status",
    "priority": "Priority",
    "assigned_to": "OwnerId",
}
TASKS: Final = (task_id(1), task_id(2), task_id(3))
_PEOPLE: Final = 60
_TRIES: Final = 40
_WRITTEN: Final = ("links", "claims", "waiting", "records", "lookups", "conflicts")


def person_id(number: int) -> str:
    return f"005{100 + number % _PEOPLE:012d}AAA"


def address(number: int) -> str:
    return f"p{number % _PEOPLE}@example.com"


@dataclass(slots=True)
class WritingTasks:
    """Both sides, the messages that are under way, and the changes that nobody has sent yet."""

    platform: Announcing
    count: int = 0
    pending: list[ChangeEvent] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    last: datetime | None = None
    """The second of the last change: Salesforce's stamps are whole, so no seller edits in it."""

    @property
    def world(self) -> World:
        return self.platform.world

    @property
    def messages(self) -> list[Any]:
        return self.world.cloud.queues.immediate

    # --- what people do -------------------------------------------------------------------------

    def value(self, name: str) -> tuple[str, str]:
        """One that nobody has set yet: as the platform has it and as Salesforce does."""
        self.count += 1
        if name == "assigned_to":
            return address(self.count), person_id(self.count)
        return f"{name} {self.count}", f"{name} {self.count}"

    def change(
        self, crm_id: str, *names: str, bulk: bool = False, beside: int | None = None
    ) -> ChangeEvent:
        """Happens now, at a second of its own; nobody has announced it yet. `beside`: within the
        second of the last one instead, at that thousandth."""
        moment = self.world.cloud.clock.now()
        while canonical_instant(moment) in self.used:
            moment += timedelta(seconds=1)
        if beside is not None and self.last is not None:
            moment = self.last + timedelta(milliseconds=beside)
        while precise_instant(moment) in self.used:
            moment += timedelta(microseconds=1)
        at = precise_instant(moment)
        self.last = moment.replace(microsecond=0)
        self.used |= {at, canonical_instant(moment)}
        values = {name: self.value(name)[0] for name in names}
        self.count += 1
        receipt = Receipt(
            id=f"{self.count:032x}",
            digest=str(values),
            object="task",
            record=self.world.platform_id(crm_id),
            at=at,
            accepted_at=at,
            origin="profile",
            actor="ada@example.com",
            to={CRM: tuple(values)},
            bulk=bulk,
        )
        return ChangeEvent(receipt, values)

    def announce(self, *events: ChangeEvent, fuse: Fuse | None = None) -> bool:
        """Whether the sender was answered."""
        try:
            self.platform.announce(*events, fuse=fuse)
        except CrashError:
            return False
        return True

    def edit(self, crm_id: str, name: str) -> tuple[str, str]:
        """A seller does; when, and what that is on the platform."""
        moment = self.world.crm.org.clock
        while canonical_instant(moment) in self.used:
            self.world.advance(seconds=1)
            moment = self.world.crm.org.clock
        self.used.add(canonical_instant(moment))
        here, there = self.value(name)
        fields: dict[str, Any] = {PATHS[name]: there}
        self.world.crm.org.edit("Task", crm_id, **fields)
        return canonical_instant(moment), here

    # --- what is there --------------------------------------------------------------------------

    def here(self, crm_id: str) -> dict[str, Any]:
        own = self.world.platform_id(crm_id)
        values = self.world.cloud.records(ACME).get("task", [own])[own].values
        return {name: values.get(name) for name in PATHS}

    def there(self, crm_id: str) -> dict[str, Any]:
        org = self.world.crm.org
        row = org.rows["task"][crm_id]
        seen = {name: row[path.lower()] for name, path in PATHS.items()}
        return {**seen, "assigned_to": org.value("Task", crm_id, "Owner.Email")}

    def modified(self, crm_id: str) -> str:
        return str(self.world.crm.org.rows["task"][crm_id]["lastmodifieddate"])

    def written(self) -> tuple[object, ...]:
        """What differs once anybody has written anything anywhere."""
        org, writes = self.world.crm.org, self.world.cloud.writes
        rows = [
            sorted(map(str, row.items())) for each in org.rows.values() for row in each.values()
        ]
        return rows, *(writes[name] for name in _WRITTEN)

    def waiting(self) -> list[str]:
        records = self.world.cloud.records(ACME)
        return [id for bulk in (False, True) for id in records.waiting("task", bulk=bulk, limit=99)]

    # --- programs -------------------------------------------------------------------------------

    def deliver(self, pick: int, *, fuse: Fuse | None = None, holder: str = "one") -> bool:
        """One message, when its delay is over; one whose reader dies stays. False if there is
        none."""
        if not self.messages:
            return False
        message = self.messages.pop(pick % len(self.messages))
        self.world.advance(seconds=message.delay)
        assert isinstance(message.request, Drain)
        try:
            self.platform.drain(message.request, fuse=fuse, holder=holder)
        except (CrashError, RetryableError):
            self.messages.append(message)
            self.world.advance(seconds=90)
        return True

    def close_window(self, fuse: Fuse | None = None) -> None:
        """What the second queue has gathered is one run, or waits for the one at work."""
        gathering = Gathering(self.platform)
        for drain in gathering.taken():
            gathering.invoke(drain, fuse=fuse)

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
        job = stored["run"].rpartition(".")[0]
        self.world.run(job, run=stored["run"], leg=stored["leg"])
        return True

    def sweep(self) -> None:
        """What every five minutes looks after what waits."""
        if self.waiting():
            for bulk in (False, True):
                self.world.cloud.queues.send([Drain(ACME, CRM, "task", (), bulk)])

    def run(self, job: str, fuse: Fuse | None = None) -> None:
        """To its end, if nobody else is at work on the same."""
        self.world.advance(seconds=7)
        run = self.world.run(job, fuse=fuse)
        for _ in range(_TRIES):
            if run is None or run.status is not RunStatus.RUNNING or not self.next_leg():
                break
            run = self.world.cloud.runs.get(ACME, run.id)
        ended = (RunStatus.SUCCEEDED, RunStatus.PARTIAL)
        assert run is None or run.status in ended, run

    def settle(self, look: Callable[[], object] = lambda: None) -> None:
        """All that is under way arrives, and both jobs run; `look` follows each step."""
        for _ in range(_TRIES):
            self.sweep()
            bulk = self.world.cloud.queues.bulk
            begun = self.next_leg()
            look()
            if not (begun or self.messages or bulk):
                break
            for _ in range(len(self.messages)):
                self.deliver(0)
                look()
            if bulk:
                self.close_window()
            look()
        for job in (IN, OUT, IN):
            self.world.advance(minutes=15)
            self.run(job)
            look()


def writing_tasks(**both: Any) -> WritingTasks:
    """Three tasks that both sides agree on; four of their attributes are written back. `both` are
    settings of both jobs."""
    world = two_way_world(both=both)
    for number in range(_PEOPLE):
        world.crm.org.put("User", person_id(number), Email=address(number), IsActive=True)
    for number in range(1, len(TASKS) + 1):
        put_task(world, number, number, Priority="Low", WhatId=f"001{number:012d}AAA")
    put = world.cloud.configuration.put
    for name in PATHS:
        assert put(
            ACME, "attribute", attribute_name("task", name), {"write_back": True}, expected=0
        )
    found = WritingTasks(Announcing(world))
    for _ in range(2):
        found.settle()
    world.advance(hours=1)
    world.cloud.clock.set(world.crm.org.clock)
    return found
