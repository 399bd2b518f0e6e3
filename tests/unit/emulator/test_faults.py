"""Armed faults without sockets: for which calls, at which of them, what is met, what was done."""

import json
from typing import Any

import pytest

from local.salesforce.faultkinds import FAULTS, FaultKind, Meets
from local.salesforce.inprocess import Api, ConnectionCutError
from local.salesforce.org import Org
from tests.unit.emulator.planting import planted


def arm(api: Api, **order: object) -> dict[str, Any]:
    status, body = api.call("POST", "/__emulator__/faults", order)
    assert status == 200, body
    assert isinstance(body, dict)
    return body


def refusal(api: Api, **order: object) -> dict[str, Any]:
    status, body = api.call("POST", "/__emulator__/faults", order)
    assert status == 400
    assert isinstance(body, dict)
    return body


def statuses(api: Api, count: int, path: str = "limits") -> list[int]:
    return [api.call("GET", path)[0] for _ in range(count)]


def names(api: Api) -> list[str]:
    return [each["Name"] for each in api.query("SELECT Name FROM Account ORDER BY Name")]


def batch(*accounts: str) -> dict[str, object]:
    return {"records": [{"attributes": {"type": "Account"}, "Name": name} for name in accounts]}


# --- when -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({}, [503, 200, 200, 200, 200, 200]),
        ({"once": True}, [503, 200, 200, 200, 200, 200]),
        ({"times": 2}, [503, 503, 200, 200, 200, 200]),
        ({"times": 2, "skip": 1}, [200, 503, 503, 200, 200, 200]),
        ({"on": [2, 5]}, [200, 503, 200, 200, 503, 200]),
        ({"every": 3}, [200, 200, 503, 200, 200, 503]),
        ({"every": 2, "times": 2}, [200, 503, 200, 503, 200, 200]),
        ({"share": 1}, [503] * 6),
        ({"share": 0}, [200] * 6),
    ],
)
def test_a_fault_hits_the_calls_it_is_armed_for(
    api: Api, order: dict[str, object], expected: list[int]
) -> None:
    arm(api, endpoint="limits", kind="unavailable", **order)

    assert statuses(api, 6) == expected


def test_a_share_repeats_with_its_seed(api: Api) -> None:
    runs = []
    for seed in (7, 7, 8):
        arm(api, endpoint="limits", kind="unavailable", share=0.3, seed=seed)
        runs.append(statuses(api, 40))
        api.call("DELETE", "/__emulator__/faults")

    assert runs[0] == runs[1]
    assert runs[0] != runs[2]
    assert 4 <= runs[0].count(503) <= 20


def test_a_fault_ends_with_the_orgs_time(api: Api) -> None:
    arm(api, kind="unavailable", for_seconds=60)
    api.org.clock.advance(59)
    before = statuses(api, 2)
    api.org.clock.advance(1)

    assert before == [503, 503]
    assert statuses(api, 2) == [200, 200]


def test_the_oldest_fault_hits_and_all_count(api: Api) -> None:
    arm(api, endpoint="limits", kind="error", status=500, on=[2])
    arm(api, endpoint="*", kind="error", status=503, times=2)

    assert statuses(api, 4) == [503, 500, 503, 200]


def test_every_fault_tells_its_hits(api: Api) -> None:
    arm(api, endpoint="limits", kind="unavailable", every=2)
    arm(api, endpoint="query", kind="query_timeout")
    statuses(api, 5)
    api.call("GET", "query", q="SELECT Id FROM Account")

    _, body = api.call("GET", "/__emulator__/faults")

    shown = [(each["kind"], each["calls"], each["hits"]) for each in body["armed"] + body["spent"]]
    assert shown == [("unavailable", 5, 2), ("query_timeout", 1, 1)]


# --- where ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "met"),
    [
        ({"method": "post"}, True),
        ({"method": "GET"}, False),
        ({"path": "/sobjects/acc", "method": "POST"}, False),
        ({"path": "/sobjects/Acc"}, True),
        ({"sobject": "account"}, True),
        ({"sobject": "Contact"}, False),
        ({"word": "acme"}, True),
        ({"word": "bravo"}, False),
        ({"user": "005000000000099"}, False),
    ],
)
def test_a_fault_chooses_its_calls(api: Api, where: dict[str, str], met: bool) -> None:
    arm(api, endpoint="create", kind="unavailable", where=where)

    status, _ = api.call("POST", "sobjects/Account", {"Name": "ACME"})

    assert status == (503 if met else 201)


