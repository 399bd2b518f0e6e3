"""How fast the emulator is, and how large: `python -m local.bench.emulator`.

Everything goes over HTTP between this process and an emulator in another one, which works with one
thread. Rates are of wall time, from the first byte asked for to the last one parsed, or from the
creation of a job to its JobComplete; the files to upload are made before, the results of ingest
jobs are not read. Parents of tasks get their indexes when first searched: the last ingest comes
after that.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
from rich.console import Console
from rich.table import Table

from local.bench.watching import Spent, child, forget_peak, memory, timed
from local.salesforce.running import Running, start
from local.seed.org import demo_org, lines, tasks

_BASE: Final = "/services/data/v62.0/jobs"
_LOAD: Final = 20_000
_POLL_SECONDS: Final = 0.05
_PAGE: Final = 50_000
_COLUMNS: Final = (
    "Id", "Subject", "Status", "Priority", "ActivityDate", "OwnerId", "WhoId", "WhatId",
    "IsClosed", "Type", "CreatedDate", "SystemModstamp",
)  # fmt: skip
_WRITTEN: Final = (
    "Subject", "Status", "Priority", "ActivityDate", "OwnerId", "WhoId", "WhatId", "Type",
)  # fmt: skip
_KEY: Final = "Bench_Key__c"
_PARENTS: Final = ("WhoId", "WhatId", "AccountId")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement; `wanted` says what it should be at least or at most.

    `cpu` is how many rows a second of the emulator's own processor time are: what other programs on
    the machine slow down less.
    """

    what: str
    size: int
    measured: float
    unit: str
    wanted: str = ""
    cpu: float | None = None


class Client:
    """One signed-in client of a running emulator."""

    def __init__(self, running: Running) -> None:
        self._http = httpx.Client(base_url=running.http, timeout=600, trust_env=False)
        self._http.headers["Authorization"] = f"Bearer {running.session_id()}"

    def close(self) -> None:
        """End the connection."""
        self._http.close()

    def query(self, statement: str) -> int:
        """Create a job, wait, and split every row of its result; how many there were."""
        job = self._post("query", {"operation": "query", "query": statement})
        self._wait(f"{_BASE}/query/{job}")
        return sum(1 for _ in self._rows(job))

    def ids(self, statement: str) -> list[str]:
        """The first column of a query."""
        job = self._post("query", {"operation": "query", "query": statement})
        self._wait(f"{_BASE}/query/{job}")
        return [row[0] for row in self._rows(job)]

    def _rows(self, job: str) -> Iterator[list[str]]:
        locator = ""
        while locator != "null":
            asked = {"maxRecords": str(_PAGE), **({"locator": locator} if locator else {})}
            answer = self._http.get(f"{_BASE}/query/{job}/results", params=asked)
            answer.raise_for_status()
            locator = answer.headers["Sforce-Locator"]
            rows = csv.reader(io.StringIO(answer.text, newline=""))
            next(rows)
            yield from rows

    def ingest(self, content: bytes | Path, **job: str) -> dict[str, Any]:
        """Create, upload, close and wait; what the job says at its end."""
        made = self._post("ingest", {"object": "Task", **job})
        self._put(f"{_BASE}/ingest/{made}/batches", content)
        self._http.patch(
            f"{_BASE}/ingest/{made}", json={"state": "UploadComplete"}
        ).raise_for_status()
        return self._wait(f"{_BASE}/ingest/{made}")

    def upload(self, content: Path) -> None:
        """An upload alone; the job is aborted."""
        made = self._post("ingest", {"object": "Task", "operation": "insert"})
        self._put(f"{_BASE}/ingest/{made}/batches", content)
        self._http.patch(f"{_BASE}/ingest/{made}", json={"state": "Aborted"}).raise_for_status()
        self._http.delete(f"{_BASE}/ingest/{made}").raise_for_status()

    def _post(self, kind: str, body: dict[str, str]) -> str:
        answer = self._http.post(f"{_BASE}/{kind}", json=body)
        answer.raise_for_status()
        return str(answer.json()["id"])

    def _put(self, address: str, content: bytes | Path) -> None:
        headers = {"Content-Type": "text/csv"}
        if isinstance(content, bytes):
            self._http.put(address, content=content, headers=headers).raise_for_status()
            return
        with content.open("rb") as file:
            pieces = iter(lambda: file.read(1 << 20), b"")
            self._http.put(address, content=pieces, headers=headers).raise_for_status()

    def _wait(self, address: str) -> dict[str, Any]:
        while True:
            found: dict[str, Any] = self._http.get(address).json()
            if found["state"] == "JobComplete":
                return found
            if found["state"] in ("Failed", "Aborted"):
                raise RuntimeError(f"the benchmark cannot go on: {found}")
            time.sleep(_POLL_SECONDS)


