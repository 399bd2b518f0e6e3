"""A transaction is stamped when it begins and seen when it commits."""

from typing import Any

from local.salesforce.inprocess import Api

WINDOW = {"start": "2026-03-10T00:00:00+00:00", "end": "2026-03-10T12:30:00+00:00"}


def begin(api: Api, *operations: dict[str, object]) -> dict[str, Any]:
    status, body = api.call("POST", "/__emulator__/transactions", {"operations": operations})
    assert status == 200
    assert isinstance(body, dict)
    return body


def commit(api: Api, transaction: dict[str, Any]) -> None:
    status, body = api.call("POST", f"/__emulator__/transactions/{transaction['id']}/commit")
    assert status == 204, body


def updated(api: Api) -> dict[str, Any]:
    _, body = api.call("GET", "sobjects/Task/updated", **WINDOW)
    assert isinstance(body, dict)
    return body


def test_a_late_commit_shows_rows_with_an_earlier_stamp(api: Api) -> None:
    changed = api.create("Task", Subject="old")
    transaction = begin(
        api,
        {"op": "create", "sobject": "Task", "fields": {"Subject": "late"}},
        {"op": "update", "sobject": "Task", "id": changed, "fields": {"Subject": "new"}},
    )
    api.org.clock.advance(600)
    api.create("Task", Subject="meanwhile")
    before = {each["Subject"] for each in api.query("SELECT Subject FROM Task")}

    commit(api, transaction)

    after = {
        each["Subject"]: each["SystemModstamp"]
        for each in api.query("SELECT Subject, SystemModstamp FROM Task")
    }
    assert before == {"old", "meanwhile"}
    assert after == {
        "late": "2026-03-10T12:00:00.000+0000",
        "new": "2026-03-10T12:00:00.000+0000",
        "meanwhile": "2026-03-10T12:10:00.000+0000",
    }


def test_get_updated_covers_only_up_to_an_open_transaction(api: Api) -> None:
    transaction = begin(api, {"op": "create", "sobject": "Task"})
    api.org.clock.advance(1200)
    api.create("Task", Subject="done")

    while_open = updated(api)
    commit(api, transaction)
    afterwards = updated(api)

    assert while_open["latestDateCovered"] == "2026-03-10T12:00:00.000+0000"
    assert len(while_open["ids"]) == 1
    assert afterwards["latestDateCovered"] == "2026-03-10T12:20:00.000+0000"
    assert afterwards["ids"][0] == transaction["ids"][0]


def test_a_delete_can_be_late_too(api: Api) -> None:
    task = api.create("Task", Subject="x")
    transaction = begin(api, {"op": "delete", "sobject": "Task", "id": task})
    api.org.clock.advance(300)

    commit(api, transaction)

    _, body = api.call("GET", "sobjects/Task/deleted", **WINDOW)
    assert body["deletedRecords"] == [{"id": task, "deletedDate": "2026-03-10T12:00:00.000+0000"}]


def test_a_transaction_rolled_back_leaves_nothing(api: Api) -> None:
    transaction = begin(api, {"op": "create", "sobject": "Task"})

    status, _ = api.call("DELETE", f"/__emulator__/transactions/{transaction['id']}")

    assert status == 204
    assert api.query("SELECT Id FROM Task", everything=True) == []
    assert updated(api)["latestDateCovered"] == "2026-03-10T12:00:00.000+0000"


def test_a_transaction_that_cannot_commit_changes_nothing(api: Api) -> None:
    transaction = begin(
        api,
        {"op": "create", "sobject": "Account", "fields": {"Name": "A"}},
        {"op": "create", "sobject": "Account", "fields": {}},
    )

    status, body = api.call("POST", f"/__emulator__/transactions/{transaction['id']}/commit")

    assert (status, body["code"]) == (400, "REQUIRED_FIELD_MISSING")
    assert api.query("SELECT Id FROM Account") == []


def test_an_unknown_transaction_is_named(api: Api) -> None:
    status, body = api.call("POST", "/__emulator__/transactions/tx9/commit")

    assert status == 400
    assert "tx9" in body["error"]


def test_a_transaction_may_commit_by_the_clock(api: Api) -> None:
    operation = {"op": "create", "sobject": "Task", "fields": {"Subject": "late"}}
    body = {"operations": [operation], "seconds": 300}
    _, transaction = api.call("POST", "/__emulator__/transactions", body)
    api.org.clock.advance(299)
    before = api.query("SELECT Id FROM Task")

    api.org.clock.advance(1)

    found = api.query("SELECT Id, SystemModstamp FROM Task")
    assert before == []
    assert found == [{"Id": transaction["ids"][0], "SystemModstamp": transaction["stamp"]}]
