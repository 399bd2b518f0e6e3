"""A house whose tasks are written back, people who change many, and what waits meanwhile."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from local.agreement.sides import Platform, Salesforce
from local.bench.budget import require
from local.house import WORKSPACE, House
from local.seed.org import demo_org, lines, tasks
from syncline.platform.record_items import WAITING_INDEX, RecordKeys

PATH: Final = f"/v1/workspaces/{WORKSPACE}"
WRITTEN: Final = {"description": "Description", "priority": "Priority", "status": "Status"}
"""Attributes of tasks, and the fields that they go to."""
_JOBS: Final = {
    "accounts": ("accounts_inbound", "AccountsInboundFunction"),
    "tasks": ("tasks_inbound", "TasksInboundFunction"),
}
_PRIORITIES: Final = ("High", "Normal", "Low")
_STATUSES: Final = ("Not Started", "In Progress", "Deferred")
_CHUNK: Final = 10_000
_PATIENCE: Final = 600.0
_TIMEOUT: Final = 120.0
_REPEATS: Final = 20

Change = dict[str, Any]


@dataclass(slots=True)
class Changing:
    """`ids`: platform id of each task → its Salesforce id, in lower case."""

    house: House
    ids: Mapping[str, str] = field(default_factory=dict)
    repeated: Counter[str] = field(default_factory=Counter)
    """Requests that were sent again, by the problem that said so."""

    def set_up(self, count: int) -> None:
        """So many tasks come from Salesforce; three of their attributes are then written back. They
        were made an hour ago, so that the overlap of reading does not reach back to them."""
        house, now = self.house, datetime.now(UTC)
        control = house.salesforce.control
        control.set_clock((now - timedelta(hours=1)).isoformat())
        control.load(demo_org(now).foundation)
        for first in range(0, count, _CHUNK):
            rows = tasks(min(_CHUNK, count - first), now, first=first)
            control.load_lines(b"".join(lines(rows)))
        control.request("PUT", "clock", {"real": True})
        house.call("PUT", f"{PATH}/connections/crm", house.connection())
        for job, (kind, function) in _JOBS.items():
            house.call("PUT", f"{PATH}/jobs/{job}", {"kind": kind, "connection": "crm"})
            self._run(job, function)
        for name in WRITTEN:
            house.call("PUT", f"{PATH}/attributes/task/{name}", {"write_back": True})
        with self.platform() as platform:
            self.ids = {row["id"]: row["values"]["external_id"] for row in platform.rows("task")}
        require(len(self.ids) == count, f"{len(self.ids)} tasks of {count} arrived")

    def _run(self, job: str, function: str) -> None:
        """All legs, each started right after the other."""
        moment = datetime.now(UTC).isoformat()
        event = {"workspace": WORKSPACE, "job": job, "trigger": "schedule", "scheduled_at": moment}
        told = self.house.cloud.invoke(function, event).payload
        while told.get("status") == "running":
            leg = {"workspace": WORKSPACE, "job": job, "run": told["run"], "trigger": "leg"}
            told = self.house.cloud.invoke(function, {**leg, "leg": told["leg"] + 1}).payload
        require(told.get("status") == "succeeded", told)

    def platform(self) -> Platform:
        return Platform(self.house.cloud.api_url, WORKSPACE, self.house.token)

    def salesforce(self) -> Salesforce:
        running = self.house.salesforce
        return Salesforce(running.http, running.client_id, running.client_secret)

    # --- sending --------------------------------------------------------------------------------

    def client(self) -> httpx.Client:
        """One connection to the API."""
        headers = {"Authorization": f"Bearer {self.house.token}"}
        address = self.house.cloud.api_url
        return httpx.Client(base_url=address, headers=headers, timeout=_TIMEOUT, trust_env=False)

    def send(self, client: httpx.Client, key: str, changes: Sequence[Change]) -> Any:
        """The 202's body. What fails for the moment is sent again, with the same key."""
        for _ in range(_REPEATS):
            answer = client.post(
                f"{PATH}/changes", json={"changes": changes}, headers={"Idempotency-Key": key}
            )
            if answer.status_code < 500 and answer.status_code != 429:
                break
            self.repeated[answer.json().get("code", str(answer.status_code))] += 1
            time.sleep(1)
        require(answer.status_code == 202, answer.text)
        return answer.json()

    def send_all(self, requests: Sequence[Sequence[Sequence[Change]]]) -> None:
        """A thread for each list of requests; each sends one after the other."""

        def work(number: int) -> None:
            with self.client() as client:
                for at, changes in enumerate(requests[number]):
                    self.send(client, f"load-{number}-{at}", changes)

        with ThreadPoolExecutor(len(requests)) as pool:
            list(pool.map(work, range(len(requests))))

    # --- what waits -----------------------------------------------------------------------------

    def oldest(self) -> float:
        """Seconds that the change that waits longest has been waiting; 0 where none does."""
        client, table = self.house.cloud.client("dynamodb"), self._table("RecordsTable")
        keys = RecordKeys(table, WORKSPACE)
        partitions = [each for bulk in (False, True) for each in keys.writers("task", bulk=bulk)]
        found = [
            item["waits_since"]["S"].partition("|")[0]
            for each in partitions
            for item in client.query(
                TableName=table, IndexName=WAITING_INDEX, Limit=1,
                KeyConditionExpression="waiting = :pk",
                ExpressionAttributeValues={":pk": {"S": each}},
            )["Items"]
        ]  # fmt: skip
        if not found:
            return 0.0
        now = self.house.cloud.clock.utc()
        return max(0.001, (now - datetime.fromisoformat(min(found))).total_seconds())

    def messages(self) -> int:
        """Of both queues, those in flight and delayed included."""
        names = ("", "NotVisible", "Delayed")
        asked = [f"ApproximateNumberOfMessages{each}" for each in names]
        client = self.house.cloud.client("sqs")
        return sum(
            int(number)
            for queue in ("WriteBackQueue", "BulkWriteBackQueue")
            for number in client.get_queue_attributes(
                QueueUrl=self._table(queue), AttributeNames=asked
            )["Attributes"].values()
        )

    def until_quiet(self) -> None:
        """Nothing waits, and no message speaks of anything. RuntimeError after ten minutes."""
        pause, limit = threading.Event(), time.monotonic() + _PATIENCE
        while self.oldest() or self.messages():
            require(time.monotonic() < limit, "changes still wait after ten minutes")
            pause.wait(0.25)

    def _table(self, name: str) -> str:
        return self.house.cloud.resource(name)

    # --- at the end -----------------------------------------------------------------------------

    def receipts(self) -> Counter[str]:
        """All receipts by the worst that was said of an attribute; `waiting` are not final."""
        pages = (
            self.house.cloud.client("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=self._table("RunsTable"),
                FilterExpression="sk = :receipt",
                ExpressionAttributeValues={":receipt": {"S": "receipt"}},
            )
        )
        return Counter(_said(item) for page in pages for item in page["Items"])

    def differences(self, wanted: Mapping[str, Mapping[str, str]]) -> list[str]:
        """Records that say something else on one side or the other, read through both APIs."""
        with self.platform() as platform:
            here = {row["id"]: row["values"] for row in platform.rows("task")}
        with self.salesforce() as salesforce:
            asked = f"SELECT Id, {', '.join(WRITTEN.values())} FROM Task"  # noqa: S608 our own
            there = {row["Id"].lower(): row for row in salesforce.rows(asked)}
        return [
            f"{own}.{name}: {here[own].get(name)!r}, {there[self.ids[own]].get(field)!r}"
            for own, values in wanted.items()
            for name, field in WRITTEN.items()
            if name in values
            and not here[own].get(name) == there[self.ids[own]].get(field) == values[name]
        ]


