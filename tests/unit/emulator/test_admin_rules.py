"""What an admin sets up about writes: duplicate and validation rules, assignment, locked rows."""

from collections.abc import Mapping
from typing import Any

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api

ALLOW = {"sforce-duplicate-rule-header": "allowSave=true"}


def put(api: Api, path: str, **body: object) -> None:
    status, answer = api.call("PUT", f"/__emulator__/{path}", body)
    assert status == 204, answer


def post(
    api: Api, path: str, body: object, headers: Mapping[str, str] | None = None
) -> tuple[int, Any]:
    answer = api.send("POST", path, body=body, headers=headers)
    return answer.status, answer.body


@pytest.fixture
def twin(api: Api) -> str:
    return api.create("Contact", LastName="Lovelace", Email="ada@x.example")


def test_a_duplicate_is_refused_with_the_records_it_doubles(api: Api, twin: str) -> None:
    put(api, "duplicate-rules", sobject="Contact", name="Contacts_DR", fields=["Email"])

    status, body = post(api, "sobjects/Contact", {"LastName": "L", "Email": "ADA@x.example"}, ALLOW)

    assert status == 400
    assert list(body[0]) == ["duplicateResut", "errorCode", "message"]
    result = body[0]["duplicateResut"]
    match = result["matchResults"][0]
    assert (body[0]["errorCode"], body[0]["message"]) == (
        "DUPLICATES_DETECTED",
        "Use one of these records?",
    )
    assert (result["allowSave"], result["duplicateRule"]) == (False, "Contacts_DR")
    assert [each["record"]["Id"] for each in match["matchRecords"]] == [twin]


def test_an_alert_is_overruled_by_a_header(api: Api, twin: str) -> None:
    put(api, "duplicate-rules", sobject="Contact", name="D", fields=["Email"], action="alert",
        message="There is one already")  # fmt: skip
    body = {"LastName": "L", "Email": "ada@x.example"}

    refused, answer = post(api, "sobjects/Contact", body)
    saved, _ = post(api, "sobjects/Contact", body, ALLOW)

    assert (refused, saved) == (400, 201)
    assert answer[0]["message"] == "There is one already"
    assert answer[0]["duplicateResut"]["allowSave"] is True


def test_a_duplicate_in_a_collection_fails_alone(api: Api, twin: str) -> None:
    put(api, "duplicate-rules", sobject="Contact", name="D", fields=["Email"])
    records = [
        {"attributes": {"type": "Contact"}, "LastName": "L", "Email": email}
        for email in ("ada@x.example", "new@x.example")
    ]

    status, results = post(api, "composite/sobjects", {"records": records})

    assert status == 200
    assert [each["success"] for each in results] == [False, True]
    assert results[0]["errors"] == [
        {"statusCode": "DUPLICATES_DETECTED", "message": "Use one of these records?", "fields": []}
    ]


def test_an_update_may_keep_what_a_record_has_itself(api: Api, twin: str) -> None:
    put(api, "duplicate-rules", sobject="Contact", name="D", fields=["Email"])

    status, _ = api.call("PATCH", f"sobjects/Contact/{twin}", {"Email": "ada@x.example"})

    assert status == 204


def test_all_broken_rules_are_told_at_once(api: Api) -> None:
    put(
        api, "validation-rules", sobject="Account", name="Phone", field="Phone",
        when={"field": "Phone", "op": "blank"}, message="A phone is needed",
    )  # fmt: skip
    put(
        api, "validation-rules", sobject="Account", name="Size", message="Too small",
        when={"field": "NumberOfEmployees", "op": "<", "value": 10},
    )  # fmt: skip

    status, body = post(api, "sobjects/Account", {"Name": "A", "NumberOfEmployees": 9})
    _, results = post(
        api, "composite/sobjects",
        {"records": [{"attributes": {"type": "Account"}, "Name": "A", "NumberOfEmployees": 9}]},
    )  # fmt: skip
    good, _ = post(api, "sobjects/Account", {"Name": "A", "Phone": "1", "NumberOfEmployees": 10})

    assert status == 400
    assert body == [
        {"message": "A phone is needed", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
         "fields": ["Phone"]},
        {"message": "Too small", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "fields": []},
    ]  # fmt: skip
    assert [each["message"] for each in results[0]["errors"]] == ["A phone is needed", "Too small"]
    assert good == 201


