"""The standard objects, as recorded describe answers and the object reference have them.

Recorded: Opportunity, Case, OpportunityContactRole and the global describe in CumulusCI
(cumulusci/tests/shared_cassettes), Lead, Contact, Account and Event in its other fixtures.
"""

from typing import Any

import pytest

from local.salesforce.inprocess import Api

PREFIXES = {
    "Account": "001", "Contact": "003", "User": "005", "Opportunity": "006", "Lead": "00Q",
    "Group": "00G", "GroupMember": "011", "RecordType": "012", "QueueSobject": "03g",
    "Profile": "00e", "UserRole": "00E", "Case": "500", "Campaign": "701", "CampaignMember": "00v",
    "OpportunityContactRole": "00K", "Task": "00T", "Event": "00U", "EventRelation": "0RE",
    "Organization": "00D",
}  # fmt: skip
FLAGS = {
    "createable": "c", "updateable": "u", "deletable": "d", "undeletable": "n", "mergeable": "m",
    "feedEnabled": "f", "searchable": "s", "layoutable": "l", "mruEnabled": "r",
    "triggerable": "t", "deepCloneable": "p", "replicateable": "e",
}  # fmt: skip


def describe(api: Api, sobject: str) -> dict[str, Any]:
    status, body = api.call("GET", f"sobjects/{sobject}/describe")
    assert status == 200
    found: dict[str, Any] = body
    return found


def fields(api: Api, sobject: str) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in describe(api, sobject)["fields"]}


def children(api: Api, sobject: str) -> dict[tuple[str, str], dict[str, Any]]:
    found = describe(api, sobject)["childRelationships"]
    return {(each["childSObject"], each["field"]): each for each in found}


def test_every_object_has_its_prefix(api: Api) -> None:
    _, body = api.call("GET", "sobjects")

    prefixes = {each["name"]: each["keyPrefix"] for each in body["sobjects"]}
    assert prefixes.items() >= PREFIXES.items()


@pytest.mark.parametrize(
    ("sobject", "flags"),
    [
        ("Account", "cudnmfslrte"), ("Contact", "cudnmfslrte"), ("Lead", "cudnmfslrte"),
        ("Opportunity", "cudnfslrtpe"), ("Case", "cudnfslrte"), ("Campaign", "cudnslrtpe"),
        ("CampaignMember", "cudlte"), ("OpportunityContactRole", "cudlte"),
        ("User", "cufslrte"), ("UserRole", "cudse"), ("Organization", "ue"),
        ("Event", "cudnslrte"), ("TaskStatus", ""),
    ],
)  # fmt: skip
def test_objects_can_do_what_recorded_ones_can(api: Api, sobject: str, flags: str) -> None:
    _, body = api.call("GET", "sobjects")

    found = next(each for each in body["sobjects"] if each["name"] == sobject)
    assert {key for key in FLAGS if found[key]} == {
        key for key, letter in FLAGS.items() if letter in flags
    }


@pytest.mark.parametrize(
    ("sobject", "required"),
    [
        ("Lead", {"LastName", "Company"}),
        ("Opportunity", {"Name", "StageName", "CloseDate"}),
        ("Case", set()),
        ("Campaign", {"Name"}),
        ("Task", set()),
        ("OpportunityContactRole", {"OpportunityId", "ContactId"}),
    ],
)
def test_required_fields_are_described_and_enforced(
    api: Api, sobject: str, required: set[str]
) -> None:
    described = fields(api, sobject)

    status, body = api.call("POST", f"sobjects/{sobject}", {})

    found = {
        name
        for name, each in described.items()
        if each["createable"] and not each["nillable"] and not each["defaultedOnCreate"]
    }
    assert found == required
    assert status == (400 if required else 201)
    if required:
        assert set(body[0]["fields"]) == required


def test_owners_may_be_queues_where_salesforce_has_them(api: Api) -> None:
    owners = {
        name: fields(api, name)["OwnerId"]["referenceTo"]
        for name in ("Lead", "Case", "Task", "Event", "Account", "Opportunity", "Campaign")
    }

    assert owners == {
        "Lead": ["Group", "User"], "Case": ["Group", "User"], "Task": ["Group", "User"],
        "Event": ["Calendar", "User"], "Account": ["User"], "Opportunity": ["User"],
        "Campaign": ["User"],
    }  # fmt: skip


def test_children_tell_what_happens_to_them(api: Api) -> None:
    account, contact = children(api, "Account"), children(api, "Contact")

    fates = {
        key: (found["cascadeDelete"], found["restrictedDelete"], found["relationshipName"])
        for found, key in (
            (account["Contact", "AccountId"], "contacts"),
            (account["Case", "AccountId"], "cases"),
            (account["Opportunity", "AccountId"], "opportunities"),
            (account["Lead", "ConvertedAccountId"], "leads"),
            (contact["CampaignMember", "ContactId"], "members"),
            (contact["CampaignMember", "LeadOrContactId"], "members by either"),
        )
    }
    assert fates == {
        "contacts": (True, False, "Contacts"),
        "cases": (False, True, "Cases"),
        "opportunities": (True, False, "Opportunities"),
        "leads": (False, False, None),
        "members": (True, False, "CampaignMembers"),
        "members by either": (False, False, None),
    }


def test_losers_of_a_merge_are_no_children(api: Api) -> None:
    assert ("Account", "MasterRecordId") not in children(api, "Account")
    assert fields(api, "Account")["MasterRecordId"]["relationshipName"] == "MasterRecord"


