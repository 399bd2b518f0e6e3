"""Cells of a Bulk CSV to the JSON values that the rules of a write know.

A cell that does not fit its field fails its row alone, with the text seen in
https://github.com/SFDO-Tooling/Snowfakery/issues/793. Formats of dates:
https://developer.salesforce.com/docs/platform/api-asynch/guide/valid-date-format-in-records-2-0.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.schema.types import DECIMAL_TYPES, Field, FieldType
from local.salesforce.values import parse_date, parse_datetime

#: Sets a field to null; an empty cell leaves it as it is.
#: https://developer.salesforce.com/docs/platform/api-asynch/guide/datafiles-prepare-csv.html
NULL: Final = "#N/A"

ReadCell = Callable[[str], object]

_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}Z?")
_XSD: Final[Mapping[FieldType, str]] = {
    FieldType.BOOLEAN: "boolean",
    FieldType.INT: "int",
    FieldType.DATE: "date",
    FieldType.DATETIME: "dateTime",
    **dict.fromkeys(DECIMAL_TYPES, "double"),
}


class CellError(ValueError):
    """A text that is no value of its field's type."""


def _boolean(text: str) -> object:
    found = _BOOLEANS.get(text.strip().lower())
    if found is None:
        raise CellError(text)
    return found


def _int(text: str) -> object:
    try:
        return int(text)
    except ValueError as error:
        raise CellError(text) from error


def _decimal(text: str) -> object:
    """As text, so that no digit is lost before it is rounded to the scale."""
    try:
        finite = float("-inf") < float(text) < float("inf")
    except ValueError as error:
        raise CellError(text) from error
    if not finite or "_" in text:
        raise CellError(text)
    return text.strip()


@lru_cache(maxsize=4_096)
def _date(text: str) -> object:
    if _DATE.fullmatch(text) is None or parse_date(text) is None:
        raise CellError(text)
    return text[:10]


def _datetime(text: str) -> object:
    if parse_datetime(text) is None:
        raise CellError(text)
    return text


READERS: Final[Mapping[FieldType, ReadCell]] = {
    FieldType.BOOLEAN: _boolean,
    FieldType.INT: _int,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    **dict.fromkeys(DECIMAL_TYPES, _decimal),
}


def refused_cell(field: Field, column: int, text: str) -> ApiError:
    """The error of the row; columns are counted from zero."""
    kind = f"xsd:{_XSD.get(field.type, 'string')}"
    return ApiError(Kind.BULK_CELL, fields=(field.name,), column=column, value=text, type=kind)
