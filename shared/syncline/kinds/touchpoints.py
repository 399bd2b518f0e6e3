"""Touchpoints: the default mappings of T11, field for field, and who took part (T21).

The recommended line for participants is `Who.Email` → `participants` inbound and `WhoId` ←
`participants` outbound; it is not among the defaults because orgs hide WhoId as they come.
"""

from typing import Final

from syncline.kinds.lines import DefaultLine

INBOUND: Final = (
    DefaultLine("AccountId", "account_id", key=True),
    DefaultLine("Id", "external_id", key=True),
    DefaultLine("Subject", "subject"),
    DefaultLine("Description", "content"),
    DefaultLine("ActivityDate", "touchpoint_date"),
    DefaultLine("CreatedBy.Email", "creator"),
    DefaultLine("LastModifiedDate", "last_update_date"),
    DefaultLine("LastModifiedBy.Email", "last_updater"),
)

OUTBOUND: Final = (
    DefaultLine("AccountId", "account_id", key=True),
    DefaultLine("Id", "external_id", key=True),
    DefaultLine("Subject", "subject"),
    DefaultLine("Description", "content"),
    DefaultLine("ActivityDate", "touchpoint_date"),
    DefaultLine("OwnerId", "creator"),
)
