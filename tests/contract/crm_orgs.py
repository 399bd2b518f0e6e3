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
from syncline.engine.records import Change
from syncline.memory.crm import MemoryCrm
from syncline.memory.org import described
from syncline.ports import Batch, Crm, Cursor, ReadRequest, Waiting
from syncline.salesforce.connect import Options, open_connection
from syncline.salesforce.crm import Reading, SalesforceCrm
from syncline.salesforce.describe import forget_descriptions
from syncline.salesforce.tokens import forget_sessions

NOON: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
CALLS: Final = "Status = 'Completed'"
BROKEN: Final = "Nonsense = = 1"
PREFIXES: Final = {"Task": "00T", "Account": "001", "User": "005"}


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


def record_id(object: str, number: int) -> str:
    return mint(PREFIXES[object], 5000 + number)


# --- memory -----------------------------------------------------------------------------------

_OBJECTS: Final = (
    described("User", {"Username": "string", "Email": "email"}, key_prefix="005"),
    described(
        "Account",
        {"Name": "string", "NumberOfEmployees": "int"},
        key_prefix="001",
        references={"OwnerId": ("User",)},
        mergeable=True,
    ),
    described(
        "Task",
        {
            "Subject": "combobox",
            "Status": "picklist",
            "IsClosed": "boolean",
            "Description": "textarea",
        },
        key_prefix="00T",
        references={"OwnerId": ("Group", "User"), "WhatId": ("Account",)},
    ),
)


@dataclass
class InMemory:
    """Everything of the one MemoryCrm, whose `org` is edited."""

    bulk: bool = False
    memory: MemoryCrm = field(init=False)

    def __post_init__(self) -> None:
        self.memory = MemoryCrm(
            _OBJECTS,
            where={CALLS: lambda row: row["status"] == "Completed"},
            bulk_waits=3 if self.bulk else 0,
            clock=NOON,
        )

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

    def _api(self, method: str, path: str, body: object = None) -> None:
        """What a person does in the browser, not through the adapter under test."""
        with self.running.signed_in() as client:
            answer = client.request(method, f"/services/data/v62.0/{path}", json=body)
            answer.raise_for_status()


@contextmanager
def emulator() -> Iterator[Emulated]:
    with start() as running:
        running.control.request("POST", "snapshot", {"name": "empty"})
        yield Emulated(running)


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
