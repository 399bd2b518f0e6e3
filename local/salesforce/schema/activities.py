"""Task and Event.

Event follows a real describe answer, of a user who does not see its Type; that one is as projects
keep it in objects/Event/fields/Type.field-meta.xml. No describe of Task is public, so its fields
follow the object reference and the field reference; the flags those leave out are the ones Event
has, and the lengths of Status, Priority and Type those of the same kind of picklist on Lead.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm
https://developer.salesforce.com/docs/atlas.en-us.sfFieldRef.meta/sfFieldRef/salesforce_field_reference_Task.htm
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from local.salesforce.schema.build import (
    CREATE_ONLY,
    CREATE_ONLY_DEFAULTED,
    DEFAULTED,
    NULLABLE_DEFAULT,
    READ_ONLY,
    SYSTEM,
    area,
    audit,
    but,
    cascading,
    choices,
    deleted,
    integer,
    lookup,
    owner,
    pick,
    plain,
    record_id,
    shared,
    text,
    typed,
    unnamed,
)  # fmt: skip
from local.salesforce.schema.types import Field, FieldType, ObjectTraits, SObject
from local.salesforce.schema.zones import ZONES

WHAT_TARGETS: Final = (
    "Account", "Asset", "Campaign", "Case", "Contract", "Opportunity", "Order", "Product2",
    "Solution",
)  # fmt: skip
RECURRENCE_TYPES: Final = choices(
    "RecursDaily:Recurs Daily", "RecursEveryWeekday:Recurs Every Weekday",
    "RecursMonthly:Recurs Monthly", "RecursMonthlyNth:Recurs Monthly Nth",
    "RecursWeekly:Recurs Weekly", "RecursYearly:Recurs Yearly",
    "RecursYearlyNth:Recurs Yearly Nth",
)  # fmt: skip
CLOSED_STATUSES: Final = frozenset({"Completed"})


_SCOPES: Final = ("delegated", "everything", "mine", "scopingRule", "team")
_URLS: Final = ("compactLayouts", "layouts", "quickActions")
_INSTANCES: Final = choices("First:1st", "Second:2nd", "Third:3rd", "Fourth:4th", "Last:last")
_MONTHS: Final = choices(
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def _fixed(field: Field) -> Field:
    """A field that everyone may see and write: field-level security does not reach it."""
    return but(field, permissionable=False)


def _moment(name: str, label: str) -> Field:
    return _fixed(plain(name, label, FieldType.DATETIME))


def _subject() -> Field:
    field = typed("Subject", "Subject", FieldType.COMBOBOX, length=255)
    values = choices("Call", "Email", "Meeting", "Send Letter/Quote", "Other")
    return _fixed(replace(field, name_field=True, picklist=values))


def _due() -> Field:
    return but(
        plain("ActivityDate", "Due Date Only", FieldType.DATE),
        permissionable=False, aggregatable=False,
    )  # fmt: skip


def _relations(child: str) -> tuple[Field, ...]:
    who = lookup("WhoId", "Name ID", ("Contact", "Lead"), child=child)
    what = lookup("WhatId", "Related To ID", WHAT_TARGETS, child=child)
    return (cascading(who), cascading(what))


def _reminder() -> tuple[Field, ...]:
    return (
        _moment("ReminderDateTime", "Reminder Date/Time"),
        plain("IsReminderSet", "Reminder Set", FieldType.BOOLEAN),
    )


def _recurrence(kind: str, start: Field) -> tuple[Field, ...]:
    """The older kind of series; a reference to its first activity has no relationship name."""
    first = lookup("RecurrenceActivityId", "Recurrence Activity ID", kind,
                   child=f"Recurring{kind}s", access=READ_ONLY)  # fmt: skip
    settings = (
        start,
        plain("RecurrenceEndDateOnly", "Recurrence End", FieldType.DATE),
        pick("RecurrenceTimeZoneSidKey", "Recurrence Time Zone", ZONES, restricted=True),
        pick("RecurrenceType", "Recurrence Type", RECURRENCE_TYPES, restricted=True),
        integer("RecurrenceInterval", "Recurrence Interval", digits=9),
        integer("RecurrenceDayOfWeekMask", "Recurrence Day of Week Mask", digits=9),
        integer("RecurrenceDayOfMonth", "Recurrence Day of Month", digits=9),
        pick("RecurrenceInstance", "Recurrence Instance", _INSTANCES, restricted=True),
        pick("RecurrenceMonthOfYear", "Recurrence Month of Year", _MONTHS, restricted=True),
    )
    return (
        unnamed(first),
        plain(
            "IsRecurrence", f"Create Recurring Series of {kind}s", FieldType.BOOLEAN,
            access=CREATE_ONLY_DEFAULTED,
        ),
        *(_fixed(each) for each in settings),
    )  # fmt: skip


TASK: Final = SObject(
    "Task", "Task", "Tasks", "00T",
    (
        record_id("Activity ID"),
        *_relations("Tasks"),
        shared(replace(integer("WhoCount", "Relation Count"), access=READ_ONLY)),
        shared(replace(integer("WhatCount", "Related To Count"), access=READ_ONLY)),
        _subject(),
        _due(),
        pick("Status", "Status", choices(
            "Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred",
            default="Not Started",
        ), access=DEFAULTED, length=255),
        pick("Priority", "Priority", choices("High", "Normal", "Low", default="Normal"),
             access=DEFAULTED, length=255),
        plain("IsHighPriority", "High Priority", FieldType.BOOLEAN, access=SYSTEM),
        owner("Assigned To ID", ("Group", "User")),
        area("Description", "Description", 32000),
        deleted(),
        lookup("AccountId", "Account ID", "Account", access=READ_ONLY),
        plain("IsClosed", "Closed", FieldType.BOOLEAN, access=SYSTEM),
        *audit(),
        plain("IsArchived", "Archived", FieldType.BOOLEAN, access=SYSTEM),
        _fixed(integer("CallDurationInSeconds", "Call Duration")),
        _fixed(pick("CallType", "Call Type", choices("Internal", "Inbound", "Outbound"),
                    restricted=True)),
        _fixed(text("CallDisposition", "Call Result", 255)),
        _fixed(text("CallObject", "Call Object Identifier", 255)),
        *_reminder(),
        *_recurrence("Task", plain("RecurrenceStartDateOnly", "Recurrence Start",
                                   FieldType.DATE)),
        _fixed(pick("RecurrenceRegeneratedType", "Repeat This Task", choices(
            "RecurrenceRegenerateAfterDueDate:After due date",
            "RecurrenceRegenerateAfterToday:After date completed",
            "RecurrenceRegenerated:(Task Closed)",
        ), restricted=True)),
        _fixed(pick("TaskSubtype", "Task Subtype", choices(
            "Task", "Email", "ListEmail:List Email", "Cadence", "Call", "LinkedIn",
        ), restricted=True, access=CREATE_ONLY)),
        plain("CompletedDateTime", "Completed Date", FieldType.DATETIME, access=READ_ONLY),
        pick("Type", "Type", choices("Call", "Email", "Meeting", "Other"), length=255),
    ),
    ObjectTraits(scopes=_SCOPES, urls=_URLS),
)  # fmt: skip

EVENT: Final = SObject(
    "Event", "Event", "Events", "00U",
    (
        record_id("Activity ID"),
        *_relations("Events"),
        shared(replace(integer("WhoCount", "Relation Count"), access=READ_ONLY)),
        shared(replace(integer("WhatCount", "Related To Count"), access=READ_ONLY)),
        _subject(),
        text("Location", "Location", 255),
        pick("Type", "Type", choices("Email", "Meeting", "Other", "Call"), length=255),
        but(plain("IsAllDayEvent", "All-Day Event", FieldType.BOOLEAN), permissionable=True),
        _moment("ActivityDateTime", "Due Date Time"),
        _due(),
        _fixed(integer("DurationInMinutes", "Duration")),
        _moment("StartDateTime", "Start Date Time"),
        _moment("EndDateTime", "End Date Time"),
        plain("EndDate", "End Date", FieldType.DATE, access=READ_ONLY),
        area("Description", "Description", 32000),
        lookup("AccountId", "Account ID", "Account", access=READ_ONLY),
        owner("Assigned To ID", ("Calendar", "User")),
        plain("IsPrivate", "Private", FieldType.BOOLEAN),
        _fixed(pick("ShowAs", "Show Time As", choices(
            "Busy", "OutOfOffice:Out of Office", "Free", default="Busy",
        ), restricted=True, access=NULLABLE_DEFAULT)),
        deleted(),
        plain("IsChild", "Is Child", FieldType.BOOLEAN, access=SYSTEM),
        plain("IsGroupEvent", "Is Group Event", FieldType.BOOLEAN, access=SYSTEM),
        pick("GroupEventType", "Group Event Type", choices(
            "0:Non-group Event", "1:Group Event", "2:Proposed Event",
            "3:IsRecurrence2 Series Pattern", default="0",
        ), restricted=True, access=replace(READ_ONLY, defaulted_on_create=True)),
        *audit(),
        plain("IsArchived", "Archived", FieldType.BOOLEAN, access=SYSTEM),
        *_recurrence("Event", plain("RecurrenceStartDateTime", "Recurrence Start",
                                    FieldType.DATETIME)),
        *_reminder(),
        _fixed(pick("EventSubtype", "Event Subtype", choices("Event"), restricted=True,
                    access=CREATE_ONLY)),
        plain("IsRecurrence2Exclusion", "Historical Event, Not Following Recurrence",
              FieldType.BOOLEAN, access=SYSTEM),
        _fixed(area("Recurrence2PatternText", "Recurrence Pattern", 512, access=CREATE_ONLY)),
        pick("Recurrence2PatternVersion", "Pattern Version", choices(
            "1:RFC 5545 v4 RRULE", "2:RFC 5545 v4_2 RRULE",
        ), restricted=True, access=READ_ONLY),
        plain("IsRecurrence2", "Repeat", FieldType.BOOLEAN, access=SYSTEM),
        plain("IsRecurrence2Exception", "Is Exception", FieldType.BOOLEAN, access=SYSTEM),
        plain("Recurrence2PatternStartDate", "Recurrence Pattern Start Date",
              FieldType.DATETIME, access=READ_ONLY),
        text("Recurrence2PatternTimeZone", "Recurrence Pattern Time Zone Reference", 255,
             access=READ_ONLY),
    ),
    ObjectTraits(scopes=_SCOPES, urls=(*_URLS, "eventSeriesUpdates")),
)  # fmt: skip
