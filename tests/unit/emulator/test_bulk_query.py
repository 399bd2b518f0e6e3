"""Bulk 2.0 query jobs: their states, their pages, and CSV that survives awkward text."""

import csv
import io
import json
from typing import Any

import pytest

from local.salesforce.http.messages import Answer
from local.salesforce.ids import mint
from local.salesforce.inprocess import Api

AWKWARD = [
    'a "quoted" word',
    "two\nlines",
    "carriage\r\nreturn",
    "comma, semicolon; tab\t",
    "😀 Ünïcödé \u2028 \x85 end",
    "'single' \\backslash\\",
    '"',
    "\n",
]


def start(api: Api, query: str, **more: str) -> str:
    status, body = api.call("POST", "jobs/query", {"operation": "query", "query": query, **more})
    assert status == 200, body
    assert body["state"] == "UploadComplete"
    return str(body["id"])


def finish(api: Api, job: str) -> list[str]:
    states = [api.call("GET", f"jobs/query/{job}")[1]["state"]]
    while states[-1] not in ("JobComplete", "Aborted"):
        states.append(api.call("GET", f"jobs/query/{job}")[1]["state"])
    return states


def page(api: Api, job: str, **query: str) -> Answer:
    return api.send("GET", f"jobs/query/{job}/results", query=query)


def text(answer: Answer) -> str:
    assert answer.stream is not None
    return b"".join(answer.stream).decode()


