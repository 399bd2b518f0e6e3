"""CPU of reading, mapping, matching, merging and planning, against downloading and parsing the CSV.

Both are measured in this one process and run, so that the machine does not matter; only their ratio
is told.
"""

from __future__ import annotations

import csv
import gc
import io
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import requests

from local.bench.budget import Row
from local.salesforce.running import Running, start
from local.seed.org import demo_org, lines, tasks
from syncline.config.models import Connection, Job, Workspace
from syncline.engine.plan import Plan
from syncline.engine.records import Link, LinkState, PlatformRecord
from syncline.memory.clock import MemoryClock
from syncline.ports import Batch, Crm, JobState, Phase, Run, RunMode, RunStatus
from syncline.runtime.garbage import collect_rarely
from syncline.salesforce.connect import Options, open_connection
from syncline.usecases.plan_batch import PlanBatch
from syncline.usecases.resolve_job import JobSetup, make_frame, request_of, rules_of

_BUDGET: Final = 3.0
_CHUNK: Final = 10_000
_API: Final = "/services/data/v62.0/jobs/query"


@dataclass(slots=True)
class PlainLinks:
    """Cross-references as a dict: what is measured is not a store."""

    links: dict[str, Link] = field(default_factory=dict)

    def get(self, crm_ids: Collection[str]) -> Mapping[str, Link]:
        return {key: self.links[key] for key in crm_ids if key in self.links}

    def claimed(self, *_: object) -> Mapping[str, str]:
        return {}


@dataclass(slots=True)
class PlainRecords:
    """Platform records as a dict."""

    records: dict[str, PlatformRecord] = field(default_factory=dict)

    def get(self, _object: str, ids: Collection[str]) -> Mapping[str, PlatformRecord]:
        return {key: self.records[key] for key in ids if key in self.records}

    def find(self, *_: object) -> Mapping[str, str]:
        return {}


def cpu(count: int) -> list[Row]:
    """Ratios for a first load, for all changed and for all unchanged; set up as functions are."""
    collect_rarely()
    now = datetime.now(UTC)
    with start() as salesforce:
        salesforce.control.settings(bulk_in_progress_polls=0)
        salesforce.control.load(demo_org(now).foundation)
        _load(salesforce, count, now)
        setup = _setup(salesforce)
        links, records = PlainLinks(), PlainRecords()
        _link_accounts(links)
        base = _download(salesforce, setup)
        first = _plan(salesforce, setup, links, records, keep=True)
        unchanged = _plan(salesforce, setup, links, records)
        _load(salesforce, count, now, edition=1)
        changed = _plan(salesforce, setup, links, records)
    told = f"download and csv.reader {base:.2f} s in this run"
    return [
        Row(f"CPU against download and parse: {name}", count, spent / base, _BUDGET, told)
        for name, spent in (
            ("first load", first),
            ("all changed", changed),
            ("unchanged", unchanged),
        )
    ]


def _load(salesforce: Running, count: int, now: datetime, **how: Any) -> None:
    for first in range(0, count, _CHUNK):
        rows = tasks(min(_CHUNK, count - first), now, first=first, **how)
        salesforce.control.load_lines(b"".join(lines(rows)))


def _setup(salesforce: Running) -> JobSetup:
    return JobSetup(
        workspace_name="bench",
        name="tasks",
        workspace=Workspace(),
        connection=Connection(login_url=salesforce.http),
        job=Job(kind="tasks_inbound", connection="crm"),
    )


def _crm(salesforce: Running) -> Crm:
    credentials = {
        "flow": "client_credentials",
        "client_id": salesforce.client_id,
        "client_secret": salesforce.client_secret,
    }
    connection = Connection(login_url=salesforce.http)
    return open_connection(connection, credentials, options=Options(reading="bulk"))


def _link_accounts(links: PlainLinks) -> None:
    foundation = demo_org(datetime.now(UTC)).foundation
    for sobject, fields in foundation:
        if sobject == "Account":
            key = str(fields["Id"])
            links.links[key] = Link(key, "account", LinkState.LINKED, 1, platform_id=f"a-{key}")


def _download(salesforce: Running, setup: JobSetup) -> float:
    """CPU seconds of this process for the bare minimum: the same columns, fetched and split."""
    crm = _crm(salesforce)
    frame = make_frame(setup, crm, _full(), JobState())
    request = request_of(setup, frame, Phase.LIVE)
    names = ", ".join(dict.fromkeys((*request.fields, "Id", "SystemModstamp", "LastModifiedDate")))
    session = _signed_in(salesforce)
    made = session.post(
        f"{salesforce.http}{_API}",
        json={
            "operation": "queryAll",
            "query": f"SELECT {names} FROM Task WHERE IsDeleted = false",  # noqa: S608 our own
        },
        timeout=60,
    ).json()
    _finish(session, f"{salesforce.http}{_API}/{made['id']}")
    gc.collect()
    began = time.process_time()
    for page in _pages(session, f"{salesforce.http}{_API}/{made['id']}/results"):
        for _ in csv.reader(io.StringIO(page.decode(), newline="")):
            pass
    return time.process_time() - began


def _finish(session: requests.Session, address: str) -> None:
    """Look until the job is done; each look does its part of the work."""
    while session.get(address, timeout=60).json()["state"] != "JobComplete":
        continue


def _pages(session: requests.Session, address: str) -> Any:
    locator = ""
    while locator != "null":
        asked = {"maxRecords": "50000", **({"locator": locator} if locator else {})}
        answer = session.get(address, params=asked, timeout=120)
        yield answer.content
        locator = answer.headers["Sforce-Locator"]


def _signed_in(salesforce: Running) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {salesforce.session_id()}"
    return session


def _plan(
    salesforce: Running,
    setup: JobSetup,
    links: PlainLinks,
    records: PlainRecords,
    *,
    keep: bool = False,
) -> float:
    """CPU seconds of this process for reading and planning everything; `keep` applies the plans."""
    crm = _crm(salesforce)
    frame = make_frame(setup, crm, _full(), JobState())
    rules = rules_of(setup, frame, crm.dialect)
    planner = PlanBatch(links, records, rules, MemoryClock())  # type: ignore[arg-type]
    spent = 0.0
    batches = crm.changes(request_of(setup, frame, Phase.LIVE), None)
    while True:
        gc.freeze()  # what the dicts hold stands for a store, and is no garbage of this process
        began = time.process_time()
        item = next(batches, None)
        plan = planner(item.changes) if isinstance(item, Batch) else None
        spent += time.process_time() - began
        if plan is None:
            return spent
        if keep:
            _keep(plan, links, records)


def _keep(plan: Plan, links: PlainLinks, records: PlainRecords) -> None:
    for action in plan.actions:
        if action.link and action.record:
            links.links[action.key] = action.link
            records.records[action.record.id] = action.record


def _full() -> Run:
    return Run("bench", "tasks", "tasks.bench", RunMode.FULL, RunStatus.RUNNING, "")
