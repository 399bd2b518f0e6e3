"""From the mapped values of one record to what is sent: constants, composed texts, rules on dates.

Pure functions, one for each kind that needs it, named by `Kind.prepare`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from syncline.engine.records import Value, Values

ID_LENGTHS: Final = frozenset({15, 18})
"""Salesforce ids as people copy them and as its APIs write them."""

_LEAD: Final = "00Q"


@dataclass(slots=True)
class Draft:
    """What is known when the values of one record are made ready.

    Names of CRM fields are spelled as the describe spells them, but in `fields`, which are those
    of the target object that the connected user sees, in lower case.
    """

    record: Values
    """The platform record."""
    values: Values
    """CRM field → canonical CRM value as mapped, references found; of an update, changes only."""
    creating: bool
    fields: Collection[str]
    targets: Mapping[str, tuple[str, ...]]
    """Platform attribute → the CRM fields that the mapping feeds from it."""

    def knows(self, field: str) -> bool:
        """Whether the target object has the field."""
        return field.lower() in self.fields


Prepare = Callable[[Draft], dict[str, Value]]


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
    if isinstance(who, str) and is_lead(who):
        del values["WhoId"]
    return values


def is_lead(id: str) -> bool:
    """Whether it is the id of a lead."""
    return id.startswith(_LEAD) and len(id) in ID_LENGTHS
