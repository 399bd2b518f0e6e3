"""Both sides edited at random, runs killed at random: what must hold after the last run."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from syncline.ports import RunStatus
from tests.faults.crashing import CrashError, Fuse, Side
from tests.searching import examples
from tests.worlds.small import World, account_id, new_world, put_account, put_task, task_id

TASKS: Final = st.integers(1, 3)
DELETED: Final = st.just(3)
"""Only this one is deleted: a deletion ends the story of every edit before it."""
ACCOUNTS: Final = st.integers(1, 3)
FIELDS: Final = {"title": "Subject", "status": "Status", "description": "Description"}
NAMES: Final = st.sampled_from(sorted(FIELDS))
VALUES: Final = st.sampled_from(["Open", "Done", "Zoë 🚀", "two\nlines"])
JOBS: Final = st.sampled_from(["accounts", "tasks"])


class TwoSides(RuleBasedStateMachine):
    """`last` is the last edit of a field with its place in time; `agreed` the CRM's values when a
    run of tasks last ended, and `bases` those that any run has seen since, for one that died may
    have come to know them or not; `sides` who has edited a field on which the sides do not agree;
    `sold` the place in time of each task's last edit in the CRM; `kept` the tasks that a person
    edited after the seller had deleted them. A deletion is the later update of everything before
    it: what an undelete brings back is the CRM's.
    """

    def __init__(self) -> None:
        super().__init__()
        self.world: World = new_world()
        self.tasks: dict[int, dict[str, Any]] = {}
        self.gone: set[int] = set()
        self.kept: set[int] = set()
        self.deleted: dict[int, int] = {}
        self.last: dict[tuple[int, str], tuple[str, str, int]] = {}
        self.sold: dict[int, int] = {}
        self.time = 0
        self.agreed: dict[int, dict[str, Any]] = {}
        self.bases: dict[tuple[int, str], set[Any]] = {}
        self.sides: dict[tuple[int, str], set[str]] = {}
        self.starts = 0
        self.died: set[str] = set()
        for number in (1, 2, 3):
            self.account_comes(number)
            self.task_comes(number, number)
        for job in ("accounts", "tasks"):
            self.run_ends(job)

    @rule(number=ACCOUNTS)
    def account_comes(self, number: int) -> None:
        if account_id(number) not in self.world.crm.org.rows.get("account", {}):
            put_account(self.world, number)
        self._later()

    @rule(number=TASKS, account=ACCOUNTS)
    def task_comes(self, number: int, account: int) -> None:
        if number not in self.tasks:
            put_task(self.world, number, account)
            self.tasks[number] = {"title": f"Call {number}", "status": "Open", "description": None}
        self._later()

    @rule(number=TASKS, name=NAMES, value=VALUES)
    def seller_edits(self, number: int, name: str, value: str) -> None:
        if number in self.tasks and number not in self.gone:
            edit: dict[str, Any] = {FIELDS[name]: value}
            self.world.crm.org.edit("Task", task_id(number), **edit)
            if self.tasks[number][name] != value:
                self._edited(number, name, "crm", value)
            self.tasks[number][name] = value
            self.sold[number] = self.time
        self._later()

    @rule(number=TASKS, name=NAMES, value=VALUES)
    def person_edits(self, number: int, name: str, value: str) -> None:
        record = self._record(number)
        if record is not None and record.get(name) != value:
            platform_id = self.world.platform_id(task_id(number))
            self.world.edit_on_platform("task", platform_id, **{name: value})
            self._edited(number, name, "platform", value)
            if number in self.gone:
                self.kept.add(number)
        self._later()

    @rule(number=DELETED)
    def seller_deletes(self, number: int) -> None:
        if number in self.tasks and number not in self.gone:
            self.world.crm.org.delete("Task", task_id(number))
            self.gone.add(number)
            self.deleted[number] = self.time
        self._later()

    @rule(number=DELETED)
    def seller_undeletes(self, number: int) -> None:
        if number in self.gone:
            self.world.crm.org.undelete("Task", task_id(number))
            self.gone.discard(number)
            self.kept.discard(number)
            self.last = {key: edit for key, edit in self.last.items() if key[0] != number}
        self._later()

    @rule(job=JOBS, at=st.integers(0, 120), side=st.sampled_from(["before", "after"]))
    def run_dies(self, job: str, at: int, side: Side) -> None:
        try:
            self._start(job, Fuse(at, side))
        except CrashError:
            self.world.advance(minutes=20)
            self.died.add(job)
        self._later()

    @rule(job=JOBS)
    def run_ends(self, job: str) -> None:
        """Twice where one died before: it goes on behind what it has read, and new edits are for
        the one after it."""
        pending = self._pending()
        runs = [self._start(job, Fuse()) for _ in range(2 if job in self.died else 1)]
        self.died.discard(job)
        if job == "tasks" and None not in runs:
            self._check_edits(pending)
            self._agree()
        self._later()

    def _start(self, job: str, fuse: Fuse) -> Any:
        self.starts += 1
        if job == "tasks":
            self._see()
        run = self.world.run(job, fuse=fuse, moment=f"2026-01-01T00:00:00Z-{self.starts}")
        assert run is None or run.status in (RunStatus.SUCCEEDED, RunStatus.PARTIAL), run.error
        return run

    def _later(self) -> None:
        self.world.advance(seconds=7)
        self.time += 1

    def _edited(self, number: int, name: str, side: str, value: str) -> None:
        self.last[number, name] = (side, value, self.time)
        self.sides.setdefault((number, name), set()).add(side)

    def _see(self) -> None:
        """What a run of tasks may make the baseline."""
        for number, values in self.tasks.items():
            for name, value in values.items():
                self.bases.setdefault((number, name), set()).add(value)

    def _agree(self) -> None:
        self.agreed = {number: dict(values) for number, values in self.tasks.items()}
        self.bases = {}
        self._see()
        for (number, name), sides in self.sides.items():
            record = self._record(number)
            sides.discard("crm")
            if record is not None and record.get(name) == self.tasks[number][name]:
                sides.discard("platform")
            if self.last.get((number, name), ("", "", 0))[0] not in sides:
                self.last.pop((number, name), None)

    def _record(self, number: int) -> dict[str, Any] | None:
        return self.world.platform("task").get(task_id(number).lower())

    def teardown(self) -> None:
        """The last runs, and what must hold after them."""
        self.world.cloud.clock.advance(timedelta(minutes=20))
        self.world.advance(minutes=20)
        pending = self._pending()
        for _ in range(3):
            self._start("accounts", Fuse())
            self._start("tasks", Fuse())
        self._check_records()
        self._check_edits(pending)
        self._check_silence()

    def _pending(self) -> dict[tuple[int, str], str]:
        """The edits that must survive."""
        return {key: value for key, (_, value, _) in self.last.items() if self._uncontested(key)}

    def _check_edits(self, pending: dict[tuple[int, str], str]) -> None:
        for (number, name), value in pending.items():
            record = self._record(number)
            if record is not None and number not in self.gone:
                assert record.get(name) == value, (number, name)

    def _uncontested(self, key: tuple[int, str]) -> bool:
        """Whether the last edit of a field must survive: it is the only one since the sides agreed,
        or the later one by the times that decide (the CRM knows one time for all fields). A field
        that is set back to what the sides may last have agreed on is no edit beside another's."""
        number, name = key
        side, value, time = self.last[key]
        if len(self.sides[key]) > 1 and value in self.bases.get(key, ()):
            return False
        unchanged = self.agreed.get(number, {}).get(name) == self.tasks[number][name]
        return side == "crm" or unchanged or time > self.sold.get(number, 0)

    def _check_records(self) -> None:
        accounts = self.world.crm.org.rows.get("account", {})
        live = self.world.platform("task")
        for number in self.tasks:
            there = task_id(number).lower() in live
            parent = self.world.crm.org.rows["task"][task_id(number)]["accountid"]
            if number not in self.gone:
                assert there == (parent in accounts), number
            elif number not in self.kept:
                assert not there, number
            elif self._works_on(number):
                assert there, number
        waiting = " ".join(self.world.cloud.dump()["waiting"])
        for number in self.tasks:
            if task_id(number).lower() in live:
                assert task_id(number) not in waiting
        ids = [link.platform_id for link in self._links() if link.platform_id]
        assert len(ids) == len(set(ids))

    def _works_on(self, number: int) -> bool:
        """Whether a person has set something since the deletion that the sides never agreed on."""
        return any(
            side == "platform" and time > self.deleted[number]
            for key, (side, value, time) in self.last.items()
            if key[0] == number and value not in self.bases.get(key, ())
        )

    def _links(self) -> list[Any]:
        keys = [task_id(number) for number in self.tasks]
        return list(self.world.cloud.links("acme", "crm").get(keys).values())

    def _check_silence(self) -> None:
        writes: Callable[[], dict[str, int]] = lambda: dict(self.world.cloud.writes)  # noqa: E731
        before = writes()
        self._start("accounts", Fuse())
        self._start("tasks", Fuse())
        after = writes()
        for name in ("links", "claims", "waiting", "records", "lookups", "journal"):
            assert after[name] == before[name], name


TestTwoSides = TwoSides.TestCase
TestTwoSides.settings = settings(max_examples=examples(120), stateful_step_count=40)
