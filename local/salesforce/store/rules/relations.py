"""Who may be on an activity: checked before the row is there, so that a refusal leaves nothing.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventattendee.htm
"""

from __future__ import annotations

from local.salesforce.store.rules.saving import Saving, integrity
from local.salesforce.store.sharing import check_people, people_of


def task_person(saving: Saving) -> None:
    """One more person on a task."""
    _one_more(saving, "Task")


def event_person(saving: Saving) -> None:
    """An invitee, or with Shared Activities one more person; never of the copy of an invitee."""
    event = str(saving.row["EventId"])
    if saving.ground.references.value(event, "IsChild"):
        raise integrity("An invitation is to the parent event", "EventId")
    if saving.ground.policies.shared_activities and not saving.row.get("IsInvitee"):
        _one_more(saving, "Event")


def _one_more(saving: Saving, activity: str) -> None:
    if saving.before is not None or saving.row.get("IsWhat"):
        return
    there = people_of(saving.ground.database, activity, str(saving.row[f"{activity}Id"]))
    check_people(list(dict.fromkeys([*there, str(saving.row["RelationId"])])))
