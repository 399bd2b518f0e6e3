"""What unmodified simple-salesforce does wrong, and that the wire lets it: as against a real org.

Each test shows the harm a user would meet in production; none of it is the emulator's doing.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)

from local.salesforce.running import Running, start


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with start() as running:
        for name, unique in (("Key__c", True), ("Many__c", False)):
            field = {"sobject": "Account", "name": name, "external_id": True, "unique": unique}
            running.control.request("POST", "fields", field)
        running.control.settings(bulk_in_progress_polls=1)
        yield running


@pytest.fixture(autouse=True)
def disarmed(emulator: Running) -> Iterator[None]:
    yield
    emulator.control.disarm()


def jobs(client: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.restful("jobs/ingest")["records"]
    return found


def test_a_session_id_is_never_refreshed(emulator: Running, client: Any) -> None:
    emulator.control.clear_journal()
    emulator.control.expire_sessions()

    with pytest.raises(SalesforceExpiredSession):
        client.query("SELECT Id FROM Account")
    with pytest.raises(SalesforceExpiredSession):
        list(client.bulk2.Account.query("SELECT Id FROM Account"))

    assert "token" not in emulator.control.counts()


def test_only_rest_calls_of_who_signed_in_by_password_renew(
    emulator: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bulk 2.0 never does: https://github.com/simple-salesforce/simple-salesforce/issues/619."""
    client = signed_in(emulator, monkeypatch)
    emulator.control.expire_sessions()

    with pytest.raises(SalesforceExpiredSession):
        list(client.bulk2.Account.query("SELECT Id FROM Account"))
    renewed = client.query("SELECT COUNT() FROM Account")
    client.session.close()

    assert renewed["done"] is True


def test_a_401_that_is_no_list_breaks_the_renewal(
    emulator: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads `[0]['errorCode']` of whatever came."""
    client = signed_in(emulator, monkeypatch)
    emulator.control.arm("query", "error", status=401, body='{"error": "Bad_OAuth_Token"}')
    emulator.control.arm("limits", "error", status=401, body="Bad_OAuth_Token")

    with pytest.raises(KeyError):
        client.query("SELECT Id FROM Account")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        client.limits()
    emulator.control.disarm()
    client.session.close()


def signed_in(emulator: Running, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("HTTPS_PROXY", emulator.proxy)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", emulator.ca)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    monkeypatch.delenv("https_proxy", raising=False)
    return Salesforce(
        username=emulator.username,
        password=emulator.password,
        security_token=emulator.security_token,
        version="62.0",
    )


def test_one_failed_poll_aborts_a_job_that_runs(emulator: Running, client: Any) -> None:
    """https://github.com/simple-salesforce/simple-salesforce, bulk2.py: any error of a poll."""
    emulator.control.clear_journal()
    emulator.control.settings(bulk_in_progress_polls=5)
    emulator.control.arm("bulk.ingest.status", "unavailable")

    with pytest.raises(SalesforceGeneralError):
        client.bulk2.Account.insert(records=[{"Name": "Half"}], wait=0)
    emulator.control.settings(bulk_in_progress_polls=1)

    changes = [each for each in emulator.control.journal() if each["method"] == "PATCH"]
    assert len(changes) == 2
    assert jobs(client)[-1]["state"] == "Aborted"


def test_none_leaves_a_value_as_it_was(client: Any) -> None:
    """An empty cell is ignored on update and only #N/A clears: Bulk API 2.0, Prepare CSV Files."""
    made = client.Account.create({"Name": "Kept", "Phone": "1", "Fax": "2"})["id"]

    client.bulk2.Account.update(records=[{"Id": made, "Phone": None, "Fax": "#N/A"}], wait=0)

    found = client.Account.get(made)
    assert (found["Phone"], found["Fax"]) == ("1", None)


def test_lines_within_a_value_are_lost_on_reading_results(client: Any) -> None:
    accounts = client.bulk2.Account
    [result] = accounts.insert(records=[{"Name": "N", "Description": "a\nb"}], wait=0)

    [row] = accounts.get_all_ingest_records(result["job_id"])["successfulRecords"]

    assert client.Account.get(row["sf__Id"])["Description"] == "a\nb"
    assert row["Description"] == "ab"


def test_deleting_a_job_fails_on_the_empty_answer(client: Any) -> None:
    [result] = client.bulk2.Account.insert(records=[{"Name": "D"}], wait=0)
    known = {each["id"] for each in jobs(client)}

    with pytest.raises(requests.exceptions.JSONDecodeError):
        client.bulk2.Account._client.delete_job(result["job_id"], False)

    assert result["job_id"] in known
    assert result["job_id"] not in {each["id"] for each in jobs(client)}


def test_a_space_in_an_external_id_is_looked_for_as_a_plus(client: Any) -> None:
    client.Account.upsert("Key__c/a%20b", {"Name": "Spaced"})

    with pytest.raises(SalesforceResourceNotFound):
        client.Account.get_by_custom_id("Key__c", "a b")

    assert client.Account.get("Key__c/a%20b")["Name"] == "Spaced"


def test_several_records_of_an_external_id_are_an_error_of_their_own(client: Any) -> None:
    for name in ("A", "B"):
        client.Account.create({"Name": name, "Many__c": "m"})

    with pytest.raises(SalesforceMoreThanOneRecord) as several:
        client.Account.get_by_custom_id("Many__c", "m")

    assert len(several.value.content) == 2


def test_moments_without_a_zone_are_no_moments(client: Any) -> None:
    """The colon of an offset that is not there is sent all the same."""
    naive = datetime(2026, 3, 1, 12, tzinfo=UTC).replace(tzinfo=None)

    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.Account.updated(naive, naive)

    content: Any = refused.value.content
    assert content[0]["errorCode"] == "INVALID_REPLICATION_DATE"


def test_a_long_statement_is_too_long_for_its_address(client: Any) -> None:
    with pytest.raises(SalesforceGeneralError) as refused:
        client.query("SELECT Id FROM Account WHERE Name = '" + "x" * 20_000 + "'")

    assert refused.value.status in (414, 431)
    assert "<h1>Bad Message" in str(refused.value.content)


def test_nothing_changed_is_an_error(client: Any) -> None:
    later = {"If-Modified-Since": "Wed, 01 Jan 2031 00:00:00 GMT"}

    with pytest.raises(SalesforceGeneralError) as unchanged:
        client.Account.describe(headers=later)

    assert unchanged.value.status == 304
