"""What becomes of children when their parent goes, and when it comes back."""

from datetime import timedelta
from typing import Any

from local.salesforce.inprocess import Api

WINDOW = {"start": "2026-03-10T00:00:00+00:00", "end": "2026-03-11T00:00:00+00:00"}


def control(api: Api, path: str, **body: object) -> Any:
    status, answer = api.call("POST", f"/__emulator__/{path}", body)
    assert status in (200, 204), answer
    return answer


def only(api: Api, statement: str, *, everything: bool = False) -> dict[str, Any]:
    records = api.query(statement, everything=everything)
    assert len(records) == 1
    return records[0]


def read(api: Api, sobject: str, record: str, *names: str) -> dict[str, Any]:
    _, body = api.call("GET", f"sobjects/{sobject}/{record}", fields=",".join(names))
    return {name: body[name] for name in names}


def test_a_contact_with_a_case_stays(api: Api) -> None:
    contact = api.create("Contact", Salutation="Mr.", FirstName="Josh", LastName="Davis")
    api.create("Case", ContactId=contact)

    status, body = api.call("DELETE", f"sobjects/Contact/{contact}")

    assert status == 400
    assert body == [
        {
            "message": "Your attempt to delete Mr. Josh Davis could not be completed because it is"
            " associated with the following cases.: 00000001\n",
            "errorCode": "DELETE_FAILED",
            "fields": [],
        }
    ]
    assert len(api.query("SELECT Id FROM Contact")) == 1


def test_an_account_whose_contact_has_a_case_stays_whole(api: Api) -> None:
    account = api.create("Account", Name="A")
    contact = api.create("Contact", LastName="C", AccountId=account)
    api.create("Case", ContactId=contact)
    api.create("Opportunity", Name="O", StageName="Prospecting", CloseDate="2026-04-01",
               AccountId=account)  # fmt: skip

    status, _ = api.call("DELETE", f"sobjects/Account/{account}")

    assert status == 400
    assert len(api.query("SELECT Id FROM Opportunity")) == 1


def test_a_lookup_is_nulled_unstamped_and_comes_back(api: Api) -> None:
    parent = api.create("Account", Name="parent")
    child = api.create("Account", Name="child", ParentId=parent)
    api.org.clock.advance(60)

    api.call("DELETE", f"sobjects/Account/{parent}")
    alone = read(api, "Account", child, "ParentId", "SystemModstamp")
    control(api, "undelete", ids=[parent])

    assert alone == {"ParentId": None, "SystemModstamp": "2026-03-10T12:00:00.000+0000"}
    assert read(api, "Account", child, "ParentId")["ParentId"] == parent


def test_a_lookup_filled_since_is_not_restored(api: Api) -> None:
    first, second = api.create("Account", Name="1"), api.create("Account", Name="2")
    child = api.create("Account", Name="child", ParentId=first)
    api.call("DELETE", f"sobjects/Account/{first}")
    api.call("PATCH", f"sobjects/Account/{child}", {"ParentId": second})

    control(api, "undelete", ids=[first])

    assert read(api, "Account", child, "ParentId")["ParentId"] == second


def test_the_campaign_of_an_opportunity_stays_lost(api: Api) -> None:
    campaign = api.create("Campaign", Name="C")
    api.create("Opportunity", Name="O", StageName="Prospecting", CloseDate="2026-04-01",
               CampaignId=campaign)  # fmt: skip

    api.call("DELETE", f"sobjects/Campaign/{campaign}")
    control(api, "undelete", ids=[campaign])

    assert only(api, "SELECT CampaignId FROM Opportunity") == {"CampaignId": None}


def test_what_went_along_cannot_come_back_alone(api: Api) -> None:
    account = api.create("Account", Name="A")
    contact = api.create("Contact", LastName="C", AccountId=account)
    api.call("DELETE", f"sobjects/Account/{account}")

    status, body = api.call("POST", "/__emulator__/undelete", {"ids": [contact]})

    assert status == 400
    assert (body[0]["errorCode"], body[0]["message"]) == (
        "UNDELETE_FAILED",
        "Entity is not in the recycle bin",
    )


