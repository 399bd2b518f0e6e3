"""What the org of the API's tests describes: fields of the default mappings, and awkward ones."""

from typing import Final

from syncline.memory.org import described

OBJECTS: Final = (
    described("User", {"Email": "email", "Name": "string"}, key_prefix="005"),
    described(
        "Account",
        {
            "Name": "string", "Website": "url", "Phone": "phone", "Industry": "picklist",
            "BillingAddress": "address", "NumberOfEmployees": "int",
        },
        key_prefix="001",
        references={"OwnerId": ("User",), "CreatedById": ("User",)},
    ),
    described(
        "Contact",
        {
            "Email": "email", "FirstName": "string", "LastName": "string",
            "Phone": "phone", "Title": "string",
        },
        key_prefix="003",
        references={"AccountId": ("Account",)},
    ),
    described(
        "Task",
        {
            "Subject": "combobox", "Description": "textarea", "Priority": "picklist",
            "Status": "picklist", "ActivityDate": "date", "IsClosed": "boolean",
        },
        key_prefix="00T",
        references={
            "AccountId": ("Account",), "OwnerId": ("Group", "User"),
            "CreatedById": ("User",), "WhatId": ("Account",),
        },
    ),
    described(
        "Event",
        {
            "Subject": "combobox", "Description": "textarea", "ActivityDate": "date",
            "StartDateTime": "datetime", "IsAllDayEvent": "boolean",
        },
        key_prefix="00U",
        references={
            "AccountId": ("Account",), "OwnerId": ("User",), "WhatId": ("Account",),
            "CreatedById": ("User",), "LastModifiedById": ("User",),
        },
    ),
)  # fmt: skip
