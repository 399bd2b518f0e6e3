"""What people do in the demo, on one side, on the other, and on both at once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from local.demo.stage import Stage

SALESFORCE: Final = "Salesforce"
PLATFORM: Final = "platform"

OUR_NOTE: Final = "Ada called back: they want the annex too."
THEIR_NOTE: Final = "Left a message with the front desk."
SHARED_NOTE: Final = "The slides are in the shared folder."
NEW_TASK: Final = "demo-task"
NEW_TOUCHPOINT: Final = "demo-touchpoint"
TOUCH: Final = "touch-000001"
SENDER: Final = "mia@larkspur.example"
CAMPAIGN: Final = "Spring release webinar"
_TASKS: Final = (
    "SELECT Id, Subject, AccountId FROM Task WHERE Subject LIKE '% %' AND AccountId != null "
    "AND Status = 'Not Started' AND Priority = 'Normal' ORDER BY SystemModstamp DESC, Id LIMIT 6"
)
_CONTACTS: Final = (
    "SELECT Id, Name, Email, AccountId, Owner.Email FROM Contact WHERE Email != null "
    "AND AccountId != null AND Owner.IsActive = true ORDER BY Id LIMIT 1"
)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """What was worked on: Salesforce's rows as they were before, and an event that is new.

    `theirs` is edited in Salesforce, `ours` on the platform, `shared` on both sides in different
    fields, `contested` on both in the same; `gone_there` is deleted in Salesforce, `gone_here` on
    the platform.
    """

    theirs: Row
    ours: Row
    shared: Row
    contested: Row
    gone_there: Row
    gone_here: Row
    contact: Row
    event: str


def people_work(stage: Stage) -> Work:
    """Everybody does something; the platform's edit of the contested task is the later one."""
    found = stage.seller.find(_TASKS)
    stage.expect(len(found) == 6, "the org has no six open tasks")
    (contact,) = stage.seller.find(_CONTACTS)
    theirs, ours, shared, contested, gone_there, gone_here = found
    event = _in_salesforce(stage, (theirs, shared, contested, gone_there), contact)
    work = Work(theirs, ours, shared, contested, gone_there, gone_here, contact, event)
    _until_the_next_second()
    _on_the_platform(stage, work)
    return work


def _in_salesforce(stage: Stage, tasks: tuple[Row, Row, Row, Row], contact: Row) -> str:
    """Returns the new event."""
    seller, tell = stage.seller, stage.tell
    theirs, shared, contested, gone = tasks
    seller.change("Task", theirs["Id"], Status="Completed")
    tell(SALESFORCE, f"{theirs['Subject']!r} is completed")
    seller.change("Task", shared["Id"], Priority="High")
    tell(SALESFORCE, f"{shared['Subject']!r} becomes urgent")
    seller.change("Task", contested["Id"], Description=THEIR_NOTE, Status="In Progress")
    tell(SALESFORCE, f"{contested['Subject']!r} gets a note and is in progress …")
    seller.delete("Task", gone["Id"])
    tell(SALESFORCE, f"{gone['Subject']!r} is deleted")
    seller.create("Task", WhatId=theirs["AccountId"], Status="Not Started", Priority="Normal")
    tell(SALESFORCE, "somebody logs a task without a subject")
    event = seller.create(
        "Event",
        Subject="Workshop on the data model",
        WhatId=contact["AccountId"],
        WhoId=contact["Id"],
        StartDateTime=f"{_day(3)}T09:00:00Z",
        DurationInMinutes=90,
    )
    tell(SALESFORCE, f"a workshop with {contact['Name']} is planned")
    stage.house.salesforce.control.load([stage.org.late_account])
    name = stage.org.late_account[1]["Name"]
    tell(SALESFORCE, f"the account {name!r} arrives, later than its tasks")
    return event


def _on_the_platform(stage: Stage, work: Work) -> None:
    tell = stage.tell
    stage.put("task", _task(stage, work.contested), description=OUR_NOTE)
    tell(PLATFORM, "… and gets another note, a moment later: a conflict")
    stage.put("task", _task(stage, work.shared), description=SHARED_NOTE)
    tell(PLATFORM, f"{work.shared['Subject']!r} gets a description")
    stage.put("task", _task(stage, work.ours), title=f"{work.ours['Subject']} (moved to May)")
    tell(PLATFORM, f"{work.ours['Subject']!r} is renamed")
    stage.delete("task", _task(stage, work.gone_here))
    tell(PLATFORM, f"{work.gone_here['Subject']!r} is deleted")
    _news(stage, work.contact)


def _news(stage: Stage, contact: Row) -> None:
    """What is new on the platform, all about the contact's account."""
    account = stage.platform_id("account", contact["AccountId"])
    colleague = contact["Owner"]["Email"]
    stage.put(
        "task",
        NEW_TASK,
        account_id=account,
        title="Prepare the renewal",
        priority="High",
        status="Not Started",
        assigned_to=colleague,
    )
    stage.tell(PLATFORM, "'Prepare the renewal' is a new task")
    stage.put(
        "touchpoint",
        NEW_TOUCHPOINT,
        account_id=account,
        subject="Quarterly review",
        touchpoint_date=f"{_day(5)}T00:00:00Z",
        participants=contact["Email"],
        creator=colleague,
    )
    stage.tell(PLATFORM, f"a touchpoint with {contact['Name']} takes place in five days")
    stage.put(
        "campaign_touch",
        "demo-touch",
        account_id=account,
        external_id=TOUCH,
        campaign_name=CAMPAIGN,
        campaign_type="one_time",
        recipients=12,
        sender=SENDER,
        start_date=_day(0),
        created_by=colleague,
    )
    stage.tell(PLATFORM, f"the campaign {CAMPAIGN!r} goes to 12 users of the account")


def _task(stage: Stage, row: Row) -> str:
    return stage.platform_id("task", row["Id"])


def _day(ahead: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=ahead):%Y-%m-%d}"


def _until_the_next_second() -> None:
    """Salesforce tells times in whole seconds: what is later must be so in its count, too."""
    time.sleep(1.1 - time.time() % 1)
