"""Who else is on an activity: EventRelation for invitees, TaskRelation with Shared Activities.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventattendee.htm
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_taskrelation.htm
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from local.salesforce.schema.activities import WHAT_TARGETS
from local.salesforce.schema.build import (
    CREATE_ONLY,
    CREATE_ONLY_DEFAULTED,
    READ_ONLY,
    SYSTEM,
    audit,
    cascading,
    choices,
    deleted,
    lookup,
    pick,
    plain,
    record_id,
    shared,
    text,
)  # fmt: skip
from local.salesforce.schema.types import Field, FieldType, ObjectTraits, SObject

_NEEDED: Final = replace(CREATE_ONLY, nillable=False)
_PEOPLE: Final = ("Calendar", "Contact", "Lead", "User")


def _switch(name: str, label: str) -> Field:
    return plain(name, label, FieldType.BOOLEAN, access=CREATE_ONLY_DEFAULTED)


def _anyone(field: Field) -> Field:
    """People and resources; what an event is about as well, with Shared Activities."""
    if field.reference is None:
        raise ValueError(field.name)
    reference = replace(field.reference, cascade=True, shared_targets=WHAT_TARGETS)
    return replace(field, reference=reference)


EVENT_RELATION: Final = SObject(
    "EventRelation", "Event Relation", "Event Relations", "0RE",
    (
        record_id("Event Relation ID"),
        _anyone(lookup("RelationId", "Relation ID", _PEOPLE, child="EventRelations",
                       access=_NEEDED)),
        cascading(lookup("EventId", "Event ID", "Event", child="EventRelations",
                         access=_NEEDED)),
        pick("Status", "Status", choices("New", "Declined", "Accepted", "Uninvited", "Maybe",
                                         default="New"), restricted=True),
        plain("RespondedDate", "Response Date", FieldType.DATETIME),
        text("Response", "Response", 255),
        shared(_switch("IsWhat", "Is What")),
        shared(_switch("IsParent", "Is Parent")),
        _switch("IsInvitee", "Is Invitee"),
        plain("IsOrganizer", "Is Organizer", FieldType.BOOLEAN, access=SYSTEM),
        shared(lookup("AccountId", "Account ID", "Account", access=READ_ONLY)),
        *audit(),
        deleted(),
    ),
    ObjectTraits(undeletable=False, searchable=False, layoutable=False, triggerable=False),
)  # fmt: skip

TASK_RELATION: Final = SObject(
    "TaskRelation", "Task Relation", "Task Relations", "0RT",
    (
        record_id("Task Relation ID"),
        cascading(lookup("RelationId", "Relation ID", ("Contact", "Lead", *WHAT_TARGETS),
                         child="TaskRelations", access=_NEEDED)),
        cascading(lookup("TaskId", "Task ID", "Task", child="TaskRelations", access=_NEEDED)),
        _switch("IsWhat", "Is What"),
        lookup("AccountId", "Account ID", "Account", access=READ_ONLY),
        *audit(),
        deleted(),
    ),
    ObjectTraits(updateable=False, undeletable=False, searchable=False, layoutable=False,
                 triggerable=False, shared_activities=True),
)  # fmt: skip
