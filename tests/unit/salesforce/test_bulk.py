"""Bulk jobs where the emulator would not be odd enough: failed, forgotten, cut short."""

from typing import Any

import pytest

from syncline.engine.records import Upserted
from syncline.errors import ConfigurationError, RetryableError
from syncline.ports import Batch, Cursor, ReadRequest, Waiting
from syncline.salesforce.crm import SalesforceCrm
from tests.unit.salesforce.jobs import FIELDS, Jobs, csv_of, page_of
from tests.unit.salesforce.scripted import (
    Said,
    ScriptedOrg,
    describe_of,
    refused,
    task_id,
)

REQUEST = ReadRequest("Task", ("Subject", "Calls__c", "Done__c", "Amount__c"), batch_size=2)


@pytest.fixture
def jobs(org: ScriptedOrg) -> Jobs:
    found = Jobs()
    org.route("Task/describe", Said(body=describe_of("Task", *FIELDS)))
    org.route("jobs/query", found.create)
    org.route("results", found.results)
    for number in range(1, 5):
        org.route(f"jobs/query/750{number}", found.poll)
    found.pages[""] = page_of(csv_of("a", "b"), 2, "next")
    found.pages["next"] = page_of(csv_of("c", start=3), 1)
    return found


def _read(crm: SalesforceCrm, cursor: Cursor | None = None) -> list[Batch | Waiting]:
    return list(crm.changes(REQUEST, cursor))


def _subjects(items: list[Batch | Waiting]) -> list[Any]:
    changes = [each for item in items if isinstance(item, Batch) for each in item.changes]
    return [each.row[0] for each in changes if isinstance(each, Upserted)]


def test_a_job_is_made_polled_once_a_visit_and_read_to_the_end(
    org: ScriptedOrg, jobs: Jobs
) -> None:
    jobs.states = [{"state": "UploadComplete"}, {"state": "InProgress"}]
    crm = org.crm(reading="bulk")

    (first,) = _read(crm)
    (second,) = _read(crm, first.cursor)
    items = _read(crm, second.cursor)

    assert isinstance(first, Waiting)
    assert isinstance(second, Waiting)
    assert _subjects(items) == ["a", "b", "c"]
    assert org.calls() == [
        "sobjects/Task/describe",
        "jobs/query",
        *["jobs/query/7501"] * 3,
        *["jobs/query/7501/results"] * 2,
    ]
    assert org.pauses == []


def test_the_query_of_a_job_is_not_sorted_and_sees_archived_records(
    org: ScriptedOrg, jobs: Jobs
) -> None:
    _read(org.crm(reading="bulk"))

    assert "queryAll" in jobs.made[0]
    assert "IsDeleted = false" in jobs.made[0]
    assert "ORDER BY" not in jobs.made[0]


def test_csv_values_are_what_json_would_have_given(org: ScriptedOrg, jobs: Jobs) -> None:
    jobs.pages[""] = page_of(csv_of(""), 1)

    (batch,) = _read(org.crm(reading="bulk"))

    assert isinstance(batch, Batch)
    stamp = "2026-01-01T11:00:00Z"
    assert batch.changes == [Upserted(task_id(1), stamp, stamp, (None, 3, True, 5.0))]


def test_line_breaks_quotes_and_separators_inside_of_values_survive(
    org: ScriptedOrg, jobs: Jobs
) -> None:
    awkward = ["a\nb", 'c "d", e', "f\r\ng", "\u2028line\u0085", "🎉"]
    jobs.pages[""] = page_of(csv_of(*awkward), 5)

    assert _subjects(_read(org.crm(reading="bulk"))) == awkward


def test_every_cursor_continues_with_the_next_record(org: ScriptedOrg, jobs: Jobs) -> None:
    jobs.pages[""] = page_of(csv_of("a", "b", "c"), 3, "next")
    jobs.pages["next"] = page_of(csv_of("d", start=4), 1)
    crm = org.crm(reading="bulk")

    items = _read(crm)

    rest = [_subjects(_read(crm, item.cursor)) for item in items]
    assert rest == [["c", "d"], ["d"], []]


def test_the_last_cursor_costs_nothing(org: ScriptedOrg, jobs: Jobs) -> None:
    crm = org.crm(reading="bulk")
    last = _read(crm)[-1]
    before = crm.requests()

    _read(crm, last.cursor)

    assert crm.requests() == before


def test_another_process_goes_on_without_a_describe(org: ScriptedOrg, jobs: Jobs) -> None:
    jobs.states = [{"state": "InProgress"}]
    (waiting,) = _read(org.crm(reading="bulk"))
    org.asked.clear()

    items = _read(org.crm(reading="bulk"), waiting.cursor)

    assert _subjects(items) == ["a", "b", "c"]
    assert "sobjects/Task/describe" not in org.calls()


def test_a_page_that_is_cut_short_is_fetched_again(org: ScriptedOrg, jobs: Jobs) -> None:
    whole = jobs.pages[""]
    answers = [page_of(whole.body, 2, "next", cut=True), whole]
    org.route(
        "results",
        lambda asked: jobs.results(asked) if asked.query.get("locator") else answers.pop(0),
    )

    assert _subjects(_read(org.crm(reading="bulk"))) == ["a", "b", "c"]


