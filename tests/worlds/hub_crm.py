"""A CRM that is no Salesforce, in memory: numbered ids that are unique within an object only, other
names for everything, and its own words. It proves that the `Crm` port asks for nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from syncline.engine.dialect import Dialect
from syncline.engine.moments import canonical_instant
from syncline.engine.records import Change, Deleted, Upserted
from syncline.errors import ConfigurationError
from syncline.ports import (
    Answers,
    Batch,
    Cursor,
    FieldDescription,
    Ids,
    ObjectDescription,
    OrgIdentity,
    Person,
    Phase,
    ReadRequest,
    Row,
    RowAnswer,
    Waiting,
    WriteRequest,
)
from tests.worlds.hub_kinds import CHANGED, DIALECT, ID

NOON: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
_OWN: Final = {ID: "id", CHANGED: "datetime"}


def hub_object(name: str, fields: Mapping[str, str], owner: str | None = None) -> ObjectDescription:
    """`owner` is the name of the field that leads to an owner, by way of `owner`."""
    known = {
        each: FieldDescription(
            each,
            type,
            each,
            createable=each not in _OWN,
            updateable=each not in _OWN and not each.startswith("locked"),
            length=20 if type == "string" else 0,
            reference_to=("owners",) if each == owner else (),
            relationship_name="owner" if each == owner else None,
        )
        for each, type in {**_OWN, **fields, **({owner: "reference"} if owner else {})}.items()
    }
    return ObjectDescription(
        name,
        name,
        key_prefix=f"{name}-",
        fields=known,
        createable=True,
        updateable=True,
        deletable=True,
        replicateable=False,
        relationships={"owner": owner} if owner else {},
    )


@dataclass(slots=True)
class HubOrg:
    """Records by id, each with the object before its number; `put` and `edit` are a seller's."""

    objects: Mapping[str, ObjectDescription]
    clock: datetime = NOON
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)

    def advance(self, seconds: float) -> None:
        self.clock += timedelta(seconds=seconds)

    def put(self, object: str, number: int, **values: Any) -> str:
        id = f"{object}-{number}"
        self.rows[id] = {ID: id}
        self.edit(id, **values)
        return id

    def edit(self, id: str, **values: Any) -> None:
        self.rows[id] |= {**values, CHANGED: canonical_instant(self.clock)}

    def delete(self, id: str) -> None:
        del self.rows[id]
        self.gone[id] = canonical_instant(self.clock)

    def of(self, object: str) -> Iterator[dict[str, Any]]:
        return (row for id, row in sorted(self.rows.items()) if id.startswith(f"{object}-"))

    def value(self, row: Mapping[str, Any], path: str) -> Any:
        first, _, rest = path.lower().partition(".")
        if not rest:
            return row.get(first)
        (reference,) = (
            each.relationships[first]
            for each in self.objects.values()
            if first in each.relationships
        )
        return self.rows.get(row.get(reference) or "", {}).get(rest)


