"""Bulk 2.0 ingest jobs: creating, uploading, states, and what fails a whole job."""

import json

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api
from tests.unit.emulator.bulk_jobs import (
    Outcome,
    close,
    control,
    create,
    ended,
    put,
    refusal,
    run,
)


def test_a_new_job_tells_where_its_data_goes(api: Api) -> None:
    _, body = api.call("POST", "jobs/ingest/", {"object": "task", "operation": "insert"})

    assert body == {
        "id": body["id"],
        "operation": "insert",
        "object": "Task",
        "createdById": mint("005", 1),
        "createdDate": "2026-03-10T12:00:00.000+0000",
        "systemModstamp": "2026-03-10T12:00:00.000+0000",
        "state": "Open",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": 62.0,
        "contentUrl": f"services/data/v62.0/jobs/ingest/{body['id']}/batches",
        "lineEnding": "LF",
        "columnDelimiter": "COMMA",
    }


def test_a_job_goes_through_its_states(api: Api) -> None:
    job = create(api, "Task", "insert")
    _, opened = api.call("GET", f"jobs/ingest/{job}")
    put(api, job, "Subject\nx\n")

    closed = close(api, job)
    states = [api.call("GET", f"jobs/ingest/{job}")[1]["state"] for _ in range(4)]

    assert opened["state"] == "Open"
    assert "numberRecordsProcessed" not in opened
    assert closed["state"] == "UploadComplete"
    assert "contentUrl" not in closed
    assert states == ["InProgress", "InProgress", "InProgress", "JobComplete"]


def test_an_ended_job_has_counters_and_times(api: Api) -> None:
    outcome = run(api, "Task", "insert", "Subject\nx\n")

    told = {
        name: outcome.info[name]
        for name in (
            "jobType", "numberRecordsProcessed", "numberRecordsFailed", "retries",
            "totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime",
        )
    }  # fmt: skip
    assert told == {
        "jobType": "V2Ingest",
        "numberRecordsProcessed": 1,
        "numberRecordsFailed": 0,
        "retries": 0,
        "totalProcessingTime": 40,
        "apiActiveProcessingTime": 40,
        "apexProcessingTime": 0,
    }
    assert "errorMessage" not in outcome.info


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        ({"object": "Nope", "operation": "insert"}, "INVALIDJOB", "Unable to find object: Nope"),
        (
            {"object": "Task", "operation": "merge"},
            "INVALIDJOB",
            "Invalid value for operation: merge",
        ),
        (
            {"object": "Task", "operation": "insert", "contentType": "XML"},
            "INVALIDJOB",
            "Invalid value for contentType: XML",
        ),
        (
            {"object": "Contact", "operation": "upsert"},
            "INVALIDJOB",
            "External ID was blank for Contact. An External ID must be specified for upsert.",
        ),
    ],
)
def test_a_job_that_makes_no_sense_is_refused(
    api: Api, asked: dict[str, str], code: str, message: str
) -> None:
    answer = api.send("POST", "jobs/ingest", body=asked)

    assert refusal(answer) == (400, code, message)


def test_upsert_wants_a_field_that_finds_records(api: Api) -> None:
    asked = {"object": "Task", "operation": "upsert", "externalIdFieldName": "Subject"}

    status, _, message = refusal(api.send("POST", "jobs/ingest", body=asked))

    assert status == 400
    assert message.startswith("Field name provided, Subject does not match an External ID")


def test_data_is_uploaded_once_and_while_the_job_is_open(api: Api) -> None:
    job = create(api, "Task", "insert")

    first, second = put(api, job, "Subject\nx\n"), put(api, job, "Subject\ny\n")
    close(api, job)
    late = put(api, job, "Subject\nz\n")

    assert (first.status, first.content()) == (201, b"")
    assert refusal(second)[1] == "INVALIDJOB"
    assert refusal(second)[2].startswith(f"Found multipe contents for job: <{job[:15]}>")
    assert refusal(late)[1] == "INVALIDJOBSTATE"
    assert ended(api, job)["numberRecordsProcessed"] == 1


def test_an_upload_of_more_than_the_limit_is_refused(api: Api) -> None:
    control(api, "settings", bulk_upload_bytes=40)
    job = create(api, "Task", "insert")

    too_large = put(api, job, "Subject\n" + "x" * 30)
    fitting = put(api, job, "Subject\nx\n")

    assert too_large.status == 413
    assert fitting.status == 201


def multipart(content: str) -> tuple[bytes, dict[str, str]]:
    body = (
        "--BOUNDARY\r\nContent-Type: application/json\r\n"
        'Content-Disposition: form-data; name="job"\r\n\r\n'
        '{"object": "Task", "operation": "insert"}\r\n\r\n'
        "--BOUNDARY\nContent-Type: text/csv\n"
        'Content-Disposition: form-data; name="content"; filename="content"\n\n'
        f"{content}\n--BOUNDARY--\n"
    )
    return body.encode(), {"content-type": 'multipart/form-data; boundary="BOUNDARY"'}


