"""Bulk 2.0 ingest jobs that end otherwise: aborted, failed, held, at a limit, seen late, gone."""

import csv
import io

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api
from tests.unit.emulator.bulk_jobs import (
    Outcome,
    control,
    create,
    ended,
    put,
    refusal,
    run,
    text,
    uploaded,
)

THREE_CHUNKS = "Subject\n" + "".join(f"task {at}\n" for at in range(500))


def split(outcome: Outcome) -> tuple[int, int, int]:
    return len(outcome.good), len(outcome.bad), len(outcome.left)


def test_an_aborted_job_keeps_what_it_committed(api: Api) -> None:
    job = uploaded(api, "Task", "insert", THREE_CHUNKS)
    control(api, "jobs/run", job=job, chunks=1)

    status, body = api.call("PATCH", f"jobs/ingest/{job}", {"state": "Aborted"})
    again = api.send("PATCH", f"jobs/ingest/{job}", body={"state": "Aborted"})

    outcome = Outcome(api, job, ended(api, job))
    assert (status, body["state"], outcome.info["state"]) == (200, "Aborted", "Aborted")
    assert split(outcome) == (200, 0, 300)
    assert {each["Subject"] for each in outcome.good + outcome.left} == {
        f"task {at}" for at in range(500)
    }
    assert len(api.query("SELECT Id FROM Task")) == 200
    assert refusal(again) == (400, "INVALIDJOBSTATE", "Aborting already Aborted Job not allowed")


def test_a_job_fails_when_armed_with_rows_committed(api: Api) -> None:
    control(api, "jobs/fail", chunks=2, message="TooManyLockFailure : (1) Too many lock failures")

    outcome = run(api, "Task", "insert", THREE_CHUNKS)

    assert outcome.info["state"] == "Failed"
    assert outcome.info["errorMessage"] == "TooManyLockFailure : (1) Too many lock failures"
    assert (outcome.info["numberRecordsProcessed"], split(outcome)) == (400, (400, 0, 100))


def test_a_held_job_waits_until_it_is_released(api: Api) -> None:
    control(api, "jobs/hold", chunks=1)
    job = uploaded(api, "Task", "insert", THREE_CHUNKS)

    looks = [api.call("GET", f"jobs/ingest/{job}")[1] for _ in range(6)]
    early = api.send("GET", f"jobs/ingest/{job}/successfulResults")
    control(api, "jobs/release", job=job)
    info = ended(api, job)

    assert {(each["state"], each["numberRecordsProcessed"]) for each in looks} == {
        ("InProgress", 200)
    }
    assert early.status == 412
    assert (info["state"], info["numberRecordsProcessed"]) == ("JobComplete", 500)


def test_an_aborted_open_job_left_all_its_rows(api: Api) -> None:
    job = create(api, "Task", "insert")
    put(api, job, "Subject\nx\ny\n")

    api.call("PATCH", f"jobs/ingest/{job}", {"state": "Aborted"})

    outcome = Outcome(api, job, {})
    assert split(outcome) == (0, 0, 2)


def test_a_job_is_deleted_unless_open_or_at_work(api: Api) -> None:
    opened = create(api, "Task", "insert")
    waiting = uploaded(api, "Task", "insert", "Subject\nx\n")
    working = uploaded(api, "Task", "insert", THREE_CHUNKS)
    control(api, "jobs/run", job=working, chunks=1)

    refused = [api.send("DELETE", f"jobs/ingest/{job}") for job in (opened, working)]
    deleted = api.send("DELETE", f"jobs/ingest/{waiting}")

    assert [refusal(each)[1] for each in refused] == ["API_ERROR", "API_ERROR"]
    assert deleted.status == 204
    assert api.call("GET", f"jobs/ingest/{waiting}")[0] == 404


def test_ended_jobs_are_gone_after_a_week(api: Api) -> None:
    outcome = run(api, "Task", "insert", "Subject\nx\n")
    api.org.clock.advance(7 * 86_400)
    before = api.call("GET", f"jobs/ingest/{outcome.job}")[0]

    api.org.clock.advance(60)

    assert before == 200
    assert api.call("GET", f"jobs/ingest/{outcome.job}")[0] == 404


def test_jobs_are_listed_by_kind_and_page(api: Api) -> None:
    control(api, "settings", bulk_list_size=2)
    jobs = [create(api, "Task", "insert") for _ in range(3)]
    api.call("POST", "jobs/query", {"operation": "query", "query": "SELECT Id FROM Task"})

    _, first = api.call("GET", "jobs/ingest")
    _, second = api.call("GET", "jobs/ingest", queryLocator=first["nextRecordsUrl"].split("=")[1])
    _, queries = api.call("GET", "jobs/ingest", jobType="V2Query")
    _, classic = api.call("GET", "jobs/ingest", jobType="Classic")
    _, chunked = api.call("GET", "jobs/ingest", isPkChunkingEnabled="true")

    assert (first["done"], second["done"], second["nextRecordsUrl"]) == (False, True, None)
    assert [each["id"] for each in first["records"] + second["records"]] == jobs
    assert first["records"][0]["jobType"] == "V2Ingest"
    assert [each["jobType"] for each in queries["records"]] == ["V2Query"]
    assert classic["records"] == chunked["records"] == []


