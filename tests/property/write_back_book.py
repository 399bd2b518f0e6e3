"""What was changed where and when, and which value of each field must therefore be on both sides.

The newest one, with one exception that lies in what Salesforce tells: a record there has one time
of its last change. A seller's edit that no job has read yet counts as made when the record was
last changed, be it by our own write of another field; a change of the platform from in between may
lose against it. Its receipt then says that Salesforce is later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from syncline.engine.moments import to_the_second
from syncline.engine.told import APPLIED, SUPERSEDED
from tests.worlds.writing_tasks import PATHS, TASKS, WritingTasks

_CONNECTION: Final = "crm"
_FIRST: Final = ""


@dataclass(frozen=True, slots=True)
class Set:
    """A field that somebody set. `receipt` is empty for a seller."""

    at: str
    value: str
    receipt: str = ""


@dataclass(slots=True)
class Book:
    """`known`: CRM id and attribute → all that was set; `seen`: the last change of each record in
    Salesforce before what happens now; `decided`: receipt → what `seen` was then; `raced`: where a
    seller came between the look at a record and the write."""

    known: dict[tuple[str, str], list[Set]] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)
    raced: set[tuple[str, str]] = field(default_factory=set)

    def begin(self, sides: WritingTasks) -> None:
        for crm_id in TASKS:
            for name, value in sides.here(crm_id).items():
                self.known[crm_id, name] = [Set(_FIRST, value)]
        self.look(sides)

    def look(self, sides: WritingTasks) -> None:
        """After everything that happens."""
        for receipt, crm_id in self.records.items():
            if receipt not in self.decided and sides.platform.receipt(receipt).final:
                self.decided[receipt] = self.seen[crm_id]
        self.seen = {crm_id: sides.modified(crm_id) for crm_id in TASKS}

    def check(self, sides: WritingTasks) -> None:
        """What must hold once all is written."""
        for receipt in self.records:
            assert sides.platform.receipt(receipt).final, f"{receipt} waits"
        for crm_id in TASKS:
            here, there = sides.here(crm_id), sides.there(crm_id)
            assert here == there, f"{crm_id}: {here} and {there}"
            for name in PATHS:
                self._check_value(sides, crm_id, name, here[name])

    def _check_value(self, sides: WritingTasks, crm_id: str, name: str, value: str) -> None:
        known = self.known[crm_id, name]
        newest = _newest(known)
        if value == newest.value:
            return
        sellers = [each for each in known if not each.receipt and each.at != _FIRST]
        told = f"{name} of {crm_id} is {value}, not {newest} of {known}"
        if (crm_id, name) in self.raced:
            people = [each for each in known if each.receipt]
            allowed = {_newest(group).value for group in (sellers, people)}
            assert value in allowed, told
            return
        assert newest.receipt, told
        outcome = sides.platform.receipt(newest.receipt).results[_CONNECTION][name].outcome
        assert outcome != APPLIED, told
        assert outcome == SUPERSEDED, told
        assert self.decided[newest.receipt] >= to_the_second(newest.at), told
        assert sellers, told
        assert value == _newest(sellers).value, told


def _newest(known: Sequence[Set]) -> Set:
    return max(known, key=_moment)


def _moment(each: Set) -> datetime:
    """What was there before everything was set before all time."""
    return datetime.fromisoformat(each.at) if each.at else datetime.min.replace(tzinfo=UTC)
