"""Bulk 2.0 over real sockets: jobs go on between requests, uploads come packed, cut or large."""

import csv
import gzip
import io
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from local.salesforce.running import Running, start

JOBS = "/services/data/v62.0/jobs"
LOOKS = 500


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with start() as running:
        running.control.request("POST", "snapshot", {"name": "empty"})
        yield running


@pytest.fixture
def client(emulator: Running) -> Iterator[httpx.Client]:
    emulator.control.request("POST", "restore", {"name": "empty"})
    emulator.control.settings(bulk_in_progress_polls=0)
    with emulator.signed_in() as client:
        yield client


def ingest(client: httpx.Client) -> str:
    made = client.post(f"{JOBS}/ingest", json={"object": "Task", "operation": "insert"})
    return str(made.json()["id"])


def close(client: httpx.Client, job: str) -> None:
    client.patch(f"{JOBS}/ingest/{job}", json={"state": "UploadComplete"}).raise_for_status()


def watched(emulator: Running, job: str) -> dict[str, Any]:
    """The job once its work is done, seen by the control route alone, which is no look."""
    for _ in range(LOOKS):
        jobs = emulator.control.request("GET", "jobs")["jobs"]
        found: dict[str, Any] = next(each for each in jobs if each["id"] == job)
        if found["done"]:
            return found
    raise AssertionError(found)


def test_jobs_go_on_without_a_look(emulator: Running, client: httpx.Client) -> None:
    job = ingest(client)
    client.put(f"{JOBS}/ingest/{job}/batches", content="Subject\n" + "x\n" * 3_000)
    close(client, job)

    told = watched(emulator, job)

    assert (told["state"], told["chunks"], told["polls"]) == ("JobComplete", 15, 0)


def test_queries_go_on_without_a_look(emulator: Running, client: httpx.Client) -> None:
    emulator.control.load(("Task", {"Subject": f"{at}"}) for at in range(5_000))
    body = {"operation": "query", "query": "SELECT Subject FROM Task"}
    job = client.post(f"{JOBS}/query", json=body).json()["id"]

    watched(emulator, job)

    answer = client.get(f"{JOBS}/query/{job}/results")
    assert answer.headers["content-encoding"] == "gzip"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert {each["Subject"] for each in rows} == {f"{at}" for at in range(5_000)}


def test_a_look_does_its_part_of_the_work(emulator: Running, client: httpx.Client) -> None:
    emulator.control.settings(bulk_slices_per_poll=100)
    job = ingest(client)
    client.put(f"{JOBS}/ingest/{job}/batches", content="Subject\n" + "x\n" * 3_000)
    close(client, job)

    assert client.get(f"{JOBS}/ingest/{job}").json()["state"] == "JobComplete"


def test_an_upload_may_be_packed(emulator: Running, client: httpx.Client) -> None:
    job = ingest(client)
    packed = gzip.compress(b"Subject\n" + b"x\n" * 500)

    answer = client.put(
        f"{JOBS}/ingest/{job}/batches", content=packed, headers={"Content-Encoding": "gzip"}
    )
    close(client, job)
    watched(emulator, job)

    assert answer.status_code == 201
    info = client.get(f"{JOBS}/ingest/{job}").json()
    assert (info["state"], info["numberRecordsProcessed"]) == ("JobComplete", 500)


def test_an_upload_that_was_cut_counts_for_nothing(emulator: Running, client: httpx.Client) -> None:
    job = ingest(client)
    head = (
        f"PUT {JOBS}/ingest/{job}/batches HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n"
        f"Authorization: {client.headers['Authorization']}\r\nContent-Length: 1000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", urlsplit(emulator.http).port or 0)) as cut:
        cut.sendall(head.encode() + b"Subject\nx\n")
    for _ in range(20):  # the server sees the end of that connection before these are answered
        emulator.control.now()
    answer = client.put(f"{JOBS}/ingest/{job}/batches", content="Subject\nwhole\n")
    close(client, job)
    watched(emulator, job)

    assert answer.status_code == 201
    rows = client.get(f"{JOBS}/ingest/{job}/successfulResults").text
    assert [each["Subject"] for each in csv.DictReader(io.StringIO(rows))] == ["whole"]


def test_other_calls_are_answered_between_chunks(emulator: Running, client: httpx.Client) -> None:
    emulator.control.request("POST", "jobs/hold", {"chunks": 2})
    job = ingest(client)
    client.put(f"{JOBS}/ingest/{job}/batches", content="Subject\n" + "x\n" * 1_000)
    close(client, job)

    state = client.get(f"{JOBS}/ingest/{job}").json()
    query = client.get("/services/data/v62.0/query", params={"q": "SELECT COUNT() FROM Task"})

    assert (state["state"], state["numberRecordsProcessed"]) == ("InProgress", 400)
    assert query.json()["totalSize"] == 400


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("text/csv", 201),
        ("Text/CSV; charset=UTF-8", 201),
        (None, 201),
        ("application/json", 415),
        ("text/plain", 415),
    ],
)
def test_an_upload_must_be_said_to_be_csv(
    client: httpx.Client, kind: str | None, status: int
) -> None:
    job = ingest(client)
    address = f"{JOBS}/ingest/{job}/batches"
    headers = {"Content-Type": kind} if kind else {}

    answer = client.put(address, content="Subject\nx\n", headers=headers)

    assert answer.status_code == status
    if status == 415:
        message = f"MediaType of '{kind}' is not supported by this resource"
        assert answer.json() == [{"message": message, "errorCode": "UNSUPPORTED_MEDIA_TYPE"}]
        assert client.put(address, content="Subject\nx\n").status_code == 201


@pytest.mark.parametrize("body", [b"Subject\nx\n", gzip.compress(b"Subject\nx\n", mtime=0)[:-9]])
def test_a_badly_packed_upload_is_bad_input(client: httpx.Client, body: bytes) -> None:
    job = ingest(client)
    headers = {"Content-Type": "text/csv", "Content-Encoding": "gzip"}

    answer = client.put(f"{JOBS}/ingest/{job}/batches", content=body, headers=headers)

    told = {"message": "Not in gzip format", "errorCode": "CLIENTINPUTERROR"}
    assert (answer.status_code, answer.json()) == (400, [told])


def test_a_badly_packed_batch_is_told_in_xml(emulator: Running, client: httpx.Client) -> None:
    session = {"X-SFDC-Session": client.headers["Authorization"].removeprefix("Bearer ")}
    headers = {**session, "Content-Type": "application/xml", "Content-Encoding": "gzip"}

    answer = client.post("/services/async/62.0/job", content=b"<jobInfo/>", headers=headers)

    assert answer.status_code == 400
    assert "<exceptionCode>ClientInputError</exceptionCode>" in answer.text
    assert "<exceptionMessage>Not in gzip format</exceptionMessage>" in answer.text
