"""Writes of clients that are seen later than they were stamped, and queries that lag behind."""

from typing import Any

import pytest

from local.salesforce.inprocess import Api, ConnectionCutError
from tests.unit.emulator.planting import arm

WINDOW = {"start": "2026-03-10T00:00:00+00:00", "end": "2026-03-10T13:00:00+00:00"}
NOON = "2026-03-10T12:00:00.000+0000"


def late(api: Api, endpoint: str, seconds: float = 300, **more: object) -> None:
    order = {"endpoint": endpoint, "seconds": seconds, **more}
    status, body = api.call("PUT", "/__emulator__/late-commits", order)
    assert status == 200, body


def seen(api: Api) -> dict[str, str]:
    found = api.query("SELECT Name, SystemModstamp FROM Account ORDER BY Name")
    return {each["Name"]: each["SystemModstamp"] for each in found}


def updated(api: Api) -> dict[str, Any]:
    _, body = api.call("GET", "sobjects/Account/updated", **WINDOW)
    assert isinstance(body, dict)
    return body


def covered(api: Api) -> str:
    return str(updated(api)["latestDateCovered"])


def batch(*accounts: dict[str, object]) -> dict[str, object]:
    return {"records": [{"attributes": {"type": "Account"}, **each} for each in accounts]}


def test_a_create_is_answered_and_seen_later(api: Api) -> None:
    late(api, "create")
    record = api.create("Account", Name="late")
    api.org.clock.advance(299)
    api.create("Account", Name="meanwhile")
    before, missing = seen(api), api.call("GET", f"sobjects/Account/{record}")[0]
    everything = api.query("SELECT Name FROM Account", everything=True)

    api.org.clock.advance(1)

    assert list(before) == ["meanwhile"]
    assert everything == [{"Name": "meanwhile"}]
    assert missing == 404
    assert seen(api) == {"late": NOON, "meanwhile": "2026-03-10T12:04:59.000+0000"}
    assert api.call("GET", f"sobjects/Account/{record}")[0] == 200


def test_an_update_shows_what_was_before(api: Api) -> None:
    record = api.create("Account", Name="old")
    late(api, "update")
    api.org.clock.advance(60)
    api.call("PATCH", f"sobjects/Account/{record}", {"Name": "new"})
    during = seen(api)
    api.org.clock.advance(300)

    assert during == {"old": NOON}
    assert seen(api) == {"new": "2026-03-10T12:01:00.000+0000"}


def test_a_delete_is_seen_later_everywhere(api: Api) -> None:
    record = api.create("Account", Name="gone")
    api.create("Contact", LastName="child", AccountId=record)
    late(api, "delete")
    api.call("DELETE", f"sobjects/Account/{record}")

    def deleted() -> list[str]:
        _, body = api.call("GET", "sobjects/Account/deleted", **WINDOW)
        return [each["id"] for each in body["deletedRecords"]]

    during = (list(seen(api)), len(api.query("SELECT Id FROM Contact")), deleted())
    api.org.clock.advance(300)

    assert during == (["gone"], 1, [])
    assert (seen(api), api.query("SELECT Id FROM Contact"), deleted()) == ({}, [], [record])


def test_only_the_armed_call_is_late(api: Api) -> None:
    late(api, "collections", times=1)
    api.call("POST", "composite/sobjects", batch({"Name": "a"}, {"Name": "b"}))
    api.call("POST", "composite/sobjects", batch({"Name": "c"}))
    during = list(seen(api))
    api.org.clock.advance(300)

    assert during == ["c"]
    assert list(seen(api)) == ["a", "b", "c"]


def test_get_updated_waits_for_what_is_open(api: Api) -> None:
    late(api, "create", seconds=1_200)
    record = api.create("Account", Name="late")
    api.org.clock.advance(600)
    during = updated(api)
    api.org.clock.advance(600)

    assert during == {"ids": [], "latestDateCovered": NOON}
    assert updated(api)["ids"] == [record]
    assert covered(api) == "2026-03-10T12:20:00.000+0000"