def test_a_fault_knows_user_and_statement(api: Api) -> None:
    user = api.org.sessions.user_id
    where = {"user": user[:15], "word": "from contact", "sobject": "Contact"}
    arm(api, endpoint="query", kind="query_too_complicated", where=where)

    passed, _ = api.call("GET", "query", q="SELECT Id FROM Account")
    status, body = api.call("GET", "query", q="SELECT Id FROM Contact")

    assert passed == 200
    assert (status, body[0]["errorCode"]) == (400, "QUERY_TOO_COMPLICATED")


def test_objects_in_a_body_are_known(api: Api) -> None:
    arm(api, endpoint="collections", kind="unavailable", where={"sobject": "Account"})

    assert api.call("POST", "composite/sobjects", batch("A"))[0] == 503


# --- what -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", [kind for kind, spec in FAULTS.items() if spec.meets is Meets.ANSWER]
)
def test_each_answer_of_the_table_comes_instead_of_work(api: Api, kind: FaultKind) -> None:
    spec = FAULTS[kind]
    arm(api, endpoint="create", kind=kind.value)

    found = api.send("POST", "sobjects/Account", body={"Name": "lost"})

    assert found.status == spec.status
    if spec.code:
        body = json.loads(found.content())
        assert body == [{"message": spec.message, "errorCode": spec.code}]
    else:
        assert found.content() == spec.page
        assert found.media.startswith("text/html")
    fresh = Api.signed_in(api.org)
    assert names(fresh) == []


def test_the_free_form_needs_no_kind(api: Api) -> None:
    headers = {"Retry-After": "3"}
    arm(api, endpoint="limits", status=418, body="<tea/>", headers=headers)
    arm(api, endpoint="limits", status=409, code="CONFLICT", message="no")

    first, second = api.send("GET", "limits"), api.send("GET", "limits")

    assert (first.status, first.content(), first.headers) == (418, b"<tea/>", headers)
    assert json.loads(second.content()) == [{"message": "no", "errorCode": "CONFLICT"}]


@pytest.mark.parametrize("kind", ["gateway_timeout", "bad_gateway", "unknown_exception"])
def test_an_error_may_come_after_the_work(api: Api, kind: str) -> None:
    arm(api, endpoint="create", kind=kind, work="done")

    status = api.send("POST", "sobjects/Account", body={"Name": "kept"}).status

    assert status >= 500
    assert names(api) == ["kept"]


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("connection_reset", False),
        ("reset_in_request", False),
        ("timeout_after_commit", True),
        ("truncated_body", True),
    ],
)
def test_a_cut_call_did_its_work_or_not(api: Api, kind: str, kept: bool) -> None:
    arm(api, endpoint="create", kind=kind)

    with pytest.raises(ConnectionCutError):
        api.send("POST", "sobjects/Account", body={"Name": "cut"})

    assert names(api) == (["cut"] if kept else [])


def test_a_body_that_is_no_json_has_its_true_status(api: Api) -> None:
    arm(api, endpoint="create", kind="invalid_json")

    found = api.send("POST", "sobjects/Account", body={"Name": "kept"})

    assert found.status == 201
    with pytest.raises(ValueError, match=r"JSON|Expecting|delimiter|Unterminated"):
        json.loads(found.content())


# --- rows -------------------------------------------------------------------------------------


def test_a_locked_row_fails_a_single_call(api: Api) -> None:
    record = api.create("Account", Name="A")
    arm(api, endpoint="update", kind="locked_rows")

    status, body = api.call("PATCH", f"sobjects/Account/{record}", {"Name": "B"})

    text = f"unable to obtain exclusive access to this record or 1 records: {record}"
    assert status == 400
    assert body == [{"message": text, "errorCode": "UNABLE_TO_LOCK_ROW", "fields": []}]
    assert api.call("PATCH", f"sobjects/Account/{record}", {"Name": "B"})[0] == 204


