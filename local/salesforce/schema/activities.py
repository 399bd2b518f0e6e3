"""Task and Event.

Event follows a real describe answer. No describe of Task is public, so its fields follow the
object reference (sforce_api_objects_task) and the flags are the ones Event has.
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
    cascading,
    choices,
    deleted,
    integer,
    lookup,
    owner,
    pick,
    plain,
    record_id,
    text,
    typed,
)  # fmt: skip
from local.salesforce.schema.types import Field, FieldType, ObjectTraits, SObject

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


def _subject() -> Field:
    field = typed("Subject", "Subject", FieldType.COMBOBOX, length=255)
    values = choices("Call", "Email", "Meeting", "Send Letter/Quote", "Other")
    return replace(field, name_field=True, picklist=values)


def _relations(child: str) -> tuple[Field, ...]:
    who = lookup("WhoId", "Name ID", ("Contact", "Lead"), child=child)
    what = lookup("WhatId", "Related To ID", WHAT_TARGETS, child=child)
    return (cascading(who), cascading(what))


def _reminder() -> tuple[Field, ...]:
    return (
        plain("ReminderDateTime", "Reminder Date/Time", FieldType.DATETIME),
        plain("IsReminderSet", "Reminder Set", FieldType.BOOLEAN),
    )


def _recurrence(kind: str) -> tuple[Field, ...]:
    return (
        lookup("RecurrenceActivityId", "Recurrence Activity ID", kind, access=READ_ONLY),
        plain(
            "IsRecurrence", f"Create Recurring Series of {kind}s", FieldType.BOOLEAN,
            access=CREATE_ONLY_DEFAULTED,
        ),
        plain("RecurrenceEndDateOnly", "Recurrence End", FieldType.DATE),
        text("RecurrenceTimeZoneSidKey", "Recurrence Time Zone", 40),
        pick("RecurrenceType", "Recurrence Type", RECURRENCE_TYPES, restricted=True),
        integer("RecurrenceInterval", "Recurrence Interval", digits=9),
    )  # fmt: skip


TASK: Final = SObject(
    "Task", "Task", "Tasks", "00T",
    (
        record_id("Activity ID"),
        *_relations("Tasks"),
        _subject(),
        plain("ActivityDate", "Due Date Only", FieldType.DATE),
        pick("Status", "Status", choices(
            "Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred",
            default="Not Started",
        ), access=DEFAULTED),
        pick("Priority", "Priority", choices("High", "Normal", "Low", default="Normal"),
             access=DEFAULTED),
        plain("IsHighPriority", "High Priority", FieldType.BOOLEAN, access=SYSTEM),
        owner("Assigned To ID", ("Group", "User")),
        area("Description", "Description", 32000),
        deleted(),
        lookup("AccountId", "Account ID", "Account", access=READ_ONLY),
        plain("IsClosed", "Closed", FieldType.BOOLEAN, access=SYSTEM),
        *audit(),
        plain("IsArchived", "Archived", FieldType.BOOLEAN, access=SYSTEM),
        integer("CallDurationInSeconds", "Call Duration"),
        pick("CallType", "Call Type", choices("Internal", "Inbound", "Outbound"), restricted=True),
        text("CallDisposition", "Call Result", 255),
        text("CallObject", "Call Object Identifier", 255),
        *_reminder(),
        *_recurrence("Task"),
        plain("RecurrenceStartDateOnly", "Recurrence Start", FieldType.DATE),
        pick("TaskSubtype", "Task Subtype", choices(
            "Task", "Email", "ListEmail:List Email", "Cadence", "Call", "LinkedIn",
        ), restricted=True, access=CREATE_ONLY),
        plain("CompletedDateTime", "Completed Date", FieldType.DATETIME, access=READ_ONLY),
        pick("Type", "Type", choices("Call", "Email", "Meeting", "Other")),
    ),
    ObjectTraits(),
)  # fmt: skip

EVENT: Final = SObject(
    "Event", "Event", "Events", "00U",
    (
        record_id("Activity ID"),
        *_relations("Events"),
        _subject(),
        text("Location", "Location", 255),
        plain("IsAllDayEvent", "All-Day Event", FieldType.BOOLEAN),
        plain("ActivityDateTime", "Due Date Time", FieldType.DATETIME),
        plain("ActivityDate", "Due Date Only", FieldType.DATE),
        integer("DurationInMinutes", "Duration"),
        plain("StartDateTime", "Start Date Time", FieldType.DATETIME),
        plain("EndDateTime", "End Date Time", FieldType.DATETIME),
        plain("EndDate", "End Date", FieldType.DATE, access=READ_ONLY),
        area("Description", "Description", 32000),
        lookup("AccountId", "Account ID", "Account", access=READ_ONLY),
        owner("Assigned To ID", ("Calendar", "User")),
        plain("IsPrivate", "Private", FieldType.BOOLEAN),
        pick("ShowAs", "Show Time As", choices(
            "Busy", "OutOfOffice:Out of Office", "Free", default="Busy",
        ), restricted=True, access=NULLABLE_DEFAULT),
        deleted(),
        plain("IsChild", "Is Child", FieldType.BOOLEAN, access=SYSTEM),
        plain("IsGroupEvent", "Is Group Event", FieldType.BOOLEAN, access=SYSTEM),
        pick("GroupEventType", "Group Event Type", choices(
            "0:Non-group Event", "1:Group Event", "2:Proposed Event",
            "3:IsRecurrence2 Series Pattern", default="0",
        ), restricted=True, access=replace(READ_ONLY, defaulted_on_create=True)),
        *audit(),
        plain("IsArchived", "Archived", FieldType.BOOLEAN, access=SYSTEM),
        *_recurrence("Event"),
        plain("RecurrenceStartDateTime", "Recurrence Start", FieldType.DATETIME),
        *_reminder(),
        pick("EventSubtype", "Event Subtype", choices("Event"), restricted=True,
             access=CREATE_ONLY),
        plain("IsRecurrence2", "Repeat", FieldType.BOOLEAN, access=SYSTEM),
        area("Recurrence2PatternText", "Recurrence Pattern", 512, access=CREATE_ONLY),
    ),
    ObjectTraits(),
)  # fmt: skip
