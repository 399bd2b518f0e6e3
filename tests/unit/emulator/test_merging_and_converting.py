"""Merge and lead conversion, as an admin or Apex starts them."""

from typing import Any

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api


def control(api: Api, path: str, **body: object) -> tuple[int, Any]:
    return api.call("POST", f"/__emulator__/{path}", body)


def only(api: Api, statement: str, *, everything: bool = False) -> dict[str, Any]:
    records = api.query(statement, everything=everything)
    assert len(records) == 1
    return records[0]


def test_the_winner_takes_over_what_it_is_told(api: Api) -> None:
    winner, loser = (api.create("Lead", LastName=name, Company="C") for name in "AB")
    api.org.clock.advance(60)

    status, _ = control(
        api, "merge", sobject="Lead", winner=winner, losers=[loser], fields={"Phone": "1"}
    )

    kept = only(api, "SELECT Id, LastName, Phone, LastModifiedDate FROM Lead")
    gone = only(api, "SELECT MasterRecordId FROM Lead WHERE IsDeleted = true", everything=True)
    assert status == 204
    assert kept == {
        "Id": winner,
        "LastName": "A",
        "Phone": "1",
        "LastModifiedDate": "2026-03-10T12:01:00.000+0000",
    }
    assert gone == {"MasterRecordId": winner}


def test_a_member_of_the_same_campaign_stays_once(api: Api) -> None:
    campaign, other = (api.create("Campaign", Name=name) for name in "AB")
    winner, loser = (api.create("Contact", LastName=name) for name in "WL")
    for each in (winner, loser):
        api.create("CampaignMember", CampaignId=campaign, ContactId=each)
    api.create("CampaignMember", CampaignId=other, ContactId=loser)

    control(api, "merge", sobject="Contact", winner=winner, losers=[loser])

    members = api.query("SELECT CampaignId, ContactId FROM CampaignMember ORDER BY Id")
    counts = api.query("SELECT NumberOfContacts FROM Campaign ORDER BY Name")
    assert members == [
        {"CampaignId": campaign, "ContactId": winner},
        {"CampaignId": other, "ContactId": winner},
    ]
    assert counts == [{"NumberOfContacts": 1}, {"NumberOfContacts": 1}]


def test_activities_of_a_lost_contact_follow_the_account_of_the_winner(api: Api) -> None:
    first, second = (api.create("Account", Name=name) for name in "AB")
    winner = api.create("Contact", LastName="W", AccountId=first)
    loser = api.create("Contact", LastName="L", AccountId=second)
    api.create("Task", WhoId=loser)

    control(api, "merge", sobject="Contact", winner=winner, losers=[loser])

    assert only(api, "SELECT WhoId, AccountId FROM Task") == {"WhoId": winner, "AccountId": first}


def test_cases_merge_and_opportunities_do_not(api: Api) -> None:
    cases = [api.create("Case", Subject=name) for name in "AB"]
    deals = [
        api.create("Opportunity", Name=name, StageName="Prospecting", CloseDate="2026-04-01")
        for name in "AB"
    ]

    merged, _ = control(api, "merge", sobject="Case", winner=cases[0], losers=cases[1:])
    refused, body = control(api, "merge", sobject="Opportunity", winner=deals[0], losers=deals[1:])

    assert (merged, refused) == (204, 400)
    assert body[0]["errorCode"] == "MERGE_FAILED"


@pytest.mark.parametrize("count", [0, 3])
def test_a_merge_takes_two_or_three_records(api: Api, count: int) -> None:
    winner, *losers = (api.create("Account", Name=str(at)) for at in range(count + 1))

    status, _ = control(api, "merge", sobject="Account", winner=winner, losers=losers)

    assert status == 400
    assert len(api.query("SELECT Id FROM Account")) == count + 1


@pytest.fixture
def lead(api: Api) -> str:
    return api.create(
        "Lead", LastName="Lovelace", FirstName="Ada", Company="Engines", Email="ada@x.example",
        City="London", Phone="1",
    )  # fmt: skip


