"""Unmodified simple-salesforce against the emulator, over TLS with the emulator's CA."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)

from local.salesforce.running import Running, start


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with start() as running:
        yield running


@pytest.fixture
def session(emulator: Running) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.verify = emulator.ca
        session.trust_env = False
        yield session


@pytest.fixture
def client(emulator: Running, session: requests.Session) -> Any:
    token = session.post(
        emulator.https + "/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(emulator.client_id, emulator.client_secret),
        timeout=30,
    ).json()
    return Salesforce(
        instance_url=token["instance_url"],
        session_id=token["access_token"],
        session=session,
        version="62.0",
    )


class Redirected(HTTPAdapter):
    """The login host of the library is fixed; its requests go to the emulator instead."""

    def __init__(self, url: str) -> None:
        self._url = url
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        assert request.url is not None
        request.url = self._url + request.url[request.url.index("/services") :]
        return super().send(request, *args, **kwargs)


def test_the_library_signs_in_with_client_credentials(
    emulator: Running, session: requests.Session
) -> None:
    session.mount("https://emulator.my.salesforce.com/", Redirected(emulator.https))

    client = Salesforce(
        consumer_key=emulator.client_id,
        consumer_secret=emulator.client_secret,
        domain="emulator.my",
        session=session,
        version="62.0",
    )

    assert f"https://{client.sf_instance}" == emulator.https
    assert client.query("SELECT COUNT() FROM Organization")["totalSize"] == 1


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


def test_upsert_and_get_by_an_external_id(emulator: Running, client: Any) -> None:
    field = {"sobject": "Account", "name": "Key__c", "external_id": True, "unique": True}
    emulator.control.request("POST", "fields", field)

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


def test_bulk2_query(emulator: Running, client: Any) -> None:
    emulator.control.load([("Event", {"Subject": 'a "b"\nc'})])
    emulator.control.settings(bulk_in_progress_polls=0)

    pages = list(client.bulk2.Event.query("SELECT Subject, IsDeleted FROM Event"))

    assert pages == ['"Subject","IsDeleted"\n"a ""b""\nc","false"\n']


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
