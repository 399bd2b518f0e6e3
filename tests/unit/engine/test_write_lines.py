"""What can be written to a field: each refusal by its word, and each value in its field's type."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from syncline.config.attribute import ReferenceMode
from syncline.engine.coercion import UNFIT
from syncline.engine.records import Value
from syncline.engine.write_lines import (
    Mode,
    Outgoing,
    WriteLine,
    form_of,
    outgoing_of,
    refused_reference,
    refused_value,
    sent_value,
)
from syncline.kinds.salesforce import DIALECT
from tests.unit.engine.write_situations import ADA, BOB, editing, field_line, pointing

TEXT = field_line("tier", "Tier__c", length=6)
PICKED = field_line("tier", "Tier__c", "picklist", picklist=("Gold", "Silver"))
MANY = field_line("tags", "Tags__c", "multipicklist", picklist=("a", "b"))
CHECKBOX = field_line("active", "Active__c", "boolean", nillable=False)
BY_ID = pointing("owner", "Owner.Id", crm_type="id")

REFUSED = [
    (replace(TEXT, updateable=False), "x", "read_only"),
    (replace(TEXT, flaw=("unknown_field", "it is hidden")), "x", "unknown_field"),
    (replace(TEXT, nillable=False), None, "required"),
    (TEXT, "Platinum", "too_long"),
    (TEXT, "\U0001f600" * 4, "too_long"),
    (PICKED, "Bronze", "not_in_picklist"),
    (MANY, "a;c", "not_in_picklist"),
    (CHECKBOX, "Tru", UNFIT),
    (field_line("size", "Size__c", "int"), "many", UNFIT),
    (field_line("size", "Size__c", "int"), "1.5", UNFIT),
    (field_line("due", "Due__c", "date"), "tomorrow", UNFIT),
    (pointing(), None, "reference_cleared"),
    (BY_ID, None, "reference_cleared"),
    (BY_ID, "ada@example.com", UNFIT),
    (BY_ID, "005000000000001AAB", UNFIT),
    (replace(pointing(), updateable=False), "ada@example.com", "read_only"),
    (editing(length=3), "Chief", "too_long"),
]


@pytest.mark.parametrize(("line", "value", "reason"), REFUSED)
def test_what_cannot_be_written_is_refused(line: WriteLine, value: Value, reason: str) -> None:
    refusal = refused_value(line, value)

    assert refusal is not None
    assert refusal[0] == reason
    assert line.attribute in refusal[1] or line.field in refusal[1] or line.flaw


@pytest.mark.parametrize("text", ["Silver", "\U0001f600" * 3, "\ud83d" * 6])
def test_what_just_fits_is_not_too_long(text: str) -> None:
    assert refused_value(TEXT, text) is None


def test_a_value_that_does_not_fit_is_named() -> None:
    assert refused_value(CHECKBOX, "Tru") == (
        UNFIT, "'active' is 'Tru': that is not true or false, which Active__c (boolean) needs",
    )  # fmt: skip


@pytest.mark.parametrize(("length", "more"), [(80, ""), (81, "…"), (500, "…")])
def test_long_values_are_named_in_part(length: int, more: str) -> None:
    refusal = refused_value(CHECKBOX, "x" * length)

    assert refusal is not None
    assert f"'{'x' * 80}{more}'" in refusal[1]


@pytest.mark.parametrize(("number", "more"), [(20, ""), (21, ", …")])
def test_long_picklists_are_named_in_part(number: int, more: str) -> None:
    line = replace(PICKED, picklist=tuple(f"v{n}" for n in range(number)))

    refusal = refused_value(line, "Bronze")

    assert refusal is not None
    assert refusal[1].endswith(f"v18, v19{more}")


def test_the_modes_are_those_that_users_choose() -> None:
    assert ["field", *get_args(ReferenceMode)] == [*Mode]


def test_a_line_of_a_field_has_no_reference() -> None:
    line = WriteLine("tier", "text", "Tier__c", "string", Mode.FIELD, "Tier__c", DIALECT)

    assert (line.object, line.by, line.reference, line.prefix) == ("", "", "", "")


def test_what_is_refused_sends_nothing() -> None:
    refusal = refused_value(CHECKBOX, "Tru")

    assert outgoing_of(CHECKBOX, "Tru", {}) == Outgoing(None, None, refusal)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (TEXT, "Golden"), (TEXT, None), (PICKED, "Gold"), (PICKED, None), (MANY, "a;b"),
        (CHECKBOX, None), (CHECKBOX, "True"), (pointing(), "x" * 100), (BY_ID, ADA),
        (BY_ID, ADA[:15]), (editing(length=3), None),
        (field_line("tier", "Tier__c", "picklist"), "whatever"),
    ],
)  # fmt: skip
def test_what_can_be_written_is_not_refused(line: WriteLine, value: Value) -> None:
    assert refused_value(line, value) is None


@pytest.mark.parametrize(
    ("type", "crm_type", "value", "sent", "form"),
    [
        ("text", "boolean", "True", True, "true"),
        ("boolean", "boolean", None, False, False),
        ("text", "boolean", None, False, "false"),
        ("text", "int", "5", 5, "5"),
        ("number", "double", 2.5, 2.5, 2.5),
        ("datetime", "date", "2026-03-01T23:00:00Z", "2026-03-01", "2026-03-01T00:00:00Z"),
        ("date", "datetime", "2026-03-01", "2026-03-01T00:00:00Z", "2026-03-01"),
        ("text", "string", None, None, None),
    ],
)
def test_a_value_goes_out_as_its_fields_type(
    type: str, crm_type: str, value: Value, sent: Value, form: Value
) -> None:
    line = field_line("attribute", "Field__c", crm_type, type=type)

    assert (sent_value(line, value), form_of(line, value)) == (sent, form)


def test_a_short_id_becomes_a_long_one() -> None:
    assert outgoing_of(BY_ID, ADA[:15], {}) == Outgoing(ADA, ADA)


def test_a_reference_goes_out_as_the_id_that_was_found() -> None:
    people = {("owner", "bob@example.com"): ((BOB, "Bob@Example.com"),)}

    assert outgoing_of(pointing(), "BOB@example.com", people) == Outgoing(BOB, "Bob@Example.com")


@pytest.mark.parametrize(
    ("found", "refusal"),
    [
        (0, ("reference_not_found", "no active User has the Email 'x@y.example'")),
        (1, None),
        (2, ("reference_ambiguous",
             "2 active User records have the Email 'x@y.example'; one is needed")),
    ],
)  # fmt: skip
def test_a_reference_needs_exactly_one(found: int, refusal: Any) -> None:
    assert refused_reference(pointing(), found, "x@y.example") == refusal
