"""The Crm port on Salesforce: which way each question is asked."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

from simple_salesforce.util import PerAppUsage, Usage

from syncline.engine.dialect import Dialect
from syncline.engine.records import Upserted
from syncline.errors import ConfigurationError, RetryableError
from syncline.kinds.salesforce import DIALECT
from syncline.kinds.salesforce_ids import is_id
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
from syncline.salesforce.bulk import UNFIT, BulkReader
from syncline.salesforce.deletions import purged
from syncline.salesforce.describe import Descriptions
from syncline.salesforce.id_reader import IdReader
from syncline.salesforce.reader import RestReader, bulk_is_cheaper
from syncline.salesforce.rows import typed_columns
from syncline.salesforce.session import OrgSession, Page
from syncline.salesforce.soql import STAMP, Query, live_query, query_for
from syncline.salesforce.uploads import LARGEST
from syncline.salesforce.writes import CrmWrites

Reading = Literal["cheaper", "rest", "bulk"]
IDS_AT_ONCE: Final = 400
"""Ids in one query: 27 bytes each in a URL of at most 12,000."""
REMEMBERED: Final = 20_000
"""Ids of deleted records that need not be looked for again in the log of deletions."""


class SalesforceCrm(CrmWrites):
    """One connected org. Reads and writes by REST or Bulk, whichever costs fewer API requests."""

    def __init__(
        self,
        session: OrgSession,
        *,
        known: tuple[str, str] | None = None,
        reading: Reading = "cheaper",
        upload_bytes: int = LARGEST,
    ) -> None:
        """`known` is org id and user name of an earlier login, which save a request."""
        super().__init__(session, Descriptions(session), upload_bytes=upload_bytes)
        self._known = known
        self._reading = reading
        self._binned: set[str] = set()

    @property
    def dialect(self) -> Dialect:
        return DIALECT

    def identity(self) -> OrgIdentity:
        """The login names org and user; the user's own name costs a request at the first login."""
        token = self._session.sessions.current()
        if self._known is None or self._known[0] != token.org_id:
            self._known = (token.org_id, self._username(token.user_id))
        return OrgIdentity(token.org_id, token.user_id, self._known[1])

    def org_id(self) -> str:
        return self._session.sessions.current().org_id

    def describe(self, object: str) -> ObjectDescription:
        return self._descriptions.known(object)

    def check_query(self, request: ReadRequest) -> None:
        query = query_for(request, self._descriptions.recent(request.object))
        if query is None:
            return
        try:
            self._session.query(f"{query.text(ordered=True)} LIMIT 1")
        except ConfigurationError as exc:
            if exc.code != "query_refused" or not _blames_mapping(exc.message, request):
                raise
            raise ConfigurationError(
                exc.message, code=exc.code, field="mapping", remedy=exc.remedy
            ) from exc

    def now(self) -> datetime:
        if self._session.meter.date is None:
            self._session.get("limits")
        if self._session.meter.date is None:
            raise RetryableError("Salesforce did not tell its time.", code="odd_answer")
        return self._session.meter.date

    def requests(self) -> int:
        return self._session.meter.requests

    @property
    def api_usage(self) -> Mapping[str, Usage | PerAppUsage]:
        """The org's allowance as the last answer told it (`api-usage`)."""
        return self._session.meter.usage

    def changes(self, request: ReadRequest, cursor: Cursor | None) -> Iterator[Batch | Waiting]:
        via = cursor["via"] if cursor is not None else None
        if request.phase is Phase.PURGED:
            yield from self._purged(request, cursor)
        elif via == "bulk":
            yield from self._bulk(request, cursor)
        else:
            yield from self._pages(request, cursor)

    def find(self, request: ReadRequest, keys: Sequence[str]) -> Sequence[Upserted]:
        live = replace(request, phase=Phase.LIVE, since=None, first_only=False)
        description = self._descriptions.recent(request.object)
        query = live_query(live, description)
        found: dict[str, Upserted] = {}
        prefix = description.key_prefix
        wanted = [each for each in dict.fromkeys(keys) if is_id(each, prefix)]
        for some in _slices(wanted):
            reader = RestReader(self._session, live, query.among(some), description)
            for batch in reader.batches(None):
                found |= {each.key: each for each in batch.changes if isinstance(each, Upserted)}
        return [found[key] for key in wanted if key in found]

    def ids(self, object: str, cursor: Cursor | None) -> Iterator[Ids | Waiting]:
        name = self._descriptions.recent(object).name
        yield from IdReader(self._session, name, reading=self._reading).read(cursor)

    def present(self, object: str, ids: Collection[str]) -> set[str]:
        description = self._descriptions.recent(object)
        wanted = [each for each in ids if is_id(each, description.key_prefix)]
        return self._visible(Query(description.name, ("Id",), ()), wanted)

    def _pages(self, request: ReadRequest, cursor: Cursor | None) -> Iterator[Batch | Waiting]:
        reader = self._reader(request)
        if reader is None:
            return
        first = reader.first() if cursor is None and self._reading != "bulk" else None
        if cursor is None and self._wants_bulk(request, first):
            yield from self._bulk(request, None, first)
        else:
            yield from self._noted(request, reader.batches(cursor, first))

    def _reader(self, request: ReadRequest) -> RestReader | None:
        description = self._descriptions.recent(request.object)
        query = query_for(request, description)
        return RestReader(self._session, request, query, description) if query else None

    def _wants_bulk(self, request: ReadRequest, first: Page | None) -> bool:
        """Removals are counted before the first of them is done, so they come without waiting."""
        if request.phase is not Phase.LIVE or request.first_only or self._reading == "rest":
            return False
        return first is None or bulk_is_cheaper(first)

    def _bulk(
        self, request: ReadRequest, cursor: Cursor | None, first: Page | None = None
    ) -> Iterator[Batch | Waiting]:
        """Some objects and queries are not for the Bulk API; they are read by pages after all."""

        def written() -> tuple[str, Mapping[str, str]]:
            description = self._descriptions.recent(request.object)
            query = live_query(request, description)
            return query.text(ordered=False), typed_columns(request, description)

        try:
            yield from BulkReader(self._session, request, written).read(cursor)
        except ConfigurationError as exc:
            reader = self._reader(request) if exc.code == UNFIT else None
            if reader is None:
                raise
            yield from reader.batches(None, first)

    def _noted(self, request: ReadRequest, batches: Iterator[Batch]) -> Iterator[Batch]:
        """Remembers what is in the recycle bin, which the log of deletions will name again."""
        for each in batches:
            if request.phase is not Phase.LIVE:
                room = max(REMEMBERED - len(self._binned), 0)
                self._binned.update(change.key for change in each.changes[:room])
            yield each

    def _purged(self, request: ReadRequest, cursor: Cursor | None) -> Iterator[Batch]:
        description = self._descriptions.recent(request.object)
        if request.since is None or not description.replicateable:
            return
        exact = replace(request, object=description.name)

        def present(ids: Sequence[str]) -> set[str]:
            unknown = [each for each in ids if each not in self._binned]
            query = Query(description.name, ("Id", STAMP), ())
            return set(ids) - set(unknown) | self._visible(query, unknown)

        yield from purged(self._session, exact, cursor, now=self.now(), present=present)

    def _visible(self, query: Query, ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for some in _slices(ids):
            page = self._session.query(query.among(some).text(ordered=False))
            found |= {str(each["Id"]) for each in page.records}
            while page.next is not None:
                page = self._session.query_more(page.next)
                found |= {str(each["Id"]) for each in page.records}
        return found

    def _username(self, user: str) -> str:
        query = Query("User", ("Username",), ()).among([user])
        page = self._session.query(query.text(ordered=False))
        return str(page.records[0]["Username"]) if page.records else ""


def _blames_mapping(words: str, request: ReadRequest) -> bool:
    """Whether a refusal is about a mapped field: only those of related objects get that far."""
    if request.where is None:
        return True
    related = [each.rpartition(".")[2] for each in request.fields if "." in each]
    return any(f"'{each}'" in words and each not in request.where for each in related)


def _slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(ids), IDS_AT_ONCE):
        yield ids[at : at + IDS_AT_ONCE]
