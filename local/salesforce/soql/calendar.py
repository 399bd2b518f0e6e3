"""What a statement means depends on who asks and when: the day, the zone, the fiscal year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Final

from local.salesforce.values import store_datetime

JANUARY: Final = 1


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

    def midnight(self, day: date) -> str:
        """The stored form of the moment a day begins for the user."""
        return store_datetime(datetime.combine(day, time(), self.zone))
