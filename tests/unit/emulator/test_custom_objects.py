"""Custom objects an administrator adds while the org runs."""

from typing import Any

import pytest

from local.salesforce.inprocess import Api

VISIT = {"name": "Visit__c", "label": "Visit", "label_plural": "Visits"}


def control(api: Api, method: str, path: str, **body: object) -> Any:
    status, answer = api.call(method, f"/__emulator__/{path}", body)
    assert status in (200, 204), answer
    return answer


def field(api: Api, sobject: str, name: str) -> dict[str, Any]:
    _, body = api.call("GET", f"sobjects/{sobject}/describe")
    found: dict[str, Any] = next(each for each in body["fields"] if each["name"] == name)
    return found


def test_a_custom_object_is_described(api: Api) -> None:
    made = control(api, "POST", "objects", **VISIT, feed=True, search=True)

    _, body = api.call("GET", "sobjects/Visit__c/describe")
    assert made == {"name": "Visit__c", "prefix": "a00"}
    keys = ("custom", "keyPrefix", "label", "labelPlural", "feedEnabled", "searchable")
    assert [body[key] for key in keys] == [True, "a00", "Visit", "Visits", True, True]
    assert [each["name"] for each in body["fields"]] == [
        "Id", "OwnerId", "IsDeleted", "Name", "CreatedDate", "CreatedById", "LastModifiedDate",
        "LastModifiedById", "SystemModstamp", "LastViewedDate", "LastReferencedDate",
    ]  # fmt: skip
    assert field(api, "Visit__c", "OwnerId")["referenceTo"] == ["Group", "User"]


def test_the_switches_are_off_unless_asked(api: Api) -> None:
    control(api, "POST", "objects", **VISIT)

    _, body = api.call("GET", "sobjects/Visit__c/describe")
    assert [body[key] for key in ("feedEnabled", "searchable")] == [False, False]
    assert body["childRelationships"] == []
    assert "Visit__c" not in field(api, "Task", "WhatId")["referenceTo"]


def test_each_object_has_a_prefix_of_its_own(api: Api) -> None:
    names = ["One__c", "Two__c"]

    prefixes = [control(api, "POST", "objects", name=name)["prefix"] for name in names]

    ids = [api.create(name, Name="x") for name in names]
    assert prefixes == ["a00", "a01"]
    assert [each[:3] for each in ids] == prefixes


def test_activities_can_be_about_it(api: Api) -> None:
    control(api, "POST", "objects", **VISIT, activities=True)
    visit = api.create("Visit__c", Name="Oslo")

    api.create("Task", Subject="Prepare", WhatId=visit)

    _, body = api.call("GET", "sobjects/Visit__c/describe")
    names = {each["childSObject"]: each["relationshipName"] for each in body["childRelationships"]}
    assert names.items() >= {
        "Task": "Tasks", "Event": "Events", "OpenActivity": "OpenActivities",
        "ActivityHistory": "ActivityHistories",
    }.items()  # fmt: skip
    assert api.query("SELECT What.Name, What.Type FROM Task") == [
        {"What": {"Name": "Oslo", "Type": "Visit__c"}}
    ]
    rows = api.query("SELECT Name, (SELECT Subject FROM Tasks) FROM Visit__c")
    assert [each["Subject"] for each in rows[0]["Tasks"]["records"]] == ["Prepare"]


def test_without_activities_no_task_is_about_it(api: Api) -> None:
    control(api, "POST", "objects", **VISIT)
    visit = api.create("Visit__c", Name="Oslo")

    status, body = api.call("POST", "sobjects/Task", {"WhatId": visit})

    assert (status, body[0]["errorCode"]) == (400, "MALFORMED_ID")


def test_a_name_left_out_is_the_short_id(api: Api) -> None:
    control(api, "POST", "objects", **VISIT)

    visit = api.create("Visit__c")

    assert api.query("SELECT Name FROM Visit__c") == [{"Name": visit[:15]}]


def test_names_can_be_numbered(api: Api) -> None:
    control(api, "POST", "objects", **VISIT, name_field="auto_number", name_format="V-{YYYY}-{000}")
    for _ in range(2):
        api.create("Visit__c")
    status, body = api.call("POST", "sobjects/Visit__c", {"Name": "mine"})

    described = field(api, "Visit__c", "Name")
    assert [each["Name"] for each in api.query("SELECT Name FROM Visit__c ORDER BY Name")] == [
        "V-2026-001", "V-2026-002",
    ]  # fmt: skip
    assert (status, body[0]["errorCode"]) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert [described[key] for key in ("autoNumber", "createable", "nillable")] == [
        True, False, False,
    ]  # fmt: skip


def test_cases_are_numbered(api: Api) -> None:
    api.create("Case", Subject="a")
    api.load("Case", [{"Subject": "b"}])

    found = api.query("SELECT CaseNumber FROM Case ORDER BY CaseNumber")

    assert [each["CaseNumber"] for each in found] == ["00000001", "00000002"]


def test_a_detail_goes_with_its_master(api: Api) -> None:
    master = {"name": "Account__c", "type": "master_detail", "reference_to": "Account",
              "child_relationship": "Visits"}  # fmt: skip
    control(api, "POST", "objects", **VISIT, fields=[master])
    account = api.create("Account", Name="Acme")
    api.create("Visit__c", Name="Oslo", Account__c=account)

    described = field(api, "Visit__c", "Account__c")
    before = api.query("SELECT Name, (SELECT Name FROM Visits__r) FROM Account")
    api.call("DELETE", f"sobjects/Account/{account}")

    flags = ("cascadeDelete", "nillable", "updateable", "relationshipOrder", "relationshipName")
    assert [described[key] for key in flags] == [True, False, False, 0, "Account__r"]
    assert [each["Name"] for each in before[0]["Visits__r"]["records"]] == ["Oslo"]
    assert api.query("SELECT Id FROM Visit__c") == []
    assert "OwnerId" not in [
        each["name"] for each in api.call("GET", "sobjects/Visit__c/describe")[1]["fields"]
    ]


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"name": "Visit"}, "name"),
        ({"name": "Account"}, "name"),
        ({"name": "Visit__c", "name_field": "number"}, "name_field"),
        ({"name": "Visit__c", "feeds": True}, "feeds"),
    ],
)
def test_a_bad_object_is_told_with_a_remedy(api: Api, asked: dict[str, object], key: str) -> None:
    status, body = api.call("POST", "/__emulator__/objects", asked)

    assert (status, body["errors"][0]["field"]) == (400, key)
    assert body["errors"][0]["remedy"]
