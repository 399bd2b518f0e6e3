"""What a statement means depends on who asks and when: the day, the zone, the fiscal year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Final

from local.salesforce.soql.datewords import Range, span
from local.salesforce.values import store_datetime

JANUARY: Final = 1
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Calendar:
    """Today and midnight are those of the user's time zone, the fiscal year is the org's."""

    today: date
    zone: tzinfo
    user_id: str = ""
    fiscal_month: int = JANUARY

    @property
    def zone_name(self) -> str:
        """`Europe/Berlin`."""
        return str(self.zone)

    def span(self, word: str, count: int) -> Range:
        """The days of a date word; fiscal ones begin as many months later as the fiscal year."""
        late = self.fiscal_month - JANUARY if "FISCAL" in word else 0
        today = _later(self.today.replace(day=1), -late) if late else self.today
        first, after = span(word, count=count, today=today)
        return _later(first, late), _later(after, late)

    def midnight(self, day: date) -> str:
        """The stored form of the moment a day begins for the user."""
        return store_datetime(datetime.combine(day, time(), self.zone))


def _later(day: date, months: int) -> date:
    """The same day of a later month; fiscal spans begin and end with the first of one."""
    if months == 0:
        return day
    years, month = divmod(day.month - 1 + months, _MONTHS)
    return day.replace(year=day.year + years, month=month + 1)
