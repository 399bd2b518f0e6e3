"""Refusals beside those of `tests/conformance/error_rows.py`, and the table that words them all."""

from dataclasses import dataclass
from string import Formatter
from typing import Any

import pytest

from local.salesforce.errors import ERRORS, ApiError, FieldsKey, Kind
from local.salesforce.ids import mint
from local.salesforce.inprocess import Api

MISSING = mint("001", 999)
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


CASES = [
    Case("POST", "sobjects/Contact", {"FirstName": "A"}, 400, "REQUIRED_FIELD_MISSING",
         "Required fields are missing: [LastName]", ["LastName"]),
    Case("POST", "sobjects/Nothing__c", {}, 404, "NOT_FOUND", NOT_FOUND),
    Case("GET", f"sobjects/Account/{MISSING}", None, 404, "NOT_FOUND", NOT_FOUND),
    Case("DELETE", f"sobjects/Account/{MISSING}", None, 404, "INVALID_CROSS_REFERENCE_KEY",
         "invalid cross reference id", []),
    Case("POST", "sobjects/Contact", {"LastName": "A", "Owner": {"Email": "no@x.example"}}, 400,
         "INVALID_FIELD",
         "Foreign key external ID: no@x.example not found for field Email in entity User", []),
    Case("PUT", "sobjects/Account", {}, 405, "METHOD_NOT_ALLOWED",
         "HTTP Method 'PUT' not allowed. Allowed are HEAD,GET,POST"),
    Case("GET", "/services/data/v99.0/sobjects", None, 404, "NOT_FOUND", NOT_FOUND),
    Case("POST", "sobjects/Task", {"WhoId": mint("00Q", 1), "WhatId": MISSING}, 400,
         "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ["WhoId"]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.code}")
def test_a_refusal_has_the_status_code_text_and_keys_of_the_table(api: Api, case: Case) -> None:
    status, body = api.call(case.method, case.path, case.body)

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


def test_not_found_puts_the_code_first(api: Api) -> None:
    _, body = api.call("GET", "nowhere")

    assert list(body[0]) == ["errorCode", "message"]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_row_and_carries_fields_as_the_row_says(kind: Kind) -> None:
    spec = ERRORS[kind]
    names: dict[str, Any] = {
        name: "x" for _, name, _, _ in Formatter().parse(spec.template) if name
    }

    body = ApiError(kind, fields=("A",), **names).body()[0]

    assert body["errorCode"] == spec.code
    assert ("fields" in body) == (spec.fields is FieldsKey.PRESENT)
    assert 400 <= spec.status < 600
