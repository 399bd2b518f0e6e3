"""A standing house for flows: the small org of tests.worlds.small in the emulator, and its jobs."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from local.cloud.invocation import InvokeResult
from local.house import WORKSPACE, House

FUNCTIONS: Final = {"accounts": "AccountsInboundFunction", "tasks": "TasksInboundFunction"}
_TABLES: Final = ("RecordsTable", "CrossReferencesTable", "RunsTable", "ConfigurationTable")


def set_up(house: House, *, batch: Mapping[str, Any] | None = None) -> None:
    """Connection and both jobs, through the API as a person would."""
    path = f"/v1/workspaces/{WORKSPACE}"
    house.call("PUT", f"{path}/connections/crm", house.connection())
    house.call("PUT", f"{path}/jobs/accounts", {"kind": "accounts_inbound", "connection": "crm"})
    job = {"kind": "tasks_inbound", "connection": "crm", **(batch or {})}
    house.call("PUT", f"{path}/jobs/tasks", job)


def start_event(job: str, moment: str) -> dict[str, str]:
    """What the job's own schedule sends."""
    return {"workspace": WORKSPACE, "job": job, "trigger": "schedule", "scheduled_at": moment}


def run_job(house: House, job: str, moment: str) -> InvokeResult:
    """One start of the job's Lambda."""
    return house.cloud.invoke(FUNCTIONS[job], start_event(job, moment))


def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


@dataclass(slots=True)
class CloudState:
    """What the tables and the bucket hold; can be put back, and compared."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, house: House) -> CloudState:
        state = cls()
        for table in _TABLES:
            state.tables[table] = sorted(_items(house, table), key=_key)
        bucket = house.cloud.resource("JournalBucket")
        client = house.cloud.client("s3")
        for name in _names(house):
            state.objects[name] = client.get_object(Bucket=bucket, Key=name)["Body"].read()
        return state

    def put_back(self, house: House, now: CloudState | None = None) -> None:
        """Only what differs from `now`, where that is known, is written: so it is quick."""
        now = now or CloudState.of(house)
        for table, items in self.tables.items():
            kept = {_key(item): item for item in items}
            there = {_key(item): item for item in now.tables[table]}
            gone = [{"DeleteRequest": {"Key": _key_of(there[k])}} for k in there if k not in kept]
            put = [{"PutRequest": {"Item": v}} for k, v in kept.items() if there.get(k) != v]
            _write(house, table, [*gone, *put])
        bucket, client = house.cloud.resource("JournalBucket"), house.cloud.client("s3")
        for name in now.objects.keys() - self.objects.keys():
            client.delete_object(Bucket=bucket, Key=name)

    def told(self, passing: Iterable[str]) -> dict[str, Any]:
        """As plain data without the attributes named, in tables and journal entries alike."""
        hidden = frozenset(passing)
        tables = {
            table: {"|".join(_key(item)): _plain(item, hidden) for item in items}
            for table, items in self.tables.items()
        }
        entries = {
            name: _without(json.loads(gzip.decompress(body)), hidden)
            for name, body in self.objects.items()
        }
        return {**tables, "journal": entries}


def _items(house: House, table: str) -> list[dict[str, Any]]:
    client = house.cloud.client("dynamodb")
    pages = client.get_paginator("scan").paginate(TableName=house.cloud.resource(table))
    return [item for page in pages for item in page["Items"]]


def _names(house: House) -> list[str]:
    client, bucket = house.cloud.client("s3"), house.cloud.resource("JournalBucket")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [found["Key"] for page in pages for found in page.get("Contents", ())]


def _key(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _key_of(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"pk": item["pk"], "sk": item["sk"]}


def _write(house: House, table: str, requests: list[dict[str, Any]]) -> None:
    client, name = house.cloud.client("dynamodb"), house.cloud.resource(table)
    for start in range(0, len(requests), 25):
        client.batch_write_item(RequestItems={name: requests[start : start + 25]})


def _plain(item: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    plain = {}
    for name, typed in item.items():
        if name in hidden:
            continue
        ((kind, value),) = typed.items()
        plain[name] = _without(_decoded(value), hidden) if kind == "S" else value
    return plain


def _decoded(text: str) -> Any:
    return json.loads(text) if text.startswith(("{", "[")) else text


def _without(stored: Any, hidden: frozenset[str]) -> Any:
    if isinstance(stored, dict):
        return {k: _without(v, hidden) for k, v in stored.items() if k not in hidden}
    if isinstance(stored, list):
        return [_without(each, hidden) for each in stored]
    return stored


def later(moment: datetime, **time: float) -> datetime:
    return moment + timedelta(**time)
