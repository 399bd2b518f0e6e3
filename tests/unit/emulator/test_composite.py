"""Composite: references, limits, order of failure and what stays, over the routes."""

from typing import Any

import pytest

from local.salesforce.inprocess import Api

BASE = "/services/data/v62.0"
HALTED = {
    "errorCode": "PROCESSING_HALTED",
    "message": "The transaction was rolled back since another operation in the same transaction"
    " failed.",
}


def part(reference: str, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
    url = path if path.startswith("/") else f"{BASE}/{path}"
    asked = {"referenceId": reference, "method": method, "url": url, **more}
    return asked if body is None else {**asked, "body": body}


def account(reference: str, name: str = "A") -> dict[str, Any]:
    return part(reference, "POST", "sobjects/Account", {"Name": name})


def composite(api: Api, *parts: dict[str, Any], **flags: Any) -> list[dict[str, Any]]:
    status, body = api.call("POST", "composite", {"compositeRequest": list(parts), **flags})
    assert status == 200, body
    found: list[dict[str, Any]] = body["compositeResponse"]
    return found


def refused(api: Api, *parts: dict[str, Any], **flags: Any) -> tuple[int, Any]:
    return api.call("POST", "composite", {"compositeRequest": list(parts), **flags})


def test_an_entry_has_body_headers_status_and_reference(api: Api) -> None:
    made, gone = composite(
        api, account("made"), part("gone", "DELETE", "sobjects/Account/@{made.id}")
    )

    assert list(made) == ["body", "httpHeaders", "httpStatusCode", "referenceId"]
    assert made["body"]["success"] is True
    assert made["httpHeaders"]["Location"] == f"{BASE}/sobjects/Account/{made['body']['id']}"
    assert (made["httpStatusCode"], made["referenceId"]) == (201, "made")
    assert gone == {"body": None, "httpHeaders": {}, "httpStatusCode": 204, "referenceId": "gone"}


def test_references_reach_into_lists_and_nested_records(api: Api) -> None:
    api.create("Account", Name="Parent")

    *_, task, read = composite(
        api,
        part("found", "GET", "query?q=SELECT+Id,Owner.Name+FROM+Account"),
        part("task", "POST", "sobjects/Task", {
            "WhatId": "@{found.records[0].Id}",
            "Subject": "by @{found.records[0].Owner.Name}, @{found.totalSize}",
        }),
        part("read", "GET", "sobjects/Task/@{task.id}?fields=Subject,WhatId"),
    )  # fmt: skip

    assert task["httpStatusCode"] == 201
    assert read["body"]["Subject"] == "by Integration User, 1"


def test_a_reference_alone_keeps_its_type(api: Api) -> None:
    source = api.create("Account", Name="A", NumberOfEmployees=5)

    _, made = composite(
        api,
        part("from", "GET", f"sobjects/Account/{source}"),
        part("to", "POST", "sobjects/Account",
             {"Name": "B", "NumberOfEmployees": "@{from.NumberOfEmployees}"}),
    )  # fmt: skip

    assert made["httpStatusCode"] == 201
    assert api.query("SELECT NumberOfEmployees FROM Account WHERE Name = 'B'") == [
        {"NumberOfEmployees": 5}
    ]


@pytest.mark.parametrize(
    "reference", ["made.Id", "made.nope", "made.id.deeper", "made[0].id", "later.id", "made"]
)
def test_a_reference_without_a_value_halts_its_subrequest(api: Api, reference: str) -> None:
    _, task, _ = composite(
        api,
        account("made"),
        part("task", "POST", "sobjects/Task", {"WhatId": f"@{{{reference}}}"}),
        account("later"),
    )

    name = "later" if reference.startswith("later") else "made"
    assert task["httpStatusCode"] == 400
    assert task["body"] == [
        {
            "errorCode": "PROCESSING_HALTED",
            "message": f"Invalid reference specified. No value for {reference} found in {name}."
            f" Provided referenceId ('{reference}') must start with a letter or a number, and it"
            " can contain only letters, numbers and underscores ('_').",
        }
    ]


def test_what_depends_on_a_failure_is_not_run(api: Api) -> None:
    bad, child, grandchild, free = composite(
        api,
        part("bad", "POST", "sobjects/Account", {}),
        part("child", "POST", "sobjects/Contact", {"LastName": "C", "AccountId": "@{bad.id}"}),
        part("grandchild", "GET", "sobjects/Contact/@{child.id}"),
        account("free"),
    )

    assert bad["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert [each["body"][0]["message"] for each in (child, grandchild)] == [
        "Execution halted as previous operation (bad) was not successful.",
        "Execution halted as previous operation (child) was not successful.",
    ]
    assert free["httpStatusCode"] == 201
    assert api.query("SELECT Id FROM Contact") == []


@pytest.mark.parametrize(("version", "status"), [("51.0", 400), ("52.0", 201)])
def test_a_null_field_can_be_referred_to_since_52(api: Api, version: str, status: int) -> None:
    record = api.create("Contact", LastName="Wong")
    old = Api(api.org, api.token, version)

    _, made = composite(
        old,
        part("ref", "GET", f"sobjects/Contact/{record}"),
        part("new", "POST", "sobjects/Contact",
             {"FirstName": "@{ref.FirstName}", "LastName": "@{ref.LastName}"}),
    )  # fmt: skip

    assert made["httpStatusCode"] == status


def test_all_or_none_keeps_nothing_and_echoes_the_failure(api: Api) -> None:
    entries = composite(
        api,
        account("one"),
        part("two", "POST", "sobjects/Account", {}),
        account("three"),
        allOrNone=True,
    )

    assert [each["httpStatusCode"] for each in entries] == [400, 400, 400]
    assert [each["body"] for each in entries] == [
        [HALTED],
        [
            {
                "message": "Required fields are missing: [Name]",
                "errorCode": "REQUIRED_FIELD_MISSING",
                "fields": ["Name"],
            }
        ],
        [HALTED],
    ]
    assert [each["httpHeaders"] for each in entries] == [{}, {}, {}]
    assert api.query("SELECT Id FROM Account") == []


@pytest.mark.parametrize("inner", [True, False])
def test_a_failed_record_of_a_collection_undoes_the_whole(api: Api, *, inner: bool) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in ("A", "")]

    many, one = composite(
        api,
        part("many", "POST", "composite/sobjects", {"allOrNone": inner, "records": records}),
        account("one"),
        allOrNone=True,
    )

    assert many["httpStatusCode"] == 200
    assert [each["success"] for each in many["body"]] == [not inner, False]
    assert one["body"] == [HALTED]
    assert api.query("SELECT Id FROM Account") == []


