"""People on both sides, both jobs of each pair, clocks that differ, and faults at random: both
sides agree in the end, no uncontested edit is lost, no record is twice, a further run is silent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from syncline.engine.records import Value
from tests.faults.crashing import Fuse, Side
from tests.property.both_ways_book import Book
from tests.searching import examples
from tests.worlds.small import account_id, task_id
from tests.worlds.two_sides import FIELDS, JOBS, TwoSides, two_sides
from tests.worlds.two_way import IN, OUT

PICK: Final = st.integers(0, 7)
ACCOUNT: Final = st.integers(1, 8)
"""Five are there from the beginning."""
ROUNDS: Final = 6
JOB: Final = st.sampled_from([IN, OUT, IN, OUT, *JOBS])
OBJECT: Final = st.sampled_from(["task", "task", "account"])
FIELD: Final = st.integers(0, 2)
VALUE: Final = st.sampled_from(["new", "new", "Open", "Done", ""])
"""A value nobody has had yet, one that comes back, or none where there may be none."""
NEEDED: Final = frozenset({"name", "title"})


@dataclass(slots=True)
class Meanwhile(Fuse):
    """Does something at one of the calls instead of dying."""

    act: Callable[[], object] = lambda: None
    place: int = 0

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        if len(self.trace) == self.place:
            self.place = -1
            self.act()
        return Fuse.call(self, name, act)


class BothWays(RuleBasedStateMachine):
    """Each rule is something that a seller, a person, a schedule or bad luck does."""

    def __init__(self) -> None:
        super().__init__()
        self.sides: TwoSides
        self.book = Book()
        self.count = 0

    @initialize(keyed=st.booleans(), skew=st.sampled_from([0, -3, 4, -9]))
    def begin(self, keyed: bool, skew: int) -> None:
        self.sides = two_sides(keyed=keyed, skew=skew)
        self.book.close(self.sides)

    # --- sellers --------------------------------------------------------------------------------

    @rule(account=st.one_of(ACCOUNT, st.none()), late=st.booleans())
    def seller_adds_task(self, account: int | None, late: bool) -> None:
        self.count += 1
        id, fields = task_id(self.count), {"title": "Call", "status": "Open"}
        parent = account_id(account) if account else None
        if parent not in self.sides.there("account"):
            parent = None
        late = late and self.sides.late is None
        named = {FIELDS["task"][name]: value for name, value in fields.items()}
        self.sides.seller_puts("task", id, late=late, WhatId=parent, **named)
        self.book.there[id] = dict(fields)

    @rule(number=st.integers(6, 8))
    def seller_adds_account(self, number: int) -> None:
        id = account_id(number)
        if id not in self.sides.world.crm.org.rows["account"]:
            self.sides.seller_puts("account", id, Name=f"Company {number}")
            self.book.there[id] = {"name": f"Company {number}"}

    @rule(object=OBJECT, pick=PICK, field=FIELD, value=VALUE, late=st.booleans())
    def seller_edits(self, object: str, pick: int, field: int, value: str, late: bool) -> None:
        id = _picked(self._unlocked(object), pick)
        if id is None:
            return
        name, wanted = self._wanted(object, field, value)
        path = FIELDS[object][name]
        before = self.sides.there(object)[id].get(path.lower())
        late = late and self.sides.late is None
        self.sides.seller_edits(id, late=late, **{path: wanted})
        edits = self.book.there.setdefault(id, {})
        if before != wanted:
            edits[name] = wanted

    @rule(pick=PICK)
    def seller_deletes(self, pick: int) -> None:
        id = _picked(self._unlocked("task"), pick)
        if id is not None:
            self.sides.world.crm.org.delete("Task", id)

    @rule(pick=PICK, purges=st.booleans())
    def seller_empties_bin(self, pick: int, purges: bool) -> None:
        """Or takes out what is in it."""
        id = _picked(self.sides.binned("task"), pick)
        if id is None:
            return
        if purges:
            self.sides.world.crm.org.purge("Task", id)
        else:
            self.sides.world.crm.org.undelete("Task", id)
            self.book.mixed.add(id)

    @rule(loser=PICK, winner=PICK)
    def seller_merges(self, loser: int, winner: int) -> None:
        ids = sorted(self.sides.there("account"))
        lost, kept = _picked(ids, loser), _picked(ids, winner)
        if lost and kept and lost != kept and len(ids) > 3 and self.sides.late is None:
            self.sides.seller_merges(lost, kept)
            self.book.mixed |= {lost, kept}

    @rule()
    def commit(self) -> None:
        self.sides.commit()

    # --- persons --------------------------------------------------------------------------------

    @rule(pick=PICK)
    def person_adds_task(self, pick: int) -> None:
        account = _picked(sorted(self.sides.here("account")), pick)
        self._person_puts("task", {"title": "Call", "status": "Open"}, account_id=account)

    @rule(number=st.one_of(st.integers(6, 8), st.none()))
    def person_adds_account(self, number: int | None) -> None:
        """One that is in the CRM, or will be, or is nowhere yet."""
        external = account_id(number).lower() if number else None
        self._person_puts("account", {"name": f"Known as {number}"}, external_id=external)

    @rule(object=OBJECT, pick=PICK, field=FIELD, value=VALUE)
    def person_edits(self, object: str, pick: int, field: int, value: str) -> None:
        here = self.sides.here(object)
        own = _picked(sorted(here), pick)
        if own is None:
            return
        name, wanted = self._wanted(object, field, value)
        if here[own].get(name) != wanted and self.sides.person_puts(object, own, **{name: wanted}):
            self.book.here.setdefault(own, {})[name] = wanted

    @rule(pick=PICK)
    def person_deletes(self, pick: int) -> None:
        own = _picked(sorted(self.sides.here("task")), pick)
        if own is not None:
            self.sides.person_deletes("task", own)

    # --- jobs and bad luck ----------------------------------------------------------------------

    @rule(job=JOB)
    def job_runs(self, job: str) -> None:
        self.sides.start(job)

    @rule(job=JOB, at=st.integers(0, 80), side=st.sampled_from(["before", "after"]))
    def run_dies(self, job: str, at: int, side: Side) -> None:
        self.sides.start(job, Fuse(at, side))

    @rule(job=JOB, nth=st.integers(1, 10))
    def answer_is_lost(self, job: str, nth: int) -> None:
        crm = self.sides.world.crm
        crm.lost = {crm.requests() + nth}
        self.sides.start(job)
        crm.lost = ()

    @rule(job=JOB, place=st.integers(0, 80), pick=PICK, field=FIELD, what=st.integers(0, 4))
    def somebody_comes_between(
        self, job: str, place: int, pick: int, field: int, what: int
    ) -> None:
        acts: Sequence[Callable[[], object]] = (
            lambda: self.person_edits("task", pick, field, "new"),
            lambda: self.seller_edits("task", pick, field, "new", late=False),
            lambda: self.person_deletes(pick),
            lambda: self.seller_deletes(pick),
            lambda: self.sides.start(OUT if job == IN else IN),
        )
        self.sides.start(job, Meanwhile(act=acts[what], place=place))

    @rule(minutes=st.sampled_from([1, 16]))
    def time_goes_by(self, minutes: int) -> None:
        self.sides.leap(minutes=minutes)

    @rule(minutes=st.sampled_from([1, 16]))
    def everything_runs(self, minutes: int) -> None:
        """Until there is nothing left to write, which is soon. The first runs may be old ones that
        have read already."""
        self.sides.commit()
        self.sides.finish(*JOBS)
        for _ in range(ROUNDS):
            if self._is_silent():
                break
            self.sides.leap(minutes=minutes)
        else:
            raise AssertionError("a further run always finds something to write")
        self.book.check(self.sides)
        self.book.close(self.sides)

    def teardown(self) -> None:
        if hasattr(self, "sides"):
            self.everything_runs(16)

    # --- how ------------------------------------------------------------------------------------

    def _is_silent(self) -> bool:
        """Whether all jobs run once more and write nothing on either side."""
        before = self.sides.written()
        self.sides.finish(*JOBS)
        return self.sides.written() == before

    def _unlocked(self, object: str) -> list[str]:
        return [id for id in sorted(self.sides.there(object)) if self.sides.is_free(id)]

    def _wanted(self, object: str, field: int, value: str) -> tuple[str, Value]:
        name = list(FIELDS[object])[field]
        if value == "new" or (not value and name in NEEDED):
            self.count += 1
            return name, f"v{self.count}"
        return name, value or None

    def _person_puts(self, object: str, values: dict[str, Value], **more: Value) -> None:
        self.count += 1
        own = f"p{self.count}"
        if self.sides.person_puts(object, own, **values, **more):
            self.book.here[own] = values


def _picked(ids: Sequence[str], pick: int) -> str | None:
    return ids[pick % len(ids)] if ids else None


TestBothWays = BothWays.TestCase
TestBothWays.settings = settings(max_examples=examples(60), stateful_step_count=40)
