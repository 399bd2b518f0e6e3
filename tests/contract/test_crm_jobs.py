"""What every Crm promises of many rows and of jobs of rows: memory and Salesforce."""

import pytest

from syncline.engine.plan import SendKind
from syncline.engine.records import Value
from syncline.errors import RetryableError
from syncline.ports import ReadRequest, Row, RowAnswer, Waiting, WriteRequest
from tests.contract.crm_objects import KEY
from tests.contract.crm_orgs import keys
from tests.contract.crm_writing import Writing, request_for, written_id

TASKS = ReadRequest("Task", ("Subject",))


# --- many -------------------------------------------------------------------------------------


def test_answers_come_in_the_order_asked(writing: Writing) -> None:
    tasks = [writing.org.put("Task", at) for at in range(250)]
    shuffled = sorted(tasks, key=lambda each: each[::-1])

    answers = writing.update("Task", *[Row(each, each, {"Subject": each}) for each in shuffled])

    assert answers == [RowAnswer(each) for each in shuffled]
    assert writing.read("Task", tasks[249], "Subject") == (tasks[249],)


def test_many_are_created_by_key(writing: Writing) -> None:
    rows = [Row(f"p{at}", None, {"Subject": f"s{at}"}) for at in range(250)]

    answers = writing.create("Task", *rows, key_field=KEY)

    ids = [written_id(each) for each in answers]
    assert len(set(ids)) == 250
    assert writing.read("Task", ids[137], "Subject", KEY) == ("s137", "p137")


# --- jobs -------------------------------------------------------------------------------------


def _twins() -> tuple[WriteRequest, list[Row]]:
    rows = [
        Row("p1", None, {"Subject": "same", "Description": None}),
        Row("p2", None, {"Subject": "other"}),
        Row("p3", None, {"Subject": "same"}),
    ]
    return request_for(SendKind.CREATE, "Task", rows), rows


@pytest.mark.parametrize(
    ("kind", "key_field", "count", "wanted"),
    [
        (SendKind.CREATE, None, 1, True),
        (SendKind.CREATE, KEY, 1, False),
        (SendKind.UPDATE, None, 1, False),
        (SendKind.DELETE, None, 1, False),
        (SendKind.CREATE, KEY, 100_000, True),
        (SendKind.UPDATE, None, 100_000, True),
        (SendKind.DELETE, None, 100_000, True),
    ],
)
def test_a_job_is_wanted_where_it_must_be_or_pays(
    writing: Writing, kind: SendKind, key_field: str | None, count: int, wanted: bool
) -> None:
    request = WriteRequest("Task", kind, ("Subject",), count, key_field)

    assert writing.org.crm().wants_job(request) is wanted


def test_a_submitted_job_does_nothing(writing: Writing) -> None:
    request, rows = _twins()

    writing.org.crm().submit(request, iter(rows))

    assert keys(writing.org.crm(), TASKS) == []


def test_a_job_waits_before_it_answers(writing: Writing) -> None:
    request, rows = _twins()
    cursor = writing.org.crm().submit(request, iter(rows))

    first = writing.org.crm().collect(request, cursor)

    assert isinstance(first, Waiting)
    assert first.seconds > 0
    assert writing.collected(request, first.cursor).take(rows[0]) is not None


def test_equal_rows_have_one_answer_each(writing: Writing) -> None:
    request, rows = _twins()
    answers = writing.collected(request, writing.org.crm().submit(request, iter(rows)))

    first, second, other = [answers.take(rows[at]) for at in (2, 0, 1)]

    assert len({written_id(first), written_id(second), written_id(other)}) == 3
    assert writing.read("Task", written_id(other), "Subject") == ("other",)
    assert [answers.take(each) for each in rows] == [None, None, None]


