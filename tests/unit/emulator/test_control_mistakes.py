"""A mistake in a control request is a 400 that names the field, its value and what would help."""

import json
from datetime import timedelta

import pytest

from local.salesforce.inprocess import Api

ACCOUNT = "001000000000001AAA"
CREATE = {"op": "create", "sobject": "Account", "fields": {"Name": "A"}}


def operations(**changed: object) -> dict[str, object]:
    return {"operations": [{**CREATE, **changed}]}


MISTAKES: list[tuple[str, str, object, str]] = [
    ("DELETE", "transactions/nope", None, "transaction"),
    ("POST", "transactions/nope/commit", None, "transaction"),
    ("POST", "transactions", {}, "operations"),
    ("POST", "transactions", {"operations": []}, "operations"),
    ("POST", "transactions", {**operations(), "secnds": 5}, "secnds"),
    ("POST", "transactions", operations(op="creat"), "operations.0.op"),
    ("POST", "transactions", operations(sobject="Nope"), "operations.0.sobject"),
    ("POST", "transactions", operations(fields={"Nme": 1}), "operations.0.fields.Nme"),
    ("POST", "transactions", operations(op="update"), "operations.0.id"),
    ("POST", "transactions", operations(op="update", id=ACCOUNT), "operations.0.id"),
    ("POST", "transactions", operations(id=ACCOUNT), "operations.0.id"),
    ("POST", "transactions", operations(when=1), "operations.0.when"),
    ("POST", "jobs/run", {}, "job"),
    ("POST", "jobs/run", {"job": "nope"}, "job"),
    ("POST", "jobs/hold", {"job": "nope"}, "job"),
    ("POST", "jobs/hold", {"chunks": "x"}, "chunks"),
    ("POST", "jobs/hold", {"bogus": 1}, "bogus"),
    ("POST", "jobs/fail", {"bogus": 1}, "bogus"),
    ("POST", "jobs/release", {}, "job"),
    ("POST", "settings", {"page_size": "many"}, "page_size"),
    ("POST", "settings", {"requests_used": "a"}, "requests_used"),
    ("POST", "settings", {"bulk_lock_contention": 7}, "bulk_lock_contention"),
    ("POST", "settings", {"bogus": 1}, "bogus"),
    ("PUT", "duplicate-rules", {"sobject": 5, "name": "x", "fields": ["Name"]}, "sobject"),
    ("PUT", "duplicate-rules", {"sobject": "Task", "name": "x", "fields": ["No"]}, "fields"),
    ("PUT", "validation-rules", {"bogus": 1}, "bogus"),
    ("PUT", "assignment-rules", {"sobject": "Task"}, "sobject"),
    ("PUT", "locks", {"ids": [ACCOUNT], "times": "x"}, "times"),
    ("PUT", "locks", {"ids": []}, "ids"),
    ("POST", "apps", {"client_id": "x", "flows": ["foo"]}, "flows.0"),
    ("POST", "apps", {"client_id": "x", "certificate": "garbage"}, "certificate"),
    ("POST", "apps", {"client_id": "x", "run_as": "nobody"}, "run_as"),
    ("POST", "users", {"username": "a@b.c", "profile": "Nope"}, "profile"),
    ("POST", "users", {"username": "a@b.c", "fields": {"Nme": 1}}, "fields.Nme"),
    ("POST", "refresh-tokens", {"client_id": "nope", "username": "x"}, "client_id"),
    ("POST", "sessions/expire", {"tokn": "x"}, "tokn"),
    ("PUT", "clock", {"now": "yesterday"}, "now"),
    ("PUT", "clock", {"advance": "x"}, "advance"),
    ("PUT", "clock", {"advance": -5}, "advance"),
    ("PUT", "clock", {"real": False}, "real"),
    ("PUT", "clock", {}, "body"),
    ("POST", "delete-log/cut", {}, "before"),
    ("POST", "convert", {}, "lead"),
    ("POST", "merge", {"sobject": "Account", "winner": "x", "losers": [ACCOUNT]}, "winner"),
    ("POST", "archive", {"sobject": "Account"}, "sobject"),
    ("POST", "purge", {"sobject": "Task", "ids": ["x"]}, "ids.0"),
    ("POST", "undelete", {"ids": [ACCOUNT], "bogus": 1}, "bogus"),
    ("POST", "snapshot", {"bogus": 1}, "bogus"),
    ("POST", "snapshot", {}, "name"),
    ("PUT", "late-commits", {"bogus": 1}, "bogus"),
    ("POST", "faults", {"kind": "delay"}, "seconds"),
    ("POST", "faults", {"kind": "unavailable", "rows": {"every": 2}}, "rows"),
    ("DELETE", "fields", {"sobject": "Task", "name": "Nope__c", "x": 1}, "x"),
    ("POST", "undelete", [1], "body"),
]


