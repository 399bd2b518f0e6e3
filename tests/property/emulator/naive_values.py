"""Types, calendars and comparisons of a naive SOQL evaluator, written to be obvious."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from local.salesforce.soql import tree

Row = Mapping[str, Any]
Tables = Mapping[str, list[dict[str, Any]]]

TYPES: Final = {
    "Account": {
        "Id": "id", "Name": "text", "Industry": "picklist", "AnnualRevenue": "number",
        "NumberOfEmployees": "number", "ParentId": "id", "Tags__c": "multi", "Code__c": "exact",
        "CreatedDate": "moment", "IsDeleted": "flag",
    },
    "Contact": {
        "Id": "id", "LastName": "text", "AccountId": "id", "Birthdate": "day", "Email": "text",
        "CreatedDate": "moment",
    },
    "Task": {
        "Id": "id", "Subject": "text", "ActivityDate": "day", "Priority": "picklist",
        "CallDurationInSeconds": "number", "IsReminderSet": "flag", "WhatId": "id",
        "WhoId": "id", "CreatedDate": "moment",
    },
}  # fmt: skip
PARENTS: Final = {
    ("Account", "Parent"): ("ParentId", "Account"),
    ("Contact", "Account"): ("AccountId", "Account"),
    ("Task", "What"): ("WhatId", "Account"),
    ("Task", "Who"): ("WhoId", "Contact"),
}
CHILDREN: Final = {
    ("Account", "Contacts"): ("Contact", "AccountId"),
    ("Account", "ChildAccounts"): ("Account", "ParentId"),
    ("Account", "Tasks"): ("Task", "WhatId"),
    ("Contact", "Tasks"): ("Task", "WhoId"),
}
NAMES: Final = {"Account": "Name", "Contact": "LastName"}
LISTS: Final = {
    "Industry": ("Apparel", "Banking", "Energy"),
    "Priority": ("High", "Normal", "Low"),
}


@dataclass(frozen=True)
class World:
    """All rows, and who asks when."""

    tables: Tables
    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def find(self, record_id: str | None) -> tuple[str, Row] | None:
        for name, rows in self.tables.items():
            for row in rows:
                if row["Id"] == record_id:
                    return name, row
        return None


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def same(kind: str, value: Any) -> Any:
    """What two values must share to be equal."""
    if kind in ("text", "picklist"):
        return value.casefold() if value else None
    return bool(value) if kind == "flag" else value


def rank(kind: str, value: Any) -> Any:
    """What decides which of two values is less."""
    return value.casefold().upper() if kind in ("text", "picklist") else value


def place(field: str, kind: str, value: Any) -> tuple[Any, ...]:
    """What decides which of two values ORDER BY puts first."""
    listed = LISTS.get(field, ())
    if kind == "picklist" and value in listed:
        return (listed.index(value), rank(kind, value))
    return (len(listed), rank(kind, value))


def plain(literal: tree.Literal) -> Any:
    match literal:
        case tree.Number(value):
            return float(value) if isinstance(value, Decimal) else value
        case tree.Text(value):
            return value or None
        case tree.Flag(value):
            return value
        case tree.Day(value):
            return value.isoformat()
        case tree.Moment(value):
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case _:
            return None


def _sunday(day: date) -> date:
    while day.weekday() != 6:
        day -= timedelta(days=1)
    return day


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _fiscal(day: date) -> int:
    """Months since a fiscal year began, which is in April."""
    return _month(day) - 3


#: For each word, which days it means, told day by day.
WORDS: Final[Mapping[str, Callable[[date, date, int], bool]]] = {
    "TODAY": lambda day, today, _: day == today,
    "YESTERDAY": lambda day, today, _: (today - day).days == 1,
    "TOMORROW": lambda day, today, _: (day - today).days == 1,
    "LAST_WEEK": lambda day, today, _: (_sunday(today) - _sunday(day)).days == 7,
    "THIS_WEEK": lambda day, today, _: _sunday(day) == _sunday(today),
    "NEXT_MONTH": lambda day, today, _: _month(day) - _month(today) == 1,
    "THIS_MONTH": lambda day, today, _: _month(day) == _month(today),
    "THIS_QUARTER": lambda day, today, _: _month(day) // 3 == _month(today) // 3,
    "LAST_YEAR": lambda day, today, _: today.year - day.year == 1,
    "THIS_FISCAL_QUARTER": lambda day, today, _: _fiscal(day) // 3 == _fiscal(today) // 3,
    "LAST_FISCAL_YEAR": lambda day, today, _: _fiscal(today) // 12 - _fiscal(day) // 12 == 1,
    "N_FISCAL_QUARTERS_AGO": lambda day, today, n: _fiscal(today) // 3 - _fiscal(day) // 3 == n,
    "LAST_N_DAYS": lambda day, today, n: 0 <= (today - day).days <= n,
    "NEXT_N_DAYS": lambda day, today, n: 1 <= (day - today).days <= n,
    "N_DAYS_AGO": lambda day, today, n: (today - day).days == n,
    "LAST_N_WEEKS": lambda day, today, n: 1 <= (_sunday(today) - _sunday(day)).days // 7 <= n,
    "LAST_N_MONTHS": lambda day, today, n: 1 <= _month(today) - _month(day) <= n,
}


@cache
def days_of(word: str, count: int, today: date) -> tuple[date, date]:
    """The first and the last day of a date word."""
    around = [today + timedelta(days=shift) for shift in range(-800, 800)]
    meant = [day for day in around if WORDS[word](day, today, count)]
    return meant[0], meant[-1]


def day_of(kind: str, value: str, zone: ZoneInfo) -> date:
    return date.fromisoformat(value) if kind == "day" else moment(value).astimezone(zone).date()


def _first_day(when: date) -> date:
    return when.replace(month=1, day=1)


#: Date functions of a local moment; the org's fiscal year begins in April.
DATE_FUNCTIONS: Final[Mapping[str, Callable[[datetime], Any]]] = {
    "CALENDAR_MONTH": lambda at: at.month,
    "CALENDAR_QUARTER": lambda at: {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2}.get(
        at.month, 3 if at.month < 10 else 4
    ),
    "CALENDAR_YEAR": lambda at: at.year,
    "DAY_IN_MONTH": lambda at: int(at.strftime("%d")),
    "DAY_IN_WEEK": lambda at: int(at.strftime("%w")) + 1,
    "DAY_IN_YEAR": lambda at: (at.date() - _first_day(at.date())).days + 1,
    "DAY_ONLY": lambda at: at.strftime("%Y-%m-%d"),
    "FISCAL_MONTH": lambda at: at.month - 3 if at.month > 3 else at.month + 9,
    "FISCAL_QUARTER": lambda at: {1: 4, 2: 4, 3: 4, 4: 1, 5: 1, 6: 1}.get(
        at.month, 2 if at.month < 10 else 3
    ),
    "FISCAL_YEAR": lambda at: at.year + 1 if at.month > 3 else at.year,
    "HOUR_IN_DAY": lambda at: int(at.strftime("%H")),
    "WEEK_IN_MONTH": lambda at: sum(1 for day in (1, 8, 15, 22, 29) if day <= at.day),
    "WEEK_IN_YEAR": lambda at: (at.date() - _first_day(at.date())).days // 7 + 1,
}


def like(pattern: str, value: str) -> bool:
    """`%` is anything, `_` one character, a backslash takes the next one as it is."""
    parts, at = "", 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\":
            at += 1
            parts += re.escape(pattern[at])
        else:
            parts += {"%": ".*", "_": "."}.get(letter, re.escape(letter))
        at += 1
    return re.fullmatch(parts.casefold(), value.casefold(), re.DOTALL) is not None