def test_rows_are_known_by_values_of_every_type(writing: Writing) -> None:
    values: dict[str, Value] = {
        "Subject": " c \"d\", e\nsecond line; 'x' 🎉 ",
        "Description": "#N/A",
        "ActivityDate": "2026-02-03",
        "IsReminderSet": True,
        "ReminderDateTime": "2026-02-03T04:05:06Z",
        "CallDurationInSeconds": 5.0,
        "Priority": None,
    }
    less: dict[str, Value] = {"Subject": "less", "IsReminderSet": False, "CallDurationInSeconds": 7}
    rows = [Row("p1", None, values), Row("p2", None, less)]

    answers = writing.create("Task", *rows)

    assert writing.read("Task", written_id(answers[0]), "CallDurationInSeconds") == (5,)
    assert writing.read("Task", written_id(answers[1]), "Subject") == ("less",)


def test_answers_can_be_fetched_again(writing: Writing) -> None:
    request, rows = _twins()
    cursor = writing.org.crm().submit(request, iter(rows))
    first = writing.collected(request, cursor)

    second = writing.collected(request, cursor)

    assert first.take(rows[1]) == second.take(rows[1]) is not None
    assert len(keys(writing.org.crm(), TASKS)) == 3


def test_a_row_that_was_not_sent_has_no_answer(writing: Writing) -> None:
    request, rows = _twins()
    answers = writing.collected(request, writing.org.crm().submit(request, iter(rows)))

    assert answers.take(Row("p9", None, {"Subject": "another"})) is None


def test_a_job_that_fails_answers_what_it_did(writing: Writing) -> None:
    rows = [Row(f"p{at}", None, {"Subject": f"s{at}"}) for at in range(250)]
    request = request_for(SendKind.CREATE, "Task", rows)
    writing.org.stop_jobs(200)

    answers = writing.collected(request, writing.org.crm().submit(request, iter(rows)))

    found = [answers.take(each) for each in rows]
    assert len({written_id(each) for each in found[:200]}) == 200
    assert found[200:] == [None] * 50
    assert len(keys(writing.org.crm(), TASKS)) == 200


def test_a_job_that_is_gone_is_lost(writing: Writing) -> None:
    request, rows = _twins()
    cursor = writing.org.crm().submit(request, iter(rows))
    writing.collected(request, cursor)
    writing.org.forget_jobs()

    with pytest.raises(RetryableError) as caught:
        writing.collected(request, cursor)

    assert caught.value.code == "job_lost"


# --- abandoned jobs ---------------------------------------------------------------------------


def test_an_abandoned_job_writes_no_more(writing: Writing) -> None:
    rows = [Row(f"p{at}", None, {"Subject": f"s{at}"}) for at in range(450)]
    request = request_for(SendKind.CREATE, "Task", rows)
    writing.org.hold_jobs(200)
    begun = writing.org.crm().collect(request, writing.org.crm().submit(request, iter(rows)))
    assert isinstance(begun, Waiting)
    again = writing.org.crm().collect(request, begun.cursor)
    assert isinstance(again, Waiting)

    writing.org.crm().abandon(again.cursor)
    writing.org.let_jobs_go_on()

    assert len(keys(writing.org.crm(), TASKS)) == 200
    answers = writing.collected(request, again.cursor)
    told = [answers.take(each) for each in rows]
    assert len({written_id(each) for each in told[:200]}) == 200
    assert told[200:] == [None] * 250


def test_a_job_that_is_abandoned_unbegun_writes_nothing(writing: Writing) -> None:
    request, rows = _twins()
    cursor = writing.org.crm().submit(request, iter(rows))

    writing.org.crm().abandon(cursor)

    answers = writing.collected(request, cursor)
    assert [answers.take(each) for each in rows] == [None, None, None]
    assert keys(writing.org.crm(), TASKS) == []


@pytest.mark.parametrize("gone", [False, True])
def test_abandoning_what_has_ended_is_a_success(writing: Writing, gone: bool) -> None:
    request, rows = _twins()
    cursor = writing.org.crm().submit(request, iter(rows))
    answers = writing.collected(request, cursor)
    if gone:
        writing.org.forget_jobs()

    writing.org.crm().abandon(cursor)

    assert all(written_id(answers.take(each)) for each in rows)
    assert len(keys(writing.org.crm(), TASKS)) == 3