def test_a_lead_becomes_account_contact_and_opportunity(api: Api, lead: str) -> None:
    status, made = control(api, "convert", lead=lead, opportunity="Deal")

    account = only(api, "SELECT Id, Name, BillingCity, Phone FROM Account")
    contact = only(api, "SELECT Id, Name, Email, AccountId, MailingCity FROM Contact")
    deal = only(api, "SELECT Id, Name, StageName, CloseDate, AccountId FROM Opportunity")
    role = only(api, "SELECT ContactId, IsPrimary FROM OpportunityContactRole")
    assert status == 200
    assert made == {
        "account": account["Id"],
        "contact": contact["Id"],
        "opportunity": deal["Id"],
    }
    assert (account["Name"], account["BillingCity"], account["Phone"]) == ("Engines", "London", "1")
    assert (contact["Name"], contact["AccountId"]) == ("Ada Lovelace", account["Id"])
    assert (deal["StageName"], deal["CloseDate"]) == ("Prospecting", "2026-03-31")
    assert role == {"ContactId": contact["Id"], "IsPrimary": True}


def test_a_converted_lead_is_read_only(api: Api, lead: str) -> None:
    _, made = control(api, "convert", lead=lead)

    status, body = api.call("PATCH", f"sobjects/Lead/{lead}", {"Phone": "2"})
    again, twice = control(api, "convert", lead=lead)

    record = only(
        api, "SELECT IsConverted, Status, ConvertedDate, ConvertedAccountId, ConvertedContactId,"
        " ConvertedOpportunityId FROM Lead",
    )  # fmt: skip
    assert record == {
        "IsConverted": True,
        "Status": "Closed - Converted",
        "ConvertedDate": "2026-03-10",
        "ConvertedAccountId": made["account"],
        "ConvertedContactId": made["contact"],
        "ConvertedOpportunityId": None,
    }
    assert (status, body) == (
        400,
        [
            {
                "message": "cannot reference converted lead",
                "errorCode": "CANNOT_UPDATE_CONVERTED_LEAD",
                "fields": [],
            }
        ],
    )
    assert (again, twice[0]["errorCode"]) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")


def test_activities_and_members_of_a_lead_follow_its_contact(api: Api, lead: str) -> None:
    campaign = api.create("Campaign", Name="C")
    api.create("CampaignMember", CampaignId=campaign, LeadId=lead)
    api.create("Task", WhoId=lead)
    api.org.clock.advance(60)

    _, made = control(api, "convert", lead=lead, opportunity="Deal")

    task = only(api, "SELECT WhoId, WhatId, AccountId, LastModifiedDate FROM Task")
    member = only(api, "SELECT LeadId, ContactId, Type FROM CampaignMember")
    assert task == {
        "WhoId": made["contact"],
        "WhatId": made["opportunity"],
        "AccountId": made["account"],
        "LastModifiedDate": "2026-03-10T12:01:00.000+0000",
    }
    assert member == {"LeadId": lead, "ContactId": made["contact"], "Type": "Contact"}


def test_a_lead_goes_to_the_account_and_contact_it_is_given(api: Api, lead: str) -> None:
    account = api.create("Account", Name="There", Phone="9")
    contact = api.create("Contact", LastName="There", AccountId=account)

    _, made = control(api, "convert", lead=lead, account=account, contact=contact)

    assert made == {"account": account, "contact": contact, "opportunity": None}
    assert only(api, "SELECT Name, Phone, BillingCity FROM Account") == {
        "Name": "There",
        "Phone": "9",
        "BillingCity": "London",
    }
    assert only(api, "SELECT LastName, Email FROM Contact") == {
        "LastName": "There",
        "Email": "ada@x.example",
    }


def test_a_lead_of_a_queue_or_to_a_wrong_status_is_not_converted(api: Api, lead: str) -> None:
    queued = api.create("Lead", LastName="Q", Company="Q", OwnerId=mint("00G", 1))

    owner, refused = control(api, "convert", lead=queued)
    status, body = control(api, "convert", lead=lead, status="Working - Contacted")

    assert (owner, status) == (400, 400)
    assert refused[0]["message"].startswith("Converted objects can only be owned by users.")
    assert body[0]["errorCode"] == "INVALID_STATUS"