def _sheet(rows: Iterable[Sequence[object]], names: Sequence[str]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _drafts(count: int, now: datetime) -> list[list[object]]:
    """Tasks as an ingest file has them."""
    return [
        [fields.get(name) or "" for name in _WRITTEN] for _, fields in tasks(count, now, first=0)
    ]


def load(running: Running, count: int, now: datetime) -> Spent:
    """Fill the org with raw tasks."""
    running.control.load(demo_org(now).foundation)

    def all_of_them() -> None:
        for first in range(0, count, _LOAD):
            rows = tasks(min(_LOAD, count - first), now, first=first)
            running.control.load_lines(b"".join(lines(rows)))

    return timed(all_of_them)


def queries(client: Client, count: int) -> Iterator[Figure]:
    """Out of Bulk query."""
    statement = f"SELECT {', '.join(_COLUMNS)} FROM Task LIMIT {count}"  # noqa: S608  our own
    rows: list[int] = []
    spent = timed(lambda: rows.append(client.query(statement)))
    what = f"Bulk query, {len(_COLUMNS)} columns of Task, parsed"
    yield _rate(what, rows[0], spent, "≥ 20,000")


def ingests(client: Client, count: int, now: datetime) -> Iterator[Figure]:
    """Into ingest: inserts, updates by Id, and upserts by an external id, half of them new.

    At last inserts again, once there are indexes of the parents too.
    """
    drafts = _drafts(count, now)
    names = (_KEY, *_WRITTEN)
    new = _sheet(([f"key-{at}", *row] for at, row in enumerate(drafts)), names)
    yield _ingest(client, "inserts", count, new, operation="insert")
    ids = client.ids(f"SELECT Id FROM Task WHERE {_KEY} != null LIMIT {count}")  # noqa: S608  ours
    changed = _sheet(([each, "Completed", "changed"] for each in ids), ("Id", "Status", "Type"))
    yield _ingest(client, "updates by Id", count, changed, operation="update")
    half = count // 2
    mixed = _sheet(([f"key-{at + half}", *row] for at, row in enumerate(drafts)), names)
    upsert = {"operation": "upsert", "externalIdFieldName": _KEY}
    yield _ingest(client, "upserts, half of them new", count, mixed, **upsert)
    for name in _PARENTS:
        client.ids(f"SELECT Id FROM Task WHERE {name} = null LIMIT 1")  # noqa: S608  our own
    again = _sheet(([f"again-{at}", *row] for at, row in enumerate(drafts)), names)
    yield _ingest(client, "inserts, parents searched before", count, again, operation="insert")


def _ingest(client: Client, what: str, count: int, content: bytes, **job: str) -> Figure:
    told: dict[str, Any] = {}
    spent = timed(lambda: told.update(client.ingest(content, **job)))
    if told["numberRecordsFailed"] or told["numberRecordsProcessed"] != count:
        raise RuntimeError(f"the benchmark cannot go on: {told}")
    return _rate(f"Bulk ingest, {what}", count, spent, "≥ 10,000")


def _rate(what: str, count: int, spent: Spent, wanted: str = "") -> Figure:
    wall, cpu = spent.rate(count)
    return Figure(what, count, wall, "rows/s", wanted, cpu)


def uploads(client: Client, megabytes: int, pid: int | None, now: datetime) -> Iterator[Figure]:
    """What an upload adds to the emulator's memory at most."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        piece = _sheet(_drafts(10_000, now), _WRITTEN)
        while file.tell() < megabytes * 1_000_000:
            file.write(piece)
        file.flush()
        forget_peak(pid)
        before = memory(pid)
        spent = timed(lambda: client.upload(Path(file.name)))
        after = memory(pid)
    yield Figure("upload alone", megabytes, megabytes / spent.wall, "MB/s")
    if before:
        grown = after["VmHWM"] - before["VmRSS"]
        yield Figure(f"upload of {megabytes} MB, memory at most", 1, grown, "MB more")


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    """All figures, in the order they can be had."""
    now = datetime.now(UTC)
    with start() as running:
        pid, client = child(), Client(running)
        running.control.settings(bulk_in_progress_polls=0)
        running.control.add_field("Task", _KEY, "string", external_id=True)
        spent = load(running, options.tasks, now)
        yield _rate("raw load", options.tasks, spent)
        if held := memory(pid):
            yield Figure("held", options.tasks, held["VmRSS"], "MB", "< 2,500 for a million")
            yield Figure("held at most", options.tasks, held["VmHWM"], "MB")
        yield from queries(client, min(options.tasks, options.query))
        yield from ingests(client, options.ingest, now)
        yield from uploads(client, options.upload, pid, now)
        client.close()


def main() -> int:
    """Sizes are options; the figures are told, never judged."""
    parser = argparse.ArgumentParser(prog="python -m local.bench.emulator", description=__doc__)
    parser.add_argument("--tasks", type=int, default=1_000_000, help="held while it is measured")
    parser.add_argument("--query", type=int, default=200_000, help="rows read at most")
    parser.add_argument("--ingest", type=int, default=50_000, help="rows of each operation")
    parser.add_argument("--upload", type=int, default=100, help="megabytes")
    console = Console(highlight=False, width=110)
    table = Table(title="The emulator", title_justify="left")
    for name in ("what", "size", "measured", "", "wanted", "per CPU s"):
        right = name in ("size", "measured", "per CPU s")
        table.add_column(name, justify="right" if right else "left")
    for each in measure(parser.parse_args()):
        console.print(f"{each.what}: {each.measured:,.0f} {each.unit}")
        measured, cpu = f"{each.measured:,.0f}", "" if each.cpu is None else f"{each.cpu:,.0f}"
        table.add_row(each.what, f"{each.size:,}", measured, each.unit, each.wanted, cpu)
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
