"""Accounts: the default mapping (J2, J6), the prerequisite of tasks and touchpoints."""

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
