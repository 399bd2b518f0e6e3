"""What Salesforce demands of tasks and events alike: with a lead they are about nothing else."""

from typing import Final

from syncline.engine.records import Value
from syncline.kinds.preparing import Draft

LEAD: Final = "00Q"
"""How ids of leads begin.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm"""


def prepared_task(draft: Draft) -> dict[str, Value]:
    """The values, without a lead (see `without_lead`)."""
    return without_lead(dict(draft.values))


def without_lead(values: dict[str, Value]) -> dict[str, Value]:
    """Drops a lead from WhoId: the account in WhatId stays.

    Salesforce refuses an activity that is with a lead and about a record at once
    ("Related To ID must be blank when Name ID is a lead"), and ours are about their account (T17).
    https://rioeducation.com/salesforce-activity-whatid-whoid/
    """
    who = values.get("WhoId")
    if isinstance(who, str) and who.startswith(LEAD):
        del values["WhoId"]
    return values