@pytest.mark.parametrize("lost", [5, 60, len(csv_of("c long")) - len(csv_of())])
def test_rows_are_counted_and_missing_ones_fetched_again(
    org: ScriptedOrg, jobs: Jobs, lost: int
) -> None:
    """The body is whole as HTTP sees it, but ends within the last value, row, or before it."""
    text = csv_of("a", "b", "c long")
    answers = [page_of(text[:-lost], 3), page_of(text, 3)]
    org.route("results", lambda asked: answers.pop(0))

    items = _read(org.crm(reading="bulk"))

    assert _subjects(items) == ["a", "b", "c long"]
    assert answers == []


def test_rows_that_stay_missing_fail_and_a_half_row_is_never_given(
    org: ScriptedOrg, jobs: Jobs
) -> None:
    jobs.pages[""] = page_of(csv_of("a", "b", "c long")[:-60], 3)
    seen: list[Batch | Waiting] = []

    with pytest.raises(RetryableError):
        seen.extend(org.crm(reading="bulk").changes(REQUEST, None))

    assert "c long" not in _subjects(seen)


def test_an_empty_result_is_an_end(org: ScriptedOrg, jobs: Jobs) -> None:
    jobs.pages[""] = page_of(csv_of(), 0)

    assert _read(org.crm(reading="bulk")) == []


def test_a_job_that_gave_up_is_made_anew_and_then_fails(org: ScriptedOrg, jobs: Jobs) -> None:
    failed = {"state": "Failed", "errorMessage": "InternalServerError: try later"}
    jobs.states = [failed, failed, failed]
    crm = org.crm(reading="bulk")

    (first,) = _read(crm)
    (second,) = _read(crm, first.cursor)

    assert isinstance(second, Waiting)
    with pytest.raises(RetryableError, match="gave up"):
        _read(crm, second.cursor)
    assert len(jobs.made) == 3


def test_a_job_whose_query_is_refused_says_so(org: ScriptedOrg, jobs: Jobs) -> None:
    jobs.states = [{"state": "Failed", "errorMessage": "INVALID_FIELD: No such column 'Foo'"}]

    with pytest.raises(ConfigurationError, match="No such column 'Foo'") as caught:
        _read(org.crm(reading="bulk"))

    assert caught.value.code == "query_refused"


@pytest.mark.parametrize("status", [404, 409])
def test_a_job_that_salesforce_has_forgotten_is_made_anew(
    org: ScriptedOrg, jobs: Jobs, status: int
) -> None:
    gone = {"via": "bulk", "job": "7509", "types": {}, "tries": 1}
    org.route("jobs/query/7509", Said(status, [{"errorCode": "X", "message": "gone"}]))
    crm = org.crm(reading="bulk")

    (waiting,) = _read(crm, gone)

    assert isinstance(waiting, Waiting)
    assert _subjects(_read(crm, waiting.cursor)) == ["a", "b", "c"]


@pytest.mark.parametrize("code", ["INVALIDENTITY", "API_ERROR", "LIMIT_EXCEEDED"])
def test_what_bulk_cannot_read_is_read_by_pages(org: ScriptedOrg, jobs: Jobs, code: str) -> None:
    jobs.refusals = [refused(400, code, "not supported by the Bulk API")]
    org.route("queryAll", Said(body={"totalSize": 0, "done": True, "records": []}))

    assert _read(org.crm(reading="bulk")) == []
    assert org.calls()[-1] == "queryAll/"


def test_making_a_job_is_not_tried_twice(org: ScriptedOrg, jobs: Jobs) -> None:
    jobs.refusals = [Said(503, "")] * 2

    with pytest.raises(RetryableError):
        _read(org.crm(reading="bulk"))

    assert len(jobs.refusals) == 1


@pytest.mark.parametrize(
    ("total", "page", "bulk"),
    [(2000, 2000, False), (12_000, 2000, False), (20_000, 2000, True), (2000, 200, True)],
)
def test_the_cheaper_way_is_taken(
    org: ScriptedOrg, jobs: Jobs, total: int, page: int, bulk: bool
) -> None:
    row = {"Id": task_id(1), "SystemModstamp": "2026-01-01T11:00:00.000+0000", "Subject": None}
    row |= dict.fromkeys(("Calls__c", "Done__c", "Amount__c", "LastModifiedDate"))
    body: dict[str, Any] = {"totalSize": total, "records": [row] * page, "done": total == page}
    body["nextRecordsUrl"] = "/services/data/v62.0/query/01g-1"
    org.route("queryAll", Said(body=body))
    org.route("query/01g-1", Said(body={"totalSize": total, "records": [], "done": True}))

    list(org.crm().changes(REQUEST, None))

    assert bool(jobs.made) is bulk


def test_a_preview_never_makes_a_job(org: ScriptedOrg, jobs: Jobs) -> None:
    org.route("queryAll", Said(body={"totalSize": 0, "done": True, "records": []}))

    list(org.crm(reading="bulk").changes(ReadRequest("Task", (), first_only=True), None))

    assert jobs.made == []