@pytest.mark.parametrize(
    ("rows", "written"),
    [
        ({}, []),
        ({"on": [2]}, ["A", "C", "D"]),
        ({"every": 2}, ["A", "C"]),
        ({"times": 1}, ["B", "C", "D"]),
        ({"skip": 3}, ["A", "B", "C"]),
    ],
)
def test_locked_rows_fail_alone(api: Api, rows: dict[str, object], written: list[str]) -> None:
    arm(api, endpoint="collections", kind="locked_rows", rows=rows)

    status, results = api.call("POST", "composite/sobjects", batch("A", "B", "C", "D"))

    codes = [each["errors"][0]["statusCode"] for each in results if not each["success"]]
    assert status == 200
    assert names(api) == written
    assert codes == ["UNABLE_TO_LOCK_ROW"] * (4 - len(written))


def test_rows_are_counted_anew_in_each_call(api: Api) -> None:
    arm(api, endpoint="collections", kind="locked_rows", rows={"on": [1]}, times=2)

    for letters in ("AB", "CD", "EF"):
        api.call("POST", "composite/sobjects", batch(*letters))

    assert names(api) == ["B", "D", "E", "F"]


def test_a_duplicate_names_the_record_that_is_there(api: Api) -> None:
    other = api.create("Account", Name="A")
    arm(api, endpoint="create", kind="duplicates_detected")

    status, body = api.call("POST", "sobjects/Account", {"Name": "A"})

    assert status == 400
    assert list(body[0]) == ["duplicateResut", "errorCode", "message"]
    found = body[0]["duplicateResut"]
    assert (found["duplicateRuleEntityType"], found["allowSave"]) == ("Account", False)
    assert found["matchResults"][0]["matchRecords"][0]["record"]["Id"] == other
    assert (body[0]["errorCode"], body[0]["message"]) == (
        "DUPLICATES_DETECTED",
        "Use one of these records?",
    )


def test_a_duplicate_among_many_fails_alone(api: Api) -> None:
    arm(api, endpoint="collections", kind="duplicates_detected", rows={"on": [1]})

    _, results = api.call("POST", "composite/sobjects", batch("A", "B"))

    error = {
        "statusCode": "DUPLICATES_DETECTED",
        "message": "Use one of these records?",
        "fields": [],
    }
    assert results[0]["errors"] == [error]
    assert results[1]["success"] is True


# --- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "field", "value"),
    [
        ({"kind": "earthquake"}, "kind", "earthquake"),
        ({"endpoint": "qwery"}, "endpoint", "qwery"),
        ({"kind": "error", "time": 2}, "time", 2),
        ({"share": 1.5}, "share", 1.5),
        ({"on": [0]}, "on.0", 0),
        ({"every": 0}, "every", 0),
        ({"where": {"path": "("}}, "where", {"path": "("}),
        ({"where": {"sobjekt": "X"}}, "where.sobjekt", "X"),
        ({"status": 99}, "status", 99),
        ({"work": "maybe"}, "work", "maybe"),
    ],
)
def test_a_mistaken_fault_is_told(
    api: Api, order: dict[str, object], field: str, value: object
) -> None:
    problem = refusal(api, **order)["errors"][0]

    assert (problem["field"], problem["value"]) == (field, value)
    assert problem["message"]
    assert problem["remedy"]
    assert api.call("GET", "/__emulator__/faults")[1]["armed"] == []


def test_the_table_is_told(api: Api) -> None:
    _, body = api.call("GET", "/__emulator__/faults/kinds")

    assert set(body) == {kind.value for kind in FaultKind}
    assert set(FAULTS) == set(FaultKind)


# --- the emulator itself ----------------------------------------------------------------------


def test_a_mistake_of_the_emulator_ends_one_call(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(org: Org) -> None:
        org.database.run('UPDATE "Account" SET "Name" = ?', ("half",))
        raise RuntimeError("planted")

    api.create("Account", Name="whole")
    with planted("create", failing):
        status, body = api.call("POST", "sobjects/Account", {"Name": "new"})

    told = capsys.readouterr()
    assert (status, body[0]["errorCode"]) == (500, "UNKNOWN_EXCEPTION")
    assert body[0]["message"].startswith(
        "An unexpected error occurred. Please include this ErrorId if you contact support: "
    )
    assert body[0]["message"].rpartition("support: ")[2] in told.out
    assert "planted" in told.err
    assert names(api) == ["whole"]
    assert api.call("POST", "sobjects/Account", {"Name": "next"})[0] == 201
