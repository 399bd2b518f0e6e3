"""Unmodified simple-salesforce speaks Bulk 1.0 with the emulator, over TLS with its CA.

Its own loop sleeps five seconds between two looks at a batch, so batches are done at the first.
"""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from simple_salesforce.exceptions import SalesforceGeneralError, SalesforceMalformedRequest

from local.salesforce.running import Running, start


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with start() as running:
        field = {"sobject": "Contact", "name": "Key__c", "external_id": True, "unique": True}
        running.control.request("POST", "fields", field)
        running.control.settings(
            bulk_in_progress_polls=0, bulk_slices_per_poll=100, bulk_hard_delete=True
        )
        yield running


@pytest.fixture(autouse=True)
def empty(emulator: Running) -> Iterator[None]:
    emulator.control.snapshot("empty")
    yield
    emulator.control.restore("empty")
    emulator.control.clear_journal()


def names(client: Any) -> list[str]:
    found = client.query_all("SELECT LastName FROM Contact ORDER BY LastName")["records"]
    return [each["LastName"] for each in found]


def test_insert_in_batches_of_a_size(emulator: Running, client: Any) -> None:
    records = [{"LastName": f"{at:04}"} for at in range(1_050)]
    records[7] = {"LastName": ""}

    results = client.bulk.Contact.insert(records, batch_size=500)

    assert [each["success"] for each in results] == [at != 7 for at in range(1_050)]
    assert all(each["created"] for each in results if each["success"])
    assert results[7]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert emulator.control.counts()["bulk1.batch.create"] == 3
    assert len(names(client)) == 1_049


def test_insert_in_batches_the_library_sizes(emulator: Running, client: Any) -> None:
    records = [{"LastName": str(at), "Description": "x" * 30_000} for at in range(700)]

    results = client.bulk.Contact.insert(records, batch_size="auto", use_serial=True)

    assert len(results) == 700
    assert emulator.control.counts()["bulk1.batch.create"] == 3


def test_update_with_detailed_results(client: Any) -> None:
    made = client.bulk.Contact.insert([{"LastName": "A"}, {"LastName": "B"}])
    changes = [{"Id": made[0]["id"], "LastName": "C"}, {"Id": made[1]["id"], "LastName": ""}]

    results = client.bulk.Contact.update(
        [*changes, {"Id": "003000000000000AAA", "LastName": "D"}], include_detailed_results=True
    )

    assert [(each["success"], each["LastName"]) for each in results] == [
        (True, "C"), (True, ""), (False, "D"),
    ]  # fmt: skip
    assert results[0]["Id"] == results[0]["id"] == made[0]["id"]
    assert names(client) == ["B", "C"]


def test_upsert_by_an_external_id(client: Any) -> None:
    client.bulk.Contact.insert([{"LastName": "A", "Key__c": "1"}])

    results = client.bulk.Contact.upsert(
        [{"Key__c": "1", "LastName": "B"}, {"Key__c": "2", "LastName": "C"}], "Key__c"
    )

    assert [(each["success"], each["created"]) for each in results] == [
        (True, False), (True, True),
    ]  # fmt: skip
    assert names(client) == ["B", "C"]


def test_delete_and_hard_delete(client: Any) -> None:
    made = client.bulk.Contact.insert([{"LastName": name} for name in "ABC"])

    softly = client.bulk.Contact.delete([{"Id": made[0]["id"]}, {"Id": made[0]["id"]}])
    hard = client.bulk.Contact.hard_delete([{"Id": made[1]["id"]}])

    left = client.query_all("SELECT LastName, IsDeleted FROM Contact", include_deleted=True)
    assert [each["success"] for each in softly] == [False, False]
    assert [each["success"] for each in hard] == [True]
    assert sorted(each["LastName"] for each in left["records"]) == ["A", "C"]


def test_dml_by_its_name(client: Any) -> None:
    inserted = client.bulk.submit_dml("Contact", "insert", [{"LastName": "A"}])
    upserted = client.bulk.submit_dml(
        "Contact", "upsert", [{"LastName": "C", "Key__c": "3"}], external_id_field="Key__c"
    )

    assert (inserted[0]["success"], upserted[0]["created"]) == (True, True)
    assert names(client) == ["A", "C"]


def test_rows_of_bypassed_results_arrive_all_the_same(client: Any) -> None:
    bypassed, job = client.bulk.Contact.insert([{"LastName": "A"}], bypass_results=True)

    info = client.bulk.Contact._get_job(job["job_id"])

    assert bypassed == {"bypass_results": True}
    assert (info["state"], info["numberBatchesCompleted"]) == ("Closed", 1)
    assert names(client) == ["A"]


def test_query_and_query_all(client: Any) -> None:
    made = client.bulk.Contact.insert([{"LastName": "Ä"}, {"LastName": "B"}])
    client.bulk.Contact.delete([{"Id": made[1]["id"]}])
    statement = "SELECT Id, LastName, Owner.Name, CreatedDate FROM Contact ORDER BY LastName"

    alive = client.bulk.Contact.query(statement)
    everything = client.bulk.Contact.query_all(statement)
    lazily = list(client.bulk.Contact.query(statement, lazy_operation=True))

    assert [(each["LastName"], each["Owner"]["Name"]) for each in alive] == [
        ("Ä", "Integration User")
    ]
    assert isinstance(alive[0]["CreatedDate"], int)
    assert sorted(each["LastName"] for each in everything) == ["B", "Ä"]
    assert lazily == [alive]


def test_a_query_without_rows_is_an_empty_list(client: Any) -> None:
    assert client.bulk.Contact.query("SELECT Id FROM Contact") == []


def test_what_the_library_makes_of_refusals(
    emulator: Running, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)

    with pytest.raises(SalesforceGeneralError) as mismatch:
        client.bulk.Account.query("SELECT Id FROM Contact")
    with pytest.raises(SalesforceMalformedRequest) as unprocessed:
        client.bulk.Contact.insert([{"Nope__c": "A"}])
    with pytest.raises(SalesforceMalformedRequest) as unknown:
        client.bulk.Nope__c.insert([{"Name": "A"}])
    emulator.control.expire_sessions()
    with pytest.raises(SalesforceMalformedRequest) as expired:
        client.bulk.Contact.insert([{"LastName": "A"}])

    assert "INVALID_TYPE_FOR_OPERATION" in str(mismatch.value.content)
    contents: list[Any] = [each.value.content for each in (unprocessed, unknown, expired)]
    assert contents == [
        {"exceptionCode": "InvalidBatch", "exceptionMessage": "Records not processed"},
        {"exceptionCode": "InvalidJob", "exceptionMessage": "Unable to find object: Nope__c"},
        {"exceptionCode": "InvalidSessionId", "exceptionMessage": "Invalid session id"},
    ]
