"""People on activities: invitees of events, and several contacts with Shared Activities."""

from typing import Any

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api

TIMES: dict[str, object] = {"StartDateTime": "2026-03-10T09:00:00Z", "DurationInMinutes": 30}
GUEST = mint("005", 50)


def only(api: Api, statement: str, *, everything: bool = False) -> dict[str, Any]:
    records = api.query(statement, everything=everything)
    assert len(records) == 1
    return records[0]


def read(api: Api, sobject: str, record: str, *names: str) -> dict[str, Any]:
    _, body = api.call("GET", f"sobjects/{sobject}/{record}", fields=",".join(names))
    return {name: body[name] for name in names}


@pytest.fixture
def shared(api: Api) -> Api:
    status, _ = api.call("POST", "/__emulator__/settings", {"shared_activities": True})
    assert status == 200
    return api


@pytest.fixture
def guest(api: Api) -> str:
    api.load("User", [{"Id": GUEST, "LastName": "Guest", "Username": "g", "IsActive": True}])
    return GUEST


def contacts(api: Api, count: int) -> list[str]:
    return [api.create("Contact", LastName=f"C{at}") for at in range(count)]


def test_a_user_who_is_invited_has_a_copy_of_the_event(api: Api, guest: str) -> None:
    event = api.create("Event", Subject="meet", **TIMES)

    api.create("EventRelation", EventId=event, RelationId=guest, IsInvitee=True)

    parent = read(api, "Event", event, "IsGroupEvent", "GroupEventType")
    copy = only(api, "SELECT Subject, OwnerId, IsGroupEvent FROM Event WHERE IsChild = true")
    relation = only(api, "SELECT EventId, RelationId, Status FROM EventRelation")
    assert parent == {"IsGroupEvent": True, "GroupEventType": "1"}
    assert copy == {"Subject": "meet", "OwnerId": guest, "IsGroupEvent": True}
    assert relation == {"EventId": event, "RelationId": guest, "Status": "New"}


def test_copies_follow_the_event_and_go_with_it(api: Api, guest: str) -> None:
    event = api.create("Event", Subject="meet", **TIMES)
    api.create("EventRelation", EventId=event, RelationId=guest, IsInvitee=True)
    api.org.clock.advance(60)

    api.call("PATCH", f"sobjects/Event/{event}", {"Subject": "later", "DurationInMinutes": 60})
    copy = only(api, "SELECT Subject, EndDateTime, SystemModstamp FROM Event WHERE IsChild = true")
    api.call("DELETE", f"sobjects/Event/{event}")

    assert copy == {
        "Subject": "later",
        "EndDateTime": "2026-03-10T10:00:00.000+0000",
        "SystemModstamp": "2026-03-10T12:01:00.000+0000",
    }
    assert api.query("SELECT Id FROM Event") == []


def test_an_invitation_taken_back_takes_the_copy(api: Api, guest: str) -> None:
    event = api.create("Event", Subject="meet", **TIMES)
    relation = api.create("EventRelation", EventId=event, RelationId=guest, IsInvitee=True)

    status, _ = api.call("DELETE", f"sobjects/EventRelation/{relation}")

    assert status == 204
    assert [each["Id"] for each in api.query("SELECT Id FROM Event")] == [event]
    assert api.query("SELECT Id FROM EventRelation", everything=True) == []


def test_without_the_switch_there_are_no_task_relations(api: Api) -> None:
    status, body = api.call("GET", "query", q="SELECT Id FROM TaskRelation")
    refused, _ = api.call("POST", "sobjects/Task", {"TaskWhoIds": []})

    assert (status, body[0]["errorCode"]) == (400, "INVALID_TYPE")
    assert refused == 400


def test_every_relation_of_a_task_has_a_row(shared: Api) -> None:
    account = shared.create("Account", Name="A")
    first, second = contacts(shared, 2)

    shared.create("Task", TaskWhoIds=[first, second], WhatId=account)

    rows = shared.query("SELECT RelationId, IsWhat FROM TaskRelation ORDER BY Id")
    assert rows == [
        {"RelationId": first, "IsWhat": False},
        {"RelationId": second, "IsWhat": False},
        {"RelationId": account, "IsWhat": True},
    ]
    assert only(shared, "SELECT WhoId, WhoCount, WhatCount FROM Task") == {
        "WhoId": first,
        "WhoCount": 2,
        "WhatCount": 1,
    }


