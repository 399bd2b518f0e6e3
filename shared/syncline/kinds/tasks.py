"""Tasks: the default mappings of T11, field for field."""

from typing import Final

from syncline.kinds.lines import DefaultLine

INBOUND: Final = (
    DefaultLine("AccountId", "account_id", key=True),
    DefaultLine("Id", "external_id", key=True),
    DefaultLine("Subject", "title"),
    DefaultLine("Description", "description"),
    DefaultLine("Priority", "priority"),
    DefaultLine("Status", "status"),
    DefaultLine("ActivityDate", "due_date"),
    DefaultLine("Owner.Email", "assigned_to"),
    DefaultLine("CreatedBy.Email", "assigner"),
    DefaultLine("CreatedDate", "create_date"),
    DefaultLine("LastModifiedDate", "last_update_date"),
)

OUTBOUND: Final = (
    DefaultLine("AccountId", "account_id", key=True),
    DefaultLine("Id", "external_id", key=True),
    DefaultLine("Subject", "title"),
    DefaultLine("Description", "description"),
    DefaultLine("Priority", "priority"),
    DefaultLine("Status", "status"),
    DefaultLine("ActivityDate", "due_date"),
    DefaultLine("OwnerId", "assigned_to"),
)
"""A task without a title goes out, too: only page layouts ask for a Subject, the object does not.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm"""
