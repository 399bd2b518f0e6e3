"""The row engine of both Bulk APIs, without jobs around it."""

from collections.abc import Mapping

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
