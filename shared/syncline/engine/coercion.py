"""From a CRM's raw value to the platform's canonical one, by type.

REST and Bulk write the same instant differently (`…000+0000` and `…000Z`), and JSON and CSV the
same number: after coercion they are equal, which is what keeps an unchanged record unwritten.
Each pair of types has one function; a pair that is not in the table cannot be mapped.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from math import isfinite
from typing import Final

from syncline.engine.moments import canonical_instant
from syncline.engine.records import Raw, Value
from syncline.errors import RecordRejectedError

Coercer = Callable[[Raw], Value]
Column = Sequence[Raw]
ColumnCoercer = Callable[[Column], list[Value]]

UNFIT: Final = "value_does_not_fit"
TOO_LARGE: Final = "too_large"
_UTC_ENDINGS: Final = frozenset({".000Z", ".000+0000", "Z"})
"""As Bulk, REST and we ourselves write them: the quick way."""


class _UnfitError(ValueError):
    """The value is no such thing. Holds the wanted type for the message."""


def _text(raw: Raw) -> Value:
    if raw is None:
        return None
    if not isinstance(raw, str):
        return _plain(raw)
    if "\r" in raw:
        raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    return (raw if raw.isascii() else _whole_characters(raw)).strip() or None


def _whole_characters(text: str) -> str:
    """Half a surrogate pair (a text that was cut inside an emoji) can be stored nowhere."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _plain(raw: bool | float) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return str(_whole(raw))


def _whole(number: float) -> int | float:
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _number(raw: Raw) -> Value:
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool):
        raise _UnfitError("a number")
    if isinstance(raw, str):
        raw = _parsed_number(raw.strip())
    if not _is_finite(raw):
        raise _UnfitError("a finite number")
    return _whole(raw)


def _is_finite(number: float) -> bool:
    """A whole number may be beyond what a float can hold."""
    try:
        return isfinite(number)
    except OverflowError:
        return False


def _parsed_number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise _UnfitError("a number") from None


_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


def _boolean(raw: Raw) -> Value:
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool):
        return raw
    found = _BOOLEANS.get(str(raw).strip().lower())
    if found is None:
        raise _UnfitError("true or false")
    return found


def _instant(raw: Raw) -> Value:
    if raw is None or raw == "":
        return None
    text = str(raw)
    if text[19:] in _UTC_ENDINGS and text[10] == "T":
        return text[:19] + "Z"
    return canonical_instant(_parsed_instant(text))


def _parsed_instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise _UnfitError("a date and time such as 2026-01-31T09:30:00Z") from None


def _date(raw: Raw) -> Value:
    if raw is None or raw == "":
        return None
    try:
        return date.fromisoformat(str(raw)[:10]).isoformat()
    except ValueError:
        raise _UnfitError("a date such as 2026-01-31") from None


def _date_of_instant(raw: Raw) -> Value:
    instant = _instant(raw)
    return None if instant is None else str(instant)[:10]


def _midnight(raw: Raw) -> Value:
    day = _date(raw)
    return None if day is None else f"{day}T00:00:00Z"


_TEXT_TYPES: Final = (
    "string",
    "textarea",
    "picklist",
    "multipicklist",
    "combobox",
    "email",
    "phone",
    "url",
    "id",
    "reference",
    "encryptedstring",
    "anytype",
)
_NUMBER_TYPES: Final = ("int", "long", "double", "currency", "percent")

_COERCERS: Final[dict[tuple[str, str], Coercer]] = {
    **{(kind, "text"): _text for kind in _TEXT_TYPES + _NUMBER_TYPES},
    ("boolean", "text"): _text,
    ("date", "text"): _date,
    ("datetime", "text"): _instant,
    ("time", "text"): _text,
    **{(kind, "number"): _number for kind in _NUMBER_TYPES},
    ("boolean", "boolean"): _boolean,
    ("date", "date"): _date,
    ("datetime", "date"): _date_of_instant,
    ("datetime", "datetime"): _instant,
    ("date", "datetime"): _midnight,
}


def compatible(crm_type: str, attribute_type: str) -> bool:
    """Whether a field of that CRM type can feed an attribute of that platform type."""
    return (crm_type.lower(), attribute_type) in _COERCERS


def coercer(crm_type: str, attribute_type: str) -> Coercer:
    """The function for a pair of types. KeyError for a pair that validation refuses."""
    return _COERCERS[(crm_type.lower(), attribute_type)]


def _texts(column: Column) -> list[Value]:
    """As `_text`, with the plain case spelled out: most values of most records are such texts."""
    return [
        (raw.strip() or None)
        if isinstance(raw, str) and "\r" not in raw and raw.isascii()
        else _text(raw)
        for raw in column
    ]


def column_coercer(crm_type: str, attribute_type: str) -> ColumnCoercer:
    """The same for a whole column. ValueError if any value does not fit."""
    one = coercer(crm_type, attribute_type)
    return _texts if one is _text else lambda column: [one(raw) for raw in column]


def refused(field: str, attribute: str, exc: ValueError) -> RecordRejectedError:
    """The rejection of a record whose value does not fit. Names the field, never the value."""
    return RecordRejectedError(
        f"the value of {field} is not {exc}, which '{attribute}' needs",
        code=UNFIT,
        fields=(field,),
    )
