"""Reading by REST: pages in the order of (SystemModstamp, Id), each batch with a way to go on.

A page holds the ids of the moment of the query and the values of the moment of the fetch. A record
that somebody changes in between comes with a new stamp at its old place; a position taken from it
would skip all that lies between, so positions come only from records that cannot have moved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Final

from syncline.engine.moments import canonical_instant
from syncline.engine.records import Change
from syncline.errors import RetryableError
from syncline.ports import Batch, Cursor, ObjectDescription, ReadRequest
from syncline.salesforce.rows import json_maker
from syncline.salesforce.session import OrgSession, Page
from syncline.salesforce.soql import Query

BULK_POLLS: Final = 4
BULK_PAGE: Final = 50_000
_NEVER: Final = "9999"
"""Later than any stamp."""


def bulk_is_cheaper(first: Page) -> bool:
    """Whether a Bulk job costs fewer requests than the pages behind the first.

    Salesforce shrinks pages as it likes (long texts: 200 records), so the first one is asked.
    """
    if first.next is None:
        return False
    pages = ceil((first.total - len(first.records)) / max(len(first.records), 1))
    return 1 + BULK_POLLS + ceil(first.total / BULK_PAGE) < pages


@dataclass(frozen=True, slots=True)
class _Position:
    """A record that all of the read before it has been given with, and how many those are."""

    stamp: str
    id: str
    read: int

    def cursor(self) -> Cursor:
        return {"via": "rest", "stamp": self.stamp, "id": self.id, "read": self.read}


class RestReader:
    """One phase of one object."""

    def __init__(
        self,
        session: OrgSession,
        request: ReadRequest,
        query: Query,
        description: ObjectDescription,
    ) -> None:
        self._session = session
        self._query = query
        self._size = request.batch_size
        self._first_only = request.first_only
        self._change = json_maker(request, description)
        self._sent = ""

    def first(self) -> Page:
        """The first page, which tells how many records there are and how many fit on a page."""
        return self._ask(None)

    def batches(self, cursor: Cursor | None, first: Page | None = None) -> Iterator[Batch]:
        """All records behind the cursor; `first` is the page that has been asked for already."""
        at = _position(cursor)
        page = first or self._ask(at)
        total = page.total + (at.read if at else 0)
        lost: tuple[str, str] | None = None
        while True:
            changes = [self._change(each) for each in page.records]
            # Behind the last page there is nothing that a position could skip.
            latest = self._sent if page.next is not None else _NEVER
            for chunk, place in self._chunks(changes, at, latest):
                at = place
                yield Batch(chunk, at.cursor() if at else {"via": "rest"}, total)
                if self._first_only:
                    return
            if page.next is None:
                return
            try:
                page = self._session.query_more(page.next)
            except RetryableError as exc:
                if exc.code != "query_locator" or at is None or (at.stamp, at.id) == lost:
                    raise
                lost = at.stamp, at.id
                page = self._ask(at)

    def _ask(self, at: _Position | None) -> Page:
        now = self._session.meter.estimate()
        self._sent = _instant(now) if now is not None else _NEVER
        query = self._query.behind(at.stamp, at.id) if at else self._query
        size = self._size if self._first_only else None
        return self._session.query(query.text(ordered=True), page_size=size)

    def _chunks(
        self, changes: Sequence[Change], at: _Position | None, latest: str
    ) -> Iterator[tuple[Sequence[Change], _Position | None]]:
        begun, firm = (at.read if at else 0), _firm(changes, latest)
        for start in range(0, len(changes), self._size):
            chunk = changes[start : start + self._size]
            last = firm[start + len(chunk) - 1]
            if last >= 0:
                found = changes[last]
                at = _Position(found.stamp, found.key, begun + last + 1)
            yield chunk, at


def _position(cursor: Cursor | None) -> _Position | None:
    if cursor is None or "stamp" not in cursor:
        return None
    return _Position(cursor["stamp"], cursor["id"], cursor["read"])


def _firm(changes: Sequence[Change], latest: str) -> list[int]:
    """For each place, the last place up to it whose record has not moved, or -1.

    A record has moved if its stamp is later than `latest`, or than that of a record behind it.
    """
    least, stands = latest, [False] * len(changes)
    for at in range(len(changes) - 1, -1, -1):
        stamp = changes[at].stamp
        if stamp <= least:
            least, stands[at] = stamp, True
    firm, last = [], -1
    for at, stood in enumerate(stands):
        last = at if stood else last
        firm.append(last)
    return firm


def _instant(seconds: float) -> str:
    return canonical_instant(datetime.fromtimestamp(seconds, UTC))
