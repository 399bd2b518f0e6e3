"""What Salesforce says about a row, and what becomes of it."""

import pytest

from local.salesforce.errors import ERRORS
from syncline.engine.plan import SendKind
from syncline.ports import Row, RowAnswer
from syncline.salesforce.refusals import LATER, REFUSED, Refusal, answered, of_csv, of_json

ROW = Row("p1", "00T000000000001AAA", {})
NEW = Row("p1", None, {})


def _told(code: str, *fields: str, kind: SendKind = SendKind.UPDATE, words: str = "x") -> RowAnswer:
    return answered(kind, NEW if kind is SendKind.CREATE else ROW, [Refusal(code, words, fields)])


@pytest.mark.parametrize("code", sorted(LATER))
def test_what_passes_may_come_again(code: str) -> None:
    assert (_told(code).code, _told(code).again) == (LATER[code], True)


@pytest.mark.parametrize("code", sorted(REFUSED.keys() - {"INVALID_CROSS_REFERENCE_KEY"}))
def test_what_stays_is_refused_for_good(code: str) -> None:
    assert (_told(code).code, _told(code).again) == (REFUSED[code], False)


def test_no_code_is_in_both_tables() -> None:
    assert not LATER.keys() & REFUSED.keys()
    assert not set(LATER.values()) & set(REFUSED.values())


def test_what_nobody_has_heard_of_is_refused() -> None:
    assert _told("SOMETHING_NEW") == RowAnswer(ROW.id, code="refused", message="x")
    assert answered(SendKind.UPDATE, ROW, []).code == "refused"


def test_the_usual_refusals_have_words_of_their_own() -> None:
    rows = {"UNABLE_TO_LOCK_ROW", "STRING_TOO_LONG", "REQUIRED_FIELD_MISSING", "DUPLICATE_VALUE"}

    assert rows <= {each.code for each in ERRORS.values()}
    assert {_told(each).code for each in rows} == {
        "locked",
        "too_long",
        "required_missing",
        "duplicate_value",
    }


@pytest.mark.parametrize(
    ("code", "fields", "kind", "word"),
    [
        ("ENTITY_IS_DELETED", (), SendKind.UPDATE, "record_deleted"),
        ("INVALID_CROSS_REFERENCE_KEY", (), SendKind.UPDATE, "record_deleted"),
        ("INVALID_CROSS_REFERENCE_KEY", ("Id",), SendKind.UPDATE, "record_deleted"),
        ("INVALID_CROSS_REFERENCE_KEY", ("WhatId",), SendKind.UPDATE, "bad_reference"),
        ("ENTITY_IS_DELETED", ("WhatId",), SendKind.UPDATE, "bad_reference"),
        ("ENTITY_IS_DELETED", (), SendKind.CREATE, "bad_reference"),
        ("INVALID_CROSS_REFERENCE_KEY", (), SendKind.CREATE, "bad_reference"),
        ("MALFORMED_ID", ("Id",), SendKind.UPDATE, "bad_reference"),
    ],
)
def test_a_gone_record_is_told_from_a_gone_parent(
    code: str, fields: tuple[str, ...], kind: SendKind, word: str
) -> None:
    assert _told(code, *fields, kind=kind).code == word


@pytest.mark.parametrize("code", ["ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"])
def test_deleting_what_is_gone_is_done(code: str) -> None:
    assert _told(code, kind=SendKind.DELETE) == RowAnswer(ROW.id)


def test_a_trigger_with_too_many_rows_may_come_again() -> None:
    words = "T: execution of BeforeUpdate caused by: System.LimitException: Apex CPU time limit"

    spent = _told("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", words=words)
    failed = _told("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", words="T: null pointer")

    assert (spent.code, spent.again) == ("automation_limit", True)
    assert (failed.code, failed.again) == ("automation_failed", False)


def test_several_refusals_are_told_together() -> None:
    both = [
        Refusal("UNABLE_TO_LOCK_ROW", "busy"),
        Refusal("STRING_TOO_LONG", "long", ("Subject", "Subject")),
    ]

    answer = answered(SendKind.UPDATE, ROW, both)

    assert answer == RowAnswer(ROW.id, code="locked", message="busy long", fields=("Subject",))


def test_errors_are_read_from_a_collection() -> None:
    said = [{"statusCode": "STRING_TOO_LONG", "message": "m", "fields": ["Subject"]}]

    assert of_json(said) == [Refusal("STRING_TOO_LONG", "m", ("Subject",))]
    assert of_json([{"errorCode": "X", "message": None, "fields": None}]) == [Refusal("X", "")]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (
            "ENTITY_IS_DELETED:entity is deleted:--",
            Refusal("ENTITY_IS_DELETED", "entity is deleted"),
        ),
        (
            "INVALID_EMAIL_ADDRESS:Email: invalid email address: a:b:Email --",
            Refusal("INVALID_EMAIL_ADDRESS", "Email: invalid email address: a:b", ("Email",)),
        ),
        ("X:two fields:A B --", Refusal("X", "two fields", ("A", "B"))),
        ("X:no end: to it", Refusal("X", "no end: to it")),
        ("X", Refusal("X", "")),
        ("", Refusal("", "")),
    ],
)
def test_an_error_is_read_from_a_cell(text: str, refusal: Refusal) -> None:
    assert of_csv(text) == [refusal]
