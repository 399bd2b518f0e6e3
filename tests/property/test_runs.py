"""Both sides edited at random, runs killed at random: what must hold after the last run."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from syncline.ports import RunStatus
from tests.faults.crashing import CrashError, Fuse, Side
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
    run of tasks last ended; `sold` the place in time of each task's last edit in the CRM; `kept`
    the tasks that a person edited after the seller had deleted them. A deletion is the later
    update of everything before it: what an undelete brings back is the CRM's.
    """

    def __init__(self) -> None:
        super().__init__()
        self.world: World = new_world()
        self.tasks: dict[int, dict[str, Any]] = {}
        self.gone: set[int] = set()
        self.kept: set[int] = set()
        self.last: dict[tuple[int, str], tuple[str, str, int]] = {}
        self.sold: dict[int, int] = {}
        self.time = 0
        self.agreed: dict[int, dict[str, Any]] = {}
        self.starts = 0
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
                self.last[number, name] = ("crm", value, self.time)
            self.tasks[number][name] = value
            self.sold[number] = self.time
        self._later()

    @rule(number=TASKS, name=NAMES, value=VALUES)
    def person_edits(self, number: int, name: str, value: str) -> None:
        record = self._record(number)
        if record is not None and record.get(name) != value:
            platform_id = self.world.platform_id(task_id(number))
            self.world.edit_on_platform("task", platform_id, **{name: value})
            self.last[number, name] = ("platform", value, self.time)
            if number in self.gone:
                self.kept.add(number)
        self._later()

    @rule(number=DELETED)
    def seller_deletes(self, number: int) -> None:
        if number in self.tasks and number not in self.gone:
            self.world.crm.org.delete("Task", task_id(number))
            self.gone.add(number)
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
        self._later()

    @rule(job=JOBS)
    def run_ends(self, job: str) -> None:
        run = self._start(job, Fuse())
        if run is not None and job == "tasks":
            self._agree()
        self._later()

    def _start(self, job: str, fuse: Fuse) -> Any:
        self.starts += 1
        run = self.world.run(job, fuse=fuse, moment=f"2026-01-01T00:00:00Z-{self.starts}")
        assert run is None or run.status in (RunStatus.SUCCEEDED, RunStatus.PARTIAL), run.error
        return run

    def _later(self) -> None:
        self.world.advance(seconds=7)
        self.time += 1

    def _agree(self) -> None:
        self.agreed = {number: dict(values) for number, values in self.tasks.items()}

    def _record(self, number: int) -> dict[str, Any] | None:
        return self.world.platform("task").get(task_id(number).lower())

    def teardown(self) -> None:
        """The last runs, and what must hold after them."""
        self.world.cloud.clock.advance(timedelta(minutes=20))
        self.world.advance(minutes=20)
        pending = {key: edit for key, edit in self.last.items() if self._uncontested(key)}
        for _ in range(3):
            self._start("accounts", Fuse())
            self._start("tasks", Fuse())
        self._check_records()
        for (number, name), (_, value, _) in pending.items():
            record = self._record(number)
            if record is not None and number not in self.gone:
                assert record.get(name) == value, (number, name)
        self._check_silence()

    def _uncontested(self, key: tuple[int, str]) -> bool:
        """Whether the last edit of a field must survive: it is the only one since the sides agreed,
        or the later one by the times that decide (the CRM knows one time for all fields)."""
        number, name = key
        side, _, time = self.last[key]
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
            else:
                assert there == (number in self.kept), number
        waiting = " ".join(self.world.cloud.dump()["waiting"])
        for number in self.tasks:
            if task_id(number).lower() in live:
                assert task_id(number) not in waiting
        ids = [link.platform_id for link in self._links() if link.platform_id]
        assert len(ids) == len(set(ids))

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
TestTwoSides.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
