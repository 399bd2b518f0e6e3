"""When a schedule is due: rate, cron and one-time expressions of EventBridge Scheduler.

Daylight saving time, by https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html:
a cron time that the spring change leaves out is skipped, one that the autumn change repeats is
due once, at its first occurrence; a rate in days counts 24 hours whatever the wall clock does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

_UNITS: Final = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_LAST_YEAR: Final = 2199


@dataclass(frozen=True, slots=True)
class Timing:
    """An expression with its zone and limits; `created` anchors a rate without a start.

    A rate without a start is due for the first time when it is made.
    """

    expression: str
    zone: str
    created: datetime
    start: datetime | None = None
    end: datetime | None = None

    @property
    def once(self) -> bool:
        return self.expression.strip().startswith("at(")

    def due(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Every due time in (after, until], in UTC, oldest first.

        Raises ValueError for an expression or a zone that AWS would refuse.
        """
        kind, _, rest = self.expression.strip().partition("(")
        if kind not in ("at", "rate", "cron") or not rest.endswith(")"):
            raise ValueError(f"not a schedule expression: {self.expression}")
        inside = rest[:-1].strip()
        if kind == "at":
            return self._once(inside, after, until)
        earliest = max(after, self.start - _INSTANT) if self.start else after
        latest = min(until, self.end) if self.end else until
        if kind == "rate":
            return self._rate(inside, earliest, latest)
        return self._cron(inside, earliest, latest)

    def _once(self, inside: str, after: datetime, until: datetime) -> Iterator[datetime]:
        """A time that the spring change leaves out is taken an hour later, as zoneinfo reads it."""
        instant = datetime.fromisoformat(inside).replace(tzinfo=_zone(self.zone)).astimezone(UTC)
        if after < instant <= until:
            yield instant

    def _rate(self, inside: str, after: datetime, until: datetime) -> Iterator[datetime]:
        number, unit = inside.split()
        step = int(number) * _UNITS[unit.removesuffix("s")]
        if step <= timedelta(0):
            raise ValueError(f"not a schedule expression: {self.expression}")
        anchor = self.start or self.created
        passed = max(0, (after - anchor) // step + 1)
        moment = anchor + passed * step
        while moment <= until:
            if moment > after:
                yield moment
            moment += step

    def _cron(self, inside: str, after: datetime, until: datetime) -> Iterator[datetime]:
        fields, years = _cron_fields(inside)
        zone = _zone(self.zone)
        local_end = until.astimezone(zone).replace(tzinfo=None) + timedelta(hours=1)
        # A day back: while clocks change, local time may lie behind what was already due.
        start = after.astimezone(zone).replace(tzinfo=None) - timedelta(hours=3)
        try:
            times = CronSim(fields, start)
        except CronSimError as exc:
            raise ValueError(f"not a schedule expression: {self.expression}") from exc
        for local in times:
            if local > local_end or local.year > max(years):
                return
            instant = _instant(local, zone)
            if instant and local.year in years and after < instant <= until:
                yield instant


_INSTANT: Final = timedelta(microseconds=1)


def _instant(local: datetime, zone: ZoneInfo) -> datetime | None:
    """The first moment at which the wall clock shows `local`; None when it never does."""
    aware = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    shown = aware.astimezone(zone).replace(tzinfo=None)
    return aware if shown == local else None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as exc:
        raise ValueError(f"unknown time zone: {name}") from exc


def _cron_fields(inside: str) -> tuple[str, set[int]]:
    """AWS's six fields as the five of cron, and the years apart.

    AWS counts weekdays from SUN = 1, cron from SUN = 0, and writes ? for a field left open.
    """
    parts = inside.split()
    if len(parts) != 6:
        raise ValueError(f"cron needs six fields: {inside}")
    minute, hour, day, month, weekday, year = parts
    if "?" not in (day, weekday):
        raise ValueError(f"cron needs ? in one of the day fields: {inside}")
    fields = (minute, hour, "*" if day == "?" else day, month, _weekdays(weekday))
    return " ".join(fields), _years(year)


def _weekdays(field: str) -> str:
    if field in ("?", "*"):
        return "*"
    return ",".join(_weekday_range(term) for term in field.split(","))


def _weekday_range(term: str) -> str:
    head, mark, step = term.partition("/")
    base, sharp, nth = head.partition("#")
    bounds = "-".join(_weekday(bound) for bound in base.split("-"))
    return bounds + (sharp + nth) + (mark + step)


def _weekday(bound: str) -> str:
    last = "L" if bound.endswith("L") and bound[:-1].isdigit() else ""
    digits = bound.removesuffix("L") if last else bound
    return f"{int(digits) - 1}{last}" if digits.isdigit() else bound


def _years(field: str) -> set[int]:
    if field in ("*", "?"):
        return set(range(1970, _LAST_YEAR + 1))
    years: set[int] = set()
    for term in field.split(","):
        span, _, step = term.partition("/")
        first, _, last = span.partition("-")
        low = 1970 if first == "*" else int(first)
        high = int(last) if last else (_LAST_YEAR if step or first == "*" else low)
        years.update(range(low, high + 1, int(step or 1)))
    return years
