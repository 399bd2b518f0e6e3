"""Values of every type pair, from both forms a CRM writes them in."""

import pytest

from syncline.engine.coercion import coercer, compatible
from syncline.engine.mapping import Line, RowMapper
from syncline.engine.records import Raw, Value
from syncline.errors import RecordRejectedError


@pytest.mark.parametrize(
    ("crm_type", "type_name", "raw", "value"),
    [
        ("string", "text", "  Ada \r\n Lovelace ", "Ada \n Lovelace"),
        ("string", "text", "", None),
        ("string", "text", "   ", None),
        ("string", "text", "Zoë 🚀", "Zoë 🚀"),
        ("double", "text", 3.0, "3"),
        ("boolean", "text", True, "true"),
        ("currency", "number", "12.50", 12.5),
        ("double", "number", 12.0, 12),
        ("int", "number", "7", 7),
        ("boolean", "boolean", "True", True),
        ("boolean", "boolean", "false", False),
        ("boolean", "boolean", False, False),
        ("datetime", "datetime", "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05Z"),
        ("datetime", "datetime", "2026-01-02T03:04:05.000+0000", "2026-01-02T03:04:05Z"),
        ("datetime", "datetime", "2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"),
        ("datetime", "date", "2026-01-02T23:04:05.000Z", "2026-01-02"),
        ("date", "date", "2026-01-02", "2026-01-02"),
        ("date", "datetime", "2026-01-02", "2026-01-02T00:00:00Z"),
        ("date", "date", None, None),
        ("date", "date", "20260102", "2026-01-02"),
    ],
)
def test_a_value_becomes_canonical(crm_type: str, type_name: str, raw: Raw, value: Value) -> None:
    assert coercer(crm_type, type_name)(raw) == value


@pytest.mark.parametrize(
    ("crm_type", "type_name", "raw"),
    [
        ("double", "number", "many"),
        ("double", "number", "nan"),
        ("double", "number", True),
        ("boolean", "boolean", "perhaps"),
        ("date", "date", "31.1.2026"),
        ("datetime", "datetime", "yesterday"),
    ],
)
def test_what_does_not_fit_names_the_field_and_not_the_value(
    crm_type: str, type_name: str, raw: Raw
) -> None:
    mapper = RowMapper([Line("Field__c", "attribute", crm_type, type_name)])

    with pytest.raises(RecordRejectedError, match="Field__c") as caught:
        mapper((raw,))

    assert str(raw) not in caught.value.message or raw is True
    assert caught.value.fields == ("Field__c",)


def test_what_cannot_be_mapped_is_known_beforehand() -> None:
    assert compatible("picklist", "text")
    assert not compatible("address", "text")
    assert not compatible("string", "number")


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