def test_a_child_deleted_before_its_parent_comes_back_without_it(api: Api) -> None:
    account = api.create("Account", Name="A")
    contact = api.create("Contact", LastName="C", AccountId=account)
    api.call("DELETE", f"sobjects/Contact/{contact}")
    api.call("DELETE", f"sobjects/Account/{account}")

    control(api, "undelete", ids=[contact])

    assert only(api, "SELECT AccountId FROM Contact") == {"AccountId": None}


def test_members_of_campaigns_are_not_undeletable(api: Api) -> None:
    campaign, lead = api.create("Campaign", Name="C"), api.create("Lead", LastName="L", Company="C")
    member = api.create("CampaignMember", CampaignId=campaign, LeadId=lead)
    api.call("DELETE", f"sobjects/CampaignMember/{member}")

    status, body = api.call("POST", "/__emulator__/undelete", {"ids": [member]})

    assert (status, body[0]["message"]) == (400, "Entity type is not undeletable")


def test_the_bin_forgets_after_fifteen_days_and_activities_age(api: Api) -> None:
    gone = api.create("Account", Name="gone")
    api.create("Task", Subject="old", Status="Completed", ActivityDate="2025-03-01")
    api.create("Task", Subject="open", ActivityDate="2025-03-01")
    api.call("DELETE", f"sobjects/Account/{gone}")
    api.org.clock.advance(timedelta(days=16).total_seconds())

    done = control(api, "housekeeping")

    assert done == {"archived": {"Event": 0, "Task": 1}, "purged": 1}
    assert api.query("SELECT Id FROM Account", everything=True) == []
    assert [each["Subject"] for each in api.query("SELECT Subject FROM Task")] == ["open"]
    assert len(api.query("SELECT Id FROM Task", everything=True)) == 2


def test_a_custom_child_goes_with_its_master_or_loses_its_lookup(api: Api) -> None:
    field = {"sobject": "Contact", "name": "Boss__c", "type": "reference",
             "reference_to": "Contact", "child_relationship": "Staff"}  # fmt: skip
    api.call("POST", "/__emulator__/fields", field)
    boss = api.create("Contact", LastName="Boss")
    staff = api.create("Contact", LastName="Staff", Boss__c=boss)

    api.call("DELETE", f"sobjects/Contact/{boss}")
    lost = read(api, "Contact", staff, "Boss__c")
    control(api, "undelete", ids=[boss])

    assert lost == {"Boss__c": None}
    assert read(api, "Contact", staff, "Boss__c") == {"Boss__c": boss}


def test_what_went_along_comes_back_with_its_parent_set(api: Api) -> None:
    stages = {"StageName": "Prospecting", "CloseDate": "2026-04-01"}
    deal = api.create("Opportunity", Name="Deal", **stages)
    times = {"StartDateTime": "2026-03-11T10:00:00Z", "DurationInMinutes": 30}
    api.create("Event", Subject="Demo", WhatId=deal, **times)
    api.call("DELETE", f"sobjects/Opportunity/{deal}")

    api.call("POST", "/__emulator__/undelete", {"ids": [deal]})

    assert api.query("SELECT WhatId FROM Event") == [{"WhatId": deal}]


def test_a_parent_that_was_purged_meanwhile_is_not_there(api: Api) -> None:
    account = api.create("Account", Name="Acme")
    contact = api.create("Contact", LastName="A", AccountId=account)
    api.call("DELETE", f"sobjects/Contact/{contact}")
    api.call("DELETE", f"sobjects/Account/{account}")
    api.call("POST", "/__emulator__/purge", {"sobject": "Account"})

    api.call("POST", "/__emulator__/undelete", {"ids": [contact]})

    assert api.query("SELECT AccountId FROM Contact") == [{"AccountId": None}]
