"""What objects compute of themselves and of each other."""

from typing import Any

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api


def only(api: Api, statement: str) -> dict[str, Any]:
    records = api.query(statement)
    assert len(records) == 1
    return records[0]


def read(api: Api, sobject: str, record: str, *names: str) -> dict[str, Any]:
    _, body = api.call("GET", f"sobjects/{sobject}/{record}", fields=",".join(names))
    return {name: body[name] for name in names}


def deal(api: Api, **fields: object) -> str:
    needed = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2026-05-01"}
    return api.create("Opportunity", **{**needed, **fields})


STAGES: list[tuple[str, dict[str, object]]] = [
    ("Prospecting", {"IsClosed": False, "IsWon": False, "Probability": 10.0,
                     "ForecastCategory": "Pipeline"}),
    ("Closed Won", {"IsClosed": True, "IsWon": True, "Probability": 100.0,
                    "ForecastCategory": "Closed"}),
    ("Closed Lost", {"IsClosed": True, "IsWon": False, "Probability": 0.0,
                     "ForecastCategory": "Omitted"}),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "computed"), STAGES)
def test_the_stage_decides_what_a_deal_is(
    api: Api, stage: str, computed: dict[str, object]
) -> None:
    deal(api, StageName=stage)

    record = only(api, "SELECT IsClosed, IsWon, Probability, ForecastCategory FROM Opportunity")
    assert record == computed


def test_a_deal_keeps_a_given_probability_until_its_stage_changes(api: Api) -> None:
    opportunity = deal(api, Amount=1000, Probability=33)
    before = only(api, "SELECT Probability, ExpectedRevenue, FiscalYear, FiscalQuarter FROM"
                       " Opportunity")  # fmt: skip

    api.call("PATCH", f"sobjects/Opportunity/{opportunity}", {"StageName": "Qualification"})

    after = only(api, "SELECT Probability, LastStageChangeDate FROM Opportunity")
    assert before == {
        "Probability": 33.0,
        "ExpectedRevenue": 330.0,
        "FiscalYear": 2026,
        "FiscalQuarter": 2,
    }
    assert after == {"Probability": 10.0, "LastStageChangeDate": "2026-03-10T12:00:00.000+0000"}


def test_cases_are_numbered_and_know_when_they_were_closed(api: Api) -> None:
    account = api.create("Account", Name="A")
    contact = api.create("Contact", LastName="C", AccountId=account, Email="c@x.example")
    case = api.create("Case", ContactId=contact)
    api.create("Case")

    api.call("PATCH", f"sobjects/Case/{case}", {"Status": "Closed"})
    closed = api.query("SELECT CaseNumber, Status, IsClosed, ClosedDate, AccountId, ContactEmail"
                       " FROM Case ORDER BY CaseNumber")  # fmt: skip
    api.call("PATCH", f"sobjects/Case/{case}", {"Status": "Working"})

    assert closed[0] == {
        "CaseNumber": "00000001",
        "Status": "Closed",
        "IsClosed": True,
        "ClosedDate": "2026-03-10T12:00:00.000+0000",
        "AccountId": account,
        "ContactEmail": "c@x.example",
    }
    assert (closed[1]["CaseNumber"], closed[1]["Status"]) == ("00000002", "New")
    assert read(api, "Case", case, "ClosedDate") == {"ClosedDate": None}


def test_a_case_keeps_the_account_it_is_given(api: Api) -> None:
    first, second = (api.create("Account", Name=name) for name in "AB")
    contact = api.create("Contact", LastName="C", AccountId=first)

    api.create("Case", ContactId=contact, AccountId=second)

    assert only(api, "SELECT AccountId FROM Case") == {"AccountId": second}


def test_a_lead_has_a_name_and_a_first_status(api: Api) -> None:
    api.create("Lead", FirstName="Ada", LastName="L", Company="C")

    record = only(api, "SELECT Name, Status, IsConverted FROM Lead")
    assert record == {"Name": "Ada L", "Status": "Open - Not Contacted", "IsConverted": False}


