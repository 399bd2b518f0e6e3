"""The row engine of both Bulk APIs, without jobs around it."""

from collections.abc import Mapping

from local.salesforce.bulk.reuse import Reuse
from local.salesforce.bulk.rows import Operation, Work, run_chunk
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
