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
