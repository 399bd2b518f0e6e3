"""Requests and units of inbound runs: real adapters, the emulator, the tables of template.yaml.

Requests are counted by the emulator, units from the sizes of items as they are written and read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from local.bench.budget import Row, require
from local.cloud.cloud import LocalCloud
from local.house import ROOT
from local.salesforce.running import Running
from local.salesforce.running import start as start_salesforce
from local.seed.org import demo_org, lines, tasks
from syncline.aws.clients import Clients
from syncline.aws.database import Database
from syncline.aws.meter import UnitMeter
from syncline.config.models import Connection
from syncline.memory.messaging import MemoryNotifications, MemorySchedules
from syncline.platform.records import DynamoRecords
from syncline.ports import Crm, Run, RunStatus
from syncline.runtime.clock import SystemClock
from syncline.salesforce.connect import Options, open_connection
from syncline.store.configuration import DynamoConfiguration
from syncline.store.journal import BucketJournal
from syncline.store.links import DynamoLinks
from syncline.store.runs import DynamoRuns
from syncline.usecases.run_job import RunJob, Start

WORKSPACE: Final = "bench"
_LEG: Final = timedelta(minutes=14)
_CHUNK: Final = 10_000
_SIGN_IN: Final = frozenset({"token", "identity"})
"""Not API requests: Salesforce does not count them against the day."""


@dataclass(slots=True)
class Bench:
    """An org with many tasks, the tables, and a job runner in this process."""

    salesforce: Running
    cloud: LocalCloud
    meter: UnitMeter
    reading: Any
    size: int
    now: datetime

    def first_load(self) -> list[Row]:
        """All tasks arrive for the first time."""
        self._prepare()
        self._load(tasks, self.size)
        run = self._measured("tasks")
        require(run.ledger["created"] == self.size, run.ledger)
        return self._rows("first load", self.size, write_budget=8)

    def steady_state(self) -> list[Row]:
        """One task in a hundred changed since."""
        changed = self.size // 100
        self.salesforce.control.request("PUT", "clock", {"real": True})
        self._load(tasks, changed, edition=1)
        run = self._measured("tasks")
        require(run.ledger["updated"] == changed, run.ledger)
        return self._rows("1 % changed", changed, write_budget=3.5)

    def silence(self) -> list[Row]:
        """Nothing changed: everything in the overlap is read and left."""
        self._measured("tasks")
        data = self._data_writes()
        return [
            Row("write units of records and cross-references, nothing changed", self.size, data, 0)
        ]

    def _prepare(self) -> None:
        """Accounts and configuration. The org's clock stands three hours back, so that later
        editions of the tasks, stamped after it, are changes."""
        self.salesforce.control.set_clock((self.now - timedelta(hours=3)).isoformat())
        self.salesforce.control.load(demo_org(self.now).foundation)
        put = self._configuration().put
        put(WORKSPACE, "workspace", WORKSPACE, {}, expected=0)
        put(WORKSPACE, "connection", "crm", {"login_url": self.salesforce.http}, expected=0)
        for job in ("accounts", "tasks"):
            body = {"kind": f"{job}_inbound", "connection": "crm"}
            put(WORKSPACE, "job", job, body, expected=0)
        self._run("accounts")

    def _load(self, make: Any, count: int, **how: Any) -> None:
        for first in range(0, count, _CHUNK):
            rows = make(min(_CHUNK, count - first), self.now, first=first, **how)
            self.salesforce.control.load_lines(b"".join(lines(rows)))

    def _measured(self, job: str) -> Run:
        self.salesforce.control.clear_journal()
        self.meter.writes.clear()
        self.meter.index_writes.clear()
        self.meter.reads.clear()
        return self._run(job)

    def _run(self, job: str) -> Run:
        """All legs of a run, one after the other."""
        runner = self._runner()
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        start = Start(WORKSPACE, job, moment=moment)
        while True:
            run = runner(start, deadline=datetime.now(UTC) + _LEG)
            if run is None or run.error is not None:
                raise RuntimeError(f"the run of {job} did not go through: {run and run.error}")
            if run.status is not RunStatus.RUNNING:
                return run
            start = Start(WORKSPACE, job, run=run.id, leg=run.leg + 1)

    def _runner(self) -> RunJob:
        name = self.cloud.resource
        database = self._database(self.meter)
        aws = Clients(**_place(self.cloud))
        return RunJob(
            configuration=self._configuration(),
            crm=self._crm,
            links=lambda workspace, connection: DynamoLinks(
                database, name("CrossReferencesTable"), workspace=workspace, connection=connection
            ),
            records=lambda workspace: DynamoRecords(
                database, name("RecordsTable"), workspace=workspace
            ),
            runs=DynamoRuns(database, name("RunsTable")),
            journal=BucketJournal(aws.s3, name("JournalBucket")),
            schedules=MemorySchedules(),
            notifications=MemoryNotifications(),
            clock=SystemClock(),
        )

    def _crm(self, workspace: str, connection: str) -> Crm:  # noqa: ARG002 the one org there is
        credentials = {
            "flow": "client_credentials",
            "client_id": self.salesforce.client_id,
            "client_secret": self.salesforce.client_secret,
        }
        described = Connection(login_url=self.salesforce.http)
        return open_connection(described, credentials, options=Options(reading=self.reading))

    def _configuration(self) -> DynamoConfiguration:
        return DynamoConfiguration(self._database(None), self.cloud.resource("ConfigurationTable"))

    def _database(self, meter: UnitMeter | None) -> Database:
        return Database(Clients(**_place(self.cloud)).dynamodb, meter=meter)

    def _rows(self, what: str, changed: int, *, write_budget: float) -> list[Row]:
        counts = self.salesforce.control.counts()
        made_of = {name: n for name, n in counts.items() if name not in _SIGN_IN}
        names = {self.cloud.resource(name): name.removesuffix("Table") for name in _TABLES}
        writes = {names[table]: n for table, n in self.meter.writes.items()}
        reads = {names[table]: n for table, n in self.meter.reads.items()}
        units = sum(writes.values()) + sum(self.meter.index_writes.values())
        return [
            Row(
                f"{what}: Salesforce requests ({self.reading})",
                changed,
                sum(made_of.values()),
                _request_budget(self.reading, changed),
                _told(made_of),
            ),
            Row(
                f"{what}: write units per changed record",
                changed,
                units / changed,
                write_budget,
                _told({name: round(n / changed, 3) for name, n in writes.items()}),
            ),
            Row(
                f"{what}: read units per changed record",
                changed,
                sum(reads.values()) / changed,
                None,
                _told({name: round(n / changed, 3) for name, n in reads.items()}),
            ),
        ]

    def _data_writes(self) -> int:
        tables = [self.cloud.resource(name) for name in ("RecordsTable", "CrossReferencesTable")]
        return sum(self.meter.writes[table] + self.meter.index_writes[table] for table in tables)


_TABLES: Final = ("RecordsTable", "CrossReferencesTable", "RunsTable", "ConfigurationTable")


def _place(cloud: LocalCloud) -> dict[str, Any]:
    return {
        "endpoint_url": cloud.aws_endpoint,
        "region_name": "eu-central-1",
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
    }


def _request_budget(reading: str, changed: int) -> float | None:
    """The design's figures are for 100,000 records; fewer must not need more."""
    if changed > 100_000:
        return None
    return 55 if reading == "rest" else 12


def _told(counts: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {number:g}" for name, number in sorted(counts.items()) if number)


def inbound(size: int, reading: str, home: Path) -> Iterator[Row]:
    """First load, steady state and silence at one size, by one way of reading."""
    with ExitStack() as ending:
        salesforce = ending.enter_context(start_salesforce())
        cloud = ending.enter_context(
            LocalCloud.start(ROOT / "template.yaml", home=home, deliveries=0)
        )
        records = cloud.resource("RecordsTable")
        meter = UnitMeter(indexes={records: {"changes": ("feed", "changed_at")}})
        bench = Bench(salesforce, cloud, meter, reading, size, datetime.now(UTC))
        yield from bench.first_load()
        yield from bench.steady_state()
        yield from bench.silence()
