"""Accounts: the default mappings (J2, J6), the prerequisite of tasks and touchpoints.

The key line's field is the connection's account id field (J1).
"""

from typing import Final

from syncline.kinds.lines import DefaultLine

INBOUND: Final = (
    DefaultLine("Id", "external_id", key=True),
    DefaultLine("Name", "name"),
    DefaultLine("Website", "domain"),
    DefaultLine("Phone", "phone"),
    DefaultLine("Industry", "industry"),
    DefaultLine("Owner.Email", "owner"),
    DefaultLine("CreatedDate", "create_date"),
    DefaultLine("LastModifiedDate", "last_update_date"),
)

OUTBOUND: Final = (
    DefaultLine("Id", "external_id", key=True),
    DefaultLine("Name", "name"),
    DefaultLine("Website", "domain"),
    DefaultLine("Phone", "phone"),
    DefaultLine("Industry", "industry"),
)
"""Without the owner: who owns an account in Salesforce decides who sees it."""
