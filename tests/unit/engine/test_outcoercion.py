"""Values of every type pair on their way out, and what is refused before it is sent."""

import pytest

from syncline.engine.outcoercion import outcoercer, sendable
from syncline.engine.records import Value

TEXTS = {
    "string", "textarea", "picklist", "multipicklist", "combobox", "email", "phone", "url", "id",
    "reference", "encryptedstring", "anyType",
}  # fmt: skip
NUMBERS = {"int", "long", "double", "currency", "percent"}
DAY, INSTANT = "2026-01-02", "2026-01-02T03:04:05Z"


@pytest.mark.parametrize(
    ("type_name", "fitting"),
    [
        ("text", {*TEXTS, *NUMBERS, "boolean", "date", "datetime"}),
        ("number", {*TEXTS, *NUMBERS}),
        ("boolean", {*TEXTS, "boolean"}),
        ("date", {*TEXTS, "date", "datetime"}),
        ("datetime", {*TEXTS, "date", "datetime"}),
    ],
)
def test_what_can_be_sent_is_known_beforehand(type_name: str, fitting: set[str]) -> None:
    known = {*TEXTS, *NUMBERS, "boolean", "date", "datetime", "time", "address", "location"}

    assert {each for each in known if sendable(type_name, each)} == fitting


@pytest.mark.parametrize(
    ("type_name", "crm_type", "value", "sent"),
    [
        ("text", "string", "Call", "Call"),
        ("number", "string", 12, "12"),
        ("boolean", "picklist", True, "true"),
        ("date", "string", DAY, DAY),
        ("datetime", "string", INSTANT, INSTANT),
        ("number", "double", 1.5, 1.5),
        ("text", "currency", "1.50", 1.5),
        ("number", "int", 12, 12),
        ("text", "long", "12", 12),
        ("text", "int", "", None),
        ("boolean", "boolean", False, False),
        ("text", "boolean", "True", True),
        ("date", "date", DAY, DAY),
        ("text", "date", DAY, DAY),
        ("datetime", "date", INSTANT, DAY),
        ("datetime", "datetime", INSTANT, INSTANT),
        ("text", "datetime", "2026-01-02T05:04:05+02:00", INSTANT),
        ("date", "datetime", DAY, "2026-01-02T00:00:00Z"),
    ],
)
def test_a_value_becomes_the_crms(type_name: str, crm_type: str, value: Value, sent: Value) -> None:
    made = outcoercer(type_name, crm_type)(value)

    assert (made, type(made)) == (sent, type(sent))


@pytest.mark.parametrize(
    ("type_name", "crm_type", "value", "wanted"),
    [
        ("number", "int", 1.5, "a whole number"),
        ("text", "long", "1.5", "a whole number"),
        ("text", "double", "many", "a number"),
        ("text", "boolean", "perhaps", "true or false"),
        ("text", "date", "soon", "a date such as 2026-01-31"),
        ("text", "datetime", "soon", "a date and time such as 2026-01-31T09:30:00Z"),
    ],
)
def test_what_does_not_fit_is_refused(
    type_name: str, crm_type: str, value: Value, wanted: str
) -> None:
    with pytest.raises(ValueError, match=f"^{wanted}$"):
        outcoercer(type_name, crm_type)(value)


def test_what_cannot_be_sent_has_no_function() -> None:
    with pytest.raises(KeyError):
        outcoercer("number", "date")
