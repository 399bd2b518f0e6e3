"""JSON values of a write to stored values: types first, then what Salesforce does to text.

A wrong JSON type ends the whole request (JSON_PARSER_ERROR); everything else fails one record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.ids import normalise
from local.salesforce.schema.types import NUMBER_TYPES, Field, FieldType
from local.salesforce.store.database import Value
from local.salesforce.values import parse_date, parse_datetime, store_datetime

_WORDS: Final = {
    FieldType.BOOLEAN: "boolean",
    FieldType.INT: "int",
    FieldType.DATE: "date",
    FieldType.DATETIME: "datetime",
    FieldType.TIME: "time",
    **dict.fromkeys(NUMBER_TYPES - {FieldType.INT}, "double"),
}
_INT_LIMIT: Final = 2**31
FIRST_YEAR: Final = 1_700
LAST_YEAR: Final = 4_000
_LAST_OF_PLANE: Final = "\uffff"
Convert = Callable[["Field", object], Value]


class WrongJsonError(Exception):
    """A value of a type the field cannot hold; the request as a whole is refused."""

    def __init__(self, field: Field, value: object) -> None:
        self.field = field
        self.value = value
        super().__init__(field.name)

    def placed(self, body: bytes) -> ApiError:
        """The answer, pointing behind the value in the body."""
        word = _WORDS.get(self.field.type, "string")
        line, column = _place(body.decode(errors="replace"), self.field.name)
        text = (
            f"Cannot deserialize instance of {word} from {_token(self.value)} value"
            f" {_shown(self.value)} or request may be missing a required field at"
            f" [line:{line}, column:{column}]"
        )
        return ApiError(Kind.JSON_PARSER, text=text)


def _place(text: str, name: str) -> tuple[int, int]:
    key = text.find(f'"{name}"')
    at = max(0, text.find(":", key)) + 1 if key >= 0 else 0
    while at < len(text) and text[at].isspace():
        at += 1
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


_TOKENS: Final[tuple[tuple[type, str], ...]] = (
    (str, "VALUE_STRING"),
    (int, "VALUE_NUMBER_INT"),
    (float, "VALUE_NUMBER_FLOAT"),
    (dict, "START_OBJECT"),
    (list, "START_ARRAY"),
)


def _token(value: object) -> str:
    """The name the JSON parser of Salesforce (Jackson) has for a value."""
    if isinstance(value, bool):
        return "VALUE_TRUE" if value else "VALUE_FALSE"
    return next((name for kind, name in _TOKENS if isinstance(value, kind)), "VALUE_NULL")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{"
    return "[" if isinstance(value, list) else str(value)


def stored_value(field: Field, value: object) -> Value:
    """What a row will hold; raises WrongJsonError or ApiError."""
    return nulled(field) if value is None else converter(field)(field, value)


def nulled(field: Field) -> Value:
    """What null leaves behind: nothing, except that a checkbox cannot be null.

    The refusal is on record in jetstream issue 712.
    """
    if field.type is FieldType.BOOLEAN:
        raise ApiError(Kind.WRONG_TYPE, fields=(field.name,), label=field.label, value="")
    return None


def converter(field: Field) -> Convert:
    """What makes stored values of a field, to be kept by those who write many rows."""
    return _CONVERTERS.get(field.type, _text)


def _boolean(field: Field, value: object) -> Value:
    if not isinstance(value, bool):
        raise WrongJsonError(field, value)
    return int(value)


def _number(field: Field, value: object) -> Value:
    """Rounded half up to the scale; more digits than the precision leaves are refused."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise WrongJsonError(field, value)
    try:
        exact = Decimal(str(value))
        rounded = exact.quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP)
    except InvalidOperation as error:
        if isinstance(value, str):
            raise WrongJsonError(field, value) from error
        raise _out_of_range(field, value) from error
    if not exact.is_finite():
        raise WrongJsonError(field, value)
    if field.type is FieldType.INT:
        return _int(field, value, rounded)
    if field.precision and abs(rounded) >= Decimal(10) ** (field.precision - field.scale):
        raise _out_of_range(field, value)
    return float(rounded)


def _int(field: Field, value: object, rounded: Decimal) -> Value:
    if isinstance(value, float) and not value.is_integer():
        raise WrongJsonError(field, value)
    if abs(rounded) >= _INT_LIMIT or len(str(abs(int(rounded)))) > (field.digits or 10):
        raise _out_of_range(field, value)
    return int(rounded)


