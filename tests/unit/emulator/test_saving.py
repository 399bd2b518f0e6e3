"""What a body may say, and what Salesforce answers when it says something else."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api


def account(name: str, **fields: object) -> dict[str, object]:
    return {"attributes": {"type": "Account"}, "Name": name, **fields}


def refusal(api: Api, sobject: str, **fields: object) -> tuple[str, str, list[str] | None]:
    status, body = api.call("POST", f"sobjects/{sobject}", fields)
    assert status == 400, body
    return body[0]["errorCode"], body[0]["message"], body[0].get("fields")


@pytest.fixture
def keyed(api: Api) -> Api:
    for name, kind in (("Ext__c", "string"), ("Number__c", "double")):
        field = {"sobject": "Account", "name": name, "type": kind, "external_id": True}
        status, _ = api.call("POST", "/__emulator__/fields", field)
        assert status == 200
    return api


def test_a_new_record_tells_its_place(api: Api) -> None:
    answer = api.send("POST", "sobjects/account/", body={"Name": "A"})

    assert isinstance(answer.body, dict)
    place = f"/services/data/v62.0/sobjects/Account/{answer.body['id']}"
    assert answer.headers["Location"] == place


def test_a_record_is_made_by_posting_to_its_id_field(api: Api) -> None:
    status, body = api.call("POST", "sobjects/Account/Id", {"Name": "A"})

    assert (status, body["success"]) == (201, True)


def test_a_new_record_cannot_choose_its_id(api: Api) -> None:
    code, message, _ = refusal(api, "Account", Name="A", Id=mint("001", 5))

    assert code == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert message == "cannot specify Id in an insert call"


def test_what_is_no_id_is_taken_for_a_field(api: Api) -> None:
    status, body = api.call("GET", "sobjects/Account/nothing")

    assert status == 404
    assert body[0]["message"] == (
        "Provided external ID field does not exist or is not accessible: nothing"
    )


def test_a_checkbox_cannot_be_null(api: Api) -> None:
    code, message, fields = refusal(api, "Task", IsReminderSet=None)

    assert (code, fields) == ("INVALID_TYPE_ON_FIELD_IN_RECORD", ["IsReminderSet"])
    assert message == "Reminder Set: value not of required type: "


WRONG: list[tuple[str, str, object, str]] = [
    ("Task", "ActivityDate", "", "date from VALUE_STRING value "),
    ("Task", "ActivityDate", "soon", "date from VALUE_STRING value soon"),
    ("Task", "ReminderDateTime", "2017-10-17 00:00:00",
     "datetime from VALUE_STRING value 2017-10-17 00:00:00"),
    ("Task", "Subject", 12, "string from VALUE_NUMBER_INT value 12"),
    ("Task", "Subject", {"a": 1}, "string from START_OBJECT value {"),
    ("Task", "CallDurationInSeconds", "x", "int from VALUE_STRING value x"),
    ("Account", "BillingLatitude", [1], "double from START_ARRAY value ["),
]  # fmt: skip


@pytest.mark.parametrize(("sobject", "name", "value", "said"), WRONG)
def test_a_value_of_another_json_type_is_no_request(
    api: Api, sobject: str, name: str, value: object, said: str
) -> None:
    code, message, fields = refusal(api, sobject, **{name: value})

    assert (code, fields) == ("JSON_PARSER_ERROR", None)
    assert message.startswith(
        f"Cannot deserialize instance of {said} or request may be missing a required field at"
        " [line:1, column:"
    )


@pytest.mark.parametrize("day", ["1699-12-31", "4001-01-01"])
def test_years_end_where_the_documentation_says(api: Api, day: str) -> None:
    assert refusal(api, "Task", ActivityDate=day)[0] == "INVALID_TYPE_ON_FIELD_IN_RECORD"
    assert api.create("Task", ActivityDate="1700-01-01")
    assert api.create("Task", ActivityDate="4000-12-31")


def test_letters_outside_the_plane_count_twice(api: Api) -> None:
    api.create("Account", Name="A", TickerSymbol="😀" * 10)

    code, _, _ = refusal(api, "Account", Name="A", TickerSymbol="😀" * 11)

    assert code == "STRING_TOO_LONG"


def test_line_ends_stay_as_they_are(api: Api) -> None:
    api.create("Account", Name="A", Description="a\nb\r\nc\n")

    assert api.query("SELECT Description FROM Account") == [{"Description": "a\nb\r\nc"}]


def test_an_id_of_fifteen_letters_is_as_good(api: Api) -> None:
    parent = api.create("Account", Name="A")

    contact = api.create("Contact", LastName="C", AccountId=parent[:15])
    _, found = api.call("GET", f"sobjects/Contact/{contact[:15]}", fields="AccountId,Id")

    assert (found["AccountId"], found["Id"]) == (parent, contact)


def test_an_id_whose_checksum_is_wrong_is_none(api: Api) -> None:
    parent = api.create("Account", Name="A")
    wrong = parent[:15] + ("BBB" if parent[15:] != "BBB" else "CCC")

    code, message, fields = refusal(api, "Contact", LastName="C", AccountId=wrong)

    assert (code, fields) == ("MALFORMED_ID", ["AccountId"])
    assert message == f"Account ID: id value of incorrect type: {wrong}"


def test_the_value_of_a_key_may_hold_anything(keyed: Api) -> None:
    created, _ = keyed.call("PATCH", "sobjects/Account/Ext__c/a%2Fb+c%20%25", {"Name": "A"})

    changed, _ = keyed.call("PATCH", "sobjects/Account/Ext__c/a%2Fb+c%20%25", {"Name": "B"})

    assert (created, changed) == (201, 200)
    assert keyed.query("SELECT Ext__c FROM Account") == [{"Ext__c": "a/b+c %"}]


def test_a_number_can_be_a_key_and_a_word_is_none(keyed: Api) -> None:
    created, _ = keyed.call("PATCH", "sobjects/Account/Number__c/7", {"Name": "A"})
    changed, _ = keyed.call("PATCH", "sobjects/Account/Number__c/7.0", {"Name": "B"})
    missing, _ = keyed.call("PATCH", "sobjects/Account/Number__c/seven", {"Name": "C"})

    assert (created, changed, missing) == (201, 200, 404)


def test_a_parent_is_named_by_its_key_or_not_found(keyed: Api) -> None:
    parent = keyed.create("Account", Name="A", Ext__c="k")

    keyed.create("Contact", LastName="C", Account={"Ext__c": "K"})
    code, message, _ = refusal(keyed, "Contact", LastName="C", Account={"Ext__c": "no"})

    assert keyed.query("SELECT AccountId FROM Contact") == [{"AccountId": parent}]
    assert (code, message) == (
        "INVALID_FIELD",
        "Foreign key external ID: no not found for field Ext__c in entity Account",
    )


def test_a_polymorphic_parent_is_named_with_its_type(api: Api) -> None:
    lead = api.create("Lead", LastName="L", Company="C", Email="l@x.example")
    who = {"attributes": {"type": "Lead"}, "Email": "L@x.example"}

    api.create("Task", Who=who)

    assert api.query("SELECT WhoId FROM Task") == [{"WhoId": lead}]


def test_more_than_ten_chunks_are_refused(api: Api) -> None:
    contact: dict[str, object] = {"attributes": {"type": "Contact"}, "LastName": "C"}

    good, _ = api.call("POST", "composite/sobjects", {"records": [account("A"), contact] * 5})
    bad, body = api.call(
        "POST", "composite/sobjects", {"records": [account("A"), contact] * 5 + [account("A")]}
    )

    assert (good, bad) == (200, 400)
    assert body[0]["message"].startswith("Cannot have more than 10 chunks in a single operation.")
    assert len(api.query("SELECT Id FROM Account")) == 5


def test_a_key_that_comes_twice_fails_both_times(keyed: Api) -> None:
    records = [account("A", Ext__c="k"), account("B", Ext__c="K"), account("C", Ext__c="other")]

    _, results = keyed.call("PATCH", "composite/sobjects/Account/Ext__c", {"records": records})

    assert [each["success"] for each in results] == [False, False, True]
    assert results[0]["errors"][0] == {
        "statusCode": "DUPLICATE_VALUE",
        "message": "Duplicate external id specified: k",
        "fields": ["Ext__c"],
    }


def test_a_key_that_several_have_fails_its_record(keyed: Api) -> None:
    first, second = (keyed.create("Account", Name=name, Ext__c="k") for name in "AB")

    _, results = keyed.call(
        "PATCH", "composite/sobjects/Account/Ext__c", {"records": [account("C", Ext__c="k")]}
    )

    error = results[0]["errors"][0]
    assert error["statusCode"] == "DUPLICATE_EXTERNAL_ID"
    assert f"[{first}, {second}]" in error["message"]


def test_upsert_by_id_creates_where_the_id_is_null(api: Api) -> None:
    there = api.create("Account", Name="A")
    records = [account("B", Id=there), account("C", Id=None)]

    _, results = api.call("PATCH", "composite/sobjects/Account/Id", {"records": records})

    assert [each["created"] for each in results] == [False, True]
    assert [each["Name"] for each in api.query("SELECT Name FROM Account ORDER BY Name")] == [
        "B",
        "C",
    ]


def test_updated_tells_changes_of_its_window(api: Api) -> None:
    old = api.create("Account", Name="old")
    api.org.clock.fix(datetime(2026, 3, 10, 13, 0, 30, tzinfo=UTC))
    changed = api.create("Account", Name="new")
    gone = api.create("Account", Name="gone")
    api.call("DELETE", f"sobjects/Account/{gone}")

    def updated(start: str, end: str) -> Any:
        return api.call("GET", "sobjects/Account/updated", start=start, end=end)[1]

    first = updated("2026-03-10T12:00:00Z", "2026-03-10T13:00:59Z")
    second = updated("2026-03-10T13:00:59Z", "2026-03-10T13:02:00Z")
    assert first["ids"] == [old]
    assert second["ids"] == [changed]
    assert second["latestDateCovered"] == "2026-03-10T13:00:30.000+0000"
