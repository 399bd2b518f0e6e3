"""Write-back on the local cloud: how long after the 202 a change is in Salesforce, and how many
requests a drain and a bulk run take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import httpx

from local.bench.budget import Row, require
from local.bench.changing import PATH, Changing, change, timed
from local.bench.place import SIGN_IN, told
from local.house import House, stand

_TIMES: Final = 20
_DRAIN: Final = 200
_BULK_REQUESTS: Final = 15
_COLLECTIONS_REQUESTS: Final = 35
WINDOW_SECONDS: Final = 100
_STEP: Final = 30
_JOB: Final = "bulk_write_back_crm"


@dataclass(slots=True)
class Bench:
    """`size` tasks are changed by one action of a segment."""

    changing: Changing
    size: int

    @property
    def house(self) -> House:
        return self.changing.house

    def latency(self) -> Row:
        """One change after the other; the first has woken the functions."""
        own, crm_id = next(iter(self.changing.ids.items()))
        with self.changing.client() as api, self.house.salesforce.signed_in() as org:
            found = self._exact_id(crm_id)
            seconds = [self._one(api, org, (own, found), number) for number in range(_TIMES + 1)]
        told = f"median of {_TIMES}; the slowest {max(seconds[1:]):.2f} s"
        what = "a profile change is in Salesforce, seconds after the 202"
        return Row(what, 1, median(seconds[1:]), None, told)

    def _exact_id(self, crm_id: str) -> str:
        with self.changing.salesforce() as salesforce:
            ids = [row["Id"] for row in salesforce.rows("SELECT Id FROM Task")]
        return str(next(each for each in ids if each.lower() == crm_id))

    def _one(
        self, api: httpx.Client, org: httpx.Client, pair: tuple[str, str], number: int
    ) -> float:
        sent = change(number, pair[0])
        self.changing.send(api, f"latency-{number}", [sent])
        path = f"/services/data/v62.0/sobjects/Task/{pair[1]}?fields=Description"
        wanted = sent["values"]["description"]
        return timed(lambda: org.get(path).json().get("Description") == wanted)

    def drain(self) -> Row:
        """One request with changes of as many records as one Collections request takes."""
        ids = list(self.changing.ids)[:_DRAIN]
        self.house.salesforce.control.clear_journal()
        with self.changing.client() as api:
            changes = [change(number, own, whole=True) for number, own in enumerate(ids, 100)]
            self.changing.send(api, "drain", changes)
        self.changing.until_quiet()
        made_of = self._requests()
        what = "Salesforce requests of a drain, 3 attributes each"
        return Row(what, len(ids), sum(made_of.values()), None, told(made_of))

    def bulk(self) -> Iterator[Row]:
        """One request, one run; the runner's clock is moved on until it is over."""
        segment(self.changing, self.size)
        self.house.salesforce.control.clear_journal()
        (run,) = over_the_window(self.changing, self.house.cloud.clock.now() + WINDOW_SECONDS)
        made_of = self._requests()
        way = "Bulk" if "bulk.ingest.create" in made_of else "Collections"
        budget = _BULK_REQUESTS if way == "Bulk" else _COLLECTIONS_REQUESTS
        what = f"bulk run, 3 attributes each: Salesforce requests ({way})"
        yield Row(what, self.size, sum(made_of.values()), budget, told(made_of))
        require(self.changing.receipts()["waiting"] == 0, self.changing.receipts())
        yield Row("bulk run: legs", self.size, run["leg"])

    def _requests(self) -> dict[str, int]:
        counts: Mapping[str, int] = self.house.salesforce.control.counts()
        return {name: number for name, number in counts.items() if name not in SIGN_IN}


def segment(changing: Changing, size: int) -> str:
    """One action of a segment changes three attributes of so many tasks; the batch's receipt, once
    all of it is taken up."""
    receipt = announced(changing, size)
    taken_up(changing, receipt, size)
    return receipt


def announced(changing: Changing, size: int) -> str:
    """The same as soon as it is answered."""
    ids = list(changing.ids)[:size]
    changes = [change(number, own, origin="segment", whole=True) for number, own in enumerate(ids)]
    with changing.client() as api:
        return str(changing.send(api, "segment", changes)["batch"])


def taken_up(changing: Changing, receipt: str, size: int) -> None:
    timed(lambda: shown(changing.house, receipt)["captured"] == size, pause=0.25)


def shown(house: House, receipt: str) -> dict[str, Any]:
    """A receipt of many changes, as the API shows it."""
    found: dict[str, Any] = house.call("GET", f"{PATH}/receipts/{receipt}?limit=1")
    return found


def bulk_runs(house: House) -> list[dict[str, Any]]:
    """Of the connection's own job, newest first."""
    found: list[dict[str, Any]] = house.call("GET", f"{PATH}/jobs/{_JOB}/runs")["items"]
    return found


def over_the_window(changing: Changing, ends: float) -> list[dict[str, Any]]:
    """The runs, once what was gathered is written and no message asks for more. The clock is moved
    to the end of the window, then from leg to leg; never back, which would confuse long polls."""
    clock = changing.house.cloud.clock
    clock.advance(max(0.0, ends - clock.now()))
    timed(lambda: bool(bulk_runs(changing.house)), pause=0.25)

    def ended() -> bool:
        runs = bulk_runs(changing.house)
        if all(run["ended_at"] for run in runs) and not changing.messages():
            return True
        clock.advance(_STEP)
        return False

    timed(ended, pause=1.0)
    return bulk_runs(changing.house)


def write_back(size: int, home: Path) -> Iterator[Row]:
    """Latency and a drain; then the bulk run."""
    with stand(home=home) as house:
        changing = Changing(house)
        changing.set_up(max(size, _DRAIN))
        bench = Bench(changing, size)
        yield bench.latency()
        yield bench.drain()
        yield from bench.bulk()