def test_a_member_shows_its_person_and_counts_in_its_campaign(api: Api) -> None:
    campaign = api.create("Campaign", Name="C")
    lead = api.create("Lead", LastName="L", Company="Co", Email="l@x.example")
    account = api.create("Account", Name="Acme")
    contact = api.create("Contact", LastName="C", AccountId=account)

    first = api.create("CampaignMember", CampaignId=campaign, LeadId=lead, Status="Responded")
    api.create("CampaignMember", CampaignId=campaign, ContactId=contact)
    twice, body = api.call(
        "POST", "sobjects/CampaignMember", {"CampaignId": campaign, "LeadId": lead}
    )
    counted = only(api, "SELECT NumberOfLeads, NumberOfContacts, NumberOfResponses FROM Campaign")
    api.call("DELETE", f"sobjects/CampaignMember/{first}")

    members = api.query("SELECT Name, Type, CompanyOrAccount, HasResponded FROM CampaignMember"
                        " ORDER BY Id",
                        everything=True)  # fmt: skip
    assert members[0] == {"Name": "L", "Type": "Lead", "CompanyOrAccount": "Co",
                          "HasResponded": True}  # fmt: skip
    assert members[1]["CompanyOrAccount"] == "Acme"
    assert counted == {"NumberOfLeads": 1, "NumberOfContacts": 1, "NumberOfResponses": 1}
    assert only(api, "SELECT NumberOfLeads FROM Campaign") == {"NumberOfLeads": 0}
    assert (twice, body[0]["errorCode"], body[0]["message"]) == (
        400,
        "DUPLICATE_VALUE",
        "Already a campaign member.",
    )


def test_a_task_owes_its_account_to_what_it_is_about(api: Api) -> None:
    first, second = (api.create("Account", Name=name) for name in "AB")
    contact = api.create("Contact", LastName="C", AccountId=second)
    about = {
        "deal": deal(api, AccountId=first),
        "orphan": deal(api),
        "case": api.create("Case", AccountId=first),
        "campaign": api.create("Campaign", Name="C"),
    }

    for name, what in about.items():
        api.create("Task", Subject=name, WhatId=what, WhoId=contact)

    found = {each["Subject"]: each["AccountId"] for each in
             api.query("SELECT Subject, AccountId FROM Task")}  # fmt: skip
    assert found == {"deal": first, "orphan": None, "case": second, "campaign": second}


def test_tasks_loaded_raw_owe_their_account_to_the_same(api: Api) -> None:
    first, second = (api.create("Account", Name=name) for name in "AB")
    contact = api.create("Contact", LastName="C", AccountId=second)
    what = {"deal": deal(api, AccountId=first), "case": api.create("Case"), "account": first}

    api.load("Task", [{"Subject": name, "WhatId": each, "WhoId": contact}
                      for name, each in what.items()])  # fmt: skip

    found = api.query("SELECT Subject, AccountId FROM Task")
    assert {each["Subject"]: each["AccountId"] for each in found} == {
        "deal": first,
        "case": second,
        "account": first,
    }


def test_activities_follow_a_deal_and_a_contact_to_their_account(api: Api) -> None:
    first, second = (api.create("Account", Name=name) for name in "AB")
    contact = api.create("Contact", LastName="C", AccountId=first)
    opportunity = deal(api, AccountId=first)
    api.create("Task", Subject="deal", WhatId=opportunity)
    api.create("Task", Subject="contact", WhoId=contact)
    api.create("Task", Subject="account", WhatId=first, WhoId=contact)
    api.org.clock.advance(60)

    api.call("PATCH", f"sobjects/Opportunity/{opportunity}", {"AccountId": second})
    api.call("PATCH", f"sobjects/Contact/{contact}", {"AccountId": second})

    found = api.query("SELECT Subject, AccountId, SystemModstamp FROM Task")
    assert {each["Subject"]: each["AccountId"] for each in found} == {
        "deal": second,
        "contact": second,
        "account": first,
    }
    assert {each["SystemModstamp"] for each in found} == {"2026-03-10T12:00:00.000+0000"}


