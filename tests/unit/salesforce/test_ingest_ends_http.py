"""Bulk ingest jobs that do not end well, and answers that are lost on the way."""

from collections.abc import Iterator

import pytest

from syncline.engine.plan import SendKind
from syncline.errors import ConfigurationError, RateLimitedError, RetryableError
from syncline.ports import Row, Waiting, WriteRequest
from tests.contract.crm_orgs import Emulated, emulator
from tests.unit.salesforce.ingesting import (
    codes,
    ids_of,
    ingest_counts,
    insert,
    new,
    sent,
    small_uploads,
    steer,
    taken,
    tasks,
    upsert,
    visits,
)


@pytest.fixture(scope="module")
def running() -> Iterator[Emulated]:
    with emulator() as found:
        yield found


@pytest.fixture
def org(running: Emulated) -> Emulated:
    return running.fresh("rest")


# --- jobs that do not end well ----------------------------------------------------------------


def test_a_failed_job_answers_what_it_committed(org: Emulated) -> None:
    steer(org, "fail", 2, message="InternalServerError : An error occurred")
    rows = [new(at) for at in range(500)]

    answers = sent(org.crm(), insert(), rows)

    assert ids_of(answers) == tasks(org).keys()
    assert len(tasks(org)) == 400
    assert answers[400:] == [None] * 100


def test_a_refused_file_after_some_rows_is_no_refusal(org: Emulated) -> None:
    steer(org, "fail", 1, message="InvalidBatch : something")
    rows = [new(at) for at in range(300)]

    answers = sent(org.crm(), insert(), rows)

    assert len(ids_of(answers)) == 200


@pytest.mark.parametrize("request_", [insert(), upsert()])
def test_an_aborted_job_answers_what_it_committed(org: Emulated, request_: WriteRequest) -> None:
    steer(org, "hold", 1)
    crm = org.crm()
    rows = [new(at) for at in range(500)]
    first = crm.collect(request_, crm.submit(request_, rows))
    assert isinstance(first, Waiting)
    job = first.cursor["jobs"][0]["id"]
    crm.collect(request_, first.cursor)
    with org.running.signed_in() as client:
        path = f"/services/data/v62.0/jobs/ingest/{job}"
        client.patch(path, json={"state": "Aborted"}).raise_for_status()

    answers = taken(visits(crm, request_, first.cursor), rows)

    assert ids_of(answers) == tasks(org).keys()
    assert len([each for each in answers if each is None]) == 500 - len(tasks(org))
    assert len(tasks(org)) == 200


def test_a_job_that_nobody_could_do_is_refused(org: Emulated) -> None:
    crm = org.crm()
    request = insert("Subject", "Nonsense__c")
    cursor = crm.submit(request, [new(1, Nonsense__c="x")])

    with pytest.raises(ConfigurationError) as caught:
        visits(crm, request, cursor)

    assert caught.value.code == "job_refused"
    assert "Nonsense__c" in caught.value.message
    assert "bulk.ingest.results" not in ingest_counts(org)


def test_a_job_salesforce_gave_up_is_unprocessed(org: Emulated) -> None:
    steer(org, "fail", 0, message="InternalServerError : An error occurred")

    assert sent(org.crm(), insert(), [new(1), new(2)]) == [None, None]


def test_results_that_were_not_recorded_are_unknown(org: Emulated) -> None:
    """Beyond the daily allocation of batches rows are written and no result is kept."""
    crm = org.crm()
    rows = [new(1), new(1)]
    cursor = crm.submit(insert(), rows)
    org.control.settings(bulk_daily_batches=0)

    answers = taken(visits(crm, insert(), cursor), [*rows, new(1)])

    org.control.settings(bulk_daily_batches=15_000)
    assert len(tasks(org)) == 2
    assert codes(answers) == ["outcome_unknown", "outcome_unknown", None]


