"""The Crm port in memory: an org without a network, for tests of everything above the adapters."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from syncline.engine.dialect import Dialect
from syncline.engine.records import Change, Deleted, Merged, Raw, Upserted
from syncline.errors import ConfigurationError
from syncline.kinds.salesforce import DIALECT
from syncline.memory.crm_writes import CrmWrites
from syncline.memory.org import MemoryOrg, Row, instant
from syncline.ports import (
    Batch,
    Cursor,
    Ids,
    ObjectDescription,
    OrgIdentity,
    Phase,
    ReadRequest,
    Waiting,
)

Predicate = Callable[[Mapping[str, Raw]], bool]
"""Judges a row (lower-case field names) as the filter text it is registered under would."""

NOON: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
ADA: Final = OrgIdentity("00D000000000001AAA", "005000000000001AAA", "ada@example.com")
DELETIONS_KEPT: Final = timedelta(days=15)


class MemoryCrm(CrmWrites):
    """One org in memory.

    Edit it through `org` (`crm.org.put("Task", "00T…", Subject="Call")`). `bulk_waits` above 0
    makes every read a Bulk job that answers Waiting that often and then gives its rows in id
    order; `page_size` is of lists of ids. How requests fail is told in CrmRequests, how writing
    goes in CrmWrites.
    """

    def __init__(
        self,
        objects: Iterable[ObjectDescription],
        *,
        where: Mapping[str, Predicate] | None = None,
        bulk_waits: int = 0,
        clock: datetime = NOON,
        identity: OrgIdentity = ADA,
        dialect: Dialect = DIALECT,
    ) -> None:
        super().__init__(MemoryOrg({each.name.lower(): each for each in objects}, clock), identity)
        self._dialect = dialect
        self.where = dict(where or {})
        self.bulk_waits = bulk_waits
        self.page_size = 2000
        self._jobs: list[list[Change]] = []

    @property
    def dialect(self) -> Dialect:
        return self._dialect

    def identity(self) -> OrgIdentity:
        self._request()
        return self._identity

    def org_id(self) -> str:
        return self._identity.org_id

    def describe(self, object: str) -> ObjectDescription:
        self._request()
        return self._description(object)

    def check_query(self, request: ReadRequest) -> None:
        self._request()
        self._check(request)

    def now(self) -> datetime:
        return self.org.clock

    def changes(self, request: ReadRequest, cursor: Cursor | None) -> Iterator[Batch | Waiting]:
        self._check(request)
        if self._is_bulk(request, cursor):
            yield from self._bulk(request, cursor)
            return
        found = sorted(self._phase(request), key=_position)
        begun = 0
        if cursor is not None:
            behind = (cursor["stamp"], cursor["id"])
            found = [each for each in found if _position(each) > behind]
            begun = cursor["read"]
        if not found:
            self._request()
        for start in range(0, len(found), request.batch_size):
            self._request()
            chunk = found[start : start + request.batch_size]
            stamp, id = _position(chunk[-1])
            read = begun + start + len(chunk)
            yield Batch(
                chunk,
                {"via": "memory", "stamp": stamp, "id": id, "read": read},
                total=begun + len(found),
            )
            if request.first_only:
                return

    def find(self, request: ReadRequest, keys: Sequence[str]) -> Sequence[Upserted]:
        self._check(request)
        self._request()
        live = replace(request, phase=Phase.LIVE, since=None)
        found = {each.key: each for each in self._live(live)}
        return [found[key] for key in dict.fromkeys(keys) if key in found]

    def ids(self, object: str, cursor: Cursor | None) -> Iterator[Ids | Waiting]:
        self._description(object)
        place = cursor or {"after": "", "waits": self.bulk_waits}
        self._request()
        if place["waits"] > 0:
            yield Waiting({**place, "waits": place["waits"] - 1})
            return
        found = sorted(str(row["id"]) for row in self.org.visible(object))
        behind = [each for each in found if each > place["after"]]
        for start in range(0, len(behind), self.page_size):
            if start:
                self._request()
            chunk = behind[start : start + self.page_size]
            yield Ids(chunk, {"after": chunk[-1], "waits": 0})

    def present(self, object: str, ids: Collection[str]) -> set[str]:
        self._description(object)
        self._request()
        return {str(row["id"]) for row in self.org.visible(object)}.intersection(ids)

    def _check(self, request: ReadRequest) -> None:
        description = self._description(request.object)
        for path in request.fields:
            first, _, rest = path.partition(".")
            if first.lower() not in (description.relationships if rest else description.fields):
                raise ConfigurationError(
                    f"{description.name} has no field '{path}' that the connected user can see.",
                    code="unknown_field",
                    field="mapping",
                    remedy="Correct the field's API name, or make it visible to the user.",
                )
        if request.where is not None and request.where not in self.where:
            raise ConfigurationError(
                "Salesforce refused the query: the filter is not one that this org understands.",
                code="query_refused",
                field="filter",
                remedy="Correct the filter.",
            )

    def _is_bulk(self, request: ReadRequest, cursor: Cursor | None) -> bool:
        if cursor is None:
            wholly = request.phase is Phase.LIVE and not request.first_only
            return self.bulk_waits > 0 and wholly
        return bool(cursor["via"] == "bulk")

    def _bulk(self, request: ReadRequest, cursor: Cursor | None) -> Iterator[Batch | Waiting]:
        if cursor is None:
            self._request()
            self._jobs.append(sorted(self._phase(request), key=lambda each: each.key))
            job = len(self._jobs) - 1
            cursor = {"via": "bulk", "job": job, "waits": self.bulk_waits, "skip": 0}
        self._request()
        if cursor["waits"] > 0:
            yield Waiting({**cursor, "waits": cursor["waits"] - 1})
            return
        found = self._jobs[cursor["job"]]
        for start in range(cursor["skip"], len(found), request.batch_size):
            chunk = found[start : start + request.batch_size]
            yield Batch(chunk, {**cursor, "skip": start + len(chunk)}, total=len(found))

    def _phase(self, request: ReadRequest) -> Iterable[Change]:
        match request.phase:
            case Phase.LIVE:
                return self._live(request)
            case Phase.MERGED:
                return (
                    Merged(row["id"], _master(row), row["systemmodstamp"])
                    for row in self._gone(request)
                    if _master(row) is not None
                )
            case Phase.DELETED:
                return (
                    Deleted(row["id"], row["systemmodstamp"])
                    for row in self._gone(request)
                    if _master(row) is None
                )
            case Phase.PURGED:
                return self._log(request)

    def _live(self, request: ReadRequest) -> Iterator[Upserted]:
        judge = self.where[request.where] if request.where is not None else None
        since, read = request.since or "", self.org.reader(request.object, request.fields)
        for row in self.org.visible(request.object):
            if row["isdeleted"] or row["systemmodstamp"] < since:
                continue
            if judge is None or judge(row):
                yield Upserted(row["id"], row["systemmodstamp"], row["lastmodifieddate"], read(row))

    def _gone(self, request: ReadRequest) -> Iterator[Row]:
        for row in self.org.visible(request.object):
            if row["isdeleted"] and row["systemmodstamp"] >= (request.since or ""):
                yield row

    def _log(self, request: ReadRequest) -> Iterator[Deleted]:
        if request.since is None:
            return
        if request.since < instant(self.org.clock - DELETIONS_KEPT):
            raise ConfigurationError(
                "Salesforce keeps its log of deletions for 15 days, and the last run is older.",
                code="deletions_expired",
                remedy="Start a full sync: it compares all ids and finds what was purged before.",
            )
        for id, stamp in self.org.purged.get(request.object.lower(), {}).items():
            if stamp >= request.since:
                yield Deleted(id, stamp)


_position: Final = attrgetter("stamp", "key")


def _master(row: Row) -> Any:
    return row.get("masterrecordid")
