"""Rows written at once: what a bad row, a busy org and an unwell one do to their neighbours."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from syncline.engine.plan import SendKind
from syncline.errors import ConfigurationError, InvariantError, RetryableError
from syncline.ports import Row, RowAnswer, WriteRequest
from tests.unit.salesforce.scripted import (
    Asked,
    Said,
    ScriptedOrg,
    describe_of,
    field_of,
    refused,
    task_id,
)

UPDATE = WriteRequest("Task", SendKind.UPDATE, ("Subject", "Calls__c"), 200)
UPSERT = WriteRequest("task", SendKind.CREATE, ("Subject",), 2, "Key__c")
Judge = Callable[[list[str]], Said | None]


class Board:
    """A Collections resource that notes the subjects of each call, and answers as it is told."""

    def __init__(self, org: ScriptedOrg) -> None:
        self.calls: list[list[str]] = []
        self.whole: Judge = lambda _: None
        self.refusals: dict[str, list[str]] = {}
        org.route("Task/describe", Said(body=describe_of("Task", *FIELDS)))
        org.route("task/describe", Said(body=describe_of("Task", *FIELDS)))
        org.route("composite/sobjects", self.answer)
        org.route("composite/sobjects/Task/Key__c", self.answer)

    def answer(self, asked: Asked) -> Said:
        records = json.loads(asked.body)["records"]
        subjects = [str(each["Subject"]) for each in records]
        self.calls.append(subjects)
        return self.whole(subjects) or Said(body=[self._one(each) for each in records])

    def _one(self, record: dict[str, Any]) -> dict[str, Any]:
        codes = self.refusals.get(record["Subject"])
        if codes:
            error = {"statusCode": codes.pop(0), "message": "words", "fields": []}
            return {"success": False, "errors": [error]}
        return {"id": record.get("Id", task_id(7)), "success": True, "errors": []}


FIELDS = (field_of("Subject"), field_of("Calls__c", "int"), field_of("Key__c"))


@pytest.fixture
def board(org: ScriptedOrg) -> Board:
    return Board(org)


def _rows(count: int) -> list[Row]:
    return [Row(f"p{at}", task_id(at), {"Subject": f"s{at}"}) for at in range(count)]


def _bad(answers: Sequence[RowAnswer]) -> dict[int, tuple[str, bool]]:
    return {at: (each.code, each.again) for at, each in enumerate(answers) if not each.done}


def _sizes(board: Board) -> list[int]:
    return [len(each) for each in board.calls]


# --- what is sent -----------------------------------------------------------------------------


def test_an_update_carries_type_id_and_values(org: ScriptedOrg, board: Board) -> None:
    org.crm().write(UPDATE, [Row("p1", task_id(1), {"Subject": "a", "Calls__c": None})])

    sent = org.asked[-1]
    assert sent.method == "PATCH"
    assert json.loads(sent.body) == {
        "allOrNone": False,
        "records": [
            {"attributes": {"type": "Task"}, "Subject": "a", "Calls__c": None, "Id": task_id(1)}
        ],
    }


def test_a_creation_goes_by_its_key(org: ScriptedOrg, board: Board) -> None:
    row = Row("p1", None, {"Subject": "a", "key__C": "x"})

    (answer,) = org.crm().write(UPSERT, [row])

    assert org.calls()[-1] == "composite/sobjects/Task/Key__c"
    assert json.loads(org.asked[-1].body)["records"] == [
        {"attributes": {"type": "Task"}, "Subject": "a", "Key__c": "p1"}
    ]
    assert answer == RowAnswer(task_id(7))


def test_a_creation_without_a_key_is_not_for_this(org: ScriptedOrg, board: Board) -> None:
    request = WriteRequest("Task", SendKind.CREATE, ("Subject",), 1)

    with pytest.raises(InvariantError):
        org.crm().write(request, [Row("p1", None, {"Subject": "a"})])


def test_deletions_are_named_in_the_address(org: ScriptedOrg, board: Board) -> None:
    ids = [task_id(1), task_id(2)]
    org.route("composite/sobjects", Said(body=[{"id": each, "success": True} for each in ids]))
    request = WriteRequest("Task", SendKind.DELETE, (), 2)

    answers = org.crm().write(request, [Row(each, each, {}) for each in ids])

    sent = org.asked[-1]
    assert (sent.method, sent.query) == ("DELETE", {"ids": ",".join(ids), "allOrNone": "false"})
    assert answers == [RowAnswer(each) for each in ids]


def test_a_value_its_field_cannot_hold_is_not_sent(org: ScriptedOrg, board: Board) -> None:
    rows = _rows(3)
    rows[1] = Row("p1", task_id(1), {"Subject": "s1", "Calls__c": "many"})

    answers = org.crm().write(UPDATE, rows)

    assert _bad(answers) == {1: ("bad_value", False)}
    assert board.calls == [["s0", "s2"]]


def test_two_hundred_rows_go_in_one_request(org: ScriptedOrg, board: Board) -> None:
    answers = org.crm().write(UPDATE, _rows(450))

    assert _sizes(board) == [200, 200, 50]
    assert [each.id for each in answers] == [task_id(at) for at in range(450)]


# --- rows that are locked, triggers that are spent ----------------------------------------------


def test_locked_rows_alone_are_sent_once_more(org: ScriptedOrg, board: Board) -> None:
    locked = "UNABLE_TO_LOCK_ROW"
    board.refusals = {"s3": [locked], "s201": [locked, locked, locked], "s5": ["STRING_TOO_LONG"]}

    answers = org.crm().write(UPDATE, _rows(210))

    assert _sizes(board) == [200, 10, 2]
    assert board.calls[2] == ["s3", "s201"]
    assert _bad(answers) == {201: ("locked", True), 5: ("too_long", False)}


def test_rows_that_are_too_many_for_a_trigger_go_in_halves(org: ScriptedOrg, board: Board) -> None:
    """All rows of a transaction get the error; a hundred at once are not too many."""

    def limit(subjects: list[str]) -> Said | None:
        if len(subjects) <= 100:
            return None
        words = "T: System.LimitException: Apex CPU time limit exceeded"
        error = {"statusCode": "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "message": words}
        return Said(body=[{"success": False, "errors": [error]} for _ in subjects])

    board.whole = limit

    answers = org.crm().write(UPDATE, _rows(200))

    assert _bad(answers) == {}
    assert _sizes(board) == [200, 100, 100]


# --- rows that spoil their request ----------------------------------------------------------------


def _spoils(*bad: str, code: str = "JSON_PARSER_ERROR", status: int = 400) -> Judge:
    return lambda subjects: refused(status, code) if set(bad) & set(subjects) else None


@pytest.mark.parametrize("bad", [(0,), (137,), (199,), (3, 150), (3, 4, 190)])
def test_rows_that_spoil_a_request_are_found(
    org: ScriptedOrg, board: Board, bad: tuple[int, ...]
) -> None:
    board.whole = _spoils(*[f"s{at}" for at in bad])

    answers = org.crm().write(UPDATE, _rows(200))

    assert _bad(answers) == dict.fromkeys(bad, ("body_refused", False))
    assert len(board.calls) <= 1 + 2 * 8 * len(bad)


def test_a_row_alone_that_spoils_its_request_is_told(org: ScriptedOrg, board: Board) -> None:
    board.whole = _spoils("s0")

    assert _bad(org.crm().write(UPDATE, _rows(1))) == {0: ("body_refused", False)}


def test_too_many_bad_rows_are_left_for_another_time(org: ScriptedOrg, board: Board) -> None:
    board.whole = _spoils(*[f"s{at}" for at in range(200)])

    answers = org.crm().write(UPDATE, _rows(200))

    assert len(board.calls) <= 50
    assert {each.code for each in answers} == {"body_refused"}
    assert {each.again for each in answers} == {True, False}


def test_a_request_too_large_goes_in_parts(org: ScriptedOrg, board: Board) -> None:
    board.whole = lambda subjects: Said(413, "<h1>no</h1>") if len(subjects) > 60 else None

    assert _bad(org.crm().write(UPDATE, _rows(200))) == {}
    assert _sizes(board) == [200, 100, 50, 50, 100, 50, 50]


def test_a_row_that_salesforce_fails_over_is_found(org: ScriptedOrg, board: Board) -> None:
    board.whole = _spoils("s137", code="UNKNOWN_EXCEPTION", status=500)

    answers = org.crm().write(UPDATE, _rows(200))

    assert _bad(answers) == {137: ("salesforce_failed", True)}


def test_an_org_that_fails_over_everything_is_not_asked_for_long(
    org: ScriptedOrg, board: Board
) -> None:
    board.whole = lambda _: refused(500, "UNKNOWN_EXCEPTION")

    with pytest.raises(RetryableError) as caught:
        org.crm().write(UPDATE, _rows(200))

    assert caught.value.code == "salesforce_failed"
    assert len(board.calls) <= 28


# --- the whole request ----------------------------------------------------------------------------


def test_a_lost_answer_costs_a_repetition(org: ScriptedOrg, board: Board) -> None:
    crm = org.crm()
    crm.describe("Task")
    org.script = [Said(reset=True), Said(503, "<h1>busy</h1>")]

    assert _bad(crm.write(UPDATE, _rows(3))) == {}
    assert board.calls == [["s0", "s1", "s2"]]


def test_an_org_out_of_reach_is_the_callers_matter(org: ScriptedOrg, board: Board) -> None:
    board.whole = lambda _: Said(503, "<h1>down</h1>")

    with pytest.raises(RetryableError) as caught:
        org.crm().write(UPDATE, _rows(3))

    assert caught.value.code == "org_unreachable"
    assert len(board.calls) == 4


@pytest.mark.parametrize("code", ["INVALID_FIELD", "INVALID_TYPE", "NOT_FOUND"])
def test_what_no_row_is_to_blame_for_stops_the_job(
    org: ScriptedOrg, board: Board, code: str
) -> None:
    board.whole = lambda _: refused(400, code)

    with pytest.raises(ConfigurationError) as caught:
        org.crm().write(UPDATE, _rows(200))

    assert (caught.value.code, caught.value.field) == ("write_refused", "mapping")
    assert len(board.calls) == 1


@pytest.mark.parametrize("body", [{}, [], [{"success": True}]])
def test_an_answer_of_another_length_is_no_answer(
    org: ScriptedOrg, board: Board, body: object
) -> None:
    board.whole = lambda _: Said(body=body)

    with pytest.raises(RetryableError) as caught:
        org.crm().write(UPDATE, _rows(2))

    assert caught.value.code == "odd_answer"
