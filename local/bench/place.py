"""Where runs are measured: real adapters, the emulator, the tables of template.yaml.

Requests are counted by the emulator, units from the sizes of items as they are written and read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from local.bench.budget import Row
from local.cloud.cloud import LocalCloud
from local.house import ROOT
from local.salesforce.running import Running
from local.salesforce.running import start as start_salesforce
from local.seed.org import lines
from syncline.aws.clients import Clients
from syncline.aws.database import Database
from syncline.aws.meter import UnitMeter
from syncline.config.models import Connection
from syncline.memory.messaging import MemoryNotifications, MemorySchedules
from syncline.platform.records import DynamoRecords
from syncline.ports import Crm, Run, RunStatus
from syncline.salesforce.connect import Options, open_connection
from syncline.store.configuration import DynamoConfiguration
from syncline.store.conflicts import DynamoConflicts
from syncline.store.journal import BucketJournal
from syncline.store.links import DynamoLinks
from syncline.store.runs import DynamoRuns
from syncline.store.turnstile import DynamoTurnstile
from syncline.usecases.run_job import RunJob, Start

WORKSPACE: Final = "bench"
_LEG: Final = timedelta(minutes=14)
_CHUNK: Final = 10_000
_MOST_LEGS: Final = 200
_KEPT: Final = timedelta(days=400)
_ALL_SLICES: Final = 10_000
SIGN_IN: Final = frozenset({"token", "identity"})
"""Not API requests: Salesforce does not count them against the day."""
_TABLES: Final = ("RecordsTable", "CrossReferencesTable", "RunsTable", "ConfigurationTable")


@dataclass(slots=True)
class BehindClock:
    """The time some time ago, so that what is done now is old when it is measured later."""

    behind: timedelta = timedelta()

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC) - self.behind


@dataclass(slots=True)
class Place:
    """An org, the tables, and a job runner in this process."""

    salesforce: Running
    cloud: LocalCloud
    meter: UnitMeter
    reading: Any
    now: datetime
    clock: BehindClock = field(default_factory=BehindClock)

    def configure(self, kinds: Mapping[str, str], **connection: Any) -> None:
        """A workspace with one connection, and jobs by name and kind."""
        put = self.configuration().put
        put(WORKSPACE, "workspace", WORKSPACE, {}, expected=0)
        body = {"login_url": self.salesforce.http, **connection}
        put(WORKSPACE, "connection", "crm", body, expected=0)
        for job, kind in kinds.items():
            put(WORKSPACE, "job", job, {"kind": kind, "connection": "crm"}, expected=0)

    def load(self, make: Any, count: int, **how: Any) -> None:
        """Raw records into the org, made by a volume of `local.seed`."""
        for first in range(0, count, _CHUNK):
            rows = make(min(_CHUNK, count - first), self.now, first=first, **how)
            self.salesforce.control.load_lines(b"".join(lines(rows)))

    def measured(self, job: str) -> Run:
        """A run whose requests and units are counted from nothing."""
        self.salesforce.control.clear_journal()
        self.meter.writes.clear()
        self.meter.index_writes.clear()
        self.meter.reads.clear()
        return self.run(job)

    def run(self, job: str) -> Run:
        """All legs of a run, one after the other."""
        runner = self._runner()
        moment = self.clock.now().strftime("%Y%m%dT%H%M%S%f")
        start = Start(WORKSPACE, job, moment=moment)
        for _ in range(_MOST_LEGS):
            run = runner(start, deadline=self.clock.now() + _LEG)
            if run is None or run.error is not None:
                raise RuntimeError(f"the run of {job} did not go through: {run and run.error}")
            if run.status is not RunStatus.RUNNING:
                return run
            start = Start(WORKSPACE, job, run=run.id, leg=run.leg + 1)
        raise RuntimeError(f"the run of {job} does not end")

    def _runner(self) -> RunJob:
        return RunJob(
            **self.metered_ports(),
            configuration=self.configuration(),
            schedules=MemorySchedules(),
            notifications=MemoryNotifications(),
            clock=self.clock,
        )

    def metered_ports(self) -> dict[str, Any]:
        """What runs and the writers of changes have in common."""
        name = self.cloud.resource
        database = self.database(self.meter)
        aws = Clients(**_place(self.cloud))
        return {
            "crm": self._crm,
            "links": lambda workspace, connection: DynamoLinks(
                database,
                name("CrossReferencesTable"),
                workspace=workspace,
                connection=connection,
                kept=_KEPT,
            ),
            "records": self.metered_records,
            "runs": DynamoRuns(database, name("RunsTable"), kept=_KEPT, clock=self.clock),
            "journal": BucketJournal(aws.s3, name("JournalBucket")),
            "conflicts": lambda workspace: DynamoConflicts(
                database, name("CrossReferencesTable"), workspace=workspace
            ),
            "turnstile": DynamoTurnstile(database, name("RunsTable")),
        }

    def metered_records(self, workspace: str) -> DynamoRecords:
        """The platform's records as jobs read and write them."""
        table = self.cloud.resource("RecordsTable")
        return DynamoRecords(self.database(self.meter), table, workspace=workspace)

    def _crm(self, workspace: str, connection: str) -> Crm:  # noqa: ARG002 the one org there is
        credentials = {
            "flow": "client_credentials",
            "client_id": self.salesforce.client_id,
            "client_secret": self.salesforce.client_secret,
        }
        described = Connection(login_url=self.salesforce.http)
        return open_connection(described, credentials, options=Options(reading=self.reading))

    def configuration(self) -> DynamoConfiguration:
        """Not metered: nobody runs a job to save it."""
        return DynamoConfiguration(self.database(None), self.cloud.resource("ConfigurationTable"))

    def records(self) -> DynamoRecords:
        """The platform's records as people write them: not metered either."""
        table = self.cloud.resource("RecordsTable")
        return DynamoRecords(self.database(None), table, workspace=WORKSPACE)

    def database(self, meter: UnitMeter | None) -> Database:
        return Database(Clients(**_place(self.cloud)).dynamodb, meter=meter)

    # --- what was counted -----------------------------------------------------------------------

    def requests(self) -> dict[str, int]:
        """API requests of the run measured last, by class of endpoint."""
        counts = self.salesforce.control.counts()
        return {name: n for name, n in counts.items() if name not in SIGN_IN}

    def request_row(self, what: str, changed: int, budget: float | None) -> Row:
        """All requests, and what they were."""
        made_of = self.requests()
        return Row(what, changed, sum(made_of.values()), budget, told(made_of))

    def unit_rows(self, what: str, changed: int, *, write_budget: float | None) -> list[Row]:
        """Units for each changed record, and which tables took them."""
        names = {self.cloud.resource(name): name.removesuffix("Table") for name in _TABLES}
        writes = {names[table]: n for table, n in self.meter.writes.items()}
        reads = {names[table]: n for table, n in self.meter.reads.items()}
        units = sum(writes.values()) + sum(self.meter.index_writes.values())
        return [
            Row(
                f"{what}: write units per changed record",
                changed,
                units / changed,
                write_budget,
                told({name: round(n / changed, 3) for name, n in writes.items()}),
            ),
            Row(
                f"{what}: read units per changed record",
                changed,
                sum(reads.values()) / changed,
                None,
                told({name: round(n / changed, 3) for name, n in reads.items()}),
            ),
        ]

    def data_writes(self) -> int:
        """Write units of records and cross-references, their indexes included."""
        tables = [self.cloud.resource(name) for name in ("RecordsTable", "CrossReferencesTable")]
        return sum(self.meter.writes[table] + self.meter.index_writes[table] for table in tables)


@contextmanager
def stand(reading: str, home: Path) -> Iterator[Place]:
    """Everything that a measurement needs, ended with the block."""
    with (
        start_salesforce() as salesforce,
        LocalCloud.start(ROOT / "template.yaml", home=home, deliveries=0) as cloud,
    ):
        # All that is left of a job is done when it is looked at: what is counted is not how quick
        # the emulator is on this machine.
        salesforce.control.settings(bulk_slices_per_poll=_ALL_SLICES)
        records = cloud.resource("RecordsTable")
        indexes = {"changes": ("feed", "changed_at"), "waiting": ("waiting", "waits_since")}
        meter = UnitMeter(indexes={records: indexes})
        yield Place(salesforce, cloud, meter, reading, datetime.now(UTC))


def _place(cloud: LocalCloud) -> dict[str, Any]:
    return {
        "endpoint_url": cloud.aws_endpoint,
        "region_name": "eu-central-1",
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
    }


def told(counts: Mapping[str, float]) -> str:
    """What a number is made of."""
    return ", ".join(f"{name} {number:g}" for name, number in sorted(counts.items()) if number)
