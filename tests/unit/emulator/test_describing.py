"""Describe answers have the keys of a real org and say what the rules enforce."""

from typing import Any

import pytest

from local.salesforce.inprocess import Api

FIELD_KEYS = {
    "aggregatable", "aiPredictionField", "autoNumber", "byteLength", "calculated",
    "calculatedFormula", "cascadeDelete", "caseSensitive", "compoundFieldName", "controllerName",
    "createable", "custom", "defaultValue", "defaultValueFormula", "defaultedOnCreate",
    "dependentPicklist", "deprecatedAndHidden", "digits", "displayLocationInDecimal", "encrypted",
    "externalId", "extraTypeInfo", "filterable", "filteredLookupInfo",
    "formulaTreatNullNumberAsZero", "groupable", "highScaleNumber", "htmlFormatted", "idLookup",
    "inlineHelpText", "label", "length", "mask", "maskType", "name", "nameField", "namePointing",
    "nillable", "permissionable", "picklistValues", "polymorphicForeignKey", "precision",
    "queryByDistance", "referenceTargetField", "referenceTo", "relationshipName",
    "relationshipOrder", "restrictedDelete", "restrictedPicklist", "scale", "searchPrefilterable",
    "soapType", "sortable", "type", "unique", "updateable", "writeRequiresMasterRead",
}  # fmt: skip
OBJECTS = [
    "Account", "Campaign", "CampaignMember", "CampaignMemberStatus", "Case", "CaseStatus",
    "Contact", "Event", "EventRelation", "Group", "GroupMember", "Lead", "LeadStatus",
    "Opportunity", "OpportunityContactRole", "OpportunityStage", "Organization", "Profile",
    "QueueSobject", "RecordType", "Task", "TaskPriority", "TaskStatus", "User",
    "UserRole",
]  # fmt: skip


def fields(api: Api, sobject: str) -> dict[str, dict[str, Any]]:
    _, body = api.call("GET", f"sobjects/{sobject}/describe")
    return {each["name"]: each for each in body["fields"]}


def test_the_global_describe_lists_the_objects(api: Api) -> None:
    _, body = api.call("GET", "sobjects")

    assert (body["encoding"], body["maxBatchSize"]) == ("UTF-8", 200)
    assert [each["name"] for each in body["sobjects"]] == OBJECTS
    assert (
        body["sobjects"][0]["urls"]["rowTemplate"] == "/services/data/v62.0/sobjects/Account/{ID}"
    )


@pytest.mark.parametrize("sobject", OBJECTS)
def test_every_field_has_every_key(api: Api, sobject: str) -> None:
    described = fields(api, sobject)

    assert described
    assert {frozenset(each) for each in described.values()} == {frozenset(FIELD_KEYS)}


def test_system_fields_are_not_nillable_and_cannot_be_set(api: Api) -> None:
    described = fields(api, "Task")

    for name in ("Id", "IsDeleted", "CreatedDate", "SystemModstamp", "IsClosed", "IsArchived"):
        found = described[name]
        flags = ("createable", "updateable", "nillable", "defaultedOnCreate")
        assert [found[flag] for flag in flags] == [False, False, False, True], name


def test_references_say_where_they_point(api: Api) -> None:
    task, contact = fields(api, "Task"), fields(api, "Contact")

    assert task["OwnerId"]["referenceTo"] == ["Group", "User"]
    assert task["OwnerId"]["polymorphicForeignKey"] is True
    assert task["WhoId"]["referenceTo"] == ["Contact", "Lead"]
    assert task["WhoId"]["relationshipName"] == "Who"
    assert contact["OwnerId"]["referenceTo"] == ["User"]
    assert contact["OwnerId"]["namePointing"] is False


def test_long_text_can_be_neither_filtered_nor_sorted(api: Api) -> None:
    found = fields(api, "Task")["Description"]

    assert [found[key] for key in ("length", "byteLength", "filterable", "sortable")] == [
        32_000, 96_000, False, False,
    ]  # fmt: skip


def test_the_subject_of_an_activity_is_a_combobox(api: Api) -> None:
    found = fields(api, "Task")["Subject"]

    assert [found[key] for key in ("type", "length", "nillable", "nameField", "groupable")] == [
        "combobox", 255, True, True, False,
    ]  # fmt: skip


def test_a_picklist_tells_value_and_label_apart(api: Api) -> None:
    found = fields(api, "Account")["CleanStatus"]

    assert found["restrictedPicklist"] is True
    assert found["picklistValues"][0] == {
        "active": True, "defaultValue": False, "label": "In Sync", "validFor": None,
        "value": "Matched",
    }  # fmt: skip


def test_children_are_listed_by_the_name_a_subquery_uses(api: Api) -> None:
    _, body = api.call("GET", "sobjects/Account/describe")

    found = {(each["childSObject"], each["field"]): each for each in body["childRelationships"]}
    assert found["Contact", "AccountId"]["relationshipName"] == "Contacts"
    assert found["Contact", "AccountId"]["cascadeDelete"] is True
    assert found["Task", "WhatId"]["relationshipName"] == "Tasks"
    assert found["Task", "AccountId"]["relationshipName"] is None


def test_a_custom_field_is_described_queried_and_written(api: Api) -> None:
    asked = {"sobject": "Task", "name": "Score__c", "type": "double", "precision": 5, "scale": 1}

    status, _ = api.call("POST", "/__emulator__/fields", asked)
    api.create("Task", Score__c=7.25)

    found = fields(api, "Task")["Score__c"]
    assert status == 200
    assert [found[key] for key in ("custom", "label", "precision", "scale")] == [
        True, "Score", 5, 1,
    ]  # fmt: skip
    assert api.query("SELECT Score__c FROM Task") == [{"Score__c": 7.3}]


def test_a_custom_reference_is_a_relationship(api: Api) -> None:
    asked = {"sobject": "Task", "name": "Project__c", "type": "reference",
             "reference_to": "Account", "child_relationship": "ProjectTasks"}  # fmt: skip
    api.call("POST", "/__emulator__/fields", asked)
    account = api.create("Account", Name="A")

    api.create("Task", Subject="x", Project__c=account)

    assert api.query("SELECT Project__r.Name FROM Task") == [{"Project__r": {"Name": "A"}}]


def test_record_counts(api: Api) -> None:
    api.create("Account", Name="A")

    _, body = api.call("GET", "limits/recordCount", sObjects="Account,Nope__c,Task")

    assert body == {"sObjects": [{"count": 1, "name": "Account"}, {"count": 0, "name": "Task"}]}
