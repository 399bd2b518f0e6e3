"""Conditions on the platform's attributes: what passes, and what cannot be asked."""

from typing import Any

import pytest
from pydantic import ValidationError

from syncline.config.platform_conditions import Condition, flaws_of, included, matches
from syncline.engine.records import Value

TYPES = {
    "status": "text", "score": "number", "open": "boolean", "due": "date", "at": "datetime",
}  # fmt: skip
RECORD: dict[str, Value] = {
    "status": "In Progress", "score": 7.5, "open": True, "due": "2026-02-03",
    "at": "2026-02-03T09:30:00Z",
}  # fmt: skip


def condition(attribute: str, operator: str, value: Any = None) -> Condition:
    return Condition.model_validate({"attribute": attribute, "operator": operator, "value": value})


@pytest.mark.parametrize(
    ("attribute", "operator", "value", "passes"),
    [
        ("status", "equals", "in progress", True),
        ("status", "equals", "progress", False),
        ("status", "not_equals", "IN PROGRESS", False),
        ("status", "not_equals", "Done", True),
        ("status", "in", ["Done", "In progress"], True),
        ("status", "in", ["Done"], False),
        ("status", "not_in", ["Done"], True),
        ("status", "not_in", ["in progress"], False),
        ("status", "contains", "PROG", True),
        ("status", "contains", "Done", False),
        ("status", "is_empty", None, False),
        ("status", "is_not_empty", None, True),
        ("score", "equals", "7.50", True),
        ("score", "greater", 7, True),
        ("score", "greater", 7.5, False),
        ("score", "less", 7.5, False),
        ("score", "less", 8, True),
        ("score", "in", [1, 7.5], True),
        ("open", "equals", True, True),
        ("open", "equals", "false", False),
        ("open", "not_equals", False, True),
        ("due", "greater", "2026-02-02", True),
        ("due", "greater", "2026-02-03", False),
        ("due", "less", "2026-02-04", True),
        ("due", "equals", "2026-02-03", True),
        ("at", "equals", "2026-02-03T10:30:00+01:00", True),
        ("at", "greater", "2026-02-03", True),
        ("at", "less", "2026-02-03T09:30:00Z", False),
    ],
)
def test_a_value_passes_or_not(
    attribute: str, operator: str, value: object, *, passes: bool
) -> None:
    assert matches([condition(attribute, operator, value)], RECORD, TYPES) is passes


@pytest.mark.parametrize(
    ("attribute", "operator", "value", "passes"),
    [
        ("status", "equals", "Done", False),
        ("status", "not_equals", "Done", True),
        ("status", "in", ["Done"], False),
        ("status", "not_in", ["Done"], True),
        ("status", "contains", "Done", False),
        ("score", "greater", 1, False),
        ("score", "less", 1, False),
        ("status", "is_empty", None, True),
        ("status", "is_not_empty", None, False),
        ("status", "equals", "", False),
        ("status", "contains", "", False),
        ("status", "not_in", ["", "Done"], True),
    ],
)
def test_an_empty_attribute_equals_nothing(
    attribute: str, operator: str, value: object, *, passes: bool
) -> None:
    assert matches([condition(attribute, operator, value)], {}, TYPES) is passes


def test_all_conditions_must_hold() -> None:
    both = [condition("open", "equals", True), condition("score", "greater", 9)]

    assert matches(both[:1], RECORD, TYPES)
    assert not matches(both, RECORD, TYPES)
    assert matches([], RECORD, TYPES)


def test_a_compiled_filter_serves_many_records() -> None:
    passes = included([condition("status", "equals", "Done")], TYPES)

    assert [passes({"status": each}) for each in ("DONE", "Open", None)] == [True, False, False]


@pytest.mark.parametrize(
    ("operator", "value", "wanted"),
    [
        ("equals", None, "one value"),
        ("equals", ["a"], "one value"),
        ("contains", ["a"], "one value"),
        ("in", "a", "a list of values"),
        ("not_in", None, "a list of values"),
        ("is_empty", "a", "no value"),
        ("is_not_empty", ["a"], "no value"),
    ],
)
def test_an_operator_says_which_value_it_needs(operator: str, value: object, wanted: str) -> None:
    with pytest.raises(ValidationError) as caught:
        condition("status", operator, value)

    (error,) = caught.value.errors()
    assert error["msg"] == f"'{operator}' needs {wanted}"
    assert error["ctx"]["field"] == "value"


@pytest.mark.parametrize("value", [[], ["a"] * 201, "a" * 1001, float("nan"), {"a": 1}])
def test_a_value_has_limits(value: object) -> None:
    with pytest.raises(ValidationError):
        condition("status", "in" if isinstance(value, list) else "equals", value)


@pytest.mark.parametrize(
    ("given", "part", "code", "remedy"),
    [
        (("state", "is_empty", None), "attribute", "unknown_attribute", "Use one of at, due,"),
        (("score", "contains", "7"), "operator", "operator_does_not_fit", "equals, not_equals"),
        (("status", "greater", "a"), "operator", "operator_does_not_fit", "contains"),
        (("open", "less", True), "operator", "operator_does_not_fit", "is_not_empty"),
        (("score", "equals", "many"), "value", "value_does_not_fit", "Give a number"),
        (("score", "in", [1, "many"]), "value", "value_does_not_fit", "Give a number"),
        (("open", "equals", "maybe"), "value", "value_does_not_fit", "true or false"),
        (("due", "less", "soon"), "value", "value_does_not_fit", "a date such as"),
        (("at", "less", "soon"), "value", "value_does_not_fit", "a date and time such as"),
    ],
)
def test_what_cannot_be_asked_is_told_with_a_remedy(
    given: tuple[str, str, object], part: str, code: str, remedy: str
) -> None:
    fine = condition("status", "equals", "Done")

    (flaw,) = flaws_of([fine, condition(*given)], TYPES)

    assert (flaw.index, flaw.part, flaw.code) == (1, part, code)
    assert remedy in flaw.remedy


def test_an_operator_that_fits_is_offered() -> None:
    (flaw,) = flaws_of([condition("open", "contains", "x")], TYPES)

    assert flaw.remedy == "Use one of equals, not_equals, in, not_in, is_empty, is_not_empty."


def test_conditions_that_fit_have_no_flaw() -> None:
    assert list(flaws_of([condition("due", "less", "2026-02-03")], TYPES)) == []
