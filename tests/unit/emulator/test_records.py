"""What Salesforce makes of a record on its way in: normalised, defaulted, computed."""

from datetime import UTC, datetime

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api


def only(api: Api, statement: str) -> dict[str, object]:
    records = api.query(statement)
    assert len(records) == 1
    return records[0]


def test_text_is_trimmed_and_nothing_is_null(api: Api) -> None:
    api.create("Account", Name="  Müller GmbH\n", Phone="", Site="   ")

    record = only(api, "SELECT Name, Phone, Site FROM Account")

    assert record == {"Name": "Müller GmbH", "Phone": None, "Site": None}


def test_numbers_are_rounded_to_their_scale_and_moments_to_the_second(api: Api) -> None:
    api.create("Account", Name="A", AnnualRevenue=12.5, BillingLatitude=1.5)
    api.create("Task", ReminderDateTime="2026-03-01T10:00:00.999+02:00")

    account = only(api, "SELECT AnnualRevenue, BillingLatitude FROM Account")
    task = only(api, "SELECT ReminderDateTime FROM Task")

    assert account == {"AnnualRevenue": 13.0, "BillingLatitude": 1.5}
    assert task == {"ReminderDateTime": "2026-03-01T08:00:00.000+0000"}


def test_multi_select_values_are_ordered_and_joined(api: Api) -> None:
    field = {"sobject": "Account", "name": "Tags__c", "type": "multipicklist",
             "picklist": ["red", "green", "blue"]}  # fmt: skip
    api.call("POST", "/__emulator__/fields", field)

    api.create("Account", Name="A", Tags__c="blue; red;blue")

    assert only(api, "SELECT Tags__c FROM Account")["Tags__c"] == "red;blue"
    assert api.query("SELECT Id FROM Account WHERE Tags__c INCLUDES ('RED;blue', 'green')")
    assert not api.query("SELECT Id FROM Account WHERE Tags__c EXCLUDES ('red')")


def test_stamps_have_the_precision_of_seconds(api: Api) -> None:
    api.org.clock.fix(datetime(2026, 3, 10, 12, 0, 0, 987_654, tzinfo=UTC))

    api.create("Task", Subject="x")

    record = only(api, "SELECT CreatedDate, LastModifiedDate, SystemModstamp FROM Task")
    assert set(record.values()) == {"2026-03-10T12:00:00.000+0000"}


def test_an_update_moves_the_stamps_and_leaves_the_creation(api: Api) -> None:
    task = api.create("Task", Subject="x")
    api.org.clock.advance(90)

    status, _ = api.call("PATCH", f"sobjects/Task/{task[:15]}", {"Subject": "y"})

    record = only(api, "SELECT Subject, CreatedDate, SystemModstamp FROM Task")
    assert status == 204
    assert record == {
        "Subject": "y",
        "CreatedDate": "2026-03-10T12:00:00.000+0000",
        "SystemModstamp": "2026-03-10T12:01:30.000+0000",
    }


def test_a_task_gets_its_defaults_and_knows_when_it_is_closed(api: Api) -> None:
    task = api.create("Task", Subject="x")
    before = only(api, "SELECT Status, Priority, IsClosed, TaskSubtype FROM Task")

    api.call("PATCH", f"sobjects/Task/{task}", {"Status": "Completed", "Priority": "High"})

    after = only(api, "SELECT IsClosed, IsHighPriority, CompletedDateTime FROM Task")
    assert before == {
        "Status": "Not Started",
        "Priority": "Normal",
        "IsClosed": False,
        "TaskSubtype": "Task",
    }
    assert after == {
        "IsClosed": True,
        "IsHighPriority": True,
        "CompletedDateTime": "2026-03-10T12:00:00.000+0000",
    }


def test_the_account_of_a_task_is_what_it_is_about_else_of_whom(api: Api) -> None:
    first, second = api.create("Account", Name="A"), api.create("Account", Name="B")
    contact = api.create("Contact", FirstName="Ada", LastName="L", AccountId=second)

    about = api.create("Task", WhatId=first, WhoId=contact)
    person = api.create("Task", WhoId=contact)
    nobody = api.create("Task")

    found = {each["Id"]: each for each in api.query("SELECT Id, AccountId, Who.Name FROM Task")}
    accounts = [found[task]["AccountId"] for task in (about, person, nobody)]
    assert accounts == [first, second, None]
    assert found[person]["Who"] == {"Name": "Ada L"}


def test_a_task_may_belong_to_a_queue_whose_email_is_null(api: Api) -> None:
    queue = mint("00G", 5)
    api.load("Group", [{"Id": queue, "Name": "Support", "Type": "Queue"}])

    api.create("Task", Subject="x", OwnerId=queue)

    record = only(api, "SELECT Owner.Name, Owner.Type, Owner.Email FROM Task")
    assert record["Owner"] == {"Name": "Support", "Type": "Group", "Email": None}


def test_a_nested_object_names_the_parent_by_an_external_id(api: Api) -> None:
    api.create("Contact", LastName="A", Owner={"Username": "INTEGRATION@emulator.example"})

    assert only(api, "SELECT Owner.Alias FROM Contact")["Owner"] == {"Alias": "integ"}