def test_without_batches_left_no_job_is_made(api: Api) -> None:
    control(api, "settings", bulk_daily_batches=1)
    run(api, "Task", "insert", "Subject\nx\n")

    refused = api.send("POST", "jobs/ingest", body={"object": "Task", "operation": "insert"})
    _, limits = api.call("GET", "limits")
    api.org.clock.advance(86_400)

    assert refusal(refused) == (400, "EXCEEDEDQUOTA", "ApiBatchItems Limit exceeded.")
    assert limits["DailyBulkApiBatches"] == {"Max": 1, "Remaining": 0}
    assert create(api, "Task", "insert")


def test_results_of_batches_past_the_allocation_are_lost(api: Api) -> None:
    first, second = (uploaded(api, "Task", "insert", "Subject\nx\n") for _ in range(2))
    control(api, "settings", bulk_daily_batches=1)

    outcomes = [Outcome(api, job, ended(api, job)) for job in (first, second)]

    assert [len(each.good) for each in outcomes] == [1, 0]
    assert len(api.query("SELECT Id FROM Task")) == 2


def test_past_the_records_of_a_day_a_job_fails(api: Api) -> None:
    control(api, "settings", bulk_daily_records=300)

    outcome = run(api, "Task", "insert", THREE_CHUNKS)

    assert outcome.info["state"] == "Failed"
    assert split(outcome) == (200, 0, 300)


def test_chunks_of_one_parent_contend_for_it(api: Api) -> None:
    control(api, "settings", bulk_lock_contention=1.0)
    shared, own = (api.create("Account", Name=name) for name in ("shared", "own"))
    rows = [*[f"x,{own}"] * 150, *[f"x,{shared}"] * 250]

    outcome = run(api, "Task", "insert", "Subject,WhatId\n" + "\n".join(rows))

    message = f"unable to obtain exclusive access to this record or 1 records: {shared}"
    assert set(outcome.errors) == {f"UNABLE_TO_LOCK_ROW:{message}:--"}
    assert split(outcome) == (350, 50, 0)


def test_chunks_may_run_in_another_order(api: Api) -> None:
    control(api, "settings", bulk_shuffled_chunks=True)
    job = uploaded(api, "Task", "insert", "Subject\n" + "".join(f"{at}\n" for at in range(1_600)))

    control(api, "jobs/run", job=job, chunks=3)
    api.call("PATCH", f"jobs/ingest/{job}", {"state": "Aborted"})

    outcome = Outcome(api, job, ended(api, job))
    done = {int(each["Subject"]) for each in outcome.good}
    assert len(done) == 600
    assert done != set(range(600))
    assert done | {int(each["Subject"]) for each in outcome.left} == set(range(1_600))


def test_a_chunk_may_be_seen_late_with_an_early_stamp(api: Api) -> None:
    control(api, "settings", bulk_commit_delay_seconds=300, bulk_in_progress_polls=0)
    job = uploaded(api, "Task", "insert", "Subject\nx\n")

    _, early = api.call("GET", f"jobs/ingest/{job}")
    unseen = api.query("SELECT Id FROM Task")
    _, window = api.call(
        "GET", "sobjects/Task/updated", start="2026-03-10T11:00:00Z", end="2026-03-10T12:04:00Z"
    )
    api.org.clock.advance(300)
    _, late = api.call("GET", f"jobs/ingest/{job}")

    assert (early["state"], unseen, late["state"]) == ("InProgress", [], "JobComplete")
    assert window["latestDateCovered"] == "2026-03-10T12:00:00.000+0000"
    assert api.query("SELECT SystemModstamp FROM Task") == [
        {"SystemModstamp": "2026-03-10T12:00:00.000+0000"}
    ]


def test_the_control_list_tells_what_jobs_did(api: Api) -> None:
    job = uploaded(api, "Task", "insert", THREE_CHUNKS)
    did = control(api, "jobs/run", job=job, chunks=2)

    (told,) = api.call("GET", "/__emulator__/jobs")[1]["jobs"]

    assert did["chunks"] == 2
    assert told == {
        "id": job, "state": "InProgress", "chunks": 2, "done": False, "polls": 0, "held": False,
    }  # fmt: skip


def test_unknown_jobs_are_not_found(api: Api) -> None:
    paths = ("", "/successfulResults", "/failedResults/", "/unprocessedRecords")

    found = {api.send("GET", f"jobs/ingest/{mint('750', 77)}{path}").status for path in paths}

    assert found == {404}


def test_unprocessed_rows_come_in_any_case_of_the_path(api: Api) -> None:
    job = create(api, "Task", "insert")
    put(api, job, 'Subject\n"a\nb"\n')
    api.call("PATCH", f"jobs/ingest/{job}", {"state": "Aborted"})

    found = text(api.send("GET", f"jobs/ingest/{job}/unprocessedRecords/"))

    assert list(csv.reader(io.StringIO(found, newline=""))) == [["Subject"], ["a\nb"]]


def test_a_restored_org_has_no_jobs(api: Api) -> None:
    control(api, "snapshot", name="empty")
    job = uploaded(api, "Task", "insert", THREE_CHUNKS)
    control(api, "jobs/run", job=job, chunks=1)

    control(api, "restore", name="empty")

    assert api.call("GET", f"jobs/ingest/{job}")[0] == 404
    assert [each for each in api.org.scratch.iterdir() if job in each.name] == []
