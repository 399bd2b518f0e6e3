"""All ids of an object in their order, deleted and archived records included, by REST or Bulk.

Ids count in base 62 with the digits 0-9A-Za-z, so their order is that of their characters: see the
boundaries 132G, 264W, 396m … of chunks in Salesforce's page "PK Chunking" (Bulk API guide). A Bulk
query that sorts is allowed and is not split ("Troubleshooting Query Timeouts"): it may take too
long where there are very many records, and is then left for the pages of REST.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from syncline.errors import ConfigurationError, RetryableError
from syncline.ports import Batch, Cursor, Ids, ReadRequest, Waiting
from syncline.salesforce.bulk import UNFIT, BulkReader
from syncline.salesforce.reader import bulk_is_cheaper
from syncline.salesforce.session import OrgSession, Page
from syncline.salesforce.soql import id_query

_IDS_AT_ONCE: Final = 2000
_GIVEN_UP: Final = frozenset({UNFIT, "bulk_job_failed"})


class IdReader:
    """The ids of one object. `reading` is "rest", "bulk" or "cheaper"."""

    def __init__(self, session: OrgSession, object: str, *, reading: str) -> None:
        self._session = session
        self._object = object
        self._reading = reading

    def read(self, cursor: Cursor | None) -> Iterator[Ids | Waiting]:
        """After a Bulk job that came to nothing the pages begin at the first id again."""
        if cursor is not None and cursor["via"] == "bulk":
            yield from self._bulk(cursor)
            return
        after = str(cursor["after"]) if cursor is not None else ""
        first = self._ask(after) if cursor is not None or self._reading != "bulk" else None
        if cursor is None and self._wants_bulk(first):
            yield from self._bulk(None)
        else:
            yield from self._pages(first or self._ask(after), after)

    def _wants_bulk(self, first: Page | None) -> bool:
        if self._reading == "rest":
            return False
        return first is None or bulk_is_cheaper(first)

    def _ask(self, after: str) -> Page:
        return self._session.query(id_query(self._object, after=after))

    def _pages(self, page: Page, after: str) -> Iterator[Ids]:
        lost: str | None = None
        while True:
            ids = [str(each["Id"]) for each in page.records]
            after = ids[-1] if ids else after
            if ids:
                yield Ids(ids, {"via": "rest", "after": after})
            if page.next is None:
                return
            try:
                page = self._session.query_more(page.next)
            except RetryableError as exc:
                if exc.code != "query_locator" or after == lost:
                    raise
                lost = after
                page = self._ask(after)

    def _bulk(self, cursor: Cursor | None) -> Iterator[Ids | Waiting]:
        request = ReadRequest(self._object, (), batch_size=_IDS_AT_ONCE)

        def written() -> tuple[str, Mapping[str, str]]:
            return id_query(self._object, stamped=True), {}

        try:
            for item in BulkReader(self._session, request, written).read(cursor):
                yield _ids(item) if isinstance(item, Batch) else item
        except (ConfigurationError, RetryableError) as exc:
            if exc.code not in _GIVEN_UP:
                raise
            yield from self._pages(self._ask(""), "")


def _ids(batch: Batch) -> Ids:
    return Ids([each.key for each in batch.changes], batch.cursor)
