"""A standing house whose tasks and touchpoints go both ways, and people who edit both sides."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from local.agreement.sides import Platform, Row, Salesforce
from local.crowd import PlatformCrowd, SalesforceCrowd, crowd_at
from local.house import WORKSPACE, House
from local.seed.platform import Born, Office

KEY_FIELD: Final = "Syncline_Id__c"
JOBS: Final[Mapping[str, tuple[str, str]]] = {
    "accounts": ("accounts_inbound", "AccountsInboundFunction"),
    "tasks-in": ("tasks_inbound", "TasksInboundFunction"),
    "tasks-out": ("tasks_outbound", "TasksOutboundFunction"),
    "touchpoints-in": ("touchpoints_inbound", "TouchpointsInboundFunction"),
    "touchpoints-out": ("touchpoints_outbound", "TouchpointsOutboundFunction"),
}
"""Job → kind and function, in the order in which a round runs them."""

PAIRED: Final = {"task": "Task", "touchpoint": "Event"}
NOTE: Final = {"task": "description", "touchpoint": "content"}
_PART: Final = 50
_MOST_LEGS: Final = 400
_GUARD: Final = {"max_number": 10_000, "max_share": 0.5}


@dataclass(slots=True)
class Pairs:
    """What a round did, job by job."""

    house: House

    def set_up(self) -> None:
        """Touchpoints are created by an external-id field, tasks without one: both ways of not
        making a duplicate."""
        self.house.salesforce.control.add_field(
            "Activity",
            KEY_FIELD,
            "string",
            length=255,
            external_id=True,
            unique=True,
            case_sensitive=True,
        )
        path = f"/v1/workspaces/{WORKSPACE}"
        connection = {**self.house.connection(), "creation_keys": {"Event": KEY_FIELD}}
        self.house.call("PUT", f"{path}/connections/crm", connection)
        for job, (kind, _) in JOBS.items():
            body = {"kind": kind, "connection": "crm", "delete_guard": _GUARD}
            self.house.call("PUT", f"{path}/jobs/{job}", body)

    def round(self, jobs: Iterable[str] = JOBS) -> dict[str, Any]:
        """Each job once, all its legs; the runs by job. AssertionError if one does not end."""
        return {job: self.run(job) for job in jobs}

    def run(self, job: str) -> dict[str, Any]:
        """Each leg is started here as its schedule would start it, right after the other."""
        function = JOBS[job][1]
        moment = datetime.now(UTC).isoformat()
        event = {"workspace": WORKSPACE, "job": job, "trigger": "schedule", "scheduled_at": moment}
        told = self.house.cloud.invoke(function, event).payload
        for _ in range(_MOST_LEGS):
            if told.get("status") != "running":
                break
            leg = {"workspace": WORKSPACE, "job": job, "run": told["run"], "trigger": "leg"}
            told = self.house.cloud.invoke(function, {**leg, "leg": told["leg"] + 1}).payload
        assert "run" in told, f"{job}: {told}"
        found: dict[str, Any] = self.house.call(
            "GET", f"/v1/workspaces/{WORKSPACE}/runs/{told['run']}"
        )
        return found

    # --- the two sides --------------------------------------------------------------------------

    def platform(self) -> Platform:
        return Platform(self.house.cloud.api_url, WORKSPACE, self.house.token)

    def salesforce(self) -> Salesforce:
        running = self.house.salesforce
        return Salesforce(running.http, running.client_id, running.client_secret)

    def office(self, now: datetime) -> Office:
        """Colleagues who know the accounts that are on the platform."""
        with self.platform() as platform:
            known = {row["values"]["external_id"]: row["id"] for row in platform.rows("account")}
        return Office(now, known)

    def crowd(self) -> PlatformCrowd:
        return crowd_at(self.house.cloud, WORKSPACE)

    def prints(self) -> dict[str, tuple[int, int]]:
        """Number of items and a sum over all that they say, for what a sync writes."""
        return {name: _print(self.house, name) for name in ("RecordsTable", "CrossReferencesTable")}


def _print(house: House, table: str) -> tuple[int, int]:
    client = house.cloud.client("dynamodb")
    pages = client.get_paginator("scan").paginate(TableName=house.cloud.resource(table))
    count = total = 0
    for page in pages:
        for item in page["Items"]:
            told = repr(sorted(item.items())).encode()
            total ^= int.from_bytes(hashlib.sha256(told).digest()[:8])
            count += 1
    return count, total


# --- what people do ------------------------------------------------------------------------------


def part(crm_id: str) -> int:
    """One of fifty parts that a pair falls into, the same seen from either side.

    0 and 1 are edited in Salesforce, 2 on both sides in different fields, 3 on both sides in the
    same, 4 and 5 on the platform; 6 are deleted in Salesforce, 7 on the platform, 8 on both.
    """
    return zlib.crc32(crm_id.lower().encode()) % _PART


def gone(crm_id: str) -> bool:
    """Whether one side or the other deletes it."""
    return part(crm_id) in (6, 7, 8)


def sales_note(crm_id: str) -> str:
    return f"Sales wrote about {crm_id.lower()}"


def platform_note(crm_id: str) -> str:
    return f"Success wrote about {crm_id.lower()}"


def sales_work(sales: SalesforceCrowd, sobject: str, ids: Iterable[str]) -> None:
    """Edits and deletions of one object in Salesforce."""
    chosen = [id for id in ids if part(id) in (0, 1, 2, 3, 6, 8)]
    edited = ((id, {"Description": sales_note(id)}) for id in chosen if part(id) < 4)
    sales.change(sobject, edited)
    sales.delete([id for id in chosen if part(id) > 4])


def platform_work(crowd: PlatformCrowd, name: str, rows: Iterable[Row]) -> None:
    """Edits and deletions of one object on the platform, after those in Salesforce."""
    chosen = [
        (row["id"], row["values"]["external_id"], row["values"].get("subject"))
        for row in rows
        if part(row["values"]["external_id"]) in (2, 3, 4, 5, 7, 8)
    ]
    crowd.edit(_edits(name, chosen))
    crowd.delete(name, [id for id, crm_id, _ in chosen if part(crm_id) > 6])


def _edits(name: str, chosen: Iterable[tuple[str, str, str | None]]) -> Iterator[Born]:
    for id, crm_id, subject in chosen:
        if part(crm_id) == 2 and name == "task":
            yield Born(name, id, {"priority": "High"})
        elif part(crm_id) == 2:
            yield Born(name, id, {"subject": f"{subject} (moved)"})
        elif part(crm_id) < 6:
            yield Born(name, id, {NOTE[name]: platform_note(crm_id)})


def lost_edits(name: str, rows: Iterable[Row]) -> list[str]:
    """What is not as the side left it that wrote it, or wrote it last."""
    lost = []
    for row in rows:
        crm_id = row["values"]["external_id"]
        for key, end in _wanted(name, crm_id).items():
            value = str(row["values"].get(key))
            if not value.endswith(end):
                lost.append(f"{row['id']} (part {part(crm_id)}): {key} is {value[-60:]!r}")
    return lost


def _wanted(name: str, crm_id: str) -> dict[str, str]:
    where = part(crm_id)
    if where in (0, 1):
        return {NOTE[name]: sales_note(crm_id)}
    if where == 2:
        other = {"priority": "High"} if name == "task" else {"subject": "(moved)"}
        return {NOTE[name]: sales_note(crm_id), **other}
    return {NOTE[name]: platform_note(crm_id)} if where in (3, 4, 5) else {}
