"""Date literals such as LAST_N_DAYS:30: which days they mean.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm
Weeks start on Sunday (locale en_US); the fiscal year is the calendar year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

Range = tuple[date, date]

_MONTHS: Final = 12
_QUARTER: Final = 3


def _days(day: date) -> date:
    return day


def _week(day: date) -> date:
    return day - timedelta(days=(day.weekday() + 1) % 7)


def _month(day: date) -> date:
    return day.replace(day=1)


def _quarter(day: date) -> date:
    return day.replace(month=(day.month - 1) // _QUARTER * _QUARTER + 1, day=1)


def _year(day: date) -> date:
    return day.replace(month=1, day=1)


def _add_days(day: date, count: int) -> date:
    return day + timedelta(days=count)


def _add_weeks(day: date, count: int) -> date:
    return day + timedelta(weeks=count)


def _add_months(day: date, count: int) -> date:
    years, month = divmod(day.month - 1 + count, _MONTHS)
    return day.replace(year=day.year + years, month=month + 1)


def _add_quarters(day: date, count: int) -> date:
    return _add_months(day, count * _QUARTER)


def _add_years(day: date, count: int) -> date:
    return day.replace(year=day.year + count)


Unit = tuple[Callable[[date], date], Callable[[date, int], date]]
_UNITS: Final[Mapping[str, Unit]] = {
    "DAY": (_days, _add_days),
    "WEEK": (_week, _add_weeks),
    "MONTH": (_month, _add_months),
    "QUARTER": (_quarter, _add_quarters),
    "YEAR": (_year, _add_years),
    "FISCAL_QUARTER": (_quarter, _add_quarters),
    "FISCAL_YEAR": (_year, _add_years),
}

Span = Callable[[date, int], Range]


def _at(unit: Unit, shift: int) -> Span:
    start, add = unit
    return lambda today, _: (add(start(today), shift), add(start(today), shift + 1))


def _last(unit: Unit) -> Span:
    """The n whole units before this one; for days today counts too."""
    start, add = unit
    extra = 1 if unit is _UNITS["DAY"] else 0
    return lambda today, n: (add(start(today), -n), add(start(today), extra))


def _next(unit: Unit) -> Span:
    start, add = unit
    return lambda today, n: (add(start(today), 1), add(start(today), n + 1))


def _ago(unit: Unit) -> Span:
    start, add = unit
    return lambda today, n: (add(start(today), -n), add(start(today), 1 - n))


_ROLLING: Final = 90

PLAIN: Final[Mapping[str, Span]] = {
    "YESTERDAY": _at(_UNITS["DAY"], -1),
    "TODAY": _at(_UNITS["DAY"], 0),
    "TOMORROW": _at(_UNITS["DAY"], 1),
    "LAST_90_DAYS": lambda today, _: (_add_days(today, -_ROLLING), _add_days(today, 1)),
    "NEXT_90_DAYS": lambda today, _: (_add_days(today, 1), _add_days(today, _ROLLING + 1)),
    **{
        f"{word}_{name}": _at(unit, shift)
        for name, unit in _UNITS.items()
        if name != "DAY"
        for word, shift in (("LAST", -1), ("THIS", 0), ("NEXT", 1))
    },
}

COUNTED: Final[Mapping[str, Span]] = {
    **{f"LAST_N_{name}S": _last(unit) for name, unit in _UNITS.items()},
    **{f"NEXT_N_{name}S": _next(unit) for name, unit in _UNITS.items()},
    **{f"N_{name}S_AGO": _ago(unit) for name, unit in _UNITS.items()},
}


def span(word: str, *, count: int, today: date) -> Range:
    """First day and the day after the last."""
    found = PLAIN.get(word) or COUNTED[word]
    return found(today, count)
