# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Roll-ups of campaigns: how many leads, contacts and responses they have."""

from __future__ import annotations

from collections.abc import Sequence

from local.salesforce.store.children import IN_LIST, as_list
from local.salesforce.store.database import Database


def count_members(database: Database, members: Sequence[str]) -> None:
    """Count again for the campaigns of some members, which may be deleted."""
    database.run(
        'UPDATE "Campaign" SET ("NumberOfLeads", "NumberOfContacts", "NumberOfResponses") ='
        ' (SELECT count(CASE WHEN m."ContactId" IS NULL THEN 1 END), count(m."ContactId"),'
        ' ifnull(sum(m."HasResponded"), 0) FROM "CampaignMember" m'
        ' WHERE m."CampaignId" = "Campaign"."Id" AND m."IsDeleted" = 0)'
        f' WHERE "Id" IN (SELECT "CampaignId" FROM "CampaignMember" WHERE "Id" IN {IN_LIST})',
        (as_list(members),),
    )
