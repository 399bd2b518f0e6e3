"""What each kind of fault does to its call, to its rows, and what was done all the same."""

import json

import pytest

from local.salesforce.faultkinds import FAULTS, FaultKind, Meets
from local.salesforce.inprocess import Api, ConnectionCutError
from local.salesforce.org import Org
from tests.unit.emulator.planting import arm, planted


def names(api: Api) -> list[str]:
    return [each["Name"] for each in api.query("SELECT Name FROM Account ORDER BY Name")]


def batch(*accounts: str) -> dict[str, object]:
    return {"records": [{"attributes": {"type": "Account"}, "Name": name} for name in accounts]}


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


def test_a_locked_create_has_no_id_to_tell(api: Api) -> None:
    arm(api, endpoint="create", kind="locked_rows")

    status, body = api.call("POST", "sobjects/Account", {"Name": "A"})

    text = "unable to obtain exclusive access to this record"
    assert status == 400
    assert body == [{"message": text, "errorCode": "UNABLE_TO_LOCK_ROW", "fields": []}]


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


def test_parts_of_a_composite_call_are_counted(api: Api) -> None:
    arm(api, endpoint="composite", kind="locked_rows", rows={"on": [2]})
    parts = [
        {
            "method": "POST",
            "url": "/services/data/v62.0/sobjects/Account",
            "referenceId": name,
            "body": {"Name": name},
        }
        for name in ("A", "B", "C")
    ]

    _, body = api.call("POST", "composite", {"compositeRequest": parts})

    statuses = [each["httpStatusCode"] for each in body["compositeResponse"]]
    assert statuses == [201, 400, 201]
    assert names(api) == ["A", "C"]


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


# --- the emulator itself ----------------------------------------------------------------------


@pytest.mark.parametrize("first", ["SAVEPOINT forgotten", "BEGIN"])
def test_a_mistake_of_the_emulator_ends_one_call(
    api: Api, capsys: pytest.CaptureFixture[str], first: str
) -> None:
    def failing(org: Org) -> None:
        org.database.connection.execute(first)
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
    assert body[0]["message"].rpartition("support: ")[2] in told.err
    assert "planted" in told.err
    assert names(api) == ["whole"]
    assert api.call("POST", "sobjects/Account", {"Name": "next"})[0] == 201
