"""Which rules an object has, in the order they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from local.salesforce.store.rules.activities import people, relations, task_state
from local.salesforce.store.rules.events import event_times
from local.salesforce.store.rules.people import case, lead, person
from local.salesforce.store.rules.relations import event_person, task_person
from local.salesforce.store.rules.sales import campaign_member, opportunity
from local.salesforce.store.rules.saving import Saving

Rule = Callable[[Saving], None]

_NONE: Final[tuple[Rule, ...]] = ()
_RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "Case": (case,),
    "CampaignMember": (campaign_member,),
    "Contact": (person,),
    "EventRelation": (event_person,),
    "Lead": (lead, person),
    "Opportunity": (opportunity,),
    "TaskRelation": (task_person,),
    "User": (person,),
    "Task": (people, relations, task_state),
    "Event": (people, relations, event_times),
}


#: The columns that rules and effects read or write of objects of which many rows change together;
#: rows of others are read whole.
LOOKED_AT: Final[Mapping[str, frozenset[str]]] = {
    "Task": frozenset(
        {
            *("WhoId", "WhatId", "AccountId", "ActivityDate", "CompletedDateTime", "IsClosed"),
            *("IsHighPriority", "Priority", "Status", "TaskSubtype"),
        }
    ),
}


def apply(sobject: str, saving: Saving) -> None:
    """Compute the fields of an object in place; raises ApiError for what it forbids."""
    for rule in _RULES.get(sobject, _NONE):
        rule(saving)
