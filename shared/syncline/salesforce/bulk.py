"""Reading by a Bulk API 2.0 query job: created, asked for at each visit, never waited for.

The library's own Bulk calls sleep, hide the job's id, and abort a running job when one poll fails,
so only its session is used here. A job's rows have no order: a read goes on by job, locator and
rows to skip, and is whole or nothing. Jobs are left to Salesforce, which deletes them after seven
days; a DELETE would cost a request of every run.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from syncline.errors import ConfigurationError, RetryableError
from syncline.ports import Batch, Cursor, ReadRequest, Waiting
from syncline.salesforce.faults import FAULTS, Answer, refusal
from syncline.salesforce.results import ResultPage, download
from syncline.salesforce.rows import csv_maker
from syncline.salesforce.session import OrgSession

UNFIT: Final = "bulk_unsupported"
"""Code of the ConfigurationError that says: read this by REST."""
GONE: Final = frozenset({"not_found", "bulk_version"})
"""Codes that say: this job will give no rows any more."""
JOBS: Final = 3
"""Jobs that are tried before a read fails."""
DOWNLOADS: Final = 3
"""Times that a page is fetched when rows are missing in it."""

Written = Callable[[], tuple[str, Mapping[str, str]]]
"""Gives the query and the types of its columns; called only when a job is made."""


class BulkReader:
    """One phase of one object. The cursor holds all that later visits need, so that they ask for
    no describe."""

    def __init__(self, session: OrgSession, request: ReadRequest, written: Written) -> None:
        self._session = session
        self._request = request
        self._written = written

    def read(self, cursor: Cursor | None) -> Iterator[Batch | Waiting]:
        """Makes the job where there is none; asks once whether it is ready; gives its rows."""
        if cursor is not None and cursor.get("done"):
            return
        place = dict(cursor) if cursor is not None else self._create(tries=1)
        try:
            if not place.get("ready"):
                place = self._asked(place)
            if place.get("ready"):
                yield from self._pages(place)
                return
        except ConfigurationError as exc:
            if exc.code not in GONE:
                raise
            # From the start: rows already given may be given again.
            place = self._again(place, "Salesforce has deleted the Bulk job.")
        yield Waiting(place)

    def _create(self, *, tries: int) -> dict[str, Any]:
        soql, types = self._written()
        body = {"operation": "queryAll", "query": soql}
        job = self._session.once("POST", "jobs/query", body)
        return {"via": "bulk", "job": job["id"], "types": dict(types), "tries": tries}

    def _again(self, place: Mapping[str, Any], why: str) -> dict[str, Any]:
        if place["tries"] >= JOBS:
            raise RetryableError(why, code="bulk_job_failed")
        return self._create(tries=place["tries"] + 1)

    def _asked(self, place: dict[str, Any]) -> dict[str, Any]:
        job = self._session.get(f"jobs/query/{place['job']}")
        match job["state"]:
            case "JobComplete":
                found = job.get("numberRecordsProcessed")
                return {**place, "ready": True, "total": found, "skip": 0, "read": 0}
            case "Failed" | "Aborted":
                return self._failed(place, str(job.get("errorMessage") or job["state"]))
            case _:
                return place

    def _failed(self, place: dict[str, Any], words: str) -> dict[str, Any]:
        """What the query's own refusal says is final; anything else is worth another job."""
        code = words.partition(":")[0].strip()
        if (0, code) in FAULTS:
            error = refusal(Answer(400, code, words, self._session.host))
            if isinstance(error, ConfigurationError):
                raise error
        return self._again(place, "Salesforce gave up on the Bulk job.")

    def _pages(self, place: dict[str, Any]) -> Iterator[Batch]:
        while not place.get("done"):
            page = download(self._session, place["job"], place.get("locator"))
            try:
                yield from self._batches(page, place)
            except RetryableError:
                place["damaged"] = place.get("damaged", 0) + 1
                if place["damaged"] >= DOWNLOADS:
                    raise
            finally:
                page.file.close()

    def _batches(self, page: ResultPage, place: dict[str, Any]) -> Iterator[Batch]:
        """Gives the page's batches and moves the place; at the end it is on the next page."""
        rows = page.rows(place["skip"])
        header = next(rows, None)
        if header is not None:
            change = csv_maker(self._request, header, place["types"])
            while chunk := [change(row) for row in islice(rows, self._request.batch_size)]:
                place["skip"] += len(chunk)
                place["read"] += len(chunk)
                if place["skip"] == page.count:
                    _turn(place, page)
                yield Batch(chunk, _stored(place), place["total"])
                if place["skip"] == 0 or place.get("done"):
                    return
        _turn(place, page)


def _turn(place: dict[str, Any], page: ResultPage) -> None:
    place.update(locator=page.next, skip=0, damaged=0)
    if page.next is None:
        place["done"] = True


def _stored(place: Mapping[str, Any]) -> Cursor:
    return {name: value for name, value in place.items() if name != "damaged"}
