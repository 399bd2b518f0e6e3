"""What tasks and events have in common, and the state of tasks.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm
"""

from __future__ import annotations

from typing import Final

from local.salesforce.schema.types import SObject
from local.salesforce.store.database import Value
from local.salesforce.store.references import References
from local.salesforce.store.rules.saving import Saving, integrity
from local.salesforce.store.sharing import check_people

_LEAD: Final = "00Q"
_ACCOUNT: Final = "001"
_CONTACT: Final = "003"
#: The objects whose account becomes that of an activity about them; custom ones come on top.
_OF_AN_ACCOUNT: Final = frozenset({"Opportunity", "Contract"})


def people(saving: Saving) -> None:
    """With Shared Activities the first of a given list is the primary person."""
    if not saving.ground.policies.shared_activities:
        return
    for name in ("TaskWhoIds", "EventWhoIds"):
        given = saving.row.get(name)
        if isinstance(given, str):
            listed = [each for each in given.split(",") if each]
            who = saving.row.get("WhoId") if "WhoId" in saving.given else None
            if who is not None:
                listed = list(dict.fromkeys([str(who), *listed]))
            check_people(listed)
            saving.row[name] = ",".join(listed)
            saving.row["WhoId"] = listed[0] if listed else None


def relations(saving: Saving) -> None:
    """The account of an activity: of what it is about, else of whom it is with."""
    row = saving.row
    who, what = row.get("WhoId"), row.get("WhatId")
    if not who and not what:
        row["AccountId"] = None
        return
    if who and what and str(who).startswith(_LEAD):
        raise integrity("Related To ID must be blank when Name ID is a lead", "WhatId")
    row["AccountId"] = account_of(saving.ground.references, who, what)


def account_of(references: References, who: Value, what: Value) -> Value:
    """What AccountId computes to; a parent without an account leaves it to nobody else."""
    if what is not None:
        about = str(what)
        if about.startswith(_ACCOUNT):
            return about
        column = account_column(references.sobject(about))
        if column is not None:
            return references.value(about, column)
    if who is not None and str(who).startswith(_CONTACT):
        return references.value(str(who), "AccountId")
    return None


def account_column(sobject: SObject | None) -> str | None:
    """The field of an object that names its account; None for objects that do not lend it."""
    if sobject is None or not (sobject.custom or sobject.name in _OF_AN_ACCOUNT):
        return None
    found = [
        field
        for field in sobject.fields
        if field.reference and field.reference.targets == ("Account",)
    ]
    return found[0].name if found else None


def task_state(saving: Saving) -> None:
    """Closed or not follows from the status; a task keeps when it was closed."""
    row, references = saving.row, saving.ground.references
    closed = bool(references.value_of("TaskStatus", row.get("Status")).get("IsClosed"))
    was_closed = bool(saving.before and saving.before.get("IsClosed"))
    row["IsClosed"] = int(closed)
    priority = references.value_of("TaskPriority", row.get("Priority"))
    row["IsHighPriority"] = priority.get("IsHighPriority") or 0
    if row.get("TaskSubtype") is None:
        row["TaskSubtype"] = "Task"
    if closed != was_closed:
        row["CompletedDateTime"] = saving.ground.now if closed else None
