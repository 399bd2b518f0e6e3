"""Delete, bin, undelete, purge, merge and archive, as query, queryAll and getDeleted see them."""

from datetime import timedelta
from typing import Any

import pytest

from local.salesforce.inprocess import Api

WINDOW = {"start": "2026-03-10T00:00:00+00:00", "end": "2026-03-11T00:00:00+00:00"}


@pytest.fixture
def family(api: Api) -> dict[str, str]:
    account = api.create("Account", Name="Acme")
    contact = api.create("Contact", LastName="A", AccountId=account)
    return {
        "account": account,
        "contact": contact,
        "about": api.create("Task", Subject="about", WhatId=account),
        "person": api.create("Task", Subject="person", WhoId=contact),
        "other": api.create("Task", Subject="other"),
    }


def deleted(api: Api, sobject: str) -> dict[str, str]:
    _, body = api.call("GET", f"sobjects/{sobject}/deleted/", **WINDOW)
    return {each["id"]: each["deletedDate"] for each in body["deletedRecords"]}


def control(api: Api, path: str, **body: object) -> Any:
    status, answer = api.call("POST", f"/__emulator__/{path}", body)
    assert status in (200, 204), answer
    return answer


def subjects(api: Api, *, everything: bool = False) -> set[str]:
    return {
        each["Subject"] for each in api.query("SELECT Subject FROM Task", everything=everything)
    }


def test_a_delete_takes_the_children_along(api: Api, family: dict[str, str]) -> None:
    api.org.clock.advance(60)

    status, _ = api.call("DELETE", f"sobjects/Account/{family['account']}")

    assert status == 204
    assert subjects(api) == {"other"}
    assert api.query("SELECT Id FROM Contact") == []
    assert subjects(api, everything=True) == {"about", "person", "other"}
    assert set(deleted(api, "Task")) == {family["about"], family["person"]}
    assert set(deleted(api, "Contact")) == {family["contact"]}


def test_a_delete_moves_the_stamp(api: Api, family: dict[str, str]) -> None:
    api.org.clock.advance(60)

    api.call("DELETE", f"sobjects/Task/{family['about']}")

    record = api.query(
        "SELECT IsDeleted, SystemModstamp FROM Task WHERE IsDeleted = true", everything=True
    )
    assert record == [{"IsDeleted": True, "SystemModstamp": "2026-03-10T12:01:00.000+0000"}]


def test_undelete_brings_back_what_went_along(api: Api, family: dict[str, str]) -> None:
    api.call("DELETE", f"sobjects/Account/{family['account']}")

    back = control(api, "undelete", ids=[family["account"]])

    assert set(back["undeleted"]) == set(family.values()) - {family["other"]}
    assert subjects(api) == {"about", "person", "other"}
    assert deleted(api, "Task") == {}


def test_what_was_deleted_before_does_not_come_back_along(api: Api, family: dict[str, str]) -> None:
    api.call("DELETE", f"sobjects/Task/{family['about']}")
    api.call("DELETE", f"sobjects/Account/{family['account']}")

    control(api, "undelete", ids=[family["account"]])

    assert subjects(api) == {"person", "other"}


def test_what_is_not_in_the_bin_cannot_be_undeleted(api: Api, family: dict[str, str]) -> None:
    status, body = api.call("POST", "/__emulator__/undelete", {"ids": [family["other"]]})

    assert (status, body[0]["errorCode"]) == (400, "UNDELETE_FAILED")


def test_a_purged_row_is_known_to_the_log_only(api: Api, family: dict[str, str]) -> None:
    api.call("DELETE", f"sobjects/Task/{family['other']}")

    purged = control(api, "purge", sobject="Task")

    assert purged == {"purged": 1}
    assert subjects(api, everything=True) == {"about", "person"}
    assert set(deleted(api, "Task")) == {family["other"]}


def test_a_merge_names_the_winner_and_moves_the_children_unstamped(
    api: Api, family: dict[str, str]
) -> None:
    winner = api.create("Account", Name="Winner")
    api.org.clock.advance(60)

    control(api, "merge", sobject="Account", winner=winner, losers=[family["account"]])

    loser = api.query("SELECT MasterRecordId FROM Account WHERE IsDeleted = true", everything=True)
    moved = api.query("SELECT AccountId, SystemModstamp FROM Contact")
    task = api.query("SELECT WhatId FROM Task WHERE Subject = 'about'")
    stamp = api.query("SELECT SystemModstamp FROM Account")
    assert loser == [{"MasterRecordId": winner}]
    assert moved == [{"AccountId": winner, "SystemModstamp": "2026-03-10T12:00:00.000+0000"}]
    assert task == [{"WhatId": winner}]
    assert stamp == [{"SystemModstamp": "2026-03-10T12:01:00.000+0000"}]
    assert set(deleted(api, "Account")) == {family["account"]}


@pytest.mark.parametrize("losers", [[], ["self"], ["a", "b", "c"]])
def test_a_merge_takes_one_or_two_others(
    api: Api, family: dict[str, str], losers: list[str]
) -> None:
    account = family["account"]
    body = {"sobject": "Account", "winner": account, "losers": [account for _ in losers]}

    status, answer = api.call("POST", "/__emulator__/merge", body)

    assert (status, answer[0]["errorCode"]) == (400, "MERGE_FAILED")


