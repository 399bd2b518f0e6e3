"""Changes that arrive in any order, twice and late; drains, scheduled runs and sellers in between;
faults: in the end both sides have the newest value, every receipt is final, nothing waits."""

from collections.abc import Callable, Sequence
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from syncline.errors import ConfigurationError, RateLimitedError, RetryableError, SyncError
from tests.faults.crashing import Fuse, Meanwhile, Side
from tests.property.write_back_book import Book, Set
from tests.searching import examples
from tests.worlds.two_way import IN, OUT
from tests.worlds.writing_tasks import PATHS, TASKS, WritingTasks, writing_tasks

PICK: Final = st.integers(0, 20)
TASK: Final = st.sampled_from(TASKS)
NAME: Final = st.sampled_from([*PATHS])
NAMES: Final = st.lists(NAME, min_size=1, max_size=3, unique=True)
PLACE: Final = st.integers(0, 40)
ACT: Final = st.integers(0, 3)
FAULTS: Final[dict[str, Callable[[], SyncError]]] = {
    "down": lambda: RetryableError("It is down.", code="org_unreachable"),
    "limit": lambda: RateLimitedError("Not before.", retry_after_seconds=30),
    "credentials": lambda: ConfigurationError("They are wrong.", code="credentials_refused"),
}


class WriteBackBoth(RuleBasedStateMachine):
    """Each rule is something that people, a queue, a schedule or bad luck does."""

    def __init__(self) -> None:
        super().__init__()
        self.sides: WritingTasks
        self.book = Book()

    @initialize()
    def begin(self) -> None:
        self.sides = writing_tasks()
        self.book.begin(self.sides)

    # --- people ---------------------------------------------------------------------------------

    @rule(task=TASK, names=NAMES, bulk=st.booleans())
    def change_happens(
        self, task: str, names: Sequence[str], bulk: bool, beside: int | None = None
    ) -> None:
        """It is announced later, or never till the end."""
        self._passes()
        event = self.sides.change(task, *names, bulk=bulk, beside=beside)
        for name, value in event.values.items():
            told = Set(event.receipt.at, str(value), event.receipt.id)
            self.book.known[task, name].append(told)
        self.sides.pending.append(event)

    @rule(task=TASK, names=NAMES, beside=st.integers(0, 999))
    def change_happens_beside(self, task: str, names: Sequence[str], beside: int) -> None:
        """Within the same second as the one before, which may have been announced."""
        self.change_happens(task, names, bulk=False, beside=beside)
        self._announce(len(self.sides.pending) - 1)

    @rule(task=TASK, names=NAMES, bulk=st.booleans())
    def change_is_announced(self, task: str, names: Sequence[str], bulk: bool) -> None:
        self.change_happens(task, names, bulk)
        self._announce(len(self.sides.pending) - 1)

    @rule(pick=PICK, again=st.booleans())
    def change_arrives(self, pick: int, again: bool) -> None:
        self._passes()
        self._announce(pick, again=again)

    @rule(pick=PICK, at=st.integers(0, 8), side=st.sampled_from(["before", "after"]))
    def change_breaks_off(self, pick: int, at: int, side: Side) -> None:
        """The sender gets no answer, and will send it again."""
        self._passes()
        self._announce(pick, fuse=Fuse(at, side))

    @rule(task=TASK, name=NAME)
    def seller_edits(self, task: str, name: str) -> None:
        self._passes()
        self._edit(task, name)

    # --- programs -------------------------------------------------------------------------------

    @rule(pick=PICK, twice=st.booleans())
    def message_arrives(self, pick: int, twice: bool) -> None:
        self._passes()
        if twice and self.sides.messages:
            self.sides.messages.append(self.sides.messages[pick % len(self.sides.messages)])
        self._deliver(pick)
        if twice:
            self._deliver(-1, holder="two")

    @rule(pick=PICK, at=st.integers(0, 60), side=st.sampled_from(["before", "after"]))
    def drain_dies(self, pick: int, at: int, side: Side) -> None:
        self._passes()
        self._deliver(pick, fuse=Fuse(at, side))

    @rule(pick=PICK, place=PLACE, what=ACT, task=TASK, name=NAME)
    def somebody_comes_between(
        self, pick: int, place: int, what: int, task: str, name: str
    ) -> None:
        """While a drain is at work."""
        self._passes()
        act = self._acts(task, name, pick)[what]
        self._deliver(pick, fuse=Meanwhile(act=act, place=place))

    @rule(pick=PICK, fault=st.sampled_from([*FAULTS]), skip=st.integers(0, 1))
    def org_fails(self, pick: int, fault: str, skip: int) -> None:
        self._passes()
        crm = self.sides.world.crm
        crm.faults = [FAULTS[fault]()]
        self._deliver(pick)
        crm.faults = []

    @rule(pick=PICK, nth=st.integers(1, 4))
    def answer_is_lost(self, pick: int, nth: int) -> None:
        self._passes()
        crm = self.sides.world.crm
        crm.lost = {crm.requests() + nth}
        self._deliver(pick)
        crm.lost = ()

    @rule(waits=st.booleans())
    def window_closes(self, waits: bool) -> None:
        """And a run writes what it gathered, by a job in Salesforce or at once."""
        self._passes()
        crm = self.sides.world.crm
        crm.job_from, crm.job_waits = (1, 1) if waits else (2000, 0)
        self.sides.close_window()
        self.book.look(self.sides)

    @rule(place=PLACE, what=ACT, task=TASK, name=NAME, pick=PICK)
    def bulk_is_disturbed(self, place: int, what: int, task: str, name: str, pick: int) -> None:
        self._passes()
        act = self._acts(task, name, pick)[what]
        self.sides.close_window(Meanwhile(act=act, place=place))
        self.book.look(self.sides)

    @rule()
    def leg_begins(self) -> None:
        self._passes()
        self.sides.next_leg()
        self.book.look(self.sides)

    @rule(job=st.sampled_from([IN, OUT]))
    def job_runs(self, job: str) -> None:
        self._passes()
        self.sides.run(job)
        self.book.look(self.sides)

    @rule(job=st.sampled_from([IN, OUT]), place=PLACE, what=ACT, task=TASK, name=NAME, pick=PICK)
    def run_is_disturbed(
        self, job: str, place: int, what: int, task: str, name: str, pick: int
    ) -> None:
        self._passes()
        act = self._acts(task, name, pick)[what]
        self.sides.run(job, Meanwhile(act=act, place=place))
        self.book.look(self.sides)

    @rule(minutes=st.sampled_from([1, 16]))
    def time_goes_by(self, minutes: int) -> None:
        self.sides.world.advance(minutes=minutes)

    @rule()
    def everything_arrives(self) -> None:
        while self.sides.pending:
            self._announce(0)
        self.sides.settle(lambda: self.book.look(self.sides))
        self.book.check(self.sides)
        assert self.sides.waiting() == []

    def teardown(self) -> None:
        if hasattr(self, "sides"):
            self.everything_arrives()
            before = self.sides.written()
            self.sides.settle()
            assert self.sides.written() == before, "a further round writes"

    # --- how ------------------------------------------------------------------------------------

    def _acts(self, task: str, name: str, pick: int) -> Sequence[Callable[[], object]]:
        """What may come between."""

        def edits() -> None:
            self.book.raced.add((task, name))
            self._edit(task, name)

        return (
            edits,
            lambda: self.change_is_announced(task, [name], pick % 2 == 1),
            lambda: self.sides.deliver(pick, holder="two"),
            lambda: self.sides.run(IN),
        )

    def _passes(self) -> None:
        self.sides.world.advance(seconds=20)

    def _announce(self, pick: int, *, again: bool = False, fuse: Fuse | None = None) -> None:
        pending = self.sides.pending
        if not pending:
            return
        event = pending[pick % len(pending)]
        if self.sides.announce(event, fuse=fuse):
            (crm_id,) = [
                each for each in TASKS if self.sides.world.platform_id(each) == event.receipt.record
            ]
            self.book.records[event.receipt.id] = crm_id
            if not again:
                pending.remove(event)
        self.book.look(self.sides)

    def _edit(self, task: str, name: str) -> None:
        at, value = self.sides.edit(task, name)
        self.book.known[task, name].append(Set(at, value))
        self.book.seen[task] = self.sides.modified(task)

    def _deliver(self, pick: int, *, fuse: Fuse | None = None, holder: str = "one") -> None:
        self.sides.deliver(pick, fuse=fuse, holder=holder)
        self.book.look(self.sides)


TestWriteBackBoth = WriteBackBoth.TestCase
TestWriteBackBoth.settings = settings(max_examples=examples(30), stateful_step_count=40)
