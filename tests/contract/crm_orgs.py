"""The two orgs of the Crm contract: rows in memory, and the emulator over real HTTP.

Both are edited with the same few words, at a clock that a test sets.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from local.salesforce.ids import mint
from local.salesforce.running import Running, start
from syncline.config.models import Connection
from syncline.engine.plan import SendKind
from syncline.engine.records import Change
from syncline.memory.crm import MemoryCrm
from syncline.memory.crm_rows import refused
from syncline.ports import Batch, Crm, Cursor, ReadRequest, Row, RowAnswer, Waiting
from syncline.salesforce.connect import Options, open_connection
from syncline.salesforce.crm import Reading, SalesforceCrm
from syncline.salesforce.describe import forget_descriptions
from syncline.salesforce.tokens import forget_sessions
from tests.contract.crm_objects import KEY, OBJECTS

NOON: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
CALLS: Final = "Status = 'Completed'"
BROKEN: Final = "Nonsense = = 1"
PREFIXES: Final = {
    "Task": "00T", "Account": "001", "User": "005",
    "Contact": "003", "Event": "00U", "EventRelation": "0RE", "Lead": "00Q",
}  # fmt: skip


class Org(Protocol):
    """What a test does to an org. Records are named by number, so both give the same ids."""

    def crm(self) -> Crm: ...
    def put(self, object: str, number: int, *, stamp: str | None = None, **fields: Any) -> str: ...
    def edit(self, object: str, id: str, **fields: Any) -> None: ...
    def delete(self, object: str, id: str) -> None: ...
    def undelete(self, object: str, id: str) -> None: ...
    def merge(self, object: str, *, loser: str, winner: str) -> None: ...
    def purge(self, object: str, id: str) -> None: ...
    def archive(self, object: str, id: str) -> None: ...
    def advance(self, seconds: float) -> None: ...
    def forbid(self, object: str, field: str, value: str) -> None: ...
    def no_twins(self, object: str, field: str) -> None: ...
    def lock(self, *ids: str) -> None: ...
    def stop_jobs(self, rows: int) -> None: ...
    def hold_jobs(self, rows: int) -> None: ...
    def let_jobs_go_on(self) -> None: ...
    def forget_jobs(self) -> None: ...


def record_id(object: str, number: int) -> str:
    return mint(PREFIXES[object], 5000 + number)


# --- memory -----------------------------------------------------------------------------------


@dataclass
class InMemory:
    """Everything of the one MemoryCrm, whose `org` is edited."""

    bulk: bool = False
    memory: MemoryCrm = field(init=False)

    def __post_init__(self) -> None:
        self.memory = MemoryCrm(
            OBJECTS,
            where={CALLS: lambda row: row["status"] == "Completed"},
            bulk_waits=3 if self.bulk else 0,
            clock=NOON,
        )
        self.memory.job_waits = 3
        self.memory.page_size = 7

    def crm(self) -> Crm:
        return self.memory

    def put(self, object: str, number: int, *, stamp: str | None = None, **fields: Any) -> str:
        id = record_id(object, number)
        self.memory.org.put(object, id, stamp=stamp, **fields)
        return id

    def edit(self, object: str, id: str, **fields: Any) -> None:
        self.memory.org.edit(object, id, **fields)

    def delete(self, object: str, id: str) -> None:
        self.memory.org.delete(object, id)

    def undelete(self, object: str, id: str) -> None:
        self.memory.org.undelete(object, id)

    def merge(self, object: str, *, loser: str, winner: str) -> None:
        self.memory.org.merge(object, loser=loser, winner=winner)

    def purge(self, object: str, id: str) -> None:
        self.memory.org.purge(object, id)

    def archive(self, object: str, id: str) -> None:
        """Archived rows are read as others are."""

    def advance(self, seconds: float) -> None:
        self.memory.org.advance(seconds)

    def forbid(self, object: str, field: str, value: str) -> None:
        def refuse(_object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
            forbidden = row.values.get(field) == value
            return refused(row.id, "validation_rule", field) if forbidden else None

        self.memory.refuse = refuse

    def no_twins(self, object: str, field: str) -> None:
        def refuse(_object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
            there = self.memory.org.visible(object)
            twin = any(each[field.lower()] == row.values[field] for each in there)
            return refused(row.id, "duplicate_detected") if twin else None

        self.memory.refuse = refuse

    def lock(self, *ids: str) -> None:
        def refuse(_object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
            return refused(row.id, "locked", again=True) if row.id in ids else None

        self.memory.refuse = refuse

    def stop_jobs(self, rows: int) -> None:
        self.memory.job_stops = rows

    def hold_jobs(self, rows: int) -> None:
        self.memory.job_holds = rows

    def let_jobs_go_on(self) -> None:
        self.memory.go_on()

    def forget_jobs(self) -> None:
        self.memory.forget_jobs()


# --- the emulator -----------------------------------------------------------------------------


@dataclass
class Emulated:
    """One emulator process, rolled back to an empty org by `fresh`."""

    running: Running
    reading: Reading = "rest"
    pauses: list[float] = field(default_factory=list)

    @property
    def control(self) -> Any:
        return self.running.control

    def fresh(self, reading: Reading) -> "Emulated":
        control = self.control
        control.request("POST", "restore", {"name": "empty"})
        control.disarm()
        control.set_clock(NOON.isoformat())
        control.settings(
            page_size=7,
            bulk_in_progress_polls=3,
            bulk_page_size=100_000,
            requests_used=0,
            daily_api_requests=100_000,
            refresh_token_rotation=False,
        )
        control.clear_journal()
        forget_sessions()
        forget_descriptions()
        return Emulated(self.running, reading)

    def credentials(self) -> Mapping[str, str]:
        secret = self.running.client_secret
        return {"client_id": self.running.client_id, "client_secret": secret}

    def crm(self, reading: Reading | None = None) -> SalesforceCrm:
        options = Options(pause=self.pauses.append, reading=reading or self.reading)
        connection = Connection(login_url=self.running.http)
        return open_connection(connection, self.credentials(), options=options)

    def put(self, object: str, number: int, *, stamp: str | None = None, **fields: Any) -> str:
        id = record_id(object, number)
        stamp = stamp or self.control.now()
        self.control.load([(object, {"Id": id, "SystemModstamp": stamp, **fields})])
        return id

    def edit(self, object: str, id: str, **fields: Any) -> None:
        self._api("PATCH", f"sobjects/{object}/{id}", fields)

    def delete(self, object: str, id: str) -> None:
        self._api("DELETE", f"sobjects/{object}/{id}")

    def undelete(self, object: str, id: str) -> None:
        self.control.request("POST", "undelete", {"ids": [id]})

    def merge(self, object: str, *, loser: str, winner: str) -> None:
        body = {"sobject": object, "winner": winner, "losers": [loser]}
        self.control.request("POST", "merge", body)

    def purge(self, object: str, id: str) -> None:
        self.control.request("POST", "purge", {"sobject": object, "ids": [id]})

    def archive(self, object: str, id: str) -> None:
        self.control.request("POST", "archive", {"sobject": object, "ids": [id]})

    def advance(self, seconds: float) -> None:
        self.control.advance(seconds)

    def forbid(self, object: str, field: str, value: str) -> None:
        when = {"field": field, "op": "=", "value": value}
        rule = {
            "sobject": object,
            "name": "Forbidden",
            "when": when,
            "message": "No.",
            "field": field,
        }
        self.control.request("PUT", "validation-rules", rule)

    def no_twins(self, object: str, field: str) -> None:
        rule = {"sobject": object, "name": "Twins", "fields": [field], "action": "block"}
        self.control.request("PUT", "duplicate-rules", rule)

    def lock(self, *ids: str) -> None:
        self.control.request("PUT", "locks", {"ids": ids, "times": 1000})

    def stop_jobs(self, rows: int) -> None:
        self.control.request("POST", "jobs/fail", {"chunks": rows // 200, "message": "Stopped."})

    def hold_jobs(self, rows: int) -> None:
        self.control.request("POST", "jobs/hold", {"chunks": rows // 200})

    def let_jobs_go_on(self) -> None:
        for each in self.control.request("GET", "jobs")["jobs"]:
            self.control.request("POST", "jobs/release", {"job": each["id"]})
            self.control.request("POST", "jobs/run", {"job": each["id"], "chunks": 1000})

    def forget_jobs(self) -> None:
        for each in self.control.request("GET", "jobs")["jobs"]:
            self._api("DELETE", f"jobs/ingest/{each['id']}")

    def _api(self, method: str, path: str, body: object = None) -> None:
        """What a person does in the browser, not through the adapter under test."""
        with self.running.signed_in() as client:
            answer = client.request(method, f"/services/data/v62.0/{path}", json=body)
            answer.raise_for_status()


@contextmanager
def emulator() -> Iterator[Emulated]:
    with start() as running:
        for each in ("Account", "Activity"):
            running.control.add_field(each, KEY, "string", length=64, external_id=True, unique=True)
        running.control.add_field("Account", "Score__c", "double", precision=10, scale=2)
        running.control.request("POST", "snapshot", {"name": "empty"})
        yield Emulated(running)


def put_user(org: Org, number: int, email: str, **fields: Any) -> str:
    """A user who is there, unless `fields` say otherwise."""
    name = f"u{number}@x.example"
    known = {"Username": name, "Email": email, "LastName": "A", "IsActive": True}
    return org.put("User", number, **{**known, **fields})


# --- reading ----------------------------------------------------------------------------------


def batches(crm: Crm, request: ReadRequest, cursor: Cursor | None = None) -> list[Batch]:
    """The whole read, visit by visit, as the legs of a run would make it."""
    found: list[Batch] = []
    for _ in range(10):
        waiting = None
        for item in crm.changes(request, cursor):
            if isinstance(item, Waiting):
                waiting = item
            else:
                found.append(item)
        if waiting is None:
            return found
        cursor = waiting.cursor
    raise AssertionError("the read never ended")


def changes(crm: Crm, request: ReadRequest, cursor: Cursor | None = None) -> list[Change]:
    return [each for batch in batches(crm, request, cursor) for each in batch.changes]


def keys(crm: Crm, request: ReadRequest, cursor: Cursor | None = None) -> list[str]:
    """In id order, for Bulk promises none."""
    return sorted(each.key for each in changes(crm, request, cursor))