def _said(item: Mapping[str, Any]) -> str:
    words = [value["S"] for name, value in item.items() if name.startswith("result:")]
    if not all(words):
        return "waiting"
    bad = [each for each in ("refused", "held") if any(f'"{each}"' in word for word in words)]
    return bad[0] if bad else "settled"


def change(number: int, own: str, *, origin: str = "profile", whole: bool = False) -> Change:
    """Of one task: its note, and now and then (`whole`: always) its priority and status."""
    values = {"description": f"Note {number:,} of {own}"}
    if whole or number % 3 == 0:
        values["priority"] = _PRIORITIES[number % 2]
    if whole or number % 5 == 0:
        values["status"] = _STATUSES[number % 3]
    return {"object": "task", "id": own, "values": values, "origin": origin}


def latest(changes: Iterator[Change]) -> dict[str, dict[str, str]]:
    """What each record must say in the end: the changes in the order in which they were sent."""
    wanted: dict[str, dict[str, str]] = {}
    for each in changes:
        wanted.setdefault(each["id"], {}).update(each["values"])
    return wanted


def timed(condition: Callable[[], bool], *, pause: float = 0.01) -> float:
    """Seconds until it was so. RuntimeError after ten minutes."""
    event, began = threading.Event(), time.monotonic()
    while not condition():
        require(time.monotonic() - began < _PATIENCE, "it did not happen")
        event.wait(pause)
    return time.monotonic() - began