TIMED: dict[str, object] = {"StartDateTime": "2026-03-10T09:00:00Z"}
EVENTS: list[tuple[dict[str, object], str, int, str]] = [
    ({**TIMED, "DurationInMinutes": 45}, "2026-03-10T09:45:00.000+0000", 45, "2026-03-10"),
    ({**TIMED, "EndDateTime": "2026-03-10T10:00:00Z"}, "2026-03-10T10:00:00.000+0000", 60,
     "2026-03-10"),
    ({"ActivityDateTime": "2026-03-10T03:00:00Z", "DurationInMinutes": 60},
     "2026-03-10T04:00:00.000+0000", 60, "2026-03-09"),
    ({"IsAllDayEvent": True, "ActivityDate": "2026-03-10"}, "2026-03-10T00:00:00.000+0000", 1440,
     "2026-03-10"),
    ({"IsAllDayEvent": True, "ActivityDate": "2026-03-10", "DurationInMinutes": 2880},
     "2026-03-11T00:00:00.000+0000", 2880, "2026-03-10"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "end", "minutes", "day"), EVENTS)
def test_the_times_of_an_event_agree(
    api: Api, fields: dict[str, object], end: str, minutes: int, day: str
) -> None:
    api.create("Event", **fields)

    record = only(api, "SELECT EndDateTime, DurationInMinutes, ActivityDate FROM Event")
    assert record == {"EndDateTime": end, "DurationInMinutes": minutes, "ActivityDate": day}


def test_moving_the_start_of_an_event_keeps_its_length(api: Api) -> None:
    event = api.create("Event", **TIMED, DurationInMinutes=30)

    api.call("PATCH", f"sobjects/Event/{event}", {"StartDateTime": "2026-03-11T09:00:00Z"})

    record = only(api, "SELECT EndDateTime, ActivityDateTime FROM Event")
    assert record == {
        "EndDateTime": "2026-03-11T09:30:00.000+0000",
        "ActivityDateTime": "2026-03-11T09:00:00.000+0000",
    }


def test_a_note_about_an_event_leaves_its_day(api: Api) -> None:
    berlin = {"StartDateTime": "2026-03-10T03:00:00.000Z", "ActivityDate": "2026-03-10"}
    api.load("Event", [{"Id": mint("00U", 9), "DurationInMinutes": 30, **berlin}])

    api.call("PATCH", f"sobjects/Event/{mint('00U', 9)}", {"Description": "They will come."})
    noted = only(api, "SELECT ActivityDate FROM Event")
    api.call("PATCH", f"sobjects/Event/{mint('00U', 9)}", {"DurationInMinutes": 45})

    assert noted == {"ActivityDate": "2026-03-10"}
    assert only(api, "SELECT ActivityDate FROM Event") == {"ActivityDate": "2026-03-09"}


LONG = "Duration must be between 0 and 20160 minutes: Duration"
BAD_EVENTS: list[tuple[dict[str, object], str, str]] = [
    ({}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [ActivityDateTime]"),
    (TIMED, "REQUIRED_FIELD_MISSING", "Required fields are missing: [DurationInMinutes]"),
    ({"IsAllDayEvent": True}, "REQUIRED_FIELD_MISSING",
     "Required fields are missing: [ActivityDate]"),
    ({**TIMED, "EndDateTime": "2026-03-10T08:00:00Z"}, "FIELD_INTEGRITY_EXCEPTION", LONG),
    ({**TIMED, "DurationInMinutes": 15 * 1440}, "FIELD_INTEGRITY_EXCEPTION", LONG),
    ({**TIMED, "EndDateTime": "2026-03-10T10:00:00Z", "DurationInMinutes": 30},
     "INVALID_FIELD_FOR_INSERT_UPDATE", "DurationInMinutes and EndDateTime differ"),
    ({**TIMED, "ActivityDateTime": "2026-03-10T09:01:00Z", "DurationInMinutes": 30},
     "INVALID_FIELD_FOR_INSERT_UPDATE", "StartDateTime and ActivityDateTime differ"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "code", "message"), BAD_EVENTS)
def test_an_event_whose_times_make_no_sense_is_refused(
    api: Api, fields: dict[str, object], code: str, message: str
) -> None:
    status, body = api.call("POST", "sobjects/Event", fields)

    assert (status, body[0]["errorCode"], body[0]["message"]) == (400, code, message)


def test_an_address_is_an_object_of_its_parts(api: Api) -> None:
    api.create("Account", Name="A", BillingCity="Köln", BillingLatitude=50.9)
    api.create("Account", Name="B")

    records = api.query("SELECT BillingAddress FROM Account ORDER BY Name")

    assert records[0]["BillingAddress"] == {
        "city": "Köln", "country": None, "geocodeAccuracy": None, "latitude": 50.9,
        "longitude": None, "postalCode": None, "state": None, "street": None,
    }  # fmt: skip
    assert records[1]["BillingAddress"] is None
