"""What the org in memory of the Crm contract describes: as much of the real objects as is asked."""

from typing import Final

from syncline.memory.org import Limits, described

KEY: Final = "Platform_Id__c"
"""An external-id field that the admin of either org has made on accounts and activities."""

OBJECTS: Final = (
    described(
        "User",
        {"Username": "string", "Email": "email", "LastName": "string", "IsActive": "boolean"},
        key_prefix="005",
    ),
    described(
        "Account",
        {
            "Name": "string",
            "Website": "url",
            "NumberOfEmployees": "int",
            "Score__c": "double",
            KEY: "string",
        },
        key_prefix="001",
        references={"OwnerId": ("User",)},
        mergeable=True,
    ),
    described("Contact", {"LastName": "string", "Email": "email"}, key_prefix="003"),
    described(
        "Event",
        {"Subject": "combobox", "ActivityDate": "date", "IsAllDayEvent": "boolean"},
        key_prefix="00U",
        references={"WhoId": ("Contact",)},
    ),
    described(
        "EventRelation",
        {"Status": "picklist", "IsInvitee": "boolean", "IsParent": "boolean", "IsWhat": "boolean"},
        key_prefix="0RE",
        references={"EventId": ("Event",), "RelationId": ("Account", "Contact", "User")},
    ),
    described(
        "Task",
        {
            "Subject": "combobox",
            "Status": "picklist",
            "IsClosed": "boolean",
            "Description": "textarea",
            "ActivityDate": "date",
            "Priority": "picklist",
            "TaskSubtype": "picklist",
            "CallDurationInSeconds": "int",
            "IsReminderSet": "boolean",
            "ReminderDateTime": "datetime",
            KEY: "string",
        },
        key_prefix="00T",
        references={
            "OwnerId": ("Group", "User"),
            "WhatId": ("Account",),
            "AccountId": ("Account",),
            "LastModifiedById": ("User",),
        },
        limits=Limits(create_only=("TaskSubtype",)),
    ),
)
