"""Jobs of rows on the emulator, visit by visit, each from a cursor that has been stored."""

import json
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from syncline.config.models import Connection
from syncline.engine.plan import SendKind
from syncline.ports import Cursor, Row, RowAnswer, Waiting, WriteRequest
from syncline.salesforce.answers import JobAnswers
from syncline.salesforce.connect import Options, open_connection
from syncline.salesforce.crm import SalesforceCrm
from tests.contract.crm_orgs import Emulated

KEY = "Platform_Id__c"


def insert(*fields: str) -> WriteRequest:
    return WriteRequest("Task", SendKind.CREATE, fields or ("Subject",), 1)


def upsert(*fields: str) -> WriteRequest:
    return WriteRequest("Task", SendKind.CREATE, fields or ("Subject",), 1, KEY)


def update(*fields: str) -> WriteRequest:
    return WriteRequest("Task", SendKind.UPDATE, fields or ("Subject",), 1)


def new(number: int, **values: Any) -> Row:
    return Row(f"p{number}", None, {"Subject": f"s{number}", **values})


def stored(cursor: Cursor) -> Cursor:
    found: Cursor = json.loads(json.dumps(cursor))
    return found


def visits(crm: SalesforceCrm, request: WriteRequest, cursor: Cursor) -> JobAnswers:
    """As the legs of a run would come; a caller closes what it gets."""
    for _ in range(10):
        found = crm.collect(request, stored(cursor))
        if not isinstance(found, Waiting):
            assert isinstance(found, JobAnswers)
            return found
        cursor = found.cursor
    raise AssertionError("the job never ended")


def taken(answers: JobAnswers, rows: Sequence[Row]) -> list[RowAnswer | None]:
    with closing(answers):
        return [answers.take(each) for each in rows]


def sent(crm: SalesforceCrm, request: WriteRequest, rows: Sequence[Row]) -> list[RowAnswer | None]:
    return taken(visits(crm, request, crm.submit(request, iter(rows))), rows)


def small_uploads(org: Emulated, size: int) -> SalesforceCrm:
    """A connection whose uploads hold so many bytes."""
    options = Options(pause=org.pauses.append, upload_bytes=size)
    connection = Connection(login_url=org.running.http)
    return open_connection(connection, org.credentials(), options=options)


def codes(answers: Sequence[RowAnswer | None]) -> list[str | None]:
    return [None if each is None else each.code for each in answers]


def ids_of(answers: Sequence[RowAnswer | None]) -> set[str]:
    return {each.id for each in answers if each is not None and each.id and each.done}


def tasks(org: Emulated) -> dict[str, str]:
    """Id → subject of all live tasks, by another connection."""
    soql = "SELECT Id, Subject FROM Task"
    with org.running.signed_in() as client:
        path: str | None = "/services/data/v62.0/query"
        found: dict[str, str] = {}
        query: dict[str, str] | None = {"q": soql}
        while path is not None:
            body = client.get(path, params=query).raise_for_status().json()
            found |= {each["Id"]: each["Subject"] for each in body["records"]}
            path, query = body.get("nextRecordsUrl"), None
        return found


def ingest_counts(org: Emulated) -> dict[str, int]:
    counts = org.control.counts()
    return {name: count for name, count in counts.items() if name.startswith("bulk.ingest")}


def steer(org: Emulated, how: str, chunks: int, **more: object) -> None:
    org.control.request("POST", f"jobs/{how}", {"chunks": chunks, **more})
