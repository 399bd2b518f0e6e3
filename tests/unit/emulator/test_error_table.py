"""Each row of the table of errors is provoked over a route and compared: status, code, keys, text.

Rows that only other routes can show (session, limits, Bulk, merge) are in the tests of those.
"""

from dataclasses import dataclass, field
from string import Formatter
from typing import Any

import pytest

from local.salesforce.errors import ERRORS, ApiError, FieldsKey, Kind
from local.salesforce.ids import mint
from local.salesforce.inprocess import Api

MISSING = mint("001", 999)
READ_ONLY = (
    "Unable to create/update fields: IsDeleted, SystemModstamp. Please check the security settings"
    " of this field and verify that it is read/write for your profile or permission set."
)
NOT_FOUND = "The requested resource does not exist"


@dataclass(frozen=True)
class Case:
    method: str
    path: str
    body: Any
    status: int
    code: str
    message: str
    fields: list[str] | None = None
    query: dict[str, str] = field(default_factory=dict)


CASES = [
    Case("POST", "sobjects/Account", {}, 400, "REQUIRED_FIELD_MISSING",
         "Required fields are missing: [Name]", ["Name"]),
    Case("POST", "sobjects/Contact", {"FirstName": "A"}, 400, "REQUIRED_FIELD_MISSING",
         "Required fields are missing: [LastName]", ["LastName"]),
    Case("POST", "sobjects/Account", {"Name": "A", "FavoritePet__c": "x"}, 400, "INVALID_FIELD",
         "No such column 'FavoritePet__c' on sobject of type Account"),
    Case("POST", "sobjects/Account", {"Name": "A", "TickerSymbol": "x" * 21}, 400,
         "STRING_TOO_LONG", f"Ticker Symbol: data value too large: {'x' * 21} (max length=20)",
         ["TickerSymbol"]),
    Case("POST", "sobjects/Account",
         {"Name": "A", "IsDeleted": True, "SystemModstamp": "2024-01-01T00:00:00Z"}, 400,
         "INVALID_FIELD_FOR_INSERT_UPDATE", READ_ONLY, ["IsDeleted", "SystemModstamp"]),
    Case("POST", "sobjects/Account", {"Name": "A", "CleanStatus": "Terrible"}, 400,
         "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
         "Clean Status: bad value for restricted picklist field: Terrible", ["CleanStatus"]),
    Case("POST", "sobjects/Task", {"WhatId": mint("003", 5)}, 400, "MALFORMED_ID",
         f"Related To ID: id value of incorrect type: {mint('003', 5)}", ["WhatId"]),
    Case("POST", "sobjects/Task", {"WhatId": MISSING}, 400, "INVALID_CROSS_REFERENCE_KEY",
         "invalid cross reference id", ["WhatId"]),
    Case("POST", "sobjects/Contact", {"LastName": "A", "Email": "nobody"}, 400,
         "INVALID_EMAIL_ADDRESS", "Email: invalid email address: nobody", ["Email"]),
    Case("POST", "sobjects/Account", {"Name": "A", "NumberOfEmployees": 10**9}, 400,
         "NUMBER_OUTSIDE_VALID_RANGE",
         "Employees: value outside of valid range on numeric field: 1000000000",
         ["NumberOfEmployees"]),
    Case("POST", "sobjects/Task", {"IsReminderSet": "FALSE"}, 400, "JSON_PARSER_ERROR",
         "Cannot deserialize instance of boolean from VALUE_STRING value FALSE or request may be"
         " missing a required field at [line:1, column:18]"),
    Case("POST", "sobjects/Account", b"", 400, "JSON_PARSER_ERROR",
         "The HTTP entity body is required, but this request has no entity body."),
    Case("POST", "sobjects/Account", b"junk", 400, "JSON_PARSER_ERROR",
         "Unexpected character ('j' (code 106)): was expecting a valid value at [line:1,"
         " column:2]"),
    Case("POST", "sobjects/Nothing__c", {}, 404, "NOT_FOUND", NOT_FOUND),
    Case("GET", "sobjects/Nothing__c/describe", None, 404, "NOT_FOUND", NOT_FOUND),
    Case("GET", "nowhere", None, 404, "NOT_FOUND", NOT_FOUND),
    Case("GET", f"sobjects/Account/{MISSING}", None, 404, "NOT_FOUND", NOT_FOUND),
    Case("PATCH", f"sobjects/Account/{MISSING}", {}, 404, "INVALID_CROSS_REFERENCE_KEY",
         "invalid cross reference id", []),
    Case("DELETE", f"sobjects/Account/{MISSING}", None, 404, "INVALID_CROSS_REFERENCE_KEY",
         "invalid cross reference id", []),
    Case("PATCH", "sobjects/Account/a00B000000FSjVUIB1", {}, 400, "MALFORMED_ID",
         "Record ID: id value of incorrect type: a00B000000FSjVUIB1", ["Id"]),
    Case("PATCH", f"sobjects/Account/{MISSING}", {"Id": MISSING}, 400, "INVALID_FIELD",
         "The Id field should not be specified in the sobject data."),
    Case("PATCH", "sobjects/Account/Nope__c/1", {}, 404, "NOT_FOUND",
         "Provided external ID field does not exist or is not accessible: Nope__c"),
    Case("POST", "sobjects/Contact", {"LastName": "A", "Owner": {"Email": "no@x.example"}}, 400,
         "INVALID_FIELD",
         "Foreign key external ID: no@x.example not found for field Email in entity User", []),
    Case("PUT", "sobjects/Account", {}, 405, "METHOD_NOT_ALLOWED",
         "HTTP Method 'PUT' not allowed. Allowed are HEAD,GET,POST"),
    Case("GET", "/services/data/v22.0/sobjects", None, 410, "UNSUPPORTED_API_VERSION",
         "API version 22.0 is retired"),
    Case("GET", "/services/data/v99.0/sobjects", None, 404, "NOT_FOUND", NOT_FOUND),
    Case("GET", "query/01g000000000000AAA-2000", None, 400, "INVALID_QUERY_LOCATOR",
         "invalid query locator"),
    Case("DELETE", f"sobjects/User/{mint('005', 1)}", None, 400,
         "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "entity type cannot be deleted: User", []),
    Case("POST", "composite/sobjects", {"records": [{}] * 201}, 400, "EXCEEDED_ID_LIMIT",
         "record limit reached. cannot submit more than 200 records into this call"),
    Case("GET", "composite/sobjects/Account", None, 400, "MALFORMED_ID", "malformed id xyz",
         query={"ids": "xyz", "fields": "Name"}),
    Case("POST", "sobjects/Task", {"WhoId": mint("00Q", 1), "WhatId": MISSING}, 400,
         "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ["WhoId"]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.code}")
def test_a_refusal_has_the_status_code_text_and_keys_of_the_table(api: Api, case: Case) -> None:
    status, body = api.call(case.method, case.path, case.body, **case.query)

    assert (status, body[0]["errorCode"], body[0]["message"]) == (
        case.status,
        case.code,
        case.message,
    )
    assert body[0].get("fields") == case.fields
    assert len(body) == 1


def test_a_deleted_record_is_told_from_a_missing_one(api: Api) -> None:
    account = api.create("Account", Name="Acme")
    api.call("DELETE", f"sobjects/Account/{account}")

    answers = [api.call(method, f"sobjects/Account/{account}", {}) for method in ("GET", "PATCH")]

    for status, body in answers:
        assert status == 404
        assert body == [
            {"message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": []}
        ]


def test_a_second_record_with_a_unique_value_is_a_duplicate(api: Api) -> None:
    api.call(
        "POST",
        "/__emulator__/fields",
        {"sobject": "Account", "name": "Ext__c", "external_id": True, "unique": True},
    )
    first = api.create("Account", Name="A", Ext__c="k1")

    status, body = api.call("POST", "sobjects/Account", {"Name": "B", "Ext__c": "K1"})

    assert status == 400
    assert body[0] == {
        "message": f"duplicate value found: Ext__c duplicates value on record with id: {first}",
        "errorCode": "DUPLICATE_VALUE",
        "fields": [],
    }


def test_an_inactive_user_cannot_own_a_record(api: Api) -> None:
    left = mint("005", 70)
    api.load("User", [{"Id": left, "LastName": "Gone", "Username": "g", "IsActive": False}])

    status, body = api.call("POST", "sobjects/Account", {"Name": "A", "OwnerId": left})

    assert (status, body[0]["errorCode"], body[0]["fields"]) == (
        400,
        "INACTIVE_OWNER_OR_USER",
        ["OwnerId"],
    )


def test_not_found_puts_the_code_first(api: Api) -> None:
    _, body = api.call("GET", "nowhere")

    assert list(body[0]) == ["errorCode", "message"]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_row_and_carries_fields_as_the_row_says(kind: Kind) -> None:
    spec = ERRORS[kind]
    names: dict[str, Any] = {name: "x" for _, name, _, _ in Formatter().parse(spec.template) if name}

    body = ApiError(kind, fields=("A",), **names).body()[0]

    assert body["errorCode"] == spec.code
    assert ("fields" in body) == (spec.fields is FieldsKey.PRESENT)
    assert 400 <= spec.status < 600
