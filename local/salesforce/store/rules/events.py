"""The times of events: timed or whole days, each told in several fields that must agree.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm
What is missing is told as recorded in jsforce issue 217; the range of the duration as in
https://support.rivasync.com/hc/en-us/articles/24498086130836, where it ends at a day because
events of several days were off; that a duration which contradicts the end is no field to be
written (INVALID_FIELD_FOR_INSERT_UPDATE) as in emcasa/backend pull request 720, the text of it and
of two starts that differ being ours.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from local.salesforce.store.rules.saving import Saving, contradiction, integrity, missing
from local.salesforce.values import read_moment, store_datetime

LONGEST_EVENT: Final = timedelta(days=14)
_MINUTES_A_DAY: Final = 1_440
_TIMES: Final = frozenset(
    {
        *("IsAllDayEvent", "ActivityDate", "ActivityDateTime", "StartDateTime"),
        *("EndDateTime", "DurationInMinutes"),
    }
)


def event_times(saving: Saving) -> None:
    """A write of other fields leaves the times: that it should move an event to the day of whoever
    writes is documented nowhere."""
    saving.row["EventSubtype"] = saving.row.get("EventSubtype") or "Event"
    if saving.before is not None and not _TIMES & saving.given:
        return
    if saving.row.get("IsAllDayEvent"):
        _all_day(saving)
    else:
        _timed(saving)


def _all_day(saving: Saving) -> None:
    """Whole days: no ActivityDateTime, start and last day at midnight UTC, never shifted."""
    row = saving.row
    first = _first_day(saving)
    if first is None:
        raise missing("ActivityDate")
    last = _last_day(saving, first)
    _check_length(last - first)
    row["ActivityDate"] = first.isoformat()
    row["ActivityDateTime"] = None
    row["StartDateTime"] = _midnight(first)
    row["EndDateTime"] = _midnight(last)
    row["EndDate"] = last.isoformat()
    row["DurationInMinutes"] = ((last - first).days + 1) * _MINUTES_A_DAY


def _first_day(saving: Saving) -> date | None:
    for name in ("ActivityDate", "StartDateTime", "ActivityDateTime"):
        value = saving.row.get(name)
        if value and (name in saving.given or saving.before is None):
            return date.fromisoformat(str(value)[:10])
    kept = saving.row.get("ActivityDate")
    return date.fromisoformat(str(kept)) if kept else None


def _last_day(saving: Saving, first: date) -> date:
    row, given = saving.row, saving.given
    if "EndDateTime" in given and row.get("EndDateTime"):
        return date.fromisoformat(str(row["EndDateTime"])[:10])
    minutes = row.get("DurationInMinutes")
    if minutes is None:
        return first
    return first + timedelta(days=max(0, -(-int(minutes) // _MINUTES_A_DAY) - 1))


def _midnight(day: date) -> str:
    return store_datetime(datetime.combine(day, time(), UTC))


def _timed(saving: Saving) -> None:
    row = saving.row
    start = _start(saving)
    if start is None:
        raise missing("ActivityDateTime")
    end = _end(saving, start)
    _check_length(end - start)
    row["StartDateTime"] = row["ActivityDateTime"] = store_datetime(start)
    row["EndDateTime"] = store_datetime(end)
    row["ActivityDate"] = start.astimezone(saving.ground.zone).date().isoformat()
    row["EndDate"] = end.astimezone(saving.ground.zone).date().isoformat()
    row["DurationInMinutes"] = int((end - start).total_seconds()) // 60


def _start(saving: Saving) -> datetime | None:
    row, given = saving.row, saving.given
    names = [name for name in ("StartDateTime", "ActivityDateTime") if name in given]
    values = {row[name] for name in names if row[name] is not None}
    if len(values) > 1:
        raise contradiction("StartDateTime and ActivityDateTime differ", "ActivityDateTime")
    value = next(iter(values), row.get("StartDateTime"))
    return read_moment(str(value)) if value else None


def _end(saving: Saving, start: datetime) -> datetime:
    row, given = saving.row, saving.given
    minutes, end = row.get("DurationInMinutes"), row.get("EndDateTime")
    lasting = None if minutes is None else start + timedelta(minutes=int(minutes))
    ending = read_moment(str(end)) if end else None
    both = {"DurationInMinutes", "EndDateTime"} <= given
    if both and lasting is not None and ending is not None and lasting != ending:
        raise contradiction("DurationInMinutes and EndDateTime differ", "DurationInMinutes")
    found = ending if "EndDateTime" in given and ending is not None else lasting or ending
    if found is None:
        raise missing("DurationInMinutes")
    return found


def _check_length(length: timedelta) -> None:
    if not timedelta() <= length <= LONGEST_EVENT:
        most = LONGEST_EVENT.days * _MINUTES_A_DAY
        text = f"Duration must be between 0 and {most} minutes: Duration"
        raise integrity(text, "DurationInMinutes")
