"""Touchpoints: the default mappings of T11, field for field, and who took part (T21).

The recommended line for participants is `Who.Email` → `participants` inbound and `WhoId` ←
`participants` outbound; it is not among the defaults because orgs hide WhoId as they come.
"""

import re
from typing import Final

from syncline.engine.records import Value
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

_BETWEEN: Final = re.compile(r"[,;\s]+")


def each_participant(value: Value) -> tuple[str, ...]:
    """The people that `participants` holds as one text: e-mails or CRM ids in their order, each
    once. WhoId gets the first of them that is found."""
    parts = _BETWEEN.split(str(value)) if value is not None else []
    return tuple({part.lower(): part for part in reversed(parts) if part}.values())[::-1]
