"""Values on their way to Salesforce, in JSON and in CSV."""

import csv
import io

import pytest

from syncline.engine.records import Value
from syncline.salesforce.printing import Printer, UnprintableError, line

TYPES = {
    "done__c": "boolean",
    "calls__c": "int",
    "amount__c": "currency",
    "activitydate": "date",
    "starts__c": "datetime",
    "subject": "combobox",
    "whatid": "reference",
}
PRINTER = Printer(TYPES)


@pytest.mark.parametrize(
    ("field", "value", "json", "csv"),
    [
        ("Done__c", True, True, "true"),
        ("Done__c", False, False, "false"),
        ("Calls__c", 3, 3, "3"),
        ("Calls__c", 3.0, 3, "3"),
        ("Amount__c", 1234.5, 1234.5, "1234.5"),
        ("Amount__c", -2, -2, "-2"),
        ("Amount__c", 1e21, 1e21, "1000000000000000000000"),
        ("Amount__c", 1e-7, 1e-7, "0.0000001"),
        ("ActivityDate", "2026-02-03", "2026-02-03", "2026-02-03"),
        ("Starts__c", "2026-02-03T04:05:06Z", *["2026-02-03T04:05:06.000Z"] * 2),
        ("Subject", "true", "true", "true"),
        ("Subject", True, "true", "true"),
        ("Subject", 12, "12", "12"),
        ("Subject", 12.0, "12", "12"),
        ("Subject", "a\r\nb\rc", "a\r\nb\rc", "a\nb\nc"),
        ("WhatId", "001000000000001AAA", *["001000000000001AAA"] * 2),
        ("Unseen__c", "as it is", "as it is", "as it is"),
    ],
)
def test_a_value_is_printed_by_its_type(field: str, value: Value, json: Value, csv: str) -> None:
    printed = PRINTER.json({field: value})[field]

    assert (printed, type(printed)) == (json, type(json))
    assert PRINTER.cells({field: value}) == {field.lower(): csv}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Done__c", "true"),
        ("Done__c", 1),
        ("Calls__c", 3.5),
        ("Calls__c", True),
        ("Amount__c", "12"),
        ("Amount__c", float("nan")),
        ("Amount__c", float("inf")),
        ("ActivityDate", "2026-02-03T04:05:06Z"),
        ("ActivityDate", 20260203),
        ("Starts__c", "2026-02-03"),
        ("Starts__c", "2026-02-03T04:05:06+01:00"),
    ],
)
def test_a_value_its_field_cannot_hold_is_named(field: str, value: Value) -> None:
    with pytest.raises(UnprintableError) as caught:
        PRINTER.json({field: value})

    assert caught.value.fields == (field,)
    assert str(value) not in str(caught.value)


@pytest.mark.parametrize("empty", [None, ""])
def test_an_update_clears_what_is_empty(empty: Value) -> None:
    values = {"Subject": empty, "ActivityDate": empty, "Done__c": empty}

    assert PRINTER.json(values) == {"Subject": None, "ActivityDate": None, "Done__c": False}
    assert PRINTER.cells(values) == {"subject": "#N/A", "activitydate": "#N/A", "done__c": "false"}


def test_a_new_record_has_nothing_to_clear() -> None:
    values = {"Subject": None, "Calls__c": 3}

    assert PRINTER.json(values, creating=True) == {"Calls__c": 3}
    assert PRINTER.cells(values, creating=True) == {"calls__c": "3"}


def test_the_word_for_nothing_stays_a_text() -> None:
    assert PRINTER.json({"Subject": "#N/A"}) == {"Subject": "#N/A"}
    assert PRINTER.cells({"Subject": "#N/A"})["subject"] != "#N/A"
    assert PRINTER.cells({"Subject": "#N/A"})["subject"].strip() == "#N/A"


@pytest.mark.parametrize(
    "cells",
    [
        ["a", "b"],
        ["a,b", 'say "hi"', "two\nlines", ""],
        ["", ""],
        [""],
        ["#N/A", " blank "],
    ],
)
def test_a_line_is_read_as_it_was_written(cells: list[str]) -> None:
    assert list(csv.reader(io.StringIO(line(cells), newline=""), strict=True)) == [cells]


def test_only_what_must_be_is_quoted() -> None:
    assert line(["001", "plain text", ""]) == "001,plain text,\n"
