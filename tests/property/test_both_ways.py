"""People on both sides, both jobs of each pair, clocks that differ, and faults at random: both
sides agree in the end, no uncontested edit is lost, no record is twice, a further run is silent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from syncline.engine.records import Value
from tests.faults.crashing import Fuse, Meanwhile, Side
from tests.property.both_ways_book import NAMES, Book
from tests.searching import examples
from tests.worlds.small import account_id, task_id
from tests.worlds.two_sides import JOBS, TwoSides
from tests.worlds.two_sides_agreeing import event_id, two_sides
from tests.worlds.two_sides_fields import EMAILS, Field, can_be_found
from tests.worlds.two_way import IN, OUT

PICK: Final = st.integers(0, 7)
Edits = Sequence[tuple[int, int]]
ACCOUNT: Final = st.integers(1, 8)
"""Five are there from the beginning."""
ROUNDS: Final = 6
JOB: Final = st.sampled_from([IN, OUT, IN, OUT, *JOBS])
ACTIVITY: Final = st.sampled_from(["task", "task", "touchpoint"])
OBJECT: Final = st.sampled_from(["task", "task", "touchpoint", "account"])
EDITS: Final = st.lists(st.tuples(PICK, st.integers(0, 12)), min_size=1, max_size=4)
"""Which fields, and which of the values worth trying; of a text the first has never been there."""
ADA: Final = "ada@example.com"
ADDRESS: Final = st.sampled_from([ADA, None, "BOB@example.com", "nobody@example.com"])


class BothWays(RuleBasedStateMachine):
    """Each rule is something that a seller, a person, a schedule or bad luck does."""

    def __init__(self) -> None:
        super().__init__()
        self.sides: TwoSides
        self.book = Book()
        self.count = 0

    @initialize(keyed=st.booleans(), skew=st.sampled_from([0, -3, 4, -9]), timed=st.booleans())
    def begin(self, keyed: bool, skew: int, timed: bool) -> None:
        self.sides = two_sides(keyed=keyed, skew=skew, timed=timed)
        self.book.named["p00"] = {ADA}
        self.book.close(self.sides)

    # --- sellers --------------------------------------------------------------------------------

    @rule(object=ACTIVITY, account=st.one_of(ACCOUNT, st.none()), late=st.booleans())
    def seller_adds(self, object: str, account: int | None, late: bool) -> None:
        self.count += 1
        id = task_id(self.count) if object == "task" else event_id(self.count)
        parent = account_id(account) if account else None
        if parent not in self.sides.there("account"):
            parent = None
        late = late and self.sides.late is None
        fields = self.sides.fields[object]
        filled = [name for name, field in fields.items() if field.needed or name == "status"]
        values = {name: self._value(fields[name], fields[name].there, 0) for name in filled}
        named = {fields[name].path: value for name, value in values.items()}
        self.sides.seller_puts(object, id, late=late, WhatId=parent, **named)
        self.book.there[id] = {name: fields[name].means(value) for name, value in values.items()}

    @rule(number=st.integers(6, 8))
    def seller_adds_account(self, number: int) -> None:
        id = account_id(number)
        if id not in self.sides.world.crm.org.rows["account"]:
            self.sides.seller_puts("account", id, Name=f"Company {number}")
            self.book.there[id] = {"name": f"Company {number}"}

    @rule(object=OBJECT, pick=PICK, edits=EDITS, late=st.booleans())
    def seller_edits(self, object: str, pick: int, edits: Edits, late: bool) -> None:
        id = _picked(self._unlocked(object), pick)
        if id is None:
            return
        before, edited = self.sides.meant(object, id), self.book.there.setdefault(id, {})
        setting: dict[str, Value] = {}
        for name, field, pick_of_value in self._fields(object, edits):
            wanted = self._value(field, field.there, pick_of_value)
            setting[field.path] = wanted
            meant = EMAILS[str(wanted)] if field.seen else field.means(wanted)
            if before[name] != meant:
                edited[name] = meant
        late = late and self.sides.late is None
        self.sides.seller_edits(id, late=late, **setting)

    @rule(object=ACTIVITY, pick=PICK)
    def seller_deletes(self, object: str, pick: int) -> None:
        id = _picked(self._unlocked(object), pick)
        if id is not None:
            self.sides.seller_deletes(id)

    @rule(object=ACTIVITY, pick=PICK, purges=st.booleans())
    def seller_empties_bin(self, object: str, pick: int, purges: bool) -> None:
        """Or takes out what is in it."""
        id = _picked(self.sides.binned(object), pick)
        if id is None:
            return
        self.sides.seller_empties_bin(id, purges=purges)
        if not purges:
            self.book.mixed.add(id)
            self.book.torn -= {id, self.sides.pairs(object).get(id)}

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

    @rule(pick=PICK, address=ADDRESS)
    def person_adds_task(self, pick: int, address: str | None) -> None:
        account = _picked(sorted(self.sides.here("account")), pick)
        values = {"title": "Call", "status": "Open", "assigned_to": address}
        self._person_puts("task", values, account_id=account)

    @rule(pick=PICK, address=ADDRESS)
    def person_adds_touchpoint(self, pick: int, address: str | None) -> None:
        account = _picked(sorted(self.sides.here("account")), pick)
        values: dict[str, Value] = {"subject": "Visit", "touchpoint_date": "2026-01-09T23:30:00Z"}
        self._person_puts("touchpoint", values, account_id=account, creator=address)
        self.book.named[f"p{self.count}"] = {address}

    @rule(pick=PICK, address=ADDRESS)
    def person_names_creator(self, pick: int, address: str | None) -> None:
        own = _picked(sorted(self.sides.here("touchpoint")), pick)
        if own and self.sides.person_puts("touchpoint", own, creator=address):
            self.book.named.setdefault(own, set()).add(address)
            self.book.here.setdefault(own, {})

    @rule(number=st.one_of(st.integers(6, 8), st.none()))
    def person_adds_account(self, number: int | None) -> None:
        """One that is in the CRM, or will be, or is nowhere yet."""
        external = account_id(number).lower() if number else None
        self._person_puts("account", {"name": f"Known as {number}"}, external_id=external)

    @rule(object=OBJECT, pick=PICK, edits=EDITS)
    def person_edits(self, object: str, pick: int, edits: Edits) -> None:
        here = self.sides.here(object)
        own = _picked(sorted(here), pick)
        if own is None:
            return
        wanted: dict[str, Value] = {}
        kept: dict[str, Value] = {}
        for name, field, pick_of_value in self._fields(object, edits):
            wanted[name] = self._value(field, field.here, pick_of_value)
            kept[name] = field.kept(wanted[name])
        if self.sides.person_puts(object, own, **wanted):
            edited = {name: value for name, value in kept.items() if here[own].get(name) != value}
            self.book.here.setdefault(own, {}).update(edited)

    @rule(object=ACTIVITY, pick=PICK)
    def person_deletes(self, object: str, pick: int) -> None:
        own = _picked(sorted(self.sides.here(object)), pick)
        if own is not None:
            self.sides.person_deletes(object, own)

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

    @rule(job=JOB, place=st.integers(0, 80), pick=PICK, edits=EDITS, what=st.integers(0, 4))
    def somebody_comes_between(
        self, job: str, place: int, pick: int, edits: Edits, what: int
    ) -> None:
        activity = "touchpoint" if job.startswith("touchpoint") else "task"
        acts: Sequence[Callable[[], object]] = (
            lambda: self.person_edits(activity, pick, edits),
            lambda: self.seller_edits(activity, pick, edits, late=False),
            lambda: self.person_deletes(activity, pick),
            lambda: self.seller_deletes(activity, pick),
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
        """Whoever is named wrongly is named rightly, so that everything can be sent. Then a run of
        all that is there finds nothing to do, either."""
        if hasattr(self, "sides"):
            self.everything_runs(16)
            self._mend()
            self.everything_runs(16)
            self._run_whole()

    # --- how ------------------------------------------------------------------------------------

    def _is_silent(self) -> bool:
        """Whether all jobs run once more and write nothing on either side."""
        before = self.sides.written()
        self.sides.finish(*JOBS)
        return self.sides.written() == before

    def _unlocked(self, object: str) -> list[str]:
        return [id for id in sorted(self.sides.there(object)) if self.sides.is_free(id)]

    def _mend(self) -> None:
        for object, name in NAMES.items():
            for own, values in self.sides.here(object).items():
                if values.get(name) is not None and not can_be_found(values[name]):
                    self.sides.person_puts(object, own, **{name: ADA})
                    self.book.here.setdefault(own, {})[name] = ADA
                    self.book.named.setdefault(own, set()).add(ADA)

    def _run_whole(self) -> None:
        before = self.sides.written(), self.sides.links()
        for job in JOBS:
            self.sides.leap(minutes=1)
            self.sides.finish_whole(job)
            assert (self.sides.written(), self.sides.links()) == before, f"{job} in full writes"

    def _fields(self, object: str, edits: Edits) -> Iterator[tuple[str, Field, int]]:
        """Each field that is edited, once."""
        fields = list(self.sides.fields[object].items())
        picks = {fields[pick % len(fields)]: value for pick, value in edits}
        for (name, field), value in picks.items():
            yield name, field, value

    def _value(self, field: Field, values: Sequence[Value], pick: int) -> Value:
        self.count += 1
        value = values[pick % len(values)]
        if field.needed and value in (None, ""):
            value = values[0]
        return value.replace("{}", str(self.count)) if isinstance(value, str) else value

    def _person_puts(self, object: str, values: Mapping[str, Value], **more: Value) -> None:
        self.count += 1
        own = f"p{self.count}"
        if self.sides.person_puts(object, own, **values, **more):
            self.book.here[own] = {name: each for name, each in values.items() if each}


def _picked(ids: Sequence[str], pick: int) -> str | None:
    return ids[pick % len(ids)] if ids else None


TestBothWays = BothWays.TestCase
TestBothWays.settings = settings(max_examples=examples(40), stateful_step_count=40)
