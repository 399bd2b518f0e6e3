"""The functions of SOQL that SQLite lacks, as SQL functions that work on stored values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Final
from zoneinfo import ZoneInfo

Value = str | int | float | None

_DATE_LENGTH: Final = len("2024-01-02")
_MONTHS: Final = 12
_QUARTER: Final = 3
_WEEK: Final = 7
_EARTH: Final = {"mi": 3958.8, "km": 6371.0}


def fold(text: Value) -> Value:
    """Text as it is compared: case does not count, outside ASCII either."""
    return text.casefold() if isinstance(text, str) else text


def collated(text: Value) -> Value:
    """Text as it is sorted: in English by the code points of its capitals.

    https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_orderby.htm
    """
    return text.casefold().upper() if isinstance(text, str) else text


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _moment(stored: str, zone: str) -> datetime:
    """A stored date as its midnight, a stored moment as the clocks of a zone show it."""
    if len(stored) == _DATE_LENGTH:
        return datetime.fromisoformat(stored)
    return datetime.fromisoformat(stored[:-1]).replace(tzinfo=UTC).astimezone(_zone(zone))


def _fiscal_month(day: date, first: int) -> int:
    return (day.month - first) % _MONTHS + 1


def _fiscal_year(day: date, first: int) -> int:
    """The year it ends in, which is how a new org names its fiscal years."""
    return day.year + (1 < first <= day.month)


def _quarter(month: int) -> int:
    return (month - 1) // _QUARTER + 1


#: What each date function makes of a moment and the first month of the fiscal year. Weeks of
#: months and years begin with their first day, days of the week with Sunday.
#: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_date_functions.htm
_PARTS: Final[Mapping[str, Callable[[datetime, int], Value]]] = {
    "CALENDAR_MONTH": lambda at, _: at.month,
    "CALENDAR_QUARTER": lambda at, _: _quarter(at.month),
    "CALENDAR_YEAR": lambda at, _: at.year,
    "DAY_IN_MONTH": lambda at, _: at.day,
    "DAY_IN_WEEK": lambda at, _: at.isoweekday() % _WEEK + 1,
    "DAY_IN_YEAR": lambda at, _: at.timetuple().tm_yday,
    "DAY_ONLY": lambda at, _: at.date().isoformat(),
    "FISCAL_MONTH": _fiscal_month,
    "FISCAL_QUARTER": lambda at, first: _quarter(_fiscal_month(at, first)),
    "FISCAL_YEAR": _fiscal_year,
    "HOUR_IN_DAY": lambda at, _: at.hour,
    "WEEK_IN_MONTH": lambda at, _: (at.day - 1) // _WEEK + 1,
    "WEEK_IN_YEAR": lambda at, _: (at.timetuple().tm_yday - 1) // _WEEK + 1,
}


def date_part(name: str, stored: str | None, zone: str, first: int) -> Value:
    """A date function of a stored date or moment; null stays null."""
    return None if stored is None else _PARTS[name](_moment(stored, zone), first)


def distance(
    latitude: float | None, longitude: float | None, other: float, meridian: float, unit: str
) -> float | None:
    """Along the surface of a sphere, in `mi` or `km`; null where the place is not known.

    https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_geolocate.htm
    """
    if latitude is None or longitude is None:
        return None
    here, there = radians(latitude), radians(other)
    across = radians(meridian - longitude)
    part = sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(across / 2) ** 2
    return 2 * _EARTH[unit] * asin(sqrt(part))


def _clock(at: datetime) -> str:
    half = "AM" if at.hour < _MONTHS else "PM"
    return f"{(at.hour - 1) % _MONTHS + 1}:{at.minute:02d} {half}"


def _day(at: datetime) -> str:
    return f"{at.month}/{at.day}/{at.year}"


def formatted(kind: str, scale: int, value: Value, zone: str) -> Value:
    """A value as FORMAT() shows it to a user of locale en_US; other locales are not imitated.

    https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_format.htm
    """
    if value is None or kind == "text":
        return value
    if kind in ("date", "datetime"):
        at = _moment(str(value), zone)
        return _day(at) if kind == "date" else f"{_day(at)}, {_clock(at)}"
    number = f"{value:,.{scale}f}"
    return {"currency": f"${number}", "percent": f"{number}%"}.get(kind, number)


#: Name, number of arguments and the function itself; all give the same for the same arguments.
FUNCTIONS: Final[tuple[tuple[str, int, Callable[..., Value]], ...]] = (
    ("fold", 1, fold),
    ("collated", 1, collated),
    ("date_part", 4, date_part),
    ("distance", 5, distance),
    ("formatted", 4, formatted),
)
