"""Who else is on an event: memory and Salesforce, with and without Shared Activities."""

from typing import Any

import pytest

from tests.contract.crm_choice import ASKED, opened
from tests.contract.crm_orgs import Emulated, Org, put_user


@pytest.fixture(params=ASKED)
def org(request: pytest.FixtureRequest) -> Org:
    org = opened(request)
    if isinstance(org, Emulated):
        org.control.settings(shared_activities=True)
    return org


def put_event(org: Org, number: int = 1, **fields: Any) -> str:
    day: dict[str, Any] = {"ActivityDate": "2026-01-05", "IsAllDayEvent": True}
    return org.put("Event", number, Subject="Review", **day, **fields)


def put_contact(org: Org, number: int) -> str:
    return org.put("Contact", number, LastName="C", Email=f"c{number}@example.com")


def relate(org: Org, number: int, event: str, person: str, **fields: Any) -> None:
    known = {"EventId": event, "RelationId": person, "Status": "New", "IsInvitee": True}
    org.put("EventRelation", number, **{**known, "IsParent": False, "IsWhat": False, **fields})


def emails(org: Org, *events: str) -> dict[str, list[str]]:
    found = org.crm().people_of("Event", "Email", events)
    return {event: list(some) for event, some in found.items()}


def test_contacts_and_users_are_told_in_order(org: Org) -> None:
    event, ada = put_event(org), put_user(org, 1, "ada@example.com")
    relate(org, 1, event, put_contact(org, 2))
    relate(org, 2, event, ada)
    relate(org, 3, event, put_contact(org, 1), IsInvitee=False, IsParent=True)

    told = emails(org, event)

    assert told == {event: ["c2@example.com", "ada@example.com", "c1@example.com"]}


def test_ids_are_told_of_contacts_alone(org: Org) -> None:
    event, contact = put_event(org), put_contact(org, 1)
    relate(org, 1, event, put_user(org, 1, "ada@example.com"))
    relate(org, 2, event, contact)

    found = org.crm().people_of("Event", "Id", [event])

    assert {event: [contact]} == {key: list(some) for key, some in found.items()}


def test_who_declined_does_not_take_part(org: Org) -> None:
    event = put_event(org)
    relate(org, 1, event, put_contact(org, 1), Status="Declined")
    relate(org, 2, event, put_contact(org, 2), Status="Declined", IsParent=True)
    relate(org, 3, event, put_contact(org, 3), Status="Accepted")

    assert emails(org, event) == {event: ["c2@example.com", "c3@example.com"]}


def test_what_it_is_about_is_nobody(org: Org) -> None:
    event, account = put_event(org), org.put("Account", 1, Name="A")
    relate(org, 1, event, account, IsInvitee=False, IsWhat=True)

    assert emails(org, event) == {}


def test_many_events_cost_few_requests(org: Org) -> None:
    events = [put_event(org, number) for number in range(1, 31)]
    for number, event in enumerate(events, 1):
        relate(org, number, event, put_contact(org, number))
    crm = org.crm()
    crm.people_of("Event", "Email", events[:1])
    before = crm.requests()

    found = crm.people_of("Event", "Email", events)

    assert {event: [f"c{at}@example.com"] for at, event in enumerate(events, 1)} == found
    assert crm.requests() - before <= 5


@pytest.mark.parametrize(("object", "ids"), [("Task", ["00T000000000001AAA"]), ("Event", [])])
def test_nobody_is_asked_for_nobody(org: Org, object: str, ids: list[str]) -> None:
    crm = org.crm()
    before = crm.requests()

    assert crm.people_of(object, "Email", ids) == {}
    assert crm.requests() == before


def test_without_the_switch_invitees_are_told(running: Emulated) -> None:
    org = running.fresh("rest")
    org.control.settings(shared_activities=False)
    event = put_event(org)
    org.put("EventRelation", 1, EventId=event, RelationId=put_contact(org, 1), Status="New")

    assert emails(org, event) == {event: ["c1@example.com"]}


def test_hidden_relations_tell_nobody(running: Emulated) -> None:
    org = running.fresh("rest")
    crm = org.crm()
    hidden = {"sobject": "EventRelation", "object": {"read": False}}
    user = {"user": crm.identity().username}
    org.control.request("PUT", "permissions", {**user, **hidden})
    event = put_event(org)

    assert crm.people_of("Event", "Email", [event]) == {}
    before = crm.requests()
    assert crm.people_of("Event", "Email", [event]) == {}

    assert crm.requests() == before