@pytest.mark.parametrize(("method", "path", "body", "field"), MISTAKES)
def test_a_mistake_names_its_field(
    api: Api, method: str, path: str, body: object, field: str
) -> None:
    before = api.org.clock.now()

    status, found = api.call(method, f"/__emulator__/{path}", body)

    assert (status, [each["field"] for each in found["errors"]]) == (400, [field])
    assert set(found["errors"][0]) == {"field", "value", "message", "remedy"}
    assert found["errors"][0]["message"]
    assert found["errors"][0]["remedy"]
    assert api.org.clock.now() == before
    assert not api.org.runner.armed


def test_what_is_no_json_is_told(api: Api) -> None:
    status, found = api.call("PUT", "/__emulator__/clock", b"{")

    assert (status, found["errors"][0]["field"]) == (400, "body")
    assert found["errors"][0]["value"] == "{"


def test_a_wrong_verb_lists_the_right_ones(api: Api) -> None:
    _, found = api.call("POST", "/__emulator__/transactions", operations(op="creat"))

    assert found["errors"][0]["remedy"] == "give 'create', 'update' or 'delete'"


@pytest.mark.parametrize(
    ("sobject", "name", "value"),
    [
        ("Account", "Nme", "x"),
        ("Account", "AnnualRevenue", "lots"),
        ("Account", "NumberOfEmployees", 1.5),
        ("Account", "IsDeleted", "maybe"),
        ("Account", "Name", 5),
        ("Account", "ParentId", "x"),
        ("Account", "CreatedDate", "noon"),
        ("Task", "ActivityDate", "soon"),
    ],
)
def test_a_bad_row_names_its_line(api: Api, sobject: str, name: str, value: object) -> None:
    rows = [{"Name": "A"}, {name: value}]
    names = ["Account", sobject]
    lines = [
        json.dumps({"sobject": each, "fields": row}) for each, row in zip(names, rows, strict=True)
    ]

    status, found = api.call("POST", "/__emulator__/load", "\n".join(lines).encode())

    problem = found["errors"][0]
    assert status == 400
    assert (problem["line"], problem["field"], problem["value"]) == (2, name, value)
    assert problem["remedy"]
    assert api.query("SELECT Id FROM Account") == []


@pytest.mark.parametrize(
    "line", ["5", '{"sobject": "Account"}', '{"sobject": "Account", "fields": []}', "{",
             '{"sobject": "Nope", "fields": {}}', '{"sobject": "Account", "fields": {}, "x": 1}'],
)  # fmt: skip
def test_a_line_that_is_no_row(api: Api, line: str) -> None:
    good = '{"sobject": "Account", "fields": {"Name": "A"}}'

    status, found = api.call("POST", "/__emulator__/load", f"{good}\n{line}".encode())

    assert (status, found["errors"][0]["line"]) == (400, 2)


def test_fields_are_loaded_in_any_case(api: Api) -> None:
    api.load("Account", [{"NAME": "A", "annualrevenue": 5}])

    assert api.query("SELECT Name, AnnualRevenue FROM Account") == [
        {"Name": "A", "AnnualRevenue": 5.0}
    ]


def test_a_commit_that_fails_by_the_clock_is_told(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {**operations(fields={}), "seconds": 5}
    _, opened = api.call("POST", "/__emulator__/transactions", body)
    api.org.clock.advance(timedelta(seconds=5).total_seconds())

    _, found = api.call("GET", "/__emulator__/late-commits")

    assert found["open"] == []
    assert [(each["id"], each["code"]) for each in found["failed"]] == [
        (opened["id"], "REQUIRED_FIELD_MISSING")
    ]
    assert found["failed"][0]["error"] == "Required fields are missing: [Name]"
    assert opened["id"] in capsys.readouterr().err


def test_an_open_transaction_may_change_what_another_creates(api: Api) -> None:
    _, first = api.call("POST", "/__emulator__/transactions", operations())
    change = operations(op="update", id=first["ids"][0])

    status, _ = api.call("POST", "/__emulator__/transactions", change)

    assert status == 200


def test_an_armed_fault_tells_what_was_asked(api: Api) -> None:
    order = {
        "endpoint": "collections", "kind": "locked_rows", "share": 0.0, "on": [2], "every": 3,
        "where": {"sobject": "Task"}, "rows": {"every": 2},
    }  # fmt: skip
    api.call("POST", "/__emulator__/faults", order)
    api.call("POST", "/__emulator__/faults", {"kind": "delay", "seconds": 2.5})

    armed = api.call("GET", "/__emulator__/faults")[1]["armed"]

    assert {**armed[0], **order} == armed[0]
    assert armed[1]["seconds"] == 2.5


def test_the_clock_goes_back_when_set(api: Api) -> None:
    status, found = api.call("PUT", "/__emulator__/clock", {"now": "2020-01-01T00:00:00Z"})

    assert (status, found["now"]) == (200, "2020-01-01T00:00:00+00:00")
