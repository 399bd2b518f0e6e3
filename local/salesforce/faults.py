"""Failures armed by a test: for which calls, at which of them, and how often they hit."""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Final

from local.salesforce.faultkinds import FAULTS, FaultKind, FaultSpec, Meets, Work

ANY_ENDPOINT: Final = "*"
#: No request: the rows that a Bulk job writes together. Only meant when named.
CHUNK: Final = "bulk.chunk"
_SPENT_KEPT: Final = 100


@dataclass(frozen=True, slots=True)
class Target:
    """What can be known of a call: enough to choose it. `text` holds its statement and body."""

    endpoint: str
    method: str
    path: str
    user_id: str = ""
    sobjects: frozenset[str] = frozenset()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """Which calls of the endpoint; what is left empty does not matter.

    `path` is a regular expression found anywhere in it; `word` stands in the statement or in the
    body, in any case.
    """

    method: str = ""
    path: str = ""
    sobject: str = ""
    user: str = ""
    word: str = ""

    def matches(self, target: Target) -> bool:
        """Whether a call is meant."""
        return (
            (not self.method or self.method.upper() == target.method)
            and (not self.path or re.search(self.path, target.path) is not None)
            and (not self.sobject or self.sobject.lower() in target.sobjects)
            and (not self.user or self.user[:15] == target.user_id[:15])
            and (not self.word or self.word.lower() in target.text)
        )


@dataclass(frozen=True, slots=True)
class When:
    """Which of the calls that are meant, counted from 1 after `skip`.

    With none of `on`, `every` and `share` it is all of them; `times` None never ends.
    """

    times: int | None = None
    skip: int = 0
    on: frozenset[int] = frozenset()
    every: int = 0
    share: float | None = None
    seed: int = 0


class Counter:
    """Counts calls, or rows, and tells which of them are hit; the same seed gives the same."""

    def __init__(self, when: When) -> None:
        self.when = when
        self.seen = 0
        self.hits = 0
        self._dice = random.Random(when.seed)

    def next(self) -> bool:
        """Count one more; whether it is to be hit."""
        self.seen += 1
        number = self.seen - self.when.skip
        lucky = self.when.share is None or self._dice.random() < self.when.share
        if number <= 0 or not lucky:
            return False
        if self.when.on and number not in self.when.on:
            return False
        return not self.when.every or number % self.when.every == 0

    @property
    def spent(self) -> bool:
        """Whether nothing can be hit any more."""
        if self.when.times is not None and self.hits >= self.when.times:
            return True
        return bool(self.when.on) and self.seen - self.when.skip >= max(self.when.on)


@dataclass(slots=True)
class Fault:
    """One armed failure. `rows` tells which rows of a call fail, for the kinds about rows."""

    endpoint: str
    kind: FaultKind
    when: When = field(default_factory=lambda: When(times=1))
    where: Where = field(default_factory=Where)
    rows: When = field(default_factory=When)
    work: Work | None = None
    status: int | None = None
    code: str | None = None
    message: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    seconds: float = 0.0
    at_commit: bool = False
    until: datetime | None = None
    calls: Counter = field(init=False)

    def __post_init__(self) -> None:
        self.calls = Counter(self.when)

    @property
    def spec(self) -> FaultSpec:
        """Its row of the table."""
        return FAULTS[self.kind]

    @property
    def when_done(self) -> Work:
        """When the work is done: as the table says unless armed otherwise."""
        return self.work or self.spec.work

    def meant(self, target: Target) -> bool:
        """Whether a call is of those it counts."""
        anything = self.endpoint == ANY_ENDPOINT and target.endpoint != CHUNK
        return (anything or self.endpoint == target.endpoint) and self.where.matches(target)

    def over(self, now: datetime) -> bool:
        """Whether it cannot hit any more."""
        return self.calls.spent or (self.until is not None and now >= self.until)

    def answer(self) -> dict[str, object]:
        """What the control route shows."""
        return {
            "endpoint": self.endpoint,
            "kind": self.kind.value,
            "times": None if self.when.times is None else self.when.times - self.calls.hits,
            "skip": max(0, self.when.skip - self.calls.seen),
            "calls": self.calls.seen,
            "hits": self.calls.hits,
            **_said(self.when, "on", "every", "share", "seed"),
            "where": _said(self.where, *(each.name for each in fields(Where))),
            "rows": _said(self.rows, *(each.name for each in fields(When))),
            "seconds": self.seconds,
            "until": None if self.until is None else self.until.isoformat(),
            **_said(self, "work", "status", "code", "message", "headers", "body"),
            "answer": "at_commit" if self.at_commit else "at_once",
        }


class Faults:
    """The armed failures, oldest first.

    Every call is counted by all that mean it; the oldest of those that would hit it does, and
    only that one.
    """

    def __init__(self) -> None:
        self._armed: list[Fault] = []
        self._spent: deque[Fault] = deque(maxlen=_SPENT_KEPT)
        self._rows: tuple[Fault, Counter] | None = None

    def __bool__(self) -> bool:
        return bool(self._armed)

    def arm(self, fault: Fault, *, now: datetime, for_seconds: float | None = None) -> None:
        """Add one, for some seconds of the org's clock or until it is spent."""
        if for_seconds is not None:
            fault.until = now + timedelta(seconds=for_seconds)
        self._armed.append(fault)

    def clear(self) -> None:
        """Disarm all, and forget what was spent."""
        self._armed.clear()
        self._spent.clear()
        self._rows = None

    def take(self, target: Target, now: datetime, *, early: bool = False) -> Fault | None:
        """The failure a call meets; `early` is while its body is still being sent."""
        hit: Fault | None = None
        for fault in tuple(self._armed):
            if (fault.spec.meets is Meets.RESET_IN_REQUEST) != early or not fault.meant(target):
                continue
            if not fault.over(now) and fault.calls.next() and hit is None:
                hit = fault
                fault.calls.hits += 1
            if fault.over(now):
                self._armed.remove(fault)
                self._spent.append(fault)
        return hit

    def listens_early(self) -> bool:
        """Whether one is armed that must be known before the body is read."""
        return any(each.spec.meets is Meets.RESET_IN_REQUEST for each in self._armed)

    def begin_rows(self, fault: Fault | None) -> None:
        """From now on rows that are written meet this one; None ends it."""
        self._rows = None if fault is None else (fault, Counter(fault.rows))

    def row(self) -> Fault | None:
        """The failure that the next row to be written meets."""
        if self._rows is None:
            return None
        fault, counter = self._rows
        if counter.spent or not counter.next():
            return None
        counter.hits += 1
        return fault

    def answer(self) -> dict[str, object]:
        """What the control route shows: what is armed, and what has ended."""
        return {"armed": _shown(self._armed), "spent": _shown(self._spent)}


def _shown(faults: Iterable[Fault]) -> list[dict[str, object]]:
    return [each.answer() for each in faults]


def _said(asked: object, *names: str) -> dict[str, object]:
    """What was asked for, without what was not."""
    found = {name: getattr(asked, name) for name in names}
    return {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in found.items()
        if value or (name == "share" and value is not None)
    }
