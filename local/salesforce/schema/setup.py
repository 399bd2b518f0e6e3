"""What an administrator sets up: profiles, roles, members of groups, objects of queues."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from local.salesforce.schema.build import (
    CREATE_ONLY,
    DEFAULTED,
    READ_ONLY,
    SYSTEM,
    audit,
    cascading,
    choices,
    lookup,
    pick,
    plain,
    record_id,
    required,
    text,
    unnamed,
)  # fmt: skip
from local.salesforce.schema.types import FieldType, ObjectTraits, SObject

_NEEDED: Final = replace(CREATE_ONLY, nillable=False)
_SETUP: Final = ObjectTraits(
    undeletable=False, searchable=False, layoutable=False, triggerable=False
)

PROFILE: Final = SObject(
    "Profile", "Profile", "Profile", "00e",
    (
        record_id("Profile ID"),
        replace(required(text("Name", "Name", 255)), name_field=True),
        lookup("UserLicenseId", "User License ID", "UserLicense", access=_NEEDED),
        pick("UserType", "User Type", choices("Standard", "Guest"), restricted=True,
             access=READ_ONLY),
        *audit(),
        text("Description", "Description", 255),
    ),
    ObjectTraits(createable=False, deletable=False, undeletable=False, searchable=False,
                 layoutable=False, triggerable=False),
)  # fmt: skip

USER_ROLE: Final = SObject(
    "UserRole", "Role", "Role", "00E",
    (
        record_id("Role ID"),
        replace(required(text("Name", "Name", 80)), name_field=True),
        unnamed(lookup("ParentRoleId", "Parent Role ID", "UserRole")),
        text("RollupDescription", "Description", 80),
        *(pick(f"{kind}AccessForAccountOwner", f"{kind} Access Level for Account Owner",
               choices("None:Private", "Read:Read Only", "Edit:Read/Write"), restricted=True,
               access=replace(DEFAULTED, nillable=True))
          for kind in ("Opportunity", "Case", "Contact")),
        plain("MayForecastManagerShare", "May Forecast Manager Share", FieldType.BOOLEAN,
              access=SYSTEM),
        *(each for each in audit() if not each.name.startswith("Created")),
        text("DeveloperName", "Developer Name", 80, access=DEFAULTED),
    ),
    ObjectTraits(undeletable=False, layoutable=False, triggerable=False,
                 urls=("compactLayouts",)),
)  # fmt: skip

GROUP_MEMBER: Final = SObject(
    "GroupMember", "Group Member", "Group Member", "011",
    (
        record_id("Group Member ID"),
        cascading(lookup("GroupId", "Group ID", "Group", child="GroupMembers", access=_NEEDED)),
        unnamed(lookup("UserOrGroupId", "User/Group ID", ("Group", "User"), access=_NEEDED)),
        plain("SystemModstamp", "System Modstamp", FieldType.DATETIME, access=SYSTEM),
    ),
    replace(_SETUP, updateable=False),
)  # fmt: skip

QUEUE_SOBJECT: Final = SObject(
    "QueueSobject", "Queue Sobject", "Queue Sobject", "03g",
    (
        record_id("Queue Sobject ID"),
        cascading(lookup("QueueId", "Group ID", "Group", child="QueueSobjects",
                         access=_NEEDED)),
        pick("SobjectType", "Sobject Type", choices("Case", "Lead", "Task"),
             restricted=True, access=_NEEDED),
        lookup("CreatedById", "Created By ID", "User", access=SYSTEM),
        plain("SystemModstamp", "System Modstamp", FieldType.DATETIME, access=SYSTEM),
    ),
    replace(_SETUP, updateable=False),
)  # fmt: skip
