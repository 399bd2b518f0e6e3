"""A workspace with one connection and an org whose objects a test may change, to validate jobs."""

from dataclasses import replace
from typing import Any

from syncline.config.models import Connection, Job, Workspace
from syncline.memory.cloud import MemoryCloud
from syncline.memory.crm import MemoryCrm
from syncline.memory.org import Limits, described
from syncline.ports import FieldDescription, ObjectDescription
from syncline.usecases.findings import Finding
from syncline.usecases.resolve_job import JobSetup, load_job
from syncline.usecases.validate_mapping import ValidateMapping

TASK = described(
    "Task",
    {
        "Subject": "combobox", "Description": "textarea", "Priority": "picklist",
        "Status": "picklist", "ActivityDate": "date", "IsClosed": "boolean",
        "CallDurationInSeconds": "int", "TaskSubtype": "picklist", "Closing__c": "boolean",
    },
    references={
        "AccountId": ("Account",), "OwnerId": ("Group", "User"), "CreatedById": ("User",),
        "WhatId": ("Account", "Opportunity"), "WhoId": ("Contact", "Lead"),
    },
    limits=Limits(create_only=("TaskSubtype",)),
)  # fmt: skip
EVENT = described(
    "Event",
    {
        "Subject": "combobox", "Description": "textarea", "ActivityDate": "date",
        "StartDateTime": "datetime", "IsAllDayEvent": "boolean", "Touch_Id__c": "string",
    },
    references={
        "AccountId": ("Account",), "OwnerId": ("User",), "WhatId": ("Account",),
        "CreatedById": ("User",), "LastModifiedById": ("User",), "WhoId": ("Contact", "Lead"),
    },
)  # fmt: skip
VISIT = described(
    "Visit__c",
    {"Title__c": "string", "Day__c": "date"},
    references={"Account__c": ("Account",), "Guide__c": ("User",)},
    limits=Limits(required=("Day__c",)),
)
ACCOUNT = described("Account", {"Name": "string", "Website": "url", "Phone": "phone",
                                "Industry": "picklist"})  # fmt: skip
USER = described("User", {"Email": "email"})
CONTACT = described("Contact", {"Email": "email"})
KEYS = [("AccountId", "account_id", True), ("Id", "external_id", True)]


def mapping(*lines: tuple[Any, ...]) -> list[dict[str, Any]]:
    """(Salesforce field, attribute) or, with the mark, (field, attribute, True)."""
    return [
        {"salesforce": line[0], "platform": line[1], "key": line[2:] == (True,)} for line in lines
    ]


class Desk:
    """Saves jobs without a look at them, and validates drafts."""

    def __init__(self, **connection: Any) -> None:
        self.cloud = MemoryCloud()
        self.crm = MemoryCrm([TASK, EVENT, VISIT, ACCOUNT, USER, CONTACT])
        own = {"attributes": {"task": {"open": "boolean", "points": "number", "at": "datetime"}}}
        self._put("workspace", "acme", Workspace.model_validate(own))
        url = {"login_url": "https://acme.my.salesforce.com"}
        self._put("connection", "crm", Connection.model_validate({**url, **connection}))
        self._put("connection", "other", Connection.model_validate(url))

    def _put(self, type: str, name: str, body: Workspace | Connection | Job) -> None:
        plain = body.model_dump(mode="json")
        stored = self.cloud.configuration.get("acme", type, name)
        expected = stored.version if stored else 0
        assert self.cloud.configuration.put("acme", type, name, plain, expected=expected)

    def save(self, name: str, kind: str, **settings: Any) -> None:
        self._put("job", name, job(kind, **settings))

    def findings(self, kind: str, *, name: str = "draft", **settings: Any) -> list[Finding]:
        validate = ValidateMapping(self.cloud.configuration, lambda *_: self.crm)
        return list(validate("acme", name, draft=job(kind, **settings)))

    def codes(self, kind: str, *, name: str = "draft", **settings: Any) -> list[tuple[str, str]]:
        """(field, code) of each finding."""
        found = self.findings(kind, name=name, **settings)
        return [(each.field, each.code) for each in found]

    def setup(self, kind: str, **settings: Any) -> JobSetup:
        draft = job(kind, **settings)
        return load_job(self.cloud.configuration, "acme", "draft", draft=draft)

    def change(self, object: str, **changes: Any) -> None:
        """Replaces parts of an object's description."""
        found = self.crm.org.objects[object.lower()]
        self._describe(replace(found, **changes))

    def field(self, object: str, name: str, **changes: Any) -> None:
        """Replaces parts of a field's description, or adds the field."""
        found = self.crm.org.objects[object.lower()]
        known = found.fields.get(name.lower()) or FieldDescription(name, "string", name)
        fields = {**found.fields, name.lower(): replace(known, **changes)}
        self._describe(replace(found, fields=fields))

    def _describe(self, described: ObjectDescription) -> None:
        self.crm.org.objects[described.name.lower()] = described  # type: ignore[index]


def job(kind: str, **settings: Any) -> Job:
    return Job.model_validate({"kind": kind, "connection": "crm", **settings})
