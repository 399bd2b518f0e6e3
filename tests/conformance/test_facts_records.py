"""Facts of single and many records that clients meet on the wire and that had no test."""

from collections.abc import Iterator

import pytest

from local.salesforce.inprocess import Api
from local.salesforce.org import opened


@pytest.fixture
def api() -> Iterator[Api]:
    with opened() as org:
        yield Api.signed_in(org)


def account(**fields: object) -> dict[str, object]:
    return {"attributes": {"type": "Account"}, **fields}


def test_the_id_comes_with_fields_that_are_asked_for(api: Api) -> None:
    """REST guide, Get Field Values from an External Object Record by Using the Salesforce ID."""
    made = api.create("Account", Name="Acme", Phone="1")

    _, body = api.call("GET", f"sobjects/Account/{made}", fields="Name,Phone")

    assert list(body) == ["attributes", "Name", "Phone", "Id"]
    assert body["Id"] == made


def test_an_update_without_an_id_names_what_is_missing(api: Api) -> None:
    """https://github.com/amp-labs/connectors, tests of batch writing: a recorded answer."""
    made = api.create("Account", Name="Acme")

    status, results = api.call(
        "PATCH", "composite/sobjects", {"records": [account(Name="x"), account(id=made, Name="y")]}
    )

    assert (status, [each["success"] for each in results]) == (200, [False, True])
    assert results[0]["errors"] == [
        {
            "statusCode": "MISSING_ARGUMENT",
            "message": "Id not specified in an update call",
            "fields": [],
        }
    ]


def test_more_than_25_subrequests_answer_as_one_that_failed(api: Api) -> None:
    """https://github.com/guardian/support-service-lambdas/pull/766"""
    parts = [
        {"method": "GET", "url": "/services/data/v62.0/limits", "referenceId": f"r{at}"}
        for at in range(26)
    ]

    status, body = api.call("POST", "composite", {"compositeRequest": parts})

    [told] = body["compositeResponse"]
    assert (status, told["httpStatusCode"], told["referenceId"]) == (200, 400, None)
    assert told["body"] == [
        {
            "errorCode": "LIMIT_EXCEEDED",
            "message": "The request can\u2019t contain more than 25 operations.",
        }
    ]


def test_a_body_that_ends_early_is_no_unexpected_character(api: Api) -> None:
    """The words of Jackson, which is behind the recorded texts; not documented beyond that."""
    for cut in (b'{"Name": "A"', b'{"Name":', b'{"Name": "A", \n', b'{"Name": "A'):
        status, [told] = api.call("POST", "sobjects/Account", cut)

        assert (status, told["errorCode"]) == (400, "JSON_PARSER_ERROR")
        assert told["message"].startswith("Unexpected end-of-input")
        assert "(code 32)" not in told["message"]


def test_another_type_in_an_upsert_is_named_as_it_was_given(api: Api) -> None:
    """One type a call: REST guide, Upsert Records Using sObject Collections; the text is ours."""
    other = {"attributes": {"type": "Contact"}, "LastName": "A"}

    status, [result] = api.call("PATCH", "composite/sobjects/Account/Id", {"records": [other]})

    [told] = result["errors"]
    assert (status, result["success"], told["statusCode"]) == (200, False, "INVALID_TYPE")
    assert told["message"].startswith("sObject type 'Contact' is not supported.")


def test_all_unique_values_that_are_taken_are_told_at_once(api: Api) -> None:
    """castled, test of its parser of Salesforce's errors; there the ids have 15 characters."""
    for name in ("One__c", "Two__c"):
        field = {"sobject": "Account", "name": name, "external_id": True, "unique": True}
        api.call("POST", "/__emulator__/fields", field)
    made = api.create("Account", Name="A", One__c="1", Two__c="2")

    status, [told] = api.call(
        "POST", "sobjects/Account", {"Name": "B", "One__c": "1", "Two__c": "2"}
    )

    assert (status, told["errorCode"], told["fields"]) == (400, "DUPLICATE_VALUE", [])
    assert told["message"] == (
        f"duplicate value found: One__c duplicates value on record with id: {made},"
        f" Two__c duplicates value on record with id: {made}"
    )