def test_a_small_job_may_bring_its_data(api: Api) -> None:
    body, headers = multipart("Subject\nx\ny")
    large, _ = multipart("Subject\n" + "x" * 100_000)

    made = api.send("POST", "jobs/ingest", body=body, headers=headers)
    refused = api.send("POST", "jobs/ingest", body=large, headers=headers)

    job = json.loads(made.content())
    assert job["state"] == "UploadComplete"
    assert ended(api, job["id"])["numberRecordsProcessed"] == 2
    assert refused.status == 413


QUOTES = (
    "InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be within"
    " a quote"
)
ENDING = "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is "


@pytest.mark.parametrize(
    ("content", "more", "message"),
    [
        ("Subject,Nope\nx,y\n", {}, "InvalidBatch : Field name not found : Nope"),
        ("Subject;Type\nx;y\n", {}, "InvalidBatch : Field name not found : Subject;Type"),
        ("Subject\r\nx\r\n", {}, f"{ENDING}LF"),
        ("Subject\nx\n", {"lineEnding": "CRLF"}, f"{ENDING}CRLF"),
        ('\ufeff"Subject"\nx\n', {}, QUOTES),
        ('Subject\nsay "x"\n', {}, QUOTES),
        ('Subject,Type\n"x", "y"\n', {}, QUOTES),
        ('Subject,Type\n"x" ,y\n', {}, QUOTES),
        ("", {}, "InvalidBatch : Records not found"),
        (
            "Subject\nx,y\n",
            {},
            "InvalidBatch : Failed to parse CSV. A row has more columns than the header",
        ),
    ],
)
def test_a_file_that_cannot_be_read_fails_the_job(
    api: Api, content: str, more: dict[str, str], message: str
) -> None:
    outcome = run(api, "Task", "insert", content, **more)

    assert (outcome.info["state"], outcome.info["errorMessage"]) == ("Failed", message)
    assert outcome.info["numberRecordsProcessed"] == 0
    assert api.query("SELECT Id FROM Task") == []


@pytest.mark.parametrize(
    ("operation", "content", "message"),
    [
        ("update", "Subject\nx\n", "InvalidBatch : Field name not found : Id"),
        ("delete", "Subject\nx\n", "InvalidBatch : Field name not found : Id"),
        ("delete", "Id,Subject\n1,x\n", "InvalidBatch : The 'delete' batch must contain only ids"),
    ],
)
def test_the_column_that_tells_the_record_is_needed(
    api: Api, operation: str, content: str, message: str
) -> None:
    outcome = run(api, "Task", operation, content)

    assert (outcome.info["state"], outcome.info["errorMessage"]) == ("Failed", message)


def test_a_header_alone_is_complete(api: Api) -> None:
    outcome = run(api, "Task", "insert", "Subject\n")

    assert (outcome.info["state"], outcome.info["numberRecordsProcessed"]) == ("JobComplete", 0)


def test_nul_bytes_do_no_harm(api: Api) -> None:
    run(api, "Task", "insert", "Subject\na\0b\n")

    assert api.query("SELECT Subject FROM Task") == [{"Subject": "ab"}]


def test_a_bad_line_fails_the_job_after_what_was_committed(api: Api) -> None:
    rows = [f"task {at}" for at in range(250)]
    rows[220] = 'bad "quote"'

    outcome = run(api, "Task", "insert", "Subject\n" + "\n".join(rows))

    assert outcome.info["state"] == "Failed"
    assert len(outcome.good) == 200
    assert [row["Subject"] for row in outcome.left] == rows[200:]
    assert len(api.query("SELECT Id FROM Task")) == 200


@pytest.mark.parametrize(
    ("content", "more", "left"),
    [
        ("Subject,Type\r\nx,y\r\n", {}, '"Subject","Type"\n"x","y"\n'),
        ("Subject\nx\n", {"lineEnding": "CRLF"}, '"Subject"\r\n"x"\r\n'),
        ("Subject,Nope\nx,y\n", {}, '"Subject","Nope"\n"x","y"\n'),
        ('Subject\nsay "x"\ny\n', {}, '"Subject"\n"say ""x"""\n"y"\n'),
        ("Subject\nx,y\n", {}, '"Subject"\n"x","y"\n'),
        ("Subject\rx\r", {}, ""),
        ("", {}, ""),
    ],
)
def test_a_refused_file_is_unprocessed_as_a_whole(
    api: Api, content: str, more: dict[str, str], left: str
) -> None:
    outcome = run(api, "Task", "insert", content, **more)

    names = left.partition("\n")[0].rstrip("\r")
    header = '"sf__Id","sf__Error"' + (f",{names}" if names else "")
    assert outcome.info["state"] == "Failed"
    assert outcome.raw("unprocessedrecords") == left
    assert outcome.raw("failedResults").splitlines() == [header]


def test_bytes_that_are_no_text_are_left_with_their_row(api: Api) -> None:
    job = create(api, "Task", "insert")
    put(api, job, b"Subject\na\ncaf\xe9\n")
    close(api, job)

    outcome = Outcome(api, job, ended(api, job))

    assert outcome.info["state"] == "Failed"
    assert [row["Subject"] for row in outcome.left] == ["a", "caf\ufffd"]
