"""Upsert by external id, and many records in one call."""

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api


@pytest.fixture
def keyed(api: Api) -> Api:
    field = {"sobject": "Account", "name": "Ext__c", "external_id": True}
    api.call("POST", "/__emulator__/fields", field)
    return api


def account(name: str, **fields: object) -> dict[str, object]:
    return {"attributes": {"type": "Account"}, "Name": name, **fields}


def test_upsert_creates_then_updates_whatever_the_case_of_the_key(keyed: Api) -> None:
    created = keyed.call("PATCH", "sobjects/Account/Ext__c/a%20B", {"Name": "A"})
    changed = keyed.call("PATCH", "sobjects/Account/ext__C/A%20b", {"Name": "B"})

    assert (created[0], created[1]["created"]) == (201, True)
    assert (changed[0], changed[1]["created"]) == (200, False)
    assert keyed.query("SELECT Name, Ext__c FROM Account") == [{"Name": "B", "Ext__c": "a B"}]


def test_upsert_before_version_46_does_not_tell(keyed: Api) -> None:
    old = Api.signed_in(keyed.org, version="45.0")

    created = old.call("PATCH", "sobjects/Account/Ext__c/1", {"Name": "A"})
    changed = old.call("PATCH", "sobjects/Account/Ext__c/1", {"Name": "B"})

    assert "created" not in created[1]
    assert changed == (204, None)


def test_upsert_that_matches_several_touches_none(keyed: Api) -> None:
    first, second = (keyed.create("Account", Name=name, Ext__c="1") for name in "AB")

    status, body = keyed.call("PATCH", "sobjects/Account/Ext__c/1", {"Name": "C"})

    assert status == 300
    assert body == [f"/services/data/v62.0/sobjects/Account/{each}" for each in (first, second)]
    assert [each["Name"] for each in keyed.query("SELECT Name FROM Account")] == ["A", "B"]


def test_update_only_does_not_create(keyed: Api) -> None:
    status, _ = keyed.call("PATCH", "sobjects/Account/Ext__c/1", {"Name": "A"}, updateOnly="true")

    assert status == 404
    assert keyed.query("SELECT Id FROM Account") == []


def test_results_stand_in_the_order_of_the_request(api: Api) -> None:
    records = [account("A"), account(""), account("C")]

    status, results = api.call("POST", "composite/sobjects", {"records": records})

    assert status == 200
    assert [each["success"] for each in results] == [True, False, True]
    assert results[1] == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [Name]",
                "fields": ["Name"],
            }
        ],
    }


def test_all_or_none_undoes_what_had_worked(api: Api) -> None:
    body = {"allOrNone": True, "records": [account("A"), account("")]}

    _, results = api.call("POST", "composite/sobjects", body)

    codes = [each["errors"][0]["statusCode"] for each in results]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert api.query("SELECT Id FROM Account") == []


def test_a_wrong_json_type_fails_the_whole_call(api: Api) -> None:
    body = {"records": [account("A"), account("B", NumberOfEmployees="many")]}

    status, answer = api.call("POST", "composite/sobjects", body)

    assert (status, answer[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert api.query("SELECT Id FROM Account") == []


def test_an_id_that_comes_twice_fails_both_times(api: Api) -> None:
    record = api.create("Account", Name="A")
    records = [account("B", id=record), account("C", Id=record[:15])]

    _, results = api.call("PATCH", "composite/sobjects", {"records": records})

    codes = [each["errors"][0]["statusCode"] for each in results]
    assert codes == ["DUPLICATE_VALUE", "DUPLICATE_VALUE"]
    assert results[0]["errors"][0]["message"] == f"Duplicate id specified: {record}"
    assert api.query("SELECT Name FROM Account") == [{"Name": "A"}]


def test_collections_upsert_tells_what_was_created(keyed: Api) -> None:
    keyed.create("Account", Name="old", Ext__c="1")
    records = [account("A", Ext__c="1"), account("B", Ext__c="2")]

    _, results = keyed.call("PATCH", "composite/sobjects/Account/Ext__c", {"records": records})

    assert [each["created"] for each in results] == [False, True]


def test_delete_takes_ids_of_different_objects(api: Api) -> None:
    ids = [api.create("Account", Name="A"), api.create("Task"), mint("001", 999)]

    _, results = api.call("DELETE", "composite/sobjects", ids=",".join(ids))

    assert [each["success"] for each in results] == [True, True, False]


def test_retrieve_answers_null_where_there_is_nothing(api: Api) -> None:
    first, second = (api.create("Account", Name=name) for name in "AB")
    ids = [second, mint("001", 999), first]

    _, records = api.call("POST", "composite/sobjects/Account", {"ids": ids, "fields": ["Name"]})

    assert [each and each["Name"] for each in records] == ["B", None, "A"]


def test_composite_uses_the_answers_before(api: Api) -> None:
    requests = [
        {"method": "POST", "url": "/services/data/v62.0/sobjects/Account",
         "referenceId": "made", "body": {"Name": "A"}},
        {"method": "POST", "url": "/services/data/v62.0/sobjects/Task",
         "referenceId": "task", "body": {"Subject": "x", "WhatId": "@{made.id}"}},
        {"method": "GET", "url": "/services/data/v62.0/query?q=SELECT+Id+FROM+Task",
         "referenceId": "found"},
    ]  # fmt: skip

    _, body = api.call("POST", "composite", {"compositeRequest": requests})

    parts = body["compositeResponse"]
    assert [part["httpStatusCode"] for part in parts] == [201, 201, 200]
    assert parts[2]["body"]["totalSize"] == 1


def test_composite_halts_as_one(api: Api) -> None:
    requests = [
        {"method": "POST", "url": "/services/data/v62.0/sobjects/Account",
         "referenceId": "good", "body": {"Name": "A"}},
        {"method": "POST", "url": "/services/data/v62.0/sobjects/Account",
         "referenceId": "bad", "body": {}},
    ]  # fmt: skip

    _, body = api.call("POST", "composite", {"allOrNone": True, "compositeRequest": requests})

    codes = [part["body"][0]["errorCode"] for part in body["compositeResponse"]]
    assert codes == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"]
    assert api.query("SELECT Id FROM Account") == []