@dataclass(slots=True)
class HubCrm:
    """`calls` counts requests; from `job_from` rows on a job is cheaper."""

    org: HubOrg
    job_from: int = 2000
    calls: int = 0
    jobs: list[list[Row]] = field(default_factory=list)

    @property
    def dialect(self) -> Dialect:
        return DIALECT

    def identity(self) -> OrgIdentity:
        return OrgIdentity("portal-7", "owners-1", "sync@example.com")

    def org_id(self) -> str:
        return "portal-7"

    def describe(self, object: str) -> ObjectDescription:
        self.calls += 1
        found = self.org.objects.get(object.lower())
        if found is None:
            raise ConfigurationError(f"Hub has no object '{object}'.", code="unknown_object")
        return found

    def check_query(self, request: ReadRequest) -> None:
        described = self.describe(request.object)
        for path in request.fields:
            first, _, rest = path.lower().partition(".")
            if first not in (described.relationships if rest else described.fields):
                raise ConfigurationError(f"no field '{path}'", code="unknown_field")

    def now(self) -> datetime:
        return self.org.clock

    def changes(self, request: ReadRequest, cursor: Cursor | None) -> Iterator[Batch | Waiting]:
        self.calls += 1
        found = self._changed(request)[cursor["read"] if cursor else 0 :]
        for start in range(0, len(found), request.batch_size):
            chunk = found[start : start + request.batch_size]
            read = (cursor["read"] if cursor else 0) + start + len(chunk)
            yield Batch(chunk, {"read": read})

    def _changed(self, request: ReadRequest) -> Sequence[Change]:
        since = request.since or ""
        if request.phase is Phase.LIVE:
            rows = [row for row in self.org.of(request.object) if row[CHANGED] >= since]
            return [self._read(row, request) for row in rows]
        if request.phase is Phase.DELETED:
            mine = {i: at for i, at in self.org.gone.items() if i.startswith(f"{request.object}-")}
            return [Deleted(id, at) for id, at in mine.items() if at >= since]
        return ()

    def _read(self, row: Mapping[str, Any], request: ReadRequest) -> Upserted:
        values = tuple(self.org.value(row, path) for path in request.fields)
        return Upserted(row[ID], row[CHANGED], row[CHANGED], values)

    def find(self, request: ReadRequest, keys: Sequence[str]) -> Sequence[Upserted]:
        self.calls += 1
        there = [self.org.rows[key] for key in dict.fromkeys(keys) if key in self.org.rows]
        return [self._read(row, request) for row in there]

    def ids(self, object: str, cursor: Cursor | None) -> Iterator[Ids | Waiting]:
        after = cursor["after"] if cursor else ""
        found = [row[ID] for row in self.org.of(object) if row[ID] > after]
        if found:
            yield Ids(found, {"after": found[-1]})

    def present(self, object: str, ids: Collection[str]) -> set[str]:
        return {row[ID] for row in self.org.of(object)}.intersection(ids)

    def requests(self) -> int:
        return self.calls

    def people(
        self, object: str, field: str, values: Collection[str]
    ) -> Mapping[str, Sequence[Person]]:
        self.calls += 1
        found: dict[str, list[Person]] = {}
        for row in self.org.of(object):
            value = str(row.get(field.lower()) or "")
            if value.lower() in {each.lower() for each in values}:
                found.setdefault(value.lower(), []).append(Person(row[ID], value))
        return found

    def people_of(
        self, object: str, field: str, ids: Collection[str]
    ) -> Mapping[str, Sequence[str]]:
        return {}

    def wants_job(self, request: WriteRequest) -> bool:
        return request.count >= self.job_from

    def write(self, request: WriteRequest, rows: Sequence[Row]) -> Sequence[RowAnswer]:
        self.calls += 1
        return [self._written(request, row) for row in rows]

    def _written(self, request: WriteRequest, row: Row) -> RowAnswer:
        id = str(row.id)
        if id not in self.org.rows:
            return RowAnswer(id, code="record_deleted", message="Hub: no such record.")
        fields = self.org.objects[request.object].fields
        locked = tuple(name for name in row.values if not fields[name.lower()].updateable)
        if locked:
            return RowAnswer(id, code="read_only", message="Hub: locked.", fields=locked)
        self.org.edit(id, **{name.lower(): value for name, value in row.values.items()})
        return RowAnswer(id)

    def submit(self, request: WriteRequest, rows: Iterable[Row]) -> Cursor:
        self.jobs.append(list(rows))
        return {"job": len(self.jobs) - 1}

    def collect(self, request: WriteRequest, cursor: Cursor) -> Waiting | Answers:
        rows = self.jobs[cursor["job"]]
        return HubAnswers({str(row.id): self._written(request, row) for row in rows})

    def abandon(self, cursor: Cursor) -> None:
        self.jobs[cursor["job"]] = []


@dataclass(slots=True)
class HubAnswers:
    """Of one job, by id."""

    left: dict[str, RowAnswer]

    def take(self, row: Row) -> RowAnswer | None:
        return self.left.pop(str(row.id), None)

    def close(self) -> None:
        """Nothing to let go of."""