def test_without_all_or_none_the_good_ones_stay(api: Api) -> None:
    entries = composite(api, account("one"), part("two", "POST", "sobjects/Account", {}))

    assert [each["httpStatusCode"] for each in entries] == [201, 400]
    assert len(api.query("SELECT Id FROM Account")) == 1


def test_subrequests_may_have_headers_of_their_own(api: Api) -> None:
    api.load("Account", [{"Name": str(at)} for at in range(300)])
    query = "query?q=SELECT+Id+FROM+Account"
    headers = {"Sforce-Query-Options": "batchSize=200"}

    small, whole = composite(
        api, part("small", "GET", query, httpHeaders=headers), part("whole", "GET", query)
    )

    assert (len(small["body"]["records"]), len(whole["body"]["records"])) == (200, 300)


def test_the_whole_costs_one_call(api: Api) -> None:
    composite(api, *(account(f"a{at}") for at in range(25)))

    assert api.org.requests_used == 1


def test_form_mistakes_refuse_the_whole(api: Api) -> None:
    bad_id = account("refNewAccount[1]")
    query = [part(f"q{at}", "GET", "query?q=SELECT+Id+FROM+Account") for at in range(3)]
    lists = [part(f"c{at}", "GET", "composite/sobjects/Account?ids=&fields=Id") for at in range(3)]
    nameless = {"method": "GET", "url": f"{BASE}/sobjects/Account"}

    for parts, code in (
        ([account("ok"), bad_id], "JSON_PARSER_ERROR"),
        ([account("ok"), nameless], "JSON_PARSER_ERROR"),
        ([account("ok"), {**account("two"), "method": "post"}], "JSON_PARSER_ERROR"),
        ([account("ok"), account("ok")], "INVALID_INPUT"),
        ([account("ok"), {**account("h"), "httpHeaders": {"Accept": "x"}}], "INVALID_INPUT"),
        ([account("ok"), *query, *lists], "JSON_PARSER_ERROR"),
        ([], "JSON_PARSER_ERROR"),
    ):
        status, body = refused(api, *parts)
        assert (status, body[0]["errorCode"]) == (400, code)
    assert api.query("SELECT Id FROM Account") == []


