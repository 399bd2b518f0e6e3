"""Bulk ingest jobs against the emulator: everything a job can end as, and every answer lost."""

from collections.abc import Iterator

import pytest

from syncline.engine.plan import SendKind
from syncline.errors import ConfigurationError
from syncline.ports import Row, WriteRequest
from tests.contract.crm_orgs import Emulated, emulator, record_id
from tests.unit.salesforce.ingesting import (
    codes,
    ids_of,
    ingest_counts,
    insert,
    new,
    sent,
    small_uploads,
    tasks,
    update,
    upsert,
)


@pytest.fixture(scope="module")
def running() -> Iterator[Emulated]:
    with emulator() as found:
        yield found


@pytest.fixture
def org(running: Emulated) -> Emulated:
    return running.fresh("rest")


# --- how it goes ------------------------------------------------------------------------------


def test_a_job_costs_what_was_reckoned(org: Emulated) -> None:
    answers = sent(org.crm(), insert(), [new(at) for at in range(450)])

    assert ids_of(answers) == tasks(org).keys()
    assert ingest_counts(org) == {
        "bulk.ingest.create": 1,
        "bulk.ingest.upload": 1,
        "bulk.ingest.change": 1,
        "bulk.ingest.status": 4,
        "bulk.ingest.results": 1,
    }


def test_each_row_has_its_own_answer(org: Emulated) -> None:
    rows = [new(at) for at in range(30)]

    answers = sent(org.crm(), insert(), rows)

    found = tasks(org)
    assert [found[str(each and each.id)] for each in answers] == [f"s{at}" for at in range(30)]
    assert all(each is not None and each.created for each in answers)


def test_a_visit_never_pauses(org: Emulated) -> None:
    sent(org.crm(), insert(), [new(1)])

    assert org.pauses == []


def test_a_job_of_no_rows_is_none(org: Emulated) -> None:
    assert sent(org.crm(), insert(), []) == []
    assert ingest_counts(org) == {}


def test_awkward_texts_arrive_and_are_found(org: Emulated) -> None:
    texts = ['a "quoted" word', "comma, here", "two\nlines", "#N/A", "  x  ", "=1+1", "é€😀", "''"]
    rows = [Row(f"p{at}", None, {"Subject": text}) for at, text in enumerate(texts)]

    answers = sent(org.crm(), insert(), rows)

    found = tasks(org)
    assert [found[str(each and each.id)] for each in answers] == [each.strip() for each in texts]


def test_an_update_clears_what_is_empty(org: Emulated) -> None:
    id = org.put("Task", 1, Subject="s", Description="words", IsReminderSet=True)
    request = update("Subject", "Description", "IsReminderSet")

    sent(org.crm(), request, [Row("p1", id, {"Description": None, "IsReminderSet": None})])

    with org.running.signed_in() as client:
        body = client.get(f"/services/data/v62.0/sobjects/Task/{id}").json()
    assert (body["Subject"], body["Description"], body["IsReminderSet"]) == ("s", None, False)


def test_a_large_file_becomes_several_jobs(org: Emulated) -> None:
    crm = small_uploads(org, 1_000)
    rows = [new(at) for at in range(600)]

    answers = sent(crm, insert(), rows)

    made = ingest_counts(org)["bulk.ingest.create"]
    assert made > 2
    assert ingest_counts(org)["bulk.ingest.change"] == made
    assert len(ids_of(answers)) == 600
    assert len(tasks(org)) == 600


# --- rows that fail ---------------------------------------------------------------------------


def test_refused_rows_are_told_from_written_ones(org: Emulated) -> None:
    ids = [org.put("Task", at, Subject="s") for at in range(3)]
    org.delete("Task", ids[0])
    long = Row("p1", ids[1], {"Subject": "x" * 300})
    rows = [Row("p0", ids[0], {"Subject": "a"}), long, Row("p2", ids[2], {"Subject": "c"})]

    answers = sent(org.crm(), update(), rows)

    assert codes(answers) == ["record_deleted", "too_long", ""]
    assert answers[1] is not None
    assert answers[1].fields == ("Subject",)
    assert ingest_counts(org)["bulk.ingest.results"] == 2


def test_locked_rows_may_come_again(org: Emulated) -> None:
    org.control.arm("bulk.chunk", "locked_rows", rows={"on": [2]})
    ids = [org.put("Task", at, Subject="s") for at in range(3)]

    answers = sent(org.crm(), update(), [Row(each, each, {"Subject": "n"}) for each in ids])

    assert codes(answers) == ["", "locked", ""]
    assert [each.again for each in answers if each is not None] == [False, True, False]


def test_duplicates_are_told(org: Emulated) -> None:
    org.control.arm("bulk.chunk", "duplicates_detected", rows={"on": [1]})

    answers = sent(org.crm(), insert(), [new(1), new(2)])

    assert sorted(str(each) for each in codes(answers)) == ["", "duplicate_detected"]


def test_deleting_twice_is_done_twice(org: Emulated) -> None:
    ids = [org.put("Task", at, Subject="s") for at in range(2)]
    org.delete("Task", ids[0])
    never = record_id("Task", 99)
    request = WriteRequest("Task", SendKind.DELETE, (), 3)

    answers = sent(org.crm(), request, [Row(each, each, {}) for each in (*ids, never)])

    assert codes(answers) == ["", "", ""]
    assert tasks(org) == {}


def test_a_value_that_cannot_be_sent_is_answered(org: Emulated) -> None:
    id = org.put("Task", 1, Subject="s")
    rows = [Row("p1", id, {"ActivityDate": "tomorrow"})]

    answers = sent(org.crm(), update("ActivityDate"), rows)

    assert codes(answers) == ["bad_value"]
    assert ingest_counts(org) == {}


# --- creations by key -------------------------------------------------------------------------


def test_a_keyed_creation_can_be_repeated(org: Emulated) -> None:
    rows = [new(at) for at in range(5)]
    first = sent(org.crm(), upsert(), rows)

    second = sent(org.crm(), upsert(), rows)

    assert ids_of(first) == ids_of(second) == tasks(org).keys()
    assert [each.created for each in first if each] == [True] * 5
    assert [each.created for each in second if each] == [False] * 5


def test_a_key_that_no_field_has_is_refused(org: Emulated) -> None:
    request = WriteRequest("Task", SendKind.CREATE, ("Subject",), 1, "Subject")

    with pytest.raises(ConfigurationError) as caught:
        org.crm().submit(request, [new(1)])

    assert caught.value.code == "job_refused"
