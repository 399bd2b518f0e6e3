"""A job's schedule as EventBridge Scheduler writes it.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from syncline.config.schedule import Every, Schedule

_LAST_OF_LONG_MONTHS: Final = 31


def expression(schedule: Schedule) -> str:
    """`rate(…)`, `cron(…)` or `at(…)`; times are wall-clock times of the schedule's zone.

    ValueError for `manual`, which is no schedule.
    """
    return _EXPRESSIONS[schedule.every](schedule)


def one_time(moment: datetime) -> str:
    """`at(…)` in UTC, not before the moment: schedules fire to the minute, so it is rounded up."""
    at = moment.astimezone(UTC)
    start = at.replace(second=0, microsecond=0)
    return f"at({start if start == at else start + timedelta(minutes=1):%Y-%m-%dT%H:%M:%S})"


def _manual(_: Schedule) -> str:
    raise ValueError("a manual job has no schedule")


def _once(schedule: Schedule) -> str:
    moment = schedule.at_time
    if moment is None:
        raise ValueError("a schedule 'once' needs 'at_time'")
    if moment.tzinfo is not None:
        moment = moment.astimezone(ZoneInfo(schedule.time_zone))
    return f"at({moment:%Y-%m-%dT%H:%M:%S})"


def _minutes(schedule: Schedule) -> str:
    return f"rate({schedule.minutes} minutes)"


def _hourly(_: Schedule) -> str:
    return "rate(1 hour)"


def _daily(schedule: Schedule) -> str:
    return _cron(schedule, "* * ?")


def _workdays(schedule: Schedule) -> str:
    return _cron(schedule, "? * MON-FRI")


def _weekly(schedule: Schedule) -> str:
    return _cron(schedule, f"? * {(schedule.weekday or 'mon').upper()}")


def _monthly(schedule: Schedule) -> str:
    """The 31st means the last day: written as 31, five months would have none. The 29th and 30th
    do leave February out, as the documentation of the setting says."""
    day = "L" if schedule.day == _LAST_OF_LONG_MONTHS else schedule.day
    return _cron(schedule, f"{day} * ?")


def _own(schedule: Schedule) -> str:
    return f"cron({schedule.cron})"


def _cron(schedule: Schedule, days: str) -> str:
    hour, minute = (int(part) for part in (schedule.at or "0:0").split(":"))
    return f"cron({minute} {hour} {days} *)"


_EXPRESSIONS: Final[Mapping[Every, Callable[[Schedule], str]]] = {
    "manual": _manual,
    "once": _once,
    "minutes": _minutes,
    "hourly": _hourly,
    "daily": _daily,
    "workdays": _workdays,
    "weekly": _weekly,
    "monthly": _monthly,
    "cron": _own,
}
