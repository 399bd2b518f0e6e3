"""Many people at work at once, on either side: too many for one request each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, TypeVar

import httpx

from local.cloud.cloud import LocalCloud
from local.salesforce.running import Running
from local.seed.platform import Born
from syncline.aws.clients import Clients
from syncline.aws.database import Database
from syncline.engine.records import PlatformRecord
from syncline.memory.configuration import MemoryConfiguration
from syncline.platform.records import DynamoRecords
from syncline.ports import Clock, PlatformRecords, RecordWrite
from syncline.runtime.clock import SystemClock
from syncline.usecases.delete_record import DeleteRecord
from syncline.usecases.edit_record import EditRecord

_CHUNK: Final = 1_000
_COLLECTION: Final = 200
_WORKSPACE: Final = "crowd"
_SALES: Final = "vera.sales@larkspur.example"
_COLLECTIONS: Final = "/services/data/v62.0/composite/sobjects"

T = TypeVar("T")


@dataclass(slots=True)
class _Gathering:
    """Records as they were read at once; writes are kept to be sent at once."""

    held: dict[str, PlatformRecord]
    writes: list[RecordWrite] = field(default_factory=list)

    def get(self, object: str, ids: Collection[str]) -> Mapping[str, PlatformRecord]:
        del object
        return {each: self.held[each] for each in ids if each in self.held}

    def write(self, writes: Sequence[RecordWrite]) -> Sequence[bool]:
        self.writes += writes
        self.held.update({each.record.id: each.record for each in writes})
        return [True] * len(writes)


@dataclass(frozen=True, slots=True)
class PlatformCrowd:
    """People on the platform. What they do goes through the use cases of the API's own routes, so
    every record, edit stamp and entry in the change feed is what a PUT or DELETE leaves; only the
    reads and writes of many are sent together, which is some hundred times as fast."""

    records: PlatformRecords
    clock: Clock

    def edit(self, changes: Iterable[Born]) -> int:
        """Sets the values of each, making what is not there; how many were written."""
        configuration = MemoryConfiguration()
        configuration.put(_WORKSPACE, "workspace", _WORKSPACE, {}, expected=0)
        done = 0
        for chunk in _chunks(changes, _CHUNK):
            gathered = self._read(chunk[0].object, [each.id for each in chunk])
            use_case = EditRecord(configuration, lambda _, held=gathered: held, self.clock)
            for each in chunk:
                use_case(_WORKSPACE, each.object, each.id, each.values)
            done += self._send(gathered)
        return done

    def delete(self, object: str, ids: Iterable[str]) -> int:
        """How many were deleted; all must be there."""
        done = 0
        for chunk in _chunks(ids, _CHUNK):
            gathered = self._read(object, chunk)
            use_case = DeleteRecord(lambda _, held=gathered: held, self.clock)
            for each in chunk:
                use_case(_WORKSPACE, object, each)
            done += self._send(gathered)
        return done

    def _read(self, object: str, ids: Collection[str]) -> Any:
        return _Gathering(dict(self.records.get(object, ids)))

    def _send(self, gathered: _Gathering) -> int:
        """RuntimeError if somebody else wrote meanwhile: a crowd is alone at work."""
        done = self.records.write(gathered.writes)
        if not all(done):
            raise RuntimeError(f"{done.count(False)} of {len(done)} writes were refused")
        return len(done)


def crowd_at(cloud: LocalCloud, workspace: str) -> PlatformCrowd:
    """At the tables of a running cloud."""
    place: dict[str, Any] = {
        "endpoint_url": cloud.aws_endpoint,
        "region_name": "eu-central-1",
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
    }
    database = Database(Clients(**place).dynamodb)
    records = DynamoRecords(database, cloud.resource("RecordsTable"), workspace=workspace)
    return PlatformCrowd(records, SystemClock())


class SalesforceCrowd:
    """People in Salesforce: a user of their own, who signs in and writes by Collections."""

    def __init__(self, client: httpx.Client) -> None:
        self._http = client

    def change(self, sobject: str, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> int:
        """(id, fields) each; how many were changed. RuntimeError with the first refusal."""
        done = 0
        for chunk in _chunks(rows, _COLLECTION):
            records = [
                {"attributes": {"type": sobject}, "Id": id, **fields} for id, fields in chunk
            ]
            done += self._send("PATCH", json={"records": records})
        return done

    def delete(self, ids: Iterable[str]) -> int:
        """How many were deleted."""
        return sum(
            self._send("DELETE", params={"ids": ",".join(chunk)})
            for chunk in _chunks(ids, _COLLECTION)
        )

    def _send(self, method: str, **asked: Any) -> int:
        answers = self._http.request(method, _COLLECTIONS, **asked).raise_for_status().json()
        refused = [each for each in answers if not each["success"]]
        if refused:
            raise RuntimeError(f"{len(refused)} refused, the first: {refused[0]}")
        return len(answers)


@contextmanager
def sales_people(salesforce: Running) -> Iterator[SalesforceCrowd]:
    """Signed in as a colleague, not as the user that the sync connects as."""
    control = salesforce.control
    control.put_user(_SALES, profile="System Administrator", fields={"Email": _SALES})
    app = control.put_app(
        "sales-desk", client_secret="sales-desk", run_as=_SALES, flows=["client_credentials"]
    )
    form = {
        "grant_type": "client_credentials",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
    }
    with httpx.Client(base_url=salesforce.http, trust_env=False, timeout=120) as client:
        answer = client.post("/services/oauth2/token", data=form).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {answer['access_token']}"
        yield SalesforceCrowd(client)


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while chunk := list(islice(left, size)):
        yield chunk