def test_late_commits_are_listed_and_can_be_hurried(api: Api) -> None:
    late(api, "create")
    api.create("Account", Name="late")

    _, body = api.call("GET", "/__emulator__/late-commits")
    (opened,) = body["open"]
    status, _ = api.call("POST", f"/__emulator__/transactions/{opened['id']}/commit")

    assert (opened["stamp"], opened["due"]) == (
        "2026-03-10T12:00:00.000Z",
        "2026-03-10T12:05:00.000Z",
    )
    assert status == 204
    assert list(seen(api)) == ["late"]


def test_a_late_commit_cannot_be_rolled_back(api: Api) -> None:
    late(api, "create")
    api.create("Account", Name="late")
    _, body = api.call("GET", "/__emulator__/late-commits")

    status, _ = api.call("DELETE", f"/__emulator__/transactions/{body['open'][0]['id']}")

    assert status == 400
    api.org.clock.advance(300)
    assert list(seen(api)) == ["late"]


def test_a_row_of_an_open_transaction_is_locked(api: Api) -> None:
    record = api.create("Account", Name="old")
    late(api, "update")
    api.call("PATCH", f"sobjects/Account/{record}", {"Name": "first"})

    changed = api.call("PATCH", f"sobjects/Account/{record}", {"Name": "second"})
    gone = api.call("DELETE", f"sobjects/Account/{record}")
    api.org.clock.advance(300)
    later = api.call("PATCH", f"sobjects/Account/{record}", {"Name": "second"})

    assert [each[1][0]["errorCode"] for each in (changed, gone)] == ["UNABLE_TO_LOCK_ROW"] * 2
    assert later[0] == 204
    assert list(seen(api)) == ["second"]


def test_a_refused_write_opens_no_transaction(api: Api) -> None:
    late(api, "create")

    status, _ = api.call("POST", "sobjects/Account", {})

    assert status == 400
    assert api.call("GET", "/__emulator__/late-commits")[1] == {"open": [], "failed": []}


def test_two_late_updates_are_seen_one_after_the_other(api: Api) -> None:
    first, second = (api.create("Account", Name=name) for name in "ab")
    late(api, "update", seconds=60)
    api.call("PATCH", f"sobjects/Account/{first}", {"Name": "a2"})
    late(api, "update", seconds=120)
    api.call("PATCH", f"sobjects/Account/{second}", {"Name": "b2"})

    steps = []
    for _ in range(3):
        steps.append(list(seen(api)))
        api.org.clock.advance(60)

    assert steps == [["a", "b"], ["a2", "b"], ["a2", "b2"]]


# --- a time-out whose commit comes minutes later ------------------------------------------------


def cut(api: Api, name: str) -> None:
    with pytest.raises(ConnectionCutError):
        api.create("Account", Name=name)


def test_a_commit_may_come_minutes_after_the_cut(api: Api) -> None:
    arm(api, endpoint="create", kind="commit_later", seconds=240)
    cut(api, "twice")
    during = seen(api)
    api.org.clock.advance(30)
    api.create("Account", Name="twice")
    after_retry = len(api.query("SELECT Id FROM Account"))

    api.org.clock.advance(240)

    stamps = [each["SystemModstamp"] for each in api.query("SELECT SystemModstamp FROM Account")]
    assert (during, after_retry) == ({}, 1)
    assert sorted(stamps) == [NOON, "2026-03-10T12:00:30.000+0000"]


def test_a_retried_upsert_makes_a_second_record(api: Api) -> None:
    field = {"sobject": "Account", "name": "Ext__c", "type": "string", "external_id": True}
    api.call("POST", "/__emulator__/fields", field)
    arm(api, endpoint="upsert", kind="commit_later", seconds=240)
    path = "sobjects/Account/Ext__c/x1"
    with pytest.raises(ConnectionCutError):
        api.call("PATCH", path, {"Name": "first"})

    status, body = api.call("PATCH", path, {"Name": "retry"})
    api.org.clock.advance(240)

    assert (status, body["created"]) == (201, True)
    assert list(seen(api)) == ["first", "retry"]
    assert api.call("PATCH", path, {"Name": "third"})[0] == 300