WHEN: list[tuple[dict[str, object], dict[str, object], bool]] = [
    ({"op": "=", "value": "x"}, {"Site": "x"}, True),
    ({"op": "=", "value": "x"}, {"Site": "y"}, False),
    ({"op": "!=", "value": "x"}, {"Site": "y"}, True),
    ({"op": ">", "value": "b"}, {"Site": "c"}, True),
    ({"op": ">", "value": "b"}, {}, False),
    ({"op": "contains", "value": "es"}, {"Site": "test"}, True),
    ({"op": "changed"}, {"Site": "x"}, False),
]


@pytest.mark.parametrize(("when", "fields", "refused"), WHEN)
def test_the_operators_of_a_rule(
    api: Api, when: dict[str, object], fields: dict[str, object], refused: bool
) -> None:
    put(api, "validation-rules", sobject="Account", name="R", when={"field": "Site", **when},
        message="no")  # fmt: skip

    status, _ = post(api, "sobjects/Account", {"Name": "A", **fields})

    assert status == (400 if refused else 201)


def test_a_field_that_must_not_change_does_not(api: Api) -> None:
    account = api.create("Account", Name="A", Site="x")
    put(api, "validation-rules", sobject="Account", name="R",
        when={"field": "Site", "op": "changed"}, message="no")  # fmt: skip

    same, _ = api.call("PATCH", f"sobjects/Account/{account}", {"Site": "x"})
    other, _ = api.call("PATCH", f"sobjects/Account/{account}", {"Site": "y"})

    assert (same, other) == (204, 400)


def test_locked_rows_refuse_their_children_too_and_so_often(api: Api) -> None:
    account = api.create("Account", Name="A")
    task = api.create("Task", WhatId=account)
    put(api, "locks", ids=[account], times=4)

    answers = [
        api.call("PATCH", f"sobjects/Account/{account}", {"Phone": "1"}),
        api.call("PATCH", f"sobjects/Task/{task}", {"Subject": "x"}),
        api.call("POST", "sobjects/Contact", {"LastName": "C", "AccountId": account}),
        api.call("DELETE", f"sobjects/Account/{account}"),
    ]
    free, _ = api.call("PATCH", f"sobjects/Account/{account}", {"Phone": "1"})

    for status, body in answers:
        assert status == 400
        assert body == [
            {
                "message": "unable to obtain exclusive access to this record or 1 records:"
                f" {account}",
                "errorCode": "UNABLE_TO_LOCK_ROW",
                "fields": [],
            }
        ]
    assert free == 204
    assert api.query("SELECT Id FROM Contact") == []


def test_leads_go_to_the_assigned_owner_unless_a_header_forbids_it(api: Api) -> None:
    put(api, "assignment-rules", sobject="Lead", owner=mint("00G", 1))
    body = {"LastName": "L", "Company": "C"}

    _, assigned = post(api, "sobjects/Lead", body)
    _, kept = post(api, "sobjects/Lead", body, {"sforce-auto-assign": "FALSE"})

    owners = {each["Id"]: each["OwnerId"] for each in api.query("SELECT Id, OwnerId FROM Lead")}
    assert owners[assigned["id"]] == mint("00G", 1)
    assert owners[kept["id"]] == mint("005", 1)


def test_rules_are_shown_and_forgotten(api: Api, twin: str) -> None:
    put(api, "duplicate-rules", sobject="Contact", name="D", fields=["Email"])
    put(api, "duplicate-rules", sobject="Contact", name="D", fields=["LastName"])

    _, shown = api.call("GET", "/__emulator__/rules")
    api.call("DELETE", "/__emulator__/rules")

    assert [each["fields"] for each in shown["duplicate-rules"]] == [["LastName"]]
    assert post(api, "sobjects/Contact", {"LastName": "Lovelace"})[0] == 201


BAD: list[tuple[str, dict[str, object]]] = [
    ("duplicate-rules", {"sobject": "Nope", "name": "D", "fields": []}),
    ("duplicate-rules", {"sobject": "Contact", "name": "D", "fields": ["Nope"]}),
    ("validation-rules", {"sobject": "Contact", "name": "D", "when": {"op": "?"}, "message": ""}),
    ("locks", {"ids": ["nope"]}),
    ("assignment-rules", {"sobject": "Task", "owner": None}),
]


@pytest.mark.parametrize(("path", "body"), BAD)
def test_a_rule_that_means_nothing_is_refused(api: Api, path: str, body: dict[str, object]) -> None:
    status, _ = api.call("PUT", f"/__emulator__/{path}", body)

    assert status == 400
