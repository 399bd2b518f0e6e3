"""Requests, units and memory of outbound runs: what people made and changed on the platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from local.bench.budget import Row, require
from local.bench.place import Place, stand, told
from local.crowd import PlatformCrowd
from local.seed.org import demo_org
from local.seed.platform import Born, Office, record_key, second_thoughts
from syncline.platform.records import DynamoRecords

_BULK: Final = 15
_KEY: Final = "Syncline_Id__c"
_JOBS: Final = {
    "accounts": "accounts_inbound",
    "tasks": "tasks_outbound",
    "tasks-in": "tasks_inbound",
}
_WRITES: Final = ("collections", "bulk.ingest.")
"""How the requests that write are named, by either way."""
_JOB: Final = 8
"""Requests of a job whose rows all succeed: made, uploaded, closed, four times looked at, read."""
_AT_ONCE: Final = 200
"""Rows of a Collections request."""


@dataclass(slots=True)
class Bench:
    """A platform with many tasks about the accounts of an org. `keyed`: the connection names an
    external-id field that tasks are created by; without one every creation is a Bulk job."""

    place: Place
    size: int
    keyed: bool

    def first_load(self) -> list[Row]:
        """All tasks go out for the first time; they were made an hour before."""
        self._ago(hours=3)
        self._prepare()
        crowd = self._crowd()
        require(crowd.edit(self._office().tasks(self.size)) == self.size, "tasks on the platform")
        self._ago(hours=2)
        run = self.place.measured("tasks")
        require(run.ledger["created"] == self.size, run.ledger)
        return self._rows("first load", (self.size,), choice=self.keyed)

    def steady_state(self) -> list[Row]:
        """Of a hundred tasks one was changed since, of a thousand one deleted; the job of the other
        direction has seen what was created."""
        self._ago(hours=1)
        self.place.run("tasks-in")
        self._ago(hours=0)
        changed, gone = self.size // 100, self.size // 1_000
        edits = (
            Born("task", record_key("task", number), second_thoughts("task", number, 1))
            for number in range(changed)
        )
        crowd = self._crowd()
        edited = crowd.edit(edits)
        crowd.delete("task", [record_key("task", self.size - 1 - n) for n in range(gone)])
        run = self.place.measured("tasks")
        require(run.ledger["updated"] == edited, run.ledger)
        require(run.ledger["deleted"] == gone, run.ledger)
        return self._rows("1 % changed, 0.1 % deleted", (edited, gone))

    def silence(self) -> list[Row]:
        """Nobody did anything since."""
        self.place.measured("tasks")
        what = "write units of records and cross-references, nothing changed"
        return [
            self.place.request_row("nothing changed: Salesforce requests", self.size, None),
            Row(what, self.size, self.place.data_writes(), 0),
        ]

    def _ago(self, *, hours: int) -> None:
        """Both sides' clocks, so that a later read's overlap does not reach back to what is done
        now. Salesforce's stands still until it is as late as the machine's."""
        self.place.clock.behind = timedelta(hours=hours)
        control = self.place.salesforce.control
        if hours:
            control.set_clock(self.place.clock.now().isoformat())
        else:
            control.request("PUT", "clock", {"real": True})

    def _prepare(self) -> None:
        control = self.place.salesforce.control
        control.load(demo_org(self.place.now).foundation)
        control.add_field(
            "Activity",
            _KEY,
            "string",
            length=255,
            external_id=True,
            unique=True,
            case_sensitive=True,
        )
        keys = {"creation_keys": {"Task": _KEY}} if self.keyed else {}
        self.place.configure(_JOBS, **keys)
        self.place.run("accounts")

    def _office(self) -> Office:
        records = self.place.records()
        return Office(self.place.now, dict(_accounts(records)))

    def _crowd(self) -> PlatformCrowd:
        return PlatformCrowd(self.place.records(), self.place.clock)

    def _rows(self, what: str, kinds: Sequence[int], *, choice: bool = True) -> list[Row]:
        """`kinds`: rows of each kind of write. `choice`: either way could have been taken."""
        made_of, changed = self.place.requests(), sum(kinds)
        way = "Bulk" if "bulk.ingest.create" in made_of else "Collections"
        title = f"{what}: Salesforce requests ({way}, {'' if self.keyed else 'no '}key)"
        budget = request_budget(way, changed)
        return [
            Row(title, changed, sum(made_of.values()), budget, told(made_of)),
            *([choice_row(what, way, kinds, made_of)] if choice else []),
            *self.place.unit_rows(what, changed, write_budget=None),
        ]


def choice_row(what: str, way: str, kinds: Sequence[int], made_of: Mapping[str, int]) -> Row:
    """What was written with against what the other way would have taken."""
    written = sum(number for name, number in made_of.items() if name.startswith(_WRITES))
    jobs, pages = _JOB * sum(map(bool, kinds)), sum(ceil(rows / _AT_ONCE) for rows in kinds)
    other, least = ("Collections", pages) if way == "Bulk" else ("Bulk", jobs)
    title = f"{what}: requests that write, against {other}"
    return Row(title, sum(kinds), written, least, f"{way} {written}, {other} would take {least}")


def request_budget(way: str, changed: int) -> float | None:
    """The design's figure for Bulk is for 100,000 records; fewer must not need more, and where
    Collections would need less, Bulk must not be the choice."""
    if way == "Bulk":
        return _BULK if changed <= 100_000 else None
    return min(ceil(changed / 200) + 10, _BULK + 10)


def _accounts(records: DynamoRecords) -> Iterator[tuple[str, str]]:
    after = None
    while True:
        found, after = records.page("account", limit=200, after=after)
        for record in found:
            yield str(record.values["external_id"]), record.id
        if after is None:
            return


def _measured(size: int, home: Path, *, keyed: bool) -> list[Row]:
    with stand("cheaper", home) as place:
        bench = Bench(place, size, keyed)
        return [*bench.first_load(), *bench.steady_state(), *bench.silence()]


def outbound(size: int, home: Path, *, keyed: bool = True) -> list[Row]:
    """First load, steady state and silence at one size, in a process of their own, so that its
    memory is that of this size alone."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measured, size, home, keyed=keyed).result()