def test_old_closed_tasks_and_past_events_are_archived(api: Api) -> None:
    old, recent = "2025-03-09", "2025-03-11"
    rows = [
        {"Subject": "old", "ActivityDate": old, "Status": "Completed"},
        {"Subject": "old open", "ActivityDate": old},
        {"Subject": "recent", "ActivityDate": recent, "Status": "Completed"},
        {"Subject": "undated", "CreatedDate": "2025-03-09T00:00:00Z", "Status": "Completed"},
    ]
    api.load("Task", rows)
    api.load("Event", [{"EndDateTime": "2025-03-09T10:00:00Z"}])

    tasks = control(api, "archive", sobject="Task")
    events = control(api, "archive", sobject="Event")

    assert (tasks, events) == ({"archived": 2}, {"archived": 1})
    assert subjects(api) == {"old open", "recent"}
    assert subjects(api, everything=True) == {"old", "old open", "recent", "undated"}
    assert deleted(api, "Task") == {}


def test_an_archived_task_can_still_be_read_by_its_id(api: Api, family: dict[str, str]) -> None:
    control(api, "archive", sobject="Task", ids=[family["other"]])

    status, body = api.call("GET", f"sobjects/Task/{family['other']}", fields="Subject,IsArchived")

    assert status == 200
    assert (body["Subject"], body["IsArchived"]) == ("other", True)


def test_the_window_of_the_log_has_no_seconds(api: Api, family: dict[str, str]) -> None:
    api.org.clock.advance(30)
    api.call("DELETE", f"sobjects/Task/{family['other']}")

    within = {"start": "2026-03-10T12:00:59Z", "end": "2026-03-10T12:01:59Z"}
    _, inside = api.call("GET", "sobjects/Task/deleted", **within)
    before = {"start": "2026-03-10T11:00:00Z", "end": "2026-03-10T12:00:59Z"}
    _, outside = api.call("GET", "sobjects/Task/deleted", **before)

    assert [each["id"] for each in inside["deletedRecords"]] == [family["other"]]
    assert outside["deletedRecords"] == []
    assert inside["earliestDateAvailable"] == "2026-02-23T12:00:00.000+0000"


def test_the_log_keeps_fifteen_days_and_says_so(api: Api, family: dict[str, str]) -> None:
    api.call("DELETE", f"sobjects/Task/{family['other']}")

    api.org.clock.advance(timedelta(days=16).total_seconds())
    status, forgotten = api.call("GET", "sobjects/Task/deleted", **WINDOW)
    api.org.clock.advance(timedelta(days=15).total_seconds())
    refused, body = api.call("GET", "sobjects/Task/deleted", **WINDOW)

    assert (status, forgotten["deletedRecords"]) == (200, [])
    assert forgotten["earliestDateAvailable"] == "2026-03-11T12:00:00.000+0000"
    assert (refused, body[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")


def test_a_log_that_was_cut_begins_later(api: Api, family: dict[str, str]) -> None:
    api.call("DELETE", f"sobjects/Task/{family['other']}")
    api.org.clock.advance(3600)

    control(api, "delete-log/cut", before="2026-03-10T12:30:00+00:00")

    _, body = api.call("GET", "sobjects/Task/deleted", **WINDOW)
    assert body["deletedRecords"] == []
    assert body["earliestDateAvailable"] == "2026-03-10T12:30:00.000+0000"


@pytest.mark.parametrize("kind", ["deleted", "updated"])
def test_more_ids_than_the_limit_are_refused(api: Api, kind: str, family: dict[str, str]) -> None:
    for name in ("other", "about"):
        api.call("DELETE", f"sobjects/Task/{family[name]}")
        api.create("Task")

    control(api, "settings", replication_ids=1)

    status, body = api.call("GET", f"sobjects/Task/{kind}", **WINDOW)
    assert (status, body[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")


def test_an_undeleted_record_is_updated_and_no_longer_deleted(
    api: Api, family: dict[str, str]
) -> None:
    api.call("DELETE", f"sobjects/Task/{family['other']}")
    api.org.clock.advance(60)

    control(api, "undelete", ids=[family["other"]])

    later = {"start": "2026-03-10T12:01:00Z", "end": "2026-03-10T12:02:00Z"}
    _, updated = api.call("GET", "sobjects/Task/updated", **later)
    assert deleted(api, "Task") == {}
    assert updated["ids"] == [family["other"]]


def test_statuses_have_no_log(api: Api) -> None:
    status, body = api.call("GET", "sobjects/TaskStatus/deleted", **WINDOW)

    assert (status, body[0]["message"]) == (400, "sObject type TaskStatus is not replicable")


BAD_WINDOWS = [
    {"start": "2026-03-10T12:00:00Z", "end": "2026-03-10T11:00:00Z"},
    {"start": "2026-03-10T12:00:00 00:00", "end": "2026-03-10T13:00:00Z"},
    {"start": "2026-03-10T12:00:10Z", "end": "2026-03-10T12:00:50Z"},
    {"end": "2026-03-10T13:00:00Z"},
]


@pytest.mark.parametrize("window", BAD_WINDOWS)
@pytest.mark.parametrize("kind", ["deleted", "updated"])
def test_a_window_that_is_none_is_refused(api: Api, kind: str, window: dict[str, str]) -> None:
    status, body = api.call("GET", f"sobjects/Task/{kind}", **window)

    assert (status, body[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")
