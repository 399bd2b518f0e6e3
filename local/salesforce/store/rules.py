"""What objects compute and forbid on save, beyond the types of their fields.

Tasks: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm
Events: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm
The texts of the refusals are not documented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.schema.activities import CLOSED_STATUSES
from local.salesforce.store.database import Database, Value
from local.salesforce.values import read_moment, store_datetime

Row = dict[str, Value]
LONGEST_EVENT: Final = timedelta(days=14)
_LEAD: Final = "00Q"
_ACCOUNT: Final = "001"
_MINUTES_A_DAY: Final = 1_440


@dataclass(frozen=True, slots=True)
class Saving:
    """One record on its way in: the row as it will be, and what the caller gave."""

    row: Row
    given: frozenset[str]
    before: Mapping[str, Value] | None
    now: datetime
    zone: tzinfo
    database: Database


def apply(sobject: str, saving: Saving) -> None:
    """Compute the fields of an object in place; raises ApiError for what it forbids."""
    for rule in _RULES.get(sobject, ()):
        rule(saving)


def _person(saving: Saving) -> None:
    parts = (saving.row.get("FirstName"), saving.row.get("LastName"))
    saving.row["Name"] = " ".join(str(part) for part in parts if part)


def _task_state(saving: Saving) -> None:
    row = saving.row
    closed = row.get("Status") in CLOSED_STATUSES
    was_closed = bool(saving.before and saving.before.get("IsClosed"))
    row["IsClosed"] = int(closed)
    row["IsHighPriority"] = int(row.get("Priority") == "High")
    row["TaskSubtype"] = row.get("TaskSubtype") or "Task"
    if closed != was_closed:
        row["CompletedDateTime"] = store_datetime(saving.now) if closed else None


def _relations(saving: Saving) -> None:
    """The account of an activity: of what it is about, else of whom it is with."""
    row = saving.row
    who, what = str(row.get("WhoId") or ""), str(row.get("WhatId") or "")
    if who.startswith(_LEAD) and what:
        raise _integrity("Related To ID must be blank when Name ID is a lead", "WhatId")
    if what.startswith(_ACCOUNT):
        row["AccountId"] = what
    elif what or not who:
        row["AccountId"] = None
    else:
        found = saving.database.one('SELECT "AccountId" FROM "Contact" WHERE "Id" = ?', (who,))
        row["AccountId"] = found[0] if found else None


def _integrity(text: str, *names: str) -> ApiError:
    return ApiError(Kind.FIELD_INTEGRITY, fields=names, text=text)


def _event_times(saving: Saving) -> None:
    saving.row["EventSubtype"] = saving.row.get("EventSubtype") or "Event"
    if saving.row.get("IsAllDayEvent"):
        _all_day(saving)
    else:
        _timed(saving)


def _all_day(saving: Saving) -> None:
    """Whole days: no ActivityDateTime, start and last day at midnight UTC, never shifted."""
    row = saving.row
    first = _first_day(saving)
    if first is None:
        raise _integrity("An all-day event needs ActivityDate", "ActivityDate")
    last = _last_day(saving, first)
    if last < first:
        raise _integrity("Event duration can not be negative", "EndDateTime")
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
        raise _integrity("An event needs StartDateTime or ActivityDateTime", "StartDateTime")
    end = _end(saving, start)
    if end < start:
        raise _integrity("Event duration can not be negative", "EndDateTime")
    _check_length(end - start)
    row["StartDateTime"] = row["ActivityDateTime"] = store_datetime(start)
    row["EndDateTime"] = store_datetime(end)
    row["ActivityDate"] = start.astimezone(saving.zone).date().isoformat()
    row["EndDate"] = end.astimezone(saving.zone).date().isoformat()
    row["DurationInMinutes"] = int((end - start).total_seconds()) // 60


def _start(saving: Saving) -> datetime | None:
    row, given = saving.row, saving.given
    names = [name for name in ("StartDateTime", "ActivityDateTime") if name in given]
    values = {row[name] for name in names if row[name] is not None}
    if len(values) > 1:
        raise _integrity("StartDateTime and ActivityDateTime differ", "ActivityDateTime")
    value = next(iter(values), row.get("StartDateTime"))
    return read_moment(str(value)) if value else None


def _end(saving: Saving, start: datetime) -> datetime:
    row, given = saving.row, saving.given
    minutes, end = row.get("DurationInMinutes"), row.get("EndDateTime")
    lasting = None if minutes is None else start + timedelta(minutes=int(minutes))
    ending = read_moment(str(end)) if end else None
    both = {"DurationInMinutes", "EndDateTime"} <= given
    if both and lasting is not None and ending is not None and lasting != ending:
        raise _integrity("DurationInMinutes and EndDateTime differ", "DurationInMinutes")
    found = ending if "EndDateTime" in given and ending is not None else lasting or ending
    if found is None:
        raise _integrity("An event needs DurationInMinutes or EndDateTime", "DurationInMinutes")
    return found


def _check_length(length: timedelta) -> None:
    if length > LONGEST_EVENT:
        raise _integrity("Event duration can not exceed 14 days", "DurationInMinutes")


_RULES: Final[Mapping[str, tuple[Callable[[Saving], None], ...]]] = {
    "Contact": (_person,),
    "User": (_person,),
    "Task": (_relations, _task_state),
    "Event": (_relations, _event_times),
}
