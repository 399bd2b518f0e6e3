"""Unmodified simple-salesforce against the emulator, over TLS with the emulator's CA.

How it signs in is in `test_simple_salesforce_sign_in.py`, its Bulk 1.0 in a file of its own.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)

from local.salesforce.running import Running, start


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with start() as running:
        field = {"sobject": "Account", "name": "Key__c", "external_id": True, "unique": True}
        running.control.request("POST", "fields", field)
        running.control.settings(bulk_in_progress_polls=0)
        yield running


def test_describe(client: Any) -> None:
    names = {each["name"] for each in client.describe()["sobjects"]}

    assert {"Account", "Contact", "Task", "Event", "User"} <= names
    assert client.Task.describe()["keyPrefix"] == "00T"
    assert client.Account.metadata()["objectDescribe"]["name"] == "Account"


def test_create_read_update_delete(client: Any) -> None:
    created = client.Account.create({"Name": " Müller & Söhne ", "Phone": ""})

    client.Account.update(created["id"], {"Industry": "Banking"})
    found = client.Account.get(created["id"])
    client.Account.delete(created["id"])

    assert (created["success"], created["errors"]) == (True, [])
    assert (found["Name"], found["Phone"], found["Industry"]) == (
        "Müller & Söhne",
        None,
        "Banking",
    )
    with pytest.raises(SalesforceResourceNotFound):
        client.Account.get(created["id"])


def test_upsert_and_get_by_an_external_id(client: Any) -> None:
    created = client.Account.upsert("Key__c/k1", {"Name": "A"})
    changed = client.Account.upsert("Key__c/k1", {"Name": "B"})

    assert (created, changed) == (201, 200)
    assert client.Account.get_by_custom_id("Key__c", "k1")["Name"] == "B"


def test_query_and_all_its_pages(emulator: Running, client: Any) -> None:
    emulator.control.load(("Task", {"Subject": f"Täsk 😀 {at}"}) for at in range(4_100))
    query = "SELECT Id, Subject, Owner.Name FROM Task WHERE Subject LIKE 'täsk%' ORDER BY Id"

    page = client.query(query)
    more = client.query_more(page["nextRecordsUrl"], identifier_is_url=True)
    everything = list(client.query_all_iter(query))

    assert (page["totalSize"], page["done"], len(page["records"])) == (4_100, False, 2_000)
    assert len(more["records"]) == 2_000
    assert [each["Subject"] for each in everything] == [f"Täsk 😀 {at}" for at in range(4_100)]
    assert everything[0]["Owner"]["Name"] == "Integration User"


def test_query_with_deleted(client: Any) -> None:
    gone = client.Contact.create({"LastName": "Gone"})["id"]
    client.Contact.delete(gone)

    visible = client.query_all("SELECT Id FROM Contact WHERE LastName = 'Gone'")
    deleted = client.query_all(
        "SELECT Id, IsDeleted FROM Contact WHERE LastName = 'Gone'", include_deleted=True
    )

    assert visible["totalSize"] == 0
    assert [(each["Id"], each["IsDeleted"]) for each in deleted["records"]] == [(gone, True)]


def test_limits_agree_with_the_header(client: Any) -> None:
    limits = client.limits()["DailyApiRequests"]

    used = limits["Max"] - limits["Remaining"]
    assert client.api_usage["api-usage"].used == used
    assert client.api_usage["api-usage"].total == limits["Max"]


def test_bulk2_query(emulator: Running, client: Any, tmp_path: Path) -> None:
    emulator.control.load([("Event", {"Subject": 'a "b"\nc'})])
    query = "SELECT Subject, IsDeleted FROM Event"

    pages = list(client.bulk2.Event.query(query, wait=0))
    files = list(client.bulk2.Event.download(query, path=str(tmp_path), wait=0))

    assert pages == ['"Subject","IsDeleted"\n"a ""b""\nc","false"\n']
    assert [each["number_of_records"] for each in files] == [1]


def test_bulk2_query_in_pages(client: Any) -> None:
    query = "SELECT Id FROM Task WHERE Subject LIKE 'täsk%'"

    pages = list(client.bulk2.Task.query(query, max_records=2_000, wait=0))

    rows = [row for page in pages for row in csv.DictReader(page.splitlines())]
    assert [page.count("\n") - 1 for page in pages] == [2_000, 2_000, 100]
    assert len({row["Id"] for row in rows}) == 4_100


def test_bulk2_insert_update_upsert_delete(client: Any) -> None:
    accounts = client.bulk2.Account
    rows = [{"Key__c": f"b{at}", "Name": "" if at == 3 else f"Bulk {at}"} for at in range(250)]

    [inserted] = accounts.insert(records=rows, wait=0)
    results = accounts.get_all_ingest_records(inserted["job_id"])
    ids = [each["sf__Id"] for each in results["successfulRecords"]]
    [updated] = accounts.update(records=[{"Id": each, "Phone": "1"} for each in ids], wait=0)
    renamed = [{"Key__c": "b0", "Name": "First"}, {"Key__c": "new", "Name": "New"}]
    [upserted] = accounts.upsert(records=renamed, external_id_field="Key__c", wait=0)
    [deleted] = accounts.delete(records=[{"Id": each} for each in ids], wait=0)

    assert _counts(inserted) == (250, 250, 1)
    assert [each["sf__Error"] for each in results["failedRecords"]] == [
        "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"
    ]
    assert results["unprocessedRecords"] == []
    assert {each["sf__Created"] for each in results["successfulRecords"]} == {"true"}
    assert _counts(updated) == (249, 249, 0)
    assert _counts(upserted) == (2, 2, 0)
    assert _counts(deleted) == (249, 249, 0)


def _counts(result: dict[str, int]) -> tuple[int, int, int]:
    return (
        result["numberRecordsTotal"],
        result["numberRecordsProcessed"],
        result["numberRecordsFailed"],
    )


def test_bulk2_insert_in_several_jobs_at_once(client: Any) -> None:
    rows = [{"LastName": f"Par {at}"} for at in range(90)]

    results = client.bulk2.Contact.insert(records=rows, batch_size=30, concurrency=3, wait=0)
    found = client.query("SELECT COUNT() FROM Contact WHERE LastName LIKE 'Par %'")

    assert [_counts(each) for each in results] == [(30, 30, 0)] * 3
    assert found["totalSize"] == 90


def test_deleted_and_updated_in_a_window(client: Any) -> None:
    kept = client.Account.create({"Name": "Kept"})["id"]
    gone = client.Account.create({"Name": "Gone"})["id"]
    client.Account.delete(gone)
    start, end = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-1, 1))

    updated = client.Account.updated(start, end)
    deleted = client.Account.deleted(start, end)

    assert kept in updated["ids"]
    assert gone not in updated["ids"]
    assert gone in {each["id"] for each in deleted["deletedRecords"]}
    assert {"earliestDateAvailable", "latestDateCovered"} <= set(deleted)


def test_collections_and_composite_by_their_paths(client: Any) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in ("A", "")]

    results: Any = client.restful("composite/sobjects", method="POST", json={"records": records})

    assert [each["success"] for each in results] == [True, False]
    assert results[1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"


def test_errors_arrive_as_the_library_knows_them(emulator: Running, client: Any) -> None:
    with pytest.raises(SalesforceMalformedRequest) as malformed:
        client.query("SELECT Nope FROM Account")
    emulator.control.expire_sessions()
    with pytest.raises(SalesforceExpiredSession):
        client.limits()

    content: Any = malformed.value.content
    assert content[0]["errorCode"] == "INVALID_FIELD"
