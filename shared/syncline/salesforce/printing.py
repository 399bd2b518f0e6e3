"""Canonical values as Salesforce reads them: in the JSON of a request, and in the cells of a CSV.

Types decide, for a text of digits is a text. A value that its field cannot hold is found here: in
JSON one such value makes Salesforce refuse the whole request (JSON_PARSER_ERROR).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from math import isfinite
from typing import Final

from syncline.engine.records import Value, Values

Printed = str | int | float | bool
Print = Callable[[Value], Printed]

NULL: Final = "#N/A"
"""The cell that clears a field; an empty one leaves it as it is.

https://developer.salesforce.com/docs/platform/api-asynch/guide/datafiles-prepare-csv.html
"""
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z", re.ASCII)


class UnprintableError(ValueError):
    """A value that its field cannot hold. `fields` names the field."""

    def __init__(self, field: str, type: str) -> None:
        super().__init__(f"This is no value of the type {type}.")
        self.fields = (field,)


def _text(value: Value) -> Printed:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return _plain(value) if value is not None else ""


def _plain(number: float) -> str:
    """Digits alone: neither an exponent nor a point without need."""
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(value: Value) -> Printed:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(value)
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else value


def _integer(value: Value) -> Printed:
    found = _number(value)
    if isinstance(found, int):
        return found
    raise ValueError(value)


def _boolean(value: Value) -> Printed:
    if isinstance(value, bool):
        return value
    raise ValueError(value)


def _date(value: Value) -> Printed:
    if not isinstance(value, str) or _DATE.fullmatch(value) is None:
        raise ValueError(value)
    return value


def _datetime(value: Value) -> Printed:
    """With milliseconds, as the page on dates in CSV has it.

    https://developer.salesforce.com/docs/platform/api-asynch/guide/valid-date-format-in-records-2-0.html
    """
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(value)
    return f"{found[1]}.000Z"


_PRINT: Final[Mapping[str, Print]] = {
    # By the type that a describe tells; all others are text: string, textarea, picklist,
    # multipicklist, combobox, email, phone, url, id, reference, encryptedstring, time …
    "boolean": _boolean,
    "int": _integer,
    "long": _integer,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "date": _date,
    "datetime": _datetime,
}
_CLEARED: Final[Mapping[str, Printed]] = {"boolean": False}
"""What an empty value is where null is refused: a checkbox is on or off."""


class Printer:
    """Prints the values of one object's rows. `types` has the describe's types by lower-case field;
    what is not in it is text."""

    def __init__(self, types: Mapping[str, str]) -> None:
        self._types = types

    def json(self, values: Values, *, creating: bool = False) -> dict[str, Printed | None]:
        """The fields of a record in a request. A new record has nothing to clear, so an empty value
        is left out and the org's default applies. UnprintableError for what cannot be sent."""
        found = {name: self._printed(name, value) for name, value in values.items()}
        return {name: each for name, each in found.items() if each is not None or not creating}

    def cells(self, values: Values, *, creating: bool = False) -> dict[str, str]:
        """The cells of a row by lower-case field, but empty ones. UnprintableError as above."""
        found: dict[str, str] = {}
        for name, value in values.items():
            printed = self._printed(name, value)
            text = cell(printed) if printed is not None else ("" if creating else NULL)
            if text:
                found[name.lower()] = text
        return found

    def _printed(self, name: str, value: Value) -> Printed | None:
        type = self._types.get(name.lower(), "string")
        if value is None or value == "":
            return _CLEARED.get(type)
        try:
            return _PRINT.get(type, _text)(value)
        except ValueError as exc:
            raise UnprintableError(name, type) from exc


def cell(value: Printed) -> str:
    """A value in a CSV.

    A text that is the very word for nothing gets a blank behind it, which Salesforce takes off
    again as it stores the text; whether it looks for the word before that is not documented, only
    that the cell is not trimmed. Line ends are LF, for a CR contradicts the job's line ending.
    https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_csv_valid_record_rows.htm
    """
    if not isinstance(value, str):
        return str(_text(value))
    text = value.replace("\0", "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"{text} " if text.strip() == NULL else text


def line(cells: Iterable[str]) -> str:
    """A row of a CSV with its end. A lone empty cell is quoted, or the row would be none."""
    joined = ",".join([_quoted(each) for each in cells])
    return f"{joined}\n" if joined else '""\n'


def _quoted(text: str) -> str:
    if any(mark in text for mark in '",\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