def test_the_last_activity_is_the_newest_closed_and_moves_no_stamp(api: Api) -> None:
    account = api.create("Account", Name="A")
    contact = api.create("Contact", LastName="C", AccountId=account)
    api.org.clock.advance(60)

    api.create("Task", WhoId=contact, Status="Completed", ActivityDate="2026-03-05")
    api.create("Task", WhoId=contact, Status="Completed", ActivityDate="2026-03-01")
    api.create("Task", WhoId=contact, ActivityDate="2026-03-09")

    for sobject, record in (("Account", account), ("Contact", contact)):
        assert read(api, sobject, record, "LastActivityDate", "SystemModstamp") == {
            "LastActivityDate": "2026-03-05",
            "SystemModstamp": "2026-03-10T12:00:00.000+0000",
        }


def test_a_task_about_something_is_not_with_a_lead(api: Api) -> None:
    account, lead = api.create("Account", Name="A"), api.create("Lead", LastName="L", Company="C")

    status, body = api.call("POST", "sobjects/Task", {"WhoId": lead, "WhatId": account})

    assert (status, body[0]["errorCode"]) == (400, "FIELD_INTEGRITY_EXCEPTION")


def test_an_account_is_no_person(api: Api) -> None:
    account = api.create("Account", Name="A")

    _, body = api.call("POST", "sobjects/Task", {"WhoId": account})

    assert body == [
        {
            "message": f"Name ID: id value of incorrect type: {account}",
            "errorCode": "FIELD_INTEGRITY_EXCEPTION",
            "fields": ["WhoId"],
        }
    ]


def test_a_queue_owns_only_what_it_is_for(api: Api) -> None:
    queue = mint("00G", 1)

    task, _ = api.call("POST", "sobjects/Task", {"OwnerId": queue})
    account, wrong = api.call("POST", "sobjects/Account", {"Name": "A", "OwnerId": queue})
    event, no_queue = api.call(
        "POST", "sobjects/Event",
        {"StartDateTime": "2026-03-10T09:00:00Z", "DurationInMinutes": 1, "OwnerId": queue},
    )  # fmt: skip

    assert (task, account, event) == (201, 400, 400)
    assert wrong[0]["errorCode"] == no_queue[0]["errorCode"] == "MALFORMED_ID"


def test_a_queue_of_cases_owns_no_leads(api: Api) -> None:
    queue = mint("00G", 7)
    api.load("Group", [{"Id": queue, "Name": "Q", "Type": "Queue"}])
    api.load("QueueSobject", [{"QueueId": queue, "SobjectType": "Case"}])

    case, _ = api.call("POST", "sobjects/Case", {"OwnerId": queue})
    lead, body = api.call(
        "POST", "sobjects/Lead", {"LastName": "L", "Company": "C", "OwnerId": queue}
    )

    assert (case, lead) == (201, 400)
    assert (body[0]["errorCode"], body[0]["message"]) == (
        "INVALID_OPERATION",
        "Queue not associated with this SObject type",
    )


def test_the_subtype_of_a_task_is_fixed(api: Api) -> None:
    task = api.create("Task", TaskSubtype="Call")

    status, body = api.call("PATCH", f"sobjects/Task/{task}", {"TaskSubtype": "Email"})

    assert (status, body[0]["errorCode"]) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_a_record_type_is_one_of_the_object(api: Api) -> None:
    types = {mint("012", 1): "Account", mint("012", 2): "Contact"}
    api.load("RecordType", [{"Id": each, "Name": of, "SobjectType": of, "DeveloperName": of}
                            for each, of in types.items()])  # fmt: skip
    right, other = types

    good, _ = api.call("POST", "sobjects/Account", {"Name": "A", "RecordTypeId": right})
    bad, body = api.call("POST", "sobjects/Account", {"Name": "A", "RecordTypeId": other})

    assert (good, bad) == (201, 400)
    assert body[0]["message"] == (
        f"Record Type ID: this ID value isn't valid for the user: {other}"
    )
