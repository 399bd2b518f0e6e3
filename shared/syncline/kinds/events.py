"""The times of an event that is written: a whole day, or a start with a length.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm
says: ActivityDate is the day of an all-day event, always at midnight UTC and not to be shifted;
its value and StartDateTime must match or one of them be null; a timed event needs
DurationInMinutes or EndDateTime, an all-day event without both lasts one day.
"""

from typing import Final

from syncline.engine.records import Value
from syncline.kinds.activities import without_lead
from syncline.kinds.preparing import Draft

MINUTES: Final = 60
"""The length of a timed event that nothing mapped gives one; the platform knows no lengths."""

_DAY: Final = len("2026-01-31")


def prepared_event(draft: Draft) -> dict[str, Value]:
    """The values with what the object demands beside them.

    Custom objects without IsAllDayEvent keep all that is mapped. What an update of ActivityDate
    alone does to an event that has a time of day is not documented: it is sent as it is.
    """
    values = without_lead(dict(draft.values))
    if not draft.knows("IsAllDayEvent"):
        return values
    if values.get("IsAllDayEvent") is True:
        return _whole_day(values)
    if _starts(values):
        return _timed(draft, values)
    if draft.creating and values.get("ActivityDate") is not None:
        values["IsAllDayEvent"] = True
    return values


def _starts(values: dict[str, Value]) -> bool:
    return any(values.get(name) is not None for name in ("StartDateTime", "ActivityDateTime"))


def _whole_day(values: dict[str, Value]) -> dict[str, Value]:
    """The job maps the switch itself: the day is told by ActivityDate alone."""
    starts = [values.pop(name, None) for name in ("StartDateTime", "ActivityDateTime")]
    if values.get("ActivityDate") is None:
        start = next((each for each in starts if each is not None), None)
        if start is not None:
            values["ActivityDate"] = str(start)[:_DAY]
    return values


def _timed(draft: Draft, values: dict[str, Value]) -> dict[str, Value]:
    """Double mapping (T13): Salesforce makes ActivityDate from the start, in the user's zone."""
    values.pop("ActivityDate", None)
    if draft.creating and not any(
        values.get(name) is not None for name in ("DurationInMinutes", "EndDateTime")
    ):
        values["DurationInMinutes"] = MINUTES
    return values
