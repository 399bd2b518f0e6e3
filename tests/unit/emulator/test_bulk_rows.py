"""The row engine of both Bulk APIs, without jobs around it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from local.salesforce.bulk.reuse import Reuse
from local.salesforce.bulk.rows import Operation, Work, run_chunk
from local.salesforce.ids import mint
from local.salesforce.inprocess import Api


def test_a_chunk_of_json_bodies_is_written_too(api: Api) -> None:
    acting = api.org.acting()
    work = Work(Operation.INSERT, acting.schema.require("Task"))

    bodies: list[Mapping[str, object]] = [{"Subject": "x"}, {"Subject": "y", "ActivityDate": 7}]

    good, bad = run_chunk(acting, work, bodies)

    assert good.success
    assert good.created
    assert bad.error.startswith("INVALID_FIELD:Unexpected JsonMappingException: Cannot deserialize")


def test_the_statements_of_a_chunk_are_few(api: Api) -> None:
    acting = api.org.acting()
    account = api.create("Account", Name="Acme")
    work = Work(Operation.INSERT, acting.schema.require("Task"))
    seen: list[str] = []
    api.org.database.connection.set_trace_callback(seen.append)

    results = run_chunk(acting, work, [{"Subject": "x", "WhatId": account} for _ in range(200)])

    assert all(each.success for each in results)
    assert len(seen) < 5 * 200


def test_chunks_in_a_row_look_at_a_parent_once(api: Api) -> None:
    acting = api.org.acting()
    account = api.create("Account", Name="Acme")
    work, reuse = Work(Operation.INSERT, acting.schema.require("Task")), Reuse()
    rows: list[Mapping[str, object]] = [{"Subject": "x", "WhatId": account}]
    run_chunk(acting, work, rows, reuse=reuse)
    seen: list[str] = []
    api.org.database.connection.set_trace_callback(seen.append)

    run_chunk(acting, work, rows, reuse=reuse)

    assert [each for each in seen if 'FROM "Account"' in each] == []


def test_what_changed_between_chunks_is_seen(api: Api) -> None:
    acting = api.org.acting()
    account = api.create("Account", Name="Acme")
    work, reuse = Work(Operation.INSERT, acting.schema.require("Task")), Reuse()
    rows: list[Mapping[str, object]] = [{"Subject": "x", "WhatId": account}]
    run_chunk(acting, work, rows, reuse=reuse)

    api.call("DELETE", f"sobjects/Account/{account}")
    (late,) = run_chunk(acting, work, rows, reuse=reuse)

    assert late.error == "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:WhatId --"


def test_updates_are_read_together(api: Api) -> None:
    acting = api.org.acting()
    ids = [api.create("Task", Subject="x") for _ in range(20)]
    work = Work(Operation.UPDATE, acting.schema.require("Task"))

    seen = _statements(api, work, [{"Id": each, "Subject": "y"} for each in ids])

    assert _counted(seen, "Task") == {"SELECT": 1, "UPDATE": 20}


def test_external_ids_are_looked_up_together(api: Api) -> None:
    work = _upsert_by_key(api)
    for number in range(10):
        api.create("Task", Subject="x", Key__c=f"key-{number}")

    rows = [{"Key__c": f"KEY-{number}", "Subject": "y"} for number in range(20)]
    seen = _statements(api, work, rows)

    found = _counted(seen, "Task")
    assert (found["UPDATE"], found["INSERT"]) == (10, 10)
    reserved = [each for each in seen if "BETWEEN" in each]
    assert found["SELECT"] == 2 + len(reserved)


def test_keys_that_only_read_alike_meet(api: Api) -> None:
    """Two texts of one number are no twins, and the second row finds what the first made."""
    body = {"sobject": "Task", "name": "No__c", "type": "double", "external_id": True}
    assert api.call("POST", "/__emulator__/fields", body)[0] == 200
    acting = api.org.acting()
    task = acting.schema.require("Task")
    work = Work(Operation.UPSERT, task, external_id=task.get("No__c"))

    first, second = run_chunk(acting, work, [{"No__c": "7"}, {"No__c": "7.0"}])

    assert (first.created, second.created) == (True, False)
    assert first.id == second.id


def test_a_chunk_sees_what_its_own_rows_changed(api: Api) -> None:
    """The copy of a group event moves with it, and then has an end that follows from its start."""
    start = "2026-03-11T09:00:00.000+0000"
    event = api.create("Event", Subject="x", StartDateTime=start, DurationInMinutes=30)
    guest = mint("005", 900)
    api.load("User", [{"Id": guest, "LastName": "Guest", "Username": "g", "IsActive": True}])
    api.create("EventRelation", EventId=event, RelationId=guest, IsInvitee=True)
    (copy,) = api.query("SELECT Id FROM Event WHERE IsChild = true")
    acting = api.org.acting()
    work = Work(Operation.UPDATE, acting.schema.require("Event"))
    moved = {"Id": event, "StartDateTime": "2026-03-12T09:00:00.000Z", "DurationInMinutes": 30}
    longer = {"Id": copy["Id"], "DurationInMinutes": 60}

    results = run_chunk(acting, work, [moved, longer])

    assert [each.error for each in results] == ["", ""]
    (found,) = api.query(f"SELECT EndDateTime FROM Event WHERE Id = '{copy['Id']}'")  # noqa: S608
    assert found["EndDateTime"] == "2026-03-12T10:00:00.000+0000"


def test_what_was_written_beside_is_seen(api: Api) -> None:
    acting = api.org.acting()
    task = api.create("Task", Subject="x")
    work, reuse = Work(Operation.UPDATE, acting.schema.require("Task")), Reuse()
    rows = [{"Id": task, "Subject": "y"}]
    run_chunk(acting, work, rows, reuse=reuse)

    api.call("PATCH", f"sobjects/Task/{task}", {"Subject": "between"})
    run_chunk(acting, work, rows, reuse=reuse)

    (found,) = api.query("SELECT Subject FROM Task")
    assert found == {"Subject": "y"}


def _upsert_by_key(api: Api) -> Work:
    body = {"sobject": "Task", "name": "Key__c", "type": "string", "external_id": True}
    assert api.call("POST", "/__emulator__/fields", body)[0] == 200
    task = api.org.acting().schema.require("Task")
    return Work(Operation.UPSERT, task, external_id=task.get("Key__c"))


def _statements(api: Api, work: Work, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """What a chunk asks of the database; every row of it is written."""
    seen: list[str] = []
    api.org.database.connection.set_trace_callback(seen.append)
    results = run_chunk(api.org.acting(), work, rows)
    api.org.database.connection.set_trace_callback(None)
    assert [each.error for each in results] == [""] * len(rows)
    return seen


def _counted(seen: list[str], table: str) -> Counter[str]:
    """How many statements of each kind are about a table."""
    return Counter(each.split()[0] for each in seen if f'"{table}"' in each)