def test_a_reference_may_have_no_relationship(api: Api) -> None:
    assert fields(api, "Event")["RecurrenceActivityId"]["relationshipName"] is None
    assert children(api, "Event")["Event", "RecurrenceActivityId"]["relationshipName"] == (
        "RecurringEvents"
    )
    status, body = api.call("GET", "query", q="SELECT RecurrenceActivity.Subject FROM Event")
    assert (status, body[0]["errorCode"]) == (400, "INVALID_FIELD")


@pytest.mark.parametrize(
    ("sobject", "name", "differs"),
    [
        ("Task", "CallType", {"permissionable": False, "restrictedPicklist": True}),
        ("Task", "Description", {"permissionable": True, "filterable": False}),
        ("Event", "ActivityDate", {"aggregatable": False, "groupable": True}),
        ("Event", "IsAllDayEvent", {"permissionable": True}),
        ("Event", "WhatId", {"namePointing": True, "searchPrefilterable": True}),
        ("Case", "CaseNumber", {"autoNumber": True, "groupable": False, "nameField": True}),
        ("Case", "Comments", {"filterable": False, "sortable": True, "byteLength": 4000}),
        ("Lead", "Address", {"queryByDistance": True, "filterable": True, "sortable": False}),
        ("Lead", "JigsawContactId", {"relationshipName": "JigsawContact", "type": "string"}),
        ("Lead", "Salutation", {"extraTypeInfo": "personname", "compoundFieldName": "Name"}),
        ("Account", "ParentId", {"searchPrefilterable": True}),
        ("Account", "OwnerId", {"searchPrefilterable": False}),
        ("Opportunity", "HasOpenActivity", {"filterable": False, "groupable": True}),
        ("Opportunity", "Probability", {"type": "percent", "precision": 3, "nillable": True}),
        ("User", "TimeZoneSidKey", {"restrictedPicklist": True, "nillable": False}),
        ("TaskStatus", "ApiName", {"idLookup": True, "nillable": False}),
    ],
)
def test_a_field_differs_as_recorded(
    api: Api, sobject: str, name: str, differs: dict[str, object]
) -> None:
    assert fields(api, sobject)[name].items() >= differs.items()


def test_labels_of_choices_may_differ_from_values(api: Api) -> None:
    described = fields(api, "Opportunity")["ForecastCategory"]

    labels = {each["value"]: each["label"] for each in described["picklistValues"]}
    assert (labels["BestCase"], labels["Forecast"]) == ("Best Case", "Commit")


def test_scopes_and_links_follow_the_object(api: Api) -> None:
    lead, event, case = (describe(api, name) for name in ("Lead", "Event", "Case"))

    assert [each["name"] for each in lead["supportedScopes"]] == [
        "everything", "mine", "queue_owned", "scopingRule", "team", "user_owned",
    ]  # fmt: skip
    assert lead["supportedScopes"][2]["label"] == "Queue owned leads"
    assert "eventSeriesUpdates" in event["urls"]
    assert case["urls"]["caseArticleSuggestions"].endswith("/sobjects/Case/suggestedArticles")
    assert case["urls"]["uiNewRecord"].endswith("/500/e")


def test_an_org_is_born_with_its_setup(api: Api) -> None:
    profiles = api.query("SELECT Name FROM Profile ORDER BY Name")
    queued = api.query("SELECT Queue.Name, SobjectType FROM QueueSobject ORDER BY SobjectType")
    user = api.query("SELECT Profile.Name FROM User")
    roles = api.query("SELECT Name FROM UserRole WHERE ParentRoleId = NULL")

    assert [each["Name"] for each in profiles] == ["Standard User", "System Administrator"]
    assert [each["SobjectType"] for each in queued] == ["Case", "Lead", "Task"]
    assert {each["Queue"]["Name"] for each in queued} == {"Unassigned"}
    assert user == [{"Profile": {"Name": "System Administrator"}}]
    assert roles == [{"Name": "CEO"}]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("SELECT ApiName FROM TaskStatus WHERE IsClosed = true", ["Completed"]),
        ("SELECT ApiName FROM TaskStatus WHERE IsDefault = true", ["Not Started"]),
        ("SELECT ApiName FROM TaskPriority WHERE IsHighPriority = true", ["High"]),
        ("SELECT ApiName FROM CaseStatus WHERE IsClosed = true", ["Closed"]),
        ("SELECT ApiName FROM LeadStatus WHERE IsConverted = true", ["Closed - Converted"]),
        ("SELECT ApiName FROM OpportunityStage WHERE IsWon = true", ["Closed Won"]),
        ("SELECT ApiName FROM OpportunityStage WHERE DefaultProbability = 90",
         ["Negotiation/Review"]),
    ],
)  # fmt: skip
def test_statuses_can_be_queried(api: Api, statement: str, found: list[str]) -> None:
    assert [each["ApiName"] for each in api.query(statement)] == found


def test_statuses_are_not_for_bulk(api: Api) -> None:
    asked = {"operation": "query", "query": "SELECT Id FROM TaskStatus"}

    status, body = api.call("POST", "jobs/query", asked)

    assert (status, body[0]["errorCode"]) == (400, "INVALIDENTITY")


def test_shared_activities_add_relations(api: Api) -> None:
    before = api.call("GET", "query", q="SELECT Id FROM TaskRelation")
    alone = fields(api, "EventRelation")["RelationId"]["referenceTo"]

    api.call("POST", "/__emulator__/settings", {"shared_activities": True})

    assert (before[0], before[1][0]["errorCode"]) == (400, "INVALID_TYPE")
    assert alone == ["Calendar", "Contact", "Lead", "User"]
    assert "Account" in fields(api, "EventRelation")["RelationId"]["referenceTo"]
    assert describe(api, "TaskRelation")["keyPrefix"] == "0RT"
    assert {"WhoCount", "WhatCount"} <= set(fields(api, "Task"))
    assert api.query("SELECT Id FROM TaskRelation") == []