def test_a_day_without_batches_is_a_limit(org: Emulated) -> None:
    org.control.settings(bulk_daily_batches=0)

    with pytest.raises(RateLimitedError) as caught:
        org.crm().submit(insert(), [new(1)])

    org.control.settings(bulk_daily_batches=15_000)
    assert caught.value.daily


def test_an_object_that_bulk_refuses_goes_at_once(org: Emulated) -> None:
    crm = org.crm()
    request = WriteRequest("TaskStatus", SendKind.UPDATE, ("SortOrder",), 100_000)

    assert not crm.wants_job(request)
    with pytest.raises(ConfigurationError) as caught:
        crm.submit(request, [Row("p1", "01J000000000001AAA", {"SortOrder": 3})])
    assert caught.value.code == "bulk_unsupported"


# --- answers that are lost --------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["timeout_after_commit", "connection_reset", "html_503"])
def test_a_close_that_was_not_heard_of_is_repeated(org: Emulated, fault: str) -> None:
    crm = org.crm()
    rows = [new(1), new(2)]
    cursor = crm.submit(insert(), rows)
    org.control.arm("bulk.ingest.change", fault, times=4)
    with pytest.raises(RetryableError):
        crm.collect(insert(), cursor)

    answers = taken(visits(crm, insert(), cursor), rows)

    assert ids_of(answers) == tasks(org).keys()
    assert len(tasks(org)) == 2


@pytest.mark.parametrize("endpoint", ["bulk.ingest.create", "bulk.ingest.upload"])
@pytest.mark.parametrize("fault", ["timeout_after_commit", "reset_in_request", "truncated_body"])
def test_a_job_that_was_not_heard_of_does_nothing(org: Emulated, endpoint: str, fault: str) -> None:
    org.control.arm(endpoint, fault)
    crm = org.crm()
    try:
        cursor = crm.submit(insert(), [new(1)])
    except RetryableError:
        cursor = crm.submit(insert(), [new(1)])

    taken(visits(crm, insert(), cursor), [new(1)])

    assert len(tasks(org)) == 1


@pytest.mark.parametrize(
    "endpoint", ["bulk.ingest.change", "bulk.ingest.status", "bulk.ingest.results"]
)
@pytest.mark.parametrize(
    "fault", ["session_expired", "connection_reset", "truncated_body", "invalid_json", "html_503"]
)
def test_a_visit_survives_a_fault(org: Emulated, endpoint: str, fault: str) -> None:
    org.control.arm(endpoint, fault)
    rows = [new(at) for at in range(40)]

    answers = sent(org.crm(), insert(), rows)

    assert ids_of(answers) == tasks(org).keys()


def test_an_upload_survives_the_end_of_the_session(org: Emulated) -> None:
    org.control.arm("bulk.ingest.upload", "session_expired")

    answers = sent(org.crm(), insert(), [new(1), new(2)])

    assert ids_of(answers) == tasks(org).keys()
    assert len(tasks(org)) == 2


def test_a_job_that_is_gone_is_lost(org: Emulated) -> None:
    crm = org.crm()
    cursor = crm.submit(insert(), [new(1)])
    visits(crm, insert(), cursor).close()
    org.forget_jobs()

    with pytest.raises(RetryableError) as caught:
        crm.collect(insert(), cursor)

    assert caught.value.code == "job_lost"


def test_one_job_of_several_that_is_gone_leaves_doubt(org: Emulated) -> None:
    crm = small_uploads(org, 14)
    rows = [new(1), new(2), new(3), new(4)]
    cursor = crm.submit(insert(), rows)
    first = crm.collect(insert(), cursor)
    assert isinstance(first, Waiting)
    visits(crm, insert(), first.cursor).close()
    gone = first.cursor["jobs"][0]["id"]
    org._api("DELETE", f"jobs/ingest/{gone}")

    answers = taken(visits(crm, insert(), first.cursor), rows)

    assert "outcome_unknown" in codes(answers)
    assert "" in codes(answers)
    assert None not in answers