def test_a_unique_value_is_held_by_an_open_transaction(api: Api) -> None:
    field = {"sobject": "Account", "name": "Ext__c", "type": "string"}
    api.call("POST", "/__emulator__/fields", {**field, "external_id": True, "unique": True})
    late(api, "create")
    api.create("Account", Name="first", Ext__c="x1")

    status, body = api.call("POST", "sobjects/Account", {"Name": "second", "Ext__c": "x1"})

    assert (status, body[0]["errorCode"]) == (400, "DUPLICATE_VALUE")


# --- queries that lag ---------------------------------------------------------------------------


def test_a_query_lags_but_a_retrieve_does_not(api: Api) -> None:
    old = api.create("Account", Name="old")
    arm(api, kind="query_lag", seconds=5, times=2)
    new = api.create("Account", Name="new")
    api.call("PATCH", f"sobjects/Account/{old}", {"Name": "changed"})

    during = list(seen(api))
    by_id = [api.call("GET", f"sobjects/Account/{each}")[1]["Name"] for each in (old, new)]
    total = api.call("GET", "query", q="SELECT COUNT() FROM Account")[1]["totalSize"]
    api.org.clock.advance(5)

    assert (during, total) == (["old"], 1)
    assert by_id == ["changed", "new"]
    assert list(seen(api)) == ["changed", "new"]
    assert covered(api) == "2026-03-10T12:00:05.000+0000"


def test_a_lagging_row_is_not_locked(api: Api) -> None:
    record = api.create("Account", Name="a")
    arm(api, endpoint="update", kind="query_lag", seconds=5, times=2)

    statuses = [api.call("PATCH", f"sobjects/Account/{record}", {"Name": n})[0] for n in "bc"]

    assert statuses == [204, 204]
    assert list(seen(api)) == ["a"]


def test_pages_keep_what_the_cursor_saw(api: Api) -> None:
    api.call("POST", "/__emulator__/settings", {"page_size": 200})
    api.load("Account", [{"Name": f"n{at:03d}"} for at in range(250)])
    _, first = api.call("GET", "query", q="SELECT Id, Name FROM Account ORDER BY Name")
    last = api.query("SELECT Id FROM Account WHERE Name = 'n249'")[0]["Id"]
    late(api, "update")
    api.call("PATCH", f"sobjects/Account/{last}", {"Name": "zz"})

    _, second = api.call("GET", first["nextRecordsUrl"])

    assert second["records"][-1]["Name"] == "n249"


def test_what_is_not_yet_seen_cannot_be_merged_away(api: Api) -> None:
    kept, lost = api.create("Account", Name="kept"), api.create("Account", Name="lost")
    late(api, "update")
    api.call("PATCH", f"sobjects/Account/{lost}", {"Name": "changed"})
    merge = {"sobject": "Account", "winner": kept, "losers": [lost]}

    status, body = api.call("POST", "/__emulator__/merge", merge)

    assert (status, body[0]["errorCode"]) == (400, "UNABLE_TO_LOCK_ROW")
    assert list(seen(api)) == ["kept", "lost"]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT Subject FROM Task WHERE CreatedDate > 2026-01-01T00:00:00Z",
        "SELECT Subject FROM Task WHERE LastModifiedDate > 2026-01-01T00:00:00Z",
        "SELECT Subject FROM Task WHERE WhoId = null",
    ],
)
def test_columns_are_searched_first_while_writes_are_hidden(api: Api, statement: str) -> None:
    api.create("Task", Subject="there")
    late(api, "create")
    api.create("Task", Subject="late")

    found = api.query(statement)

    assert found == [{"Subject": "there"}]
