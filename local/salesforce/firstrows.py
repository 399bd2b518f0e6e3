"""The rows an org is born with: who is there, what they may own, and what statuses mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from local.salesforce.acting import DEFAULT_ZONE
from local.salesforce.ids import mint
from local.salesforce.schema.statuses import status_rows

ORG_ID: Final = mint("00D", 1)
USER_ID: Final = mint("005", 1)
PROFILE_ID: Final = mint("00e", 1)
QUEUE_ID: Final = mint("00G", 1)

Entry = dict[str, object]

_ORGANIZATION: Final[Entry] = {
    "Id": ORG_ID,
    "Name": "Syncline Emulator",
    "TimeZoneSidKey": DEFAULT_ZONE,
    "LanguageLocaleKey": "en_US",
    "DefaultLocaleSidKey": "en_US",
    "OrganizationType": "Enterprise Edition",
    "InstanceName": "EMU1",
    "FiscalYearStartMonth": 1,
}
_USER: Final[Entry] = {
    "Id": USER_ID,
    "Username": "integration@emulator.example",
    "FirstName": "Integration",
    "LastName": "User",
    "Email": "integration@emulator.example",
    "Alias": "integ",
    "CommunityNickname": "integration",
    "IsActive": True,
    "TimeZoneSidKey": DEFAULT_ZONE,
    "LocaleSidKey": "en_US",
    "LanguageLocaleKey": "en_US",
    "EmailEncodingKey": "UTF-8",
    "ProfileId": PROFILE_ID,
    "UserType": "Standard",
}
_PROFILES: Final = ("System Administrator", "Standard User")
_ROLES: Final = (("CEO", "CEO"), ("Sales Manager", "SalesManager"))
_QUEUED: Final = ("Task", "Lead", "Case")


def first_rows() -> Iterator[Entry]:
    """Entries of the loader; the organization and its first user come first."""
    yield {"sobject": "Organization", "fields": _ORGANIZATION}
    yield {"sobject": "User", "fields": _USER}
    yield from _setup()
    yield from status_rows()


def _setup() -> Iterator[Entry]:
    for number, name in enumerate(_PROFILES, start=1):
        fields = {"Id": mint("00e", number), "Name": name, "UserType": "Standard"}
        yield {"sobject": "Profile", "fields": fields}
    for number, (name, developer) in enumerate(_ROLES, start=1):
        parent = {"ParentRoleId": mint("00E", number - 1)} if number > 1 else {}
        fields = {"Id": mint("00E", number), "Name": name, "DeveloperName": developer}
        yield {"sobject": "UserRole", "fields": fields | parent}
    queue = {"Id": QUEUE_ID, "Name": "Unassigned", "DeveloperName": "Unassigned", "Type": "Queue"}
    yield {"sobject": "Group", "fields": queue}
    for sobject in _QUEUED:
        fields = {"QueueId": QUEUE_ID, "SobjectType": sobject}
        yield {"sobject": "QueueSobject", "fields": fields}
