"""Rows written at once against the emulator: its refusals, its faults, and what is lost."""

from collections.abc import Iterator

import pytest

from syncline.engine.plan import SendKind
from syncline.errors import ConfigurationError, RateLimitedError, RetryableError
from syncline.ports import Row, RowAnswer, WriteRequest
from tests.contract.crm_orgs import Emulated, emulator, record_id
from tests.unit.salesforce.ingesting import codes, ids_of, new, tasks, update, upsert


@pytest.fixture(scope="module")
def running() -> Iterator[Emulated]:
    with emulator() as found:
        yield found


@pytest.fixture
def org(running: Emulated) -> Emulated:
    return running.fresh("rest")


def _many(org: Emulated, count: int) -> list[str]:
    ids = [record_id("Task", number) for number in range(count)]
    org.control.load(("Task", {"Id": each, "Subject": "s"}) for each in ids)
    return ids


def _renamed(ids: list[str]) -> list[Row]:
    return [Row(each, each, {"Subject": f"new {at}"}) for at, each in enumerate(ids)]


def test_many_rows_cost_a_request_for_two_hundred(org: Emulated) -> None:
    ids = _many(org, 250)

    answers = org.crm().write(update(), _renamed(ids))

    assert answers == [RowAnswer(each) for each in ids]
    assert org.control.counts()["collections"] == 2


def test_refusals_stand_beside_successes(org: Emulated) -> None:
    ids = _many(org, 4)
    org.delete("Task", ids[0])
    rows = _renamed(ids)
    rows[1] = Row("p", ids[1], {"Subject": "x" * 300})
    rows[2] = Row("p", record_id("Task", 99), {"Subject": "nobody"})

    answers = org.crm().write(update(), rows)

    assert codes(answers) == ["record_deleted", "too_long", "record_deleted", ""]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("WhatId", record_id("Account", 77), "bad_reference"),
        ("WhatId", "nonsense", "bad_reference"),
        ("OwnerId", record_id("User", 77), "bad_reference"),
        ("TaskSubtype", "Call", "read_only"),
        ("TaskSubtype", "Nonsense", "read_only"),
        ("CallType", "Nonsense", "bad_choice"),
        ("Status", None, "required_missing"),
    ],
)
def test_a_refusal_is_told_in_our_words(
    org: Emulated, field: str, value: str | None, code: str
) -> None:
    (id,) = _many(org, 1)

    (answer,) = org.crm().write(update(field), [Row("p", id, {field: value})])

    assert (answer.code, answer.again) == (code, False)
    assert answer.message
    assert field in answer.fields


def test_a_row_that_spoils_its_request_is_alone(org: Emulated) -> None:
    """A day that does not exist makes the whole body unreadable."""
    ids = _many(org, 200)
    rows = [Row(each, each, {"ActivityDate": "2026-02-03"}) for each in ids]
    rows[137] = Row("p", ids[137], {"ActivityDate": "2026-02-31"})

    answers = org.crm().write(update("ActivityDate"), rows)

    assert [at for at, each in enumerate(answers) if not each.done] == [137]
    assert answers[137].code == "body_refused"
    assert org.control.counts()["collections"] <= 17


def test_locked_rows_are_sent_once_more(org: Emulated) -> None:
    ids = _many(org, 5)
    org.control.arm("collections", "locked_rows", rows={"on": [2, 4]})

    answers = org.crm().write(update(), _renamed(ids))

    assert codes(answers) == [""] * 5
    sizes = [each for each in org.control.journal() if each["endpoint"] == "collections"]
    assert len(sizes) == 2


def test_rows_that_stay_locked_may_come_again(org: Emulated) -> None:
    ids = _many(org, 3)
    org.lock(ids[1])

    answers = org.crm().write(update(), _renamed(ids))

    assert codes(answers) == ["", "locked", ""]
    assert answers[1].again


def test_duplicates_are_told(org: Emulated) -> None:
    org.control.arm("collections", "duplicates_detected", rows={"on": [2]})

    answers = org.crm().write(upsert(), [new(1), new(2)])

    assert codes(answers) == ["", "duplicate_detected"]


@pytest.mark.parametrize(
    "fault", ["timeout_after_commit", "truncated_body", "invalid_json", "session_expired"]
)
def test_a_keyed_creation_whose_answer_is_lost_is_made_once(org: Emulated, fault: str) -> None:
    org.control.arm("collections", fault)

    answers = org.crm().write(upsert(), [new(1), new(2)])

    assert ids_of(answers) == tasks(org).keys()
    assert len(tasks(org)) == 2


def test_a_keyed_creation_survives_any_number_of_losses(org: Emulated) -> None:
    org.control.arm("collections", "timeout_after_commit", times=4)
    crm = org.crm()
    with pytest.raises(RetryableError):
        crm.write(upsert(), [new(1)])

    (answer,) = crm.write(upsert(), [new(1)])

    assert (answer.done, answer.created) == (True, False)
    assert len(tasks(org)) == 1


def test_two_records_of_one_key_are_refused(org: Emulated) -> None:
    for number in (1, 2):
        org.control.load([("Task", {"Id": record_id("Task", number), "Platform_Id__c": "p1"})])

    (answer,) = org.crm().write(upsert(), [new(1)])

    assert (answer.code, answer.again) == ("several_matches", False)


def test_deleting_what_is_gone_is_done(org: Emulated) -> None:
    ids = _many(org, 3)
    org.delete("Task", ids[0])
    org.delete("Task", ids[1])
    org.purge("Task", ids[1])
    request = WriteRequest("Task", SendKind.DELETE, (), 3)

    answers = org.crm().write(request, [Row(each, each, {}) for each in ids])

    assert answers == [RowAnswer(each) for each in ids]
    assert tasks(org) == {}


@pytest.mark.parametrize(("fault", "daily"), [("daily_limit", True), ("concurrent_limit", False)])
def test_a_limit_is_the_callers_matter(org: Emulated, fault: str, daily: bool) -> None:
    ids = _many(org, 1)
    crm = org.crm()
    crm.describe("Task")
    org.control.arm("collections", fault, times=9)

    with pytest.raises(RateLimitedError) as caught:
        crm.write(update(), _renamed(ids))

    assert caught.value.daily is daily


def test_an_object_that_went_stops_the_job(org: Emulated) -> None:
    with pytest.raises(ConfigurationError) as caught:
        org.crm().write(
            WriteRequest("Gone__c", SendKind.UPDATE, (), 1), [Row("p", record_id("Task", 1), {})]
        )

    assert caught.value.code == "unknown_object"