def rows(content: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_a_job_is_in_progress_three_times(api: Api) -> None:
    job = start(api, "SELECT Id FROM Task")

    assert finish(api, job) == ["InProgress", "InProgress", "InProgress", "JobComplete"]


def test_the_number_of_polls_is_a_setting(api: Api) -> None:
    api.call("POST", "/__emulator__/settings", {"bulk_in_progress_polls": 0})
    job = start(api, "SELECT Id FROM Task")

    assert finish(api, job) == ["JobComplete"]


def test_a_job_tells_what_it_is(api: Api) -> None:
    _, body = api.call(
        "POST", "jobs/query/", {"operation": "queryAll", "query": "SELECT Id FROM Task"}
    )

    assert body == {
        "id": body["id"],
        "operation": "queryAll",
        "object": "Task",
        "createdById": mint("005", 1),
        "createdDate": "2026-03-10T12:00:00.000+0000",
        "systemModstamp": "2026-03-10T12:00:00.000+0000",
        "state": "UploadComplete",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": 62.0,
        "lineEnding": "LF",
        "columnDelimiter": "COMMA",
    }
    assert body["id"].startswith("750")


def test_awkward_text_comes_out_as_it_went_in(api: Api) -> None:
    api.load(
        "Task",
        [{"Id": mint("00T", at), "Subject": each, "Description": each}
         for at, each in enumerate(AWKWARD)],
    )  # fmt: skip
    job = start(api, "SELECT Id, Subject, Description FROM Task ORDER BY Id")
    finish(api, job)

    found = rows(text(page(api, job)))

    assert [each["Subject"] for each in found] == AWKWARD
    assert [each["Description"] for each in found] == AWKWARD


def test_every_value_is_quoted_and_null_is_empty(api: Api) -> None:
    api.create("Task", Subject='say "x"', ActivityDate="2026-01-02")
    job = start(
        api, "SELECT Subject, ActivityDate, WhatId, IsClosed, CreatedDate, Owner.Name FROM Task"
    )
    finish(api, job)

    content = text(page(api, job))

    assert content == (
        '"Subject","ActivityDate","WhatId","IsClosed","CreatedDate","Owner.Name"\n'
        '"say ""x""","2026-01-02","","false","2026-03-10T12:00:00.000Z","Integration User"\n'
    )


def test_pages_are_found_by_locator_again_and_again(api: Api) -> None:
    ids = {mint("00T", at) for at in range(25)}
    api.load("Task", [{"Id": each} for each in sorted(ids)])
    job = start(api, "SELECT Id FROM Task")
    finish(api, job)

    first = page(api, job, maxRecords="10")
    second = page(api, job, maxRecords="10", locator=first.headers["Sforce-Locator"])
    third = page(api, job, maxRecords="10", locator=second.headers["Sforce-Locator"])
    again = page(api, job, maxRecords="10", locator=first.headers["Sforce-Locator"])

    contents = [text(answer) for answer in (first, second, third)]
    found = [each["Id"] for content in contents for each in rows(content)]
    counts = [answer.headers["Sforce-NumberOfRecords"] for answer in (first, second, third)]
    assert counts == ["10", "10", "5"]
    assert third.headers["Sforce-Locator"] == "null"
    assert text(again) == contents[1]
    assert set(found) == ids
    assert found != sorted(found)


def test_results_are_those_of_the_time_the_job_ran(api: Api) -> None:
    task = api.create("Task", Subject="before")
    job = start(api, "SELECT Subject FROM Task")
    finish(api, job)

    api.call("PATCH", f"sobjects/Task/{task}", {"Subject": "after"})

    assert text(page(api, job)) == '"Subject"\n"before"\n'


def test_query_all_sees_the_bin_and_the_archive(api: Api) -> None:
    api.load("Task", [{"Subject": "a", "IsDeleted": True}, {"Subject": "b", "IsArchived": True}])
    job = start(api, "SELECT Subject FROM Task", operation="queryAll")
    plain = start(api, "SELECT Subject FROM Task")
    for each in (job, plain):
        finish(api, each)

    assert {each["Subject"] for each in rows(text(page(api, job)))} == {"a", "b"}
    assert text(page(api, plain)) == '"Subject"\n'


def test_delimiter_and_line_ending_are_as_asked(api: Api) -> None:
    api.create("Task", Subject="x", Type="Call")
    job = start(api, "SELECT Subject, Type FROM Task", columnDelimiter="PIPE", lineEnding="CRLF")
    finish(api, job)

    assert text(page(api, job)) == '"Subject"|"Type"\r\n"x"|"Call"\r\n'


REFUSED = [
    ({"query": "SELECT BillingAddress FROM Account"}, "API_ERROR"),
    ({"query": "SELECT COUNT(Id) FROM Account"}, "API_ERROR"),
    ({"query": "SELECT Id, (SELECT Id FROM Contacts) FROM Account"}, "API_ERROR"),
    ({"query": "SELECT Id FROM Account OFFSET 5"}, "API_ERROR"),
    ({"query": "SELECT COUNT() FROM Account"}, "API_ERROR"),
    ({"query": "SELECT Name FROM Account GROUP BY Name"}, "API_ERROR"),
    ({"query": "SELECT TYPEOF What WHEN Account THEN Name END FROM Task"}, "API_ERROR"),
    ({"query": "SELECT Nope FROM Account"}, "INVALID_FIELD"),
    ({"query": "SELECT Id FROM Account", "operation": "insert"}, "INVALIDJOB"),
    ({"query": "SELECT Id FROM Account", "columnDelimiter": "STAR"}, "INVALIDJOB"),
]


@pytest.mark.parametrize(("body", "code"), REFUSED)
def test_what_bulk_cannot_query_is_refused(api: Api, body: dict[str, str], code: str) -> None:
    status, answer = api.call("POST", "jobs/query", {"operation": "query", **body})

    assert (status, answer[0]["errorCode"]) == (400, code)


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, json.loads(answer.content())[0]["errorCode"]


def test_results_need_a_complete_job_and_its_own_version(api: Api) -> None:
    job = start(api, "SELECT Id FROM Task")
    early = page(api, job)
    finish(api, job)

    other = page(Api.signed_in(api.org, version="61.0"), job)

    assert refusal(early) == (412, "JOB_NOT_COMPLETE")
    assert refusal(other) == (409, "VERSION_MISMATCH")


@pytest.mark.parametrize("query", [{"maxRecords": "0"}, {"locator": "!!"}, {"locator": "OTk5"}])
def test_a_page_that_is_none_is_refused(api: Api, query: dict[str, str]) -> None:
    job = start(api, "SELECT Id FROM Task")
    finish(api, job)

    assert refusal(page(api, job, **query)) == (400, "INVALIDJOB")


def test_a_job_can_be_aborted_until_it_ended_and_deleted_after(api: Api) -> None:
    job = start(api, "SELECT Id FROM Task")
    too_early = api.call("DELETE", f"jobs/query/{job}")[0]

    aborted = api.call("PATCH", f"jobs/query/{job}", {"state": "Aborted"})
    twice = api.call("PATCH", f"jobs/query/{job}", {"state": "Aborted"})
    deleted = api.call("DELETE", f"jobs/query/{job}")
    gone = api.call("GET", f"jobs/query/{job}")

    assert too_early == 400
    assert (aborted[0], aborted[1]["state"]) == (200, "Aborted")
    assert (twice[0], twice[1][0]["errorCode"]) == (400, "INVALIDJOBSTATE")
    assert (deleted[0], gone[0]) == (204, 404)


def test_jobs_are_listed(api: Api) -> None:
    jobs = [start(api, "SELECT Id FROM Task") for _ in range(2)]

    _, body = api.call("GET", "jobs/query/")

    assert [each["id"] for each in body["records"]] == jobs
    assert body["done"] is True


def test_columns_of_old_versions_come_by_the_alphabet(api: Api) -> None:
    api.create("Task", Subject="x", Status="Completed")
    old = Api.signed_in(api.org, version="49.0")
    job = start(old, "SELECT Subject, Owner.Name, Status FROM Task")
    finish(old, job)

    assert text(page(old, job)) == (
        '"Owner.Name","Status","Subject"\n"Integration User","Completed","x"\n'
    )


def test_results_can_be_read_side_by_side(api: Api) -> None:
    api.call("POST", "/__emulator__/settings", {"bulk_page_size": 2})
    api.load("Task", [{"Subject": f"{at}"} for at in range(11)])
    job = start(api, "SELECT Subject FROM Task")
    finish(api, job)

    _, first = api.call("GET", f"jobs/query/{job}/resultPages")
    _, second = api.call("GET", first["nextRecordsUrl"].split("?")[0],
                         locator=first["nextRecordsUrl"].split("=")[1])  # fmt: skip
    older = Api.signed_in(api.org, version="57.0").call("GET", f"jobs/query/{job}/resultPages")

    addresses = [each["resultUrl"] for each in first["resultPages"] + second["resultPages"]]
    found = []
    for address in addresses:
        path, _, locator = address.partition("?locator=")
        found += rows(text(api.send("GET", path, query={"locator": locator})))
    assert (len(first["resultPages"]), first["done"], second["done"]) == (5, False, True)
    assert {each["Subject"] for each in found} == {f"{at}" for at in range(11)}
    assert older[0] == 404


def test_a_query_job_can_be_made_to_fail(api: Api) -> None:
    message = "InvalidBatch : Failed to process query: QUERY_TIMEOUT"
    api.call("POST", "/__emulator__/jobs/fail", {"chunks": 0, "message": message})
    job = start(api, "SELECT Id FROM Task")

    _, info = api.call("GET", f"jobs/query/{job}")

    assert (info["state"], info["errorMessage"]) == ("Failed", message)
    assert refusal(page(api, job)) == (412, "JOB_NOT_COMPLETE")


def test_query_jobs_of_a_day_are_limited(api: Api) -> None:
    api.call("POST", "/__emulator__/settings", {"bulk_daily_query_jobs": 1})
    body = {"operation": "query", "query": "SELECT Id FROM Task"}

    first = api.send("POST", "jobs/query", body=body)
    second = api.send("POST", "jobs/query", body=body)

    assert first.status == 200
    assert refusal(second) == (400, "LIMIT_EXCEEDED")


def test_a_long_result_is_written_in_slices(api: Api) -> None:
    api.load("Task", [{"Subject": f"{at}"} for at in range(4_500)])
    api.call("POST", "/__emulator__/jobs/hold", {"chunks": 1})
    job = start(api, "SELECT Subject FROM Task")

    held = [api.call("GET", f"jobs/query/{job}")[1]["state"] for _ in range(6)][-1]
    api.call("POST", "/__emulator__/jobs/release", {"job": job})
    finish(api, job)

    assert held == "InProgress"
    assert len({each["Subject"] for each in rows(text(page(api, job)))}) == 4_500
