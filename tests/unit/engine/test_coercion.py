"""Values of every type pair, from both forms a CRM writes them in."""

import pytest

from syncline.engine.coercion import TOO_LARGE, UNFIT, coercer, compatible
from syncline.engine.mapping import Line, RowMapper
from syncline.engine.records import Raw, Value
from syncline.errors import RecordRejectedError


@pytest.mark.parametrize(
    ("crm_type", "type_name", "raw", "value"),
    [
        ("string", "text", "  Ada \r\n Lovelace ", "Ada \n Lovelace"),
        ("string", "text", "", None),
        ("string", "text", "   ", None),
        ("string", "text", None, None),
        ("string", "text", "one\rtwo", "one\ntwo"),
        ("textarea", "text", "cut \ud83d", "cut \ufffd"),
        ("string", "text", "Zoë 🚀", "Zoë 🚀"),
        ("double", "text", 3.0, "3"),
        ("boolean", "text", True, "true"),
        ("boolean", "text", False, "false"),
        ("date", "text", "2026-01-02", "2026-01-02"),
        ("datetime", "text", "2026-01-02T03:04:05.000+0000", "2026-01-02T03:04:05Z"),
        ("time", "text", "03:04:05.000Z", "03:04:05.000Z"),
        ("currency", "number", "12.50", 12.5),
        ("double", "number", 12.0, 12),
        ("int", "number", " 7 ", 7),
        ("double", "number", "", None),
        ("double", "number", None, None),
        ("boolean", "boolean", "True", True),
        ("boolean", "boolean", "false", False),
        ("boolean", "boolean", False, False),
        ("boolean", "boolean", "1", True),
        ("boolean", "boolean", " 0 ", False),
        ("boolean", "boolean", "", None),
        ("boolean", "boolean", None, None),
        ("datetime", "datetime", "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05Z"),
        ("datetime", "datetime", "2026-01-02T03:04:05.000+0000", "2026-01-02T03:04:05Z"),
        ("datetime", "datetime", "2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"),
        ("datetime", "datetime", "2026-01-02 03:04:05Z", "2026-01-02T03:04:05Z"),
        ("datetime", "datetime", "2026-01-02T03:04:05", "2026-01-02T03:04:05Z"),
        ("datetime", "datetime", "2026-01-02", "2026-01-02T00:00:00Z"),
        ("datetime", "datetime", "", None),
        ("datetime", "date", None, None),
        ("datetime", "date", "2026-01-02T23:04:05.000Z", "2026-01-02"),
        ("date", "date", "2026-01-02", "2026-01-02"),
        ("date", "datetime", "2026-01-02", "2026-01-02T00:00:00Z"),
        ("date", "datetime", "", None),
        ("date", "date", None, None),
        ("date", "date", "", None),
        ("date", "date", "2026-01-02T23:04:05.000Z", "2026-01-02"),
        ("date", "date", "20260102", "2026-01-02"),
    ],
)
def test_a_value_becomes_canonical(crm_type: str, type_name: str, raw: Raw, value: Value) -> None:
    assert coercer(crm_type, type_name)(raw) == value


@pytest.mark.parametrize(
    ("crm_type", "type_name", "raw", "wanted"),
    [
        ("double", "number", "many", "a number"),
        ("double", "number", "nan", "a finite number"),
        ("double", "number", 10**400, "a finite number"),
        ("double", "number", "1" * 400, "a finite number"),
        ("double", "number", True, "a number"),
        ("boolean", "boolean", "perhaps", "true or false"),
        ("date", "date", "31.1.2026", "a date such as 2026-01-31"),
        ("datetime", "datetime", "now", "a date and time such as 2026-01-31T09:30:00Z"),
        ("datetime", "datetime", "2026-01-02T03:04:05-Z", "a date and time such as "),
        ("datetime", "datetime", "0001-01-01T00:00:00+14:00", "a date and time such as "),
    ],
)
def test_what_does_not_fit_names_field_and_need(
    crm_type: str, type_name: str, raw: Raw, wanted: str
) -> None:
    mapper = RowMapper([Line("Field__c", "attribute", crm_type, type_name)])

    with pytest.raises(RecordRejectedError) as caught:
        mapper((raw,))

    assert caught.value.message.startswith(f"the value of Field__c is not {wanted}")
    assert caught.value.message.endswith(", which 'attribute' needs")
    assert (caught.value.code, caught.value.fields) == ("value_does_not_fit", ("Field__c",))


TEXTS = {
    "string", "textarea", "picklist", "multipicklist", "combobox", "email", "phone", "url", "id",
    "reference", "encryptedstring", "anyType",
}  # fmt: skip
NUMBERS = {"int", "long", "double", "currency", "percent"}


@pytest.mark.parametrize(
    ("type_name", "fitting"),
    [
        ("text", {*TEXTS, *NUMBERS, "boolean", "date", "datetime", "time"}),
        ("number", NUMBERS),
        ("boolean", {"boolean"}),
        ("date", {"date", "datetime"}),
        ("datetime", {"date", "datetime"}),
    ],
)
def test_what_can_be_mapped_is_known_beforehand(type_name: str, fitting: set[str]) -> None:
    known = {*TEXTS, *NUMBERS, "boolean", "date", "datetime", "time", "address", "location"}

    assert {each for each in known if compatible(each, type_name)} == fitting


def test_words_of_refusals_are_stable() -> None:
    assert (UNFIT, TOO_LARGE) == ("value_does_not_fit", "too_large")


def test_what_cannot_be_mapped_has_no_function() -> None:
    with pytest.raises(KeyError):
        coercer("address", "text")


def test_one_field_may_feed_two_attributes() -> None:
    mapper = RowMapper(
        [
            Line("ActivityDate", "due_date", "date", "date"),
            Line("ActivityDate", "starts", "date", "datetime"),
        ]
    )

    assert mapper.fields == ("ActivityDate",)
    assert mapper(("2026-01-02",)) == {"due_date": "2026-01-02", "starts": "2026-01-02T00:00:00Z"}


def test_many_rows_are_mapped_as_each_of_them_is() -> None:
    mapper = RowMapper(
        [
            Line("Subject", "title", "combobox", "text"),
            Line("Amount", "amount", "currency", "number"),
            Line("CreatedDate", "created", "datetime", "datetime"),
        ]
    )
    rows: list[tuple[Raw, ...]] = [
        (" Call\r\nAda ", "3.0", "2026-01-02T03:04:05.000Z"),
        ("", None, None),
        (7, 1.5, "2026-01-02T03:04:05.000+0000"),
    ]

    assert mapper.many(rows) == [mapper(row) for row in rows]
    assert mapper.many([*rows, ("x", "many", None)]) is None
    assert mapper.many([]) == []


def test_rows_of_another_length_are_no_rows() -> None:
    mapper = RowMapper(
        [Line("Subject", "title", "string", "text"), Line("Status", "status", "string", "text")]
    )

    with pytest.raises(ValueError, match="shorter"):
        mapper.many([("a", "b"), ("a",)])


def test_long_texts_are_known_by_type() -> None:
    types = ("textarea", "encryptedString", "anyType", "string", "double")
    mapper = RowMapper([Line(each, each, each, "text") for each in types])

    assert mapper.long == ("textarea", "encryptedString", "anyType")
