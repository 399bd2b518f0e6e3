"""Answers of ingest jobs: which row gets which."""

from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from syncline.engine.plan import SendKind
from syncline.errors import RetryableError
from syncline.ports import Row, RowAnswer, WriteRequest
from syncline.salesforce.answers import JobAnswers
from syncline.salesforce.printing import Printer
from tests.unit.salesforce.scripted import task_id

FIELDS = ("Subject", "Description")
INSERT = WriteRequest("Task", SendKind.CREATE, FIELDS, 3)
UPSERT = WriteRequest("Task", SendKind.CREATE, FIELDS, 3, "Key__c")
UPDATE = WriteRequest("Task", SendKind.UPDATE, FIELDS, 3)
DELETE = WriteRequest("Task", SendKind.DELETE, (), 3)
A, B = task_id(1), task_id(2)
WROTE = ("sf__Id", "sf__Created")
FAILED = ("sf__Id", "sf__Error")


def _answers(
    request: WriteRequest, *files: Sequence[Sequence[str]], unknown: int = 0
) -> JobAnswers:
    found = JobAnswers(request, Printer({"calls__c": "int"}))
    for each in files:
        with found.loading():
            found.add_answers(each)
    found.ready(unknown)
    return found


def _new(**values: str | None) -> Row:
    return Row("p1", None, values)


def test_an_update_is_found_by_its_id() -> None:
    written = [(*WROTE, "Id", "Subject"), (A, "false", A, "a"), (B, "false", B[:15], "b")]

    with closing(_answers(UPDATE, written)) as answers:
        assert answers.take(Row("p2", B, {"Subject": "b"})) == RowAnswer(B)
        assert answers.take(Row("p1", A, {"Subject": "a"})) == RowAnswer(A)
        assert answers.take(Row("p1", A, {"Subject": "a"})) is None


def test_a_keyed_creation_is_found_by_its_key() -> None:
    written = [(*WROTE, "KEY__C", "Subject"), (A, "true", "p1", "x"), (B, "false", "P1", "x")]

    with closing(_answers(UPSERT, written)) as answers:
        assert answers.take(_new(Subject="whatever")) == RowAnswer(A, created=True)
        assert answers.take(Row("P1", None, {})) == RowAnswer(B, created=False)


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ({"Subject": "a", "Description": None}, ("a", "")),
        ({"Subject": "a"}, ("a", "")),
        ({"Subject": "a\r\nb", "Description": '"x", y'}, ("a\r\nb", '"x", y')),
        ({"Subject": " blanks "}, ("blanks", "")),
        ({"Subject": "#N/A"}, ("#N/A ", "")),
        ({}, ("", "")),
    ],
)
def test_a_creation_is_found_by_its_content(
    values: dict[str, str | None], cells: tuple[str, str]
) -> None:
    written = [(*WROTE, *FIELDS), (B, "true", "another", ""), (A, "true", *cells)]

    with closing(_answers(INSERT, written)) as answers:
        assert answers.take(_new(**values)) == RowAnswer(A, created=True)


def test_columns_in_another_order_say_the_same() -> None:
    written = [(*WROTE, "description", "SUBJECT"), (A, "true", "d", "s")]

    with closing(_answers(INSERT, written)) as answers:
        assert answers.take(_new(Subject="d", Description="s")) is None
        assert answers.take(_new(Subject="s", Description="d")) == RowAnswer(A, created=True)


def test_equal_rows_are_answered_in_the_order_of_ids() -> None:
    """Whoever collects again, and takes in the same order, gets the same."""
    rows = [(A, "true", "s", ""), (B, "true", "s", "")]

    for order in (rows, rows[::-1]):
        with closing(_answers(INSERT, [(*WROTE, *FIELDS), *order])) as answers:
            taken = [answers.take(_new(Subject="s")) for _ in range(3)]

        assert [each and each.id for each in taken] == [A, B, None]


def test_a_refused_row_is_told_why() -> None:
    failed = [
        (*FAILED, "Id"),
        (A, "DELETE_FAILED:in use:--", A),
        (B, "ENTITY_IS_DELETED:gone:--", B),
    ]

    with closing(_answers(DELETE, failed)) as answers:
        assert answers.take(Row("p1", A, {})) == RowAnswer(
            A, code="delete_refused", message="in use"
        )
        assert answers.take(Row("p2", B, {})) == RowAnswer(B)


def test_a_value_that_was_not_sent_is_refused_here() -> None:
    request = WriteRequest("Task", SendKind.UPDATE, ("Calls__c",), 1)

    with closing(_answers(request)) as answers:
        answer = answers.take(Row("p1", A, {"Calls__c": "many"}))

    assert answer is not None
    assert (answer.id, answer.code, answer.fields) == (A, "bad_value", ("Calls__c",))


def test_a_damaged_file_leaves_nothing_behind() -> None:
    def damaged() -> Iterator[Sequence[str]]:
        yield (*WROTE, *FIELDS)
        yield (A, "true", "s", "")
        raise RetryableError("cut short", code="answer_damaged")

    answers = JobAnswers(INSERT, Printer({}))
    with pytest.raises(RetryableError), answers.loading():
        answers.add_answers(damaged())
    with answers.loading():
        assert answers.add_answers([(*WROTE, *FIELDS), (A, "true", "s", "")]) == 1
    answers.ready(0)

    assert [answers.take(_new(Subject="s")) is None for _ in range(2)] == [False, True]
    answers.close()


def test_a_creation_without_result_is_not_for_repeating() -> None:
    with closing(_answers(INSERT, unknown=1)) as answers:
        lost = answers.take(_new(Subject="a"))
        other = answers.take(_new(Subject="b"))

    assert lost is not None
    assert (lost.code, lost.again, lost.done) == ("outcome_unknown", False, False)
    assert other is None


def test_a_creation_that_was_never_tried_may_be_repeated() -> None:
    answers = JobAnswers(INSERT, Printer({}))
    answers.add_untouched([FIELDS, ("a", "")])
    answers.ready(1)

    taken = [answers.take(_new(Subject="a")) for _ in range(2)]

    assert taken[0] is None
    assert taken[1] is not None
    answers.close()


@pytest.mark.parametrize("request_", [UPSERT, UPDATE, DELETE])
def test_what_can_be_repeated_has_no_unknown_outcome(request_: WriteRequest) -> None:
    with closing(_answers(request_, unknown=9)) as answers:
        assert answers.take(Row("p1", A, {})) is None
