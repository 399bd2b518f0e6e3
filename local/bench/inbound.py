"""Requests and units of inbound runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from local.bench.budget import Row, require
from local.bench.place import Place, stand
from local.seed.org import demo_org, tasks


@dataclass(slots=True)
class Bench:
    """An org with many tasks."""

    place: Place
    size: int

    def first_load(self) -> list[Row]:
        """All tasks arrive for the first time."""
        self._prepare()
        self.place.load(tasks, self.size)
        run = self.place.measured("tasks")
        require(run.ledger["created"] == self.size, run.ledger)
        return self._rows("first load", self.size, write_budget=8)

    def steady_state(self) -> list[Row]:
        """One task in a hundred changed since."""
        changed = self.size // 100
        self.place.salesforce.control.request("PUT", "clock", {"real": True})
        self.place.load(tasks, changed, edition=1)
        run = self.place.measured("tasks")
        require(run.ledger["updated"] == changed, run.ledger)
        return self._rows("1 % changed", changed, write_budget=3.5)

    def silence(self) -> list[Row]:
        """Nothing changed: everything in the overlap is read and left."""
        self.place.measured("tasks")
        data = self.place.data_writes()
        return [
            Row("write units of records and cross-references, nothing changed", self.size, data, 0)
        ]

    def _prepare(self) -> None:
        """Accounts and configuration. The org's clock stands three hours back, so that later
        editions of the tasks, stamped after it, are changes."""
        control = self.place.salesforce.control
        control.set_clock((self.place.now - timedelta(hours=3)).isoformat())
        control.load(demo_org(self.place.now).foundation)
        self.place.configure({"accounts": "accounts_inbound", "tasks": "tasks_inbound"})
        self.place.run("accounts")

    def _rows(self, what: str, changed: int, *, write_budget: float) -> list[Row]:
        reading = self.place.reading
        title = f"{what}: Salesforce requests ({reading})"
        return [
            self.place.request_row(title, changed, _request_budget(reading, changed)),
            *self.place.unit_rows(what, changed, write_budget=write_budget),
        ]


def _request_budget(reading: str, changed: int) -> float | None:
    """The design's figures are for 100,000 records; fewer must not need more."""
    if changed > 100_000:
        return None
    return 55 if reading == "rest" else 12


def inbound(size: int, reading: str, home: Path) -> Iterator[Row]:
    """First load, steady state and silence at one size, by one way of reading."""
    with stand(reading, home) as place:
        bench = Bench(place, size)
        yield from bench.first_load()
        yield from bench.steady_state()
        yield from bench.silence()