def _out_of_range(field: Field, value: object) -> ApiError:
    return ApiError(Kind.NUMBER_RANGE, fields=(field.name,), label=field.label, value=value)


def _date(field: Field, value: object) -> Value:
    found = parse_date(value) if isinstance(value, str) else None
    if found is None:
        raise WrongJsonError(field, value)
    _check_year(field, found.year, value)
    return found.isoformat()


def _check_year(field: Field, year: int, value: object) -> None:
    """The years are documented, what is said of others is not.

    https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/primitive_data_types.htm
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ApiError(Kind.WRONG_TYPE, fields=(field.name,), label=field.label, value=value)


def _datetime(field: Field, value: object) -> Value:
    found = parse_datetime(value) if isinstance(value, str) else None
    if found is None:
        raise WrongJsonError(field, value)
    _check_year(field, found.year, value)
    return store_datetime(found.replace(microsecond=0))


def _time(field: Field, value: object) -> Value:
    """A time of day, held with milliseconds and Z whatever it came with."""
    try:
        found = time.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None:
        raise WrongJsonError(field, value)
    return f"{found.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _id(field: Field, value: object) -> Value:
    if not isinstance(value, str):
        raise WrongJsonError(field, value)
    if not value.strip():
        return None
    found = normalise(value.strip())
    if found is None:
        raise malformed(field, value)
    return found


def malformed(field: Field, value: object) -> ApiError:
    """An id that is none, or of an object the field does not point to."""
    return ApiError(Kind.MALFORMED_REFERENCE, fields=(field.name,), label=field.label, value=value)


def _text(field: Field, value: object) -> Value:
    """Blanks at both ends go, and nothing left is null; line ends stay as they are.

    That line feeds of long text come back as CRLF is told of values typed in the pages; no source
    says it of the API, whose Bulk header for it takes them as they are.
    https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/async_api_headers_line_ending.htm
    """
    if not isinstance(value, str):
        raise WrongJsonError(field, value)
    text = value.strip()
    if not text:
        return None
    if 2 * len(text) > field.length and _units(text) > field.length:
        raise ApiError(
            Kind.STRING_TOO_LONG,
            fields=(field.name,),
            label=field.label,
            value=text,
            length=field.length,
        )
    return text


def _units(text: str) -> int:
    """The length in units of UTF-16, as the Java under Salesforce counts (help 005166849)."""
    if text.isascii():
        return len(text)
    return len(text) + sum(letter > _LAST_OF_PLANE for letter in text)


def _picklist(field: Field, value: object) -> Value:
    text = _text(field, value)
    if field.restricted and text is not None:
        known = {each.value.lower(): each.value for each in field.picklist if each.active}
        if str(text).lower() not in known:
            raise _bad_choice(field, text)
        return known[str(text).lower()]
    return text


def _bad_choice(field: Field, value: object) -> ApiError:
    return ApiError(Kind.RESTRICTED_PICKLIST, fields=(field.name,), label=field.label, value=value)


def _multipicklist(field: Field, value: object) -> Value:
    """Values in the order of the list, unknown ones last, joined by semicolons."""
    text = _text(field, value)
    if text is None:
        return None
    order = {each.value: at for at, each in enumerate(field.picklist)}
    chosen = dict.fromkeys(part.strip() for part in str(text).split(";") if part.strip())
    unknown = next((each for each in chosen if each not in order), None)
    if field.restricted and unknown is not None:
        raise _bad_choice(field, unknown)
    return ";".join(sorted(chosen, key=lambda each: order.get(each, len(order))))


def _email(field: Field, value: object) -> Value:
    text = _text(field, value)
    if text is None:
        return None
    name, at, host = str(text).rpartition("@")
    if not (name and at and host) or " " in str(text) or "@" in name or host.startswith("."):
        raise ApiError(Kind.INVALID_EMAIL, fields=(field.name,), label=field.label, value=text)
    return text


_CONVERTERS: Final[Mapping[FieldType, Callable[[Field, object], Value]]] = {
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.TIME: _time,
    FieldType.ID: _id,
    FieldType.REFERENCE: _id,
    FieldType.PICKLIST: _picklist,
    FieldType.MULTIPICKLIST: _multipicklist,
    FieldType.EMAIL: _email,
    **dict.fromkeys(NUMBER_TYPES, _number),
}
