"""Describe answers only what is new to a client that says what it has."""

from typing import Any

import pytest

from local.salesforce.http.messages import Answer
from local.salesforce.inprocess import Api

PATHS = ["sobjects", "sobjects/Account/describe"]


def described(api: Api, path: str, **headers: str) -> Answer:
    return api.send(
        "GET", path, headers={name.replace("_", "-"): headers[name] for name in headers}
    )


def control(api: Api, method: str, path: str, body: dict[str, Any]) -> None:
    status, answer = api.call(method, f"/__emulator__/{path}", body)
    assert status == 200, answer


CHANGES = [
    ("POST", "fields", {"sobject": "Account", "name": "New__c"}),
    ("POST", "objects", {"name": "New__c"}),
    ("POST", "settings", {"shared_activities": True}),
    ("PUT", "permissions", {"user": "integration@emulator.example", "sobject": "Account",
                            "fields": {"Industry": {"read": False}}}),
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_an_unchanged_schema_is_a_304_without_body(api: Api, path: str) -> None:
    first = described(api, path)

    again = described(api, path, if_modified_since=first.headers["Last-Modified"])

    assert (first.status, again.status) == (200, 304)
    assert again.content() == b""
    assert again.headers["Last-Modified"] == first.headers["Last-Modified"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each[1])
def test_a_change_is_told(api: Api, path: str, change: tuple[str, str, dict[str, Any]]) -> None:
    first = described(api, path)

    control(api, *change)

    again = described(api, path, if_modified_since=first.headers["Last-Modified"])
    assert again.status == 200
    later = described(api, path, if_modified_since=again.headers["Last-Modified"])
    assert later.status == 304


def test_a_change_within_a_second_is_told(api: Api) -> None:
    described(api, PATHS[1])
    control(api, "POST", "fields", {"sobject": "Account", "name": "One__c"})
    first = described(api, PATHS[1])

    control(api, "POST", "fields", {"sobject": "Account", "name": "Two__c"})

    again = described(api, PATHS[1], if_modified_since=first.headers["Last-Modified"])
    assert again.status == 200


def test_the_date_is_of_the_clock_of_the_org(api: Api) -> None:
    described(api, PATHS[1])

    control(api, "POST", "fields", {"sobject": "Account", "name": "One__c"})

    found = described(api, PATHS[1]).headers["Last-Modified"]
    assert found == "Tue, 10 Mar 2026 12:00:00 GMT"


def test_a_tag_works_like_a_date(api: Api) -> None:
    first = described(api, PATHS[1])

    same = described(api, PATHS[1], if_none_match=first.headers["ETag"])
    control(api, "POST", "fields", {"sobject": "Account", "name": "One__c"})
    changed = described(api, PATHS[1], if_none_match=first.headers["ETag"])

    assert (same.status, changed.status) == (304, 200)


@pytest.mark.parametrize("date", ["yesterday", "", "Wed, 01 Jan 2014 00:00:00 GMT"])
def test_an_old_or_unreadable_date_is_answered(api: Api, date: str) -> None:
    assert described(api, PATHS[1], if_modified_since=date).status == 200


def test_an_unknown_object_is_not_found_whatever_the_date(api: Api) -> None:
    found = described(
        api, "sobjects/Nope/describe", if_modified_since="Fri, 01 Jan 2100 00:00:00 GMT"
    )

    assert found.status == 404


def test_the_basic_answer_tells_recent_records(api: Api) -> None:
    old = api.create("Account", Name="Old")
    api.org.clock.advance(5)
    new = api.create("Account", Name="New")

    _, body = api.call("GET", "sobjects/Account")

    assert body["objectDescribe"]["name"] == "Account"
    assert body["recentItems"] == [
        {
            "attributes": {
                "type": "Account",
                "url": f"/services/data/v62.0/sobjects/Account/{each}",
            },
            "Id": each,
            "Name": name,
        }
        for each, name in ((new, "New"), (old, "Old"))
    ]


def test_record_types_are_described(api: Api) -> None:
    api.load("RecordType", [
        {"Name": "Partner", "DeveloperName": "Partner", "SobjectType": "Account",
         "IsActive": True},
    ])  # fmt: skip

    _, body = api.call("GET", "sobjects/Account/describe")

    found = [
        (each["name"], each["master"], each["recordTypeId"][:3]) for each in body["recordTypeInfos"]
    ]
    assert found == [("Partner", False, "012"), ("Master", True, "012")]