def test_the_texts_of_form_mistakes(api: Api) -> None:
    bad = refused(api, account("refNewAccount[1]"))[1]
    nameless = refused(api, {"method": "GET", "url": f"{BASE}/sobjects"})[1]

    assert bad == [
        {
            "message": "Provided referenceId ('refNewAccount[1]') must start with a letter or a"
            " number, and it can contain only letters, numbers and underscores ('_').",
            "errorCode": "JSON_PARSER_ERROR",
        }
    ]
    assert nameless == [
        {"message": "'referenceId' is a required field.", "errorCode": "JSON_PARSER_ERROR"}
    ]


def test_until_51_an_odd_reference_only_fails_its_users(api: Api) -> None:
    old = Api(api.org, api.token, "51.0")

    entries = composite(
        old,
        account("refNewAccount[1]"),
        part("refNewContact", "POST", "sobjects/Contact",
             {"LastName": "Smith", "AccountId": "@{refNewAccount[1].id}"}),
        account("refNewAccount2"),
    )  # fmt: skip

    assert [each["httpStatusCode"] for each in entries] == [201, 400, 201]
    assert entries[0]["referenceId"] == "refNewAccount[1]"
    assert (
        "No value for refNewAccount[1].id found in refNewAccount."
        in (entries[1]["body"][0]["message"])
    )


@pytest.mark.parametrize("path", ["limits", "composite", "jobs/query", "/services/oauth2/userinfo"])
def test_other_resources_are_not_found_inside(api: Api, path: str) -> None:
    (entry,) = composite(api, part("x", "GET", path))

    assert (entry["httpStatusCode"], entry["body"][0]["errorCode"]) == (404, "NOT_FOUND")


def test_a_wrong_method_fails_its_subrequest(api: Api) -> None:
    (entry,) = composite(api, part("x", "PUT", "sobjects/Account"))

    assert (entry["httpStatusCode"], entry["body"][0]["errorCode"]) == (405, "METHOD_NOT_ALLOWED")


def test_an_upsert_and_a_page_of_a_query(api: Api) -> None:
    field = {"sobject": "Account", "name": "Key__c", "external_id": True, "unique": True}
    api.call("POST", "/__emulator__/fields", field)
    api.load("Account", [{"Name": "A"}] * 2_001)
    _, page = api.call("GET", "query", q="SELECT Id FROM Account")

    upserted, more = composite(
        api,
        part("up", "PATCH", "sobjects/Account/Key__c/k%2F1", {"Name": "B"}),
        part("more", "GET", page["nextRecordsUrl"]),
    )

    record = upserted["body"]["id"]
    assert (upserted["httpStatusCode"], upserted["body"]["created"]) == (201, True)
    assert upserted["httpHeaders"]["Location"] == f"{BASE}/sobjects/Account/{record}"
    assert len(more["body"]["records"]) == 1
    assert api.query("SELECT Id FROM Account WHERE Key__c = 'k/1'") == [{"Id": record}]


def test_the_family_is_listed(api: Api) -> None:
    names = ("tree", "batch", "sobjects", "graph")

    listed = api.call("GET", "composite")

    assert listed == (200, {name: f"{BASE}/composite/{name}" for name in names})
