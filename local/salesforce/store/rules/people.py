"""Leads, contacts, users and cases: names, conversion, and what closing a case computes."""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.store.rules.saving import Saving

_OF_CONTACT: Final = {
    "ContactPhone": "Phone", "ContactMobile": "MobilePhone", "ContactEmail": "Email",
    "ContactFax": "Fax",
}  # fmt: skip


def person(saving: Saving) -> None:
    """The whole name; the salutation is no part of it."""
    parts = (saving.row.get("FirstName"), saving.row.get("LastName"))
    saving.row["Name"] = " ".join(str(part) for part in parts if part)


def lead(saving: Saving) -> None:
    """A converted lead is read-only."""
    if saving.before is not None and saving.before.get("IsConverted"):
        raise ApiError(Kind.CONVERTED_LEAD)


def case(saving: Saving) -> None:
    """Closed follows from the status; the account from the contact, unless it is given.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_case.htm
    """
    row = saving.row
    status = saving.ground.references.value_of("CaseStatus", row.get("Status"))
    was, closed = bool((saving.before or {}).get("IsClosed")), bool(status.get("IsClosed"))
    row["IsClosed"] = int(closed)
    if closed != was:
        row["ClosedDate"] = saving.ground.now if closed else None
    contact = row.get("ContactId")
    if contact is not None and saving.changes("ContactId") and row.get("AccountId") is None:
        row["AccountId"] = saving.ground.references.value(str(contact), "AccountId")
    for name, source in _OF_CONTACT.items():
        row[name] = saving.ground.references.value(str(contact), source) if contact else None