def test_a_new_list_replaces_the_people_and_the_log_tells(shared: Api) -> None:
    first, second, third = contacts(shared, 3)
    task = shared.create("Task", TaskWhoIds=[first, second])
    before = {each["RelationId"]: each["Id"] for each in
              shared.query("SELECT Id, RelationId FROM TaskRelation")}  # fmt: skip

    shared.call("PATCH", f"sobjects/Task/{task}", {"TaskWhoIds": [second, third]})

    after = {each["RelationId"]: each["Id"] for each in
             shared.query("SELECT Id, RelationId FROM TaskRelation", everything=True)}  # fmt: skip
    _, log = shared.call("GET", "sobjects/TaskRelation/deleted",
                         start="2026-03-10T00:00:00Z", end="2026-03-11T00:00:00Z")  # fmt: skip
    assert set(after) == {second, third}
    assert after[second] == before[second]
    assert [each["id"] for each in log["deletedRecords"]] == [before[first]]
    assert only(shared, "SELECT WhoId FROM Task") == {"WhoId": second}


def test_deleting_the_primary_person_promotes_the_next(shared: Api) -> None:
    first, second = contacts(shared, 2)
    shared.create("Task", TaskWhoIds=[first, second])
    rows = shared.query("SELECT Id, RelationId FROM TaskRelation")
    primary = next(each["Id"] for each in rows if each["RelationId"] == first)

    status, _ = shared.call("DELETE", f"sobjects/TaskRelation/{primary}")

    assert status == 204
    assert only(shared, "SELECT WhoId, WhoCount FROM Task") == {"WhoId": second, "WhoCount": 1}


def test_a_relation_made_by_hand_counts(shared: Api) -> None:
    first, second = contacts(shared, 2)
    task = shared.create("Task", WhoId=first)

    shared.create("TaskRelation", TaskId=task, RelationId=second)

    assert only(shared, "SELECT WhoId, WhoCount FROM Task") == {"WhoId": first, "WhoCount": 2}


def test_a_task_has_one_lead_or_fifty_contacts(shared: Api) -> None:
    lead = shared.create("Lead", LastName="L", Company="C")
    many = contacts(shared, 51)

    fits, _ = shared.call("POST", "sobjects/Task", {"TaskWhoIds": many[:50]})
    over, body = shared.call("POST", "sobjects/Task", {"TaskWhoIds": many})
    mixed, _ = shared.call("POST", "sobjects/Task", {"TaskWhoIds": [lead, many[0]]})

    assert (fits, over, mixed) == (201, 400, 400)
    assert body[0]["errorCode"] == "FIELD_INTEGRITY_EXCEPTION"


def test_a_lead_cannot_join_the_contacts_of_a_task(shared: Api) -> None:
    lead = shared.create("Lead", LastName="L", Company="C")
    task = shared.create("Task", WhoId=contacts(shared, 1)[0])

    status, body = shared.call(
        "POST", "sobjects/TaskRelation", {"TaskId": task, "RelationId": lead}
    )

    assert (status, body[0]["errorCode"]) == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert len(shared.query("SELECT Id FROM TaskRelation")) == 1


def test_nobody_is_invited_to_a_copy(api: Api, guest: str) -> None:
    event = api.create("Event", **TIMES)
    api.create("EventRelation", EventId=event, RelationId=guest, IsInvitee=True)
    copy = only(api, "SELECT Id FROM Event WHERE IsChild = true")["Id"]
    contact = contacts(api, 1)[0]

    status, body = api.call(
        "POST", "sobjects/EventRelation",
        {"EventId": copy, "RelationId": contact, "IsInvitee": True},
    )  # fmt: skip

    assert (status, body[0]["errorCode"]) == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert len(api.query("SELECT Id FROM EventRelation")) == 1


def test_people_of_an_event_are_told_from_its_invitees(shared: Api, guest: str) -> None:
    first, second = contacts(shared, 2)
    event = shared.create("Event", EventWhoIds=[first, second], **TIMES)

    shared.create("EventRelation", EventId=event, RelationId=guest, IsInvitee=True)

    rows = shared.query("SELECT RelationId, IsParent, IsInvitee FROM EventRelation ORDER BY Id")
    assert rows == [
        {"RelationId": first, "IsParent": True, "IsInvitee": False},
        {"RelationId": second, "IsParent": True, "IsInvitee": False},
        {"RelationId": guest, "IsParent": False, "IsInvitee": True},
    ]
    assert read(shared, "Event", event, "WhoCount") == {"WhoCount": 2}


def test_relations_of_a_deleted_task_come_back_with_it(shared: Api) -> None:
    first, second = contacts(shared, 2)
    task = shared.create("Task", TaskWhoIds=[first, second])

    shared.call("DELETE", f"sobjects/Task/{task}")
    gone = shared.query("SELECT Id FROM TaskRelation")
    shared.call("POST", "/__emulator__/undelete", {"ids": [task]})

    assert gone == []
    assert len(shared.query("SELECT Id FROM TaskRelation")) == 2
