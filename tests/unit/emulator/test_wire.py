"""Over real sockets: TLS, gzip, streams, armed faults, the journal, and the control client."""

import csv
import gzip
import json
import zlib
from collections.abc import Iterator

import httpx
import pytest

from local.salesforce.running import EmulatorError, Running, start

BASE = "/services/data/v62.0"
QUERY = f"{BASE}/query"
TASKS = {"q": "SELECT Id, Subject FROM Task"}
AWKWARD = 'say "x",\r\n😀\n'


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with start() as running:
        rows = ({"Subject": f"{AWKWARD}{at}"} for at in range(3_000))
        running.control.load(("Task", row) for row in rows)
        running.control.request("POST", "snapshot", {"name": "loaded"})
        yield running


@pytest.fixture
def client(emulator: Running) -> Iterator[httpx.Client]:
    emulator.control.request("POST", "restore", {"name": "loaded"})
    emulator.control.disarm()
    with emulator.signed_in() as client:
        emulator.control.clear_journal()
        yield client


def test_both_addresses_are_of_this_machine_only(emulator: Running) -> None:
    assert emulator.http.startswith("http://127.0.0.1:")
    assert emulator.https.startswith("https://127.0.0.1:")
    assert httpx.get(emulator.http + "/services/data", trust_env=False).status_code == 200


def test_tls_is_refused_by_who_does_not_know_the_ca(emulator: Running) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(emulator.https, trust_env=False)


def test_every_answer_has_the_emulators_date_and_the_api_usage(
    emulator: Running, client: httpx.Client
) -> None:
    emulator.control.settings(requests_used=17, session_timeout_minutes=10_000_000)
    emulator.control.set_clock("2030-01-02T03:04:05+00:00")

    answer = client.get(f"{BASE}/limits")

    emulator.control.request("PUT", "clock", {"real": True})
    assert answer.headers["Date"] == "Wed, 02 Jan 2030 03:04:05 GMT"
    assert answer.headers["Sforce-Limit-Info"] == "api-usage=18/100000"
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"


def test_answers_are_zipped_when_asked_and_requests_may_be(client: httpx.Client) -> None:
    zipped = client.get(QUERY, params=TASKS)
    plain = client.get(QUERY, params=TASKS, headers={"Accept-Encoding": "identity"})
    body = gzip.compress(json.dumps({"Name": "zipped"}).encode())
    created = client.post(
        f"{BASE}/sobjects/Account", content=body, headers={"Content-Encoding": "gzip"}
    )

    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert zipped.json()["totalSize"] == plain.json()["totalSize"] == 3_000
    assert created.status_code == 201


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_bulk_result_streams_and_keeps_awkward_text(client: httpx.Client, encoding: str) -> None:
    body = {"operation": "query", "query": TASKS["q"]}
    job = client.post(f"{BASE}/jobs/query", json=body).json()["id"]
    while client.get(f"{BASE}/jobs/query/{job}").json()["state"] != "JobComplete":
        pass

    with client.stream(
        "GET", f"{BASE}/jobs/query/{job}/results", headers={"Accept-Encoding": encoding}
    ) as answer:
        content = b"".join(answer.iter_raw())
        headers = answer.headers

    if encoding == "gzip":
        content = zlib.decompress(content, zlib.MAX_WBITS | 16)
    subjects = [row["Subject"] for row in csv.DictReader(content.decode().splitlines(True))]
    assert headers["Content-Type"] == "text/csv"
    assert headers["Transfer-Encoding"] == "chunked"
    assert headers["Sforce-NumberOfRecords"] == "3000"
    assert headers["Sforce-Locator"] == "null"
    assert len(subjects) == 3_000
    assert all(subject.startswith(AWKWARD) for subject in subjects)


def test_the_journal_tells_and_counts_every_request(
    emulator: Running, client: httpx.Client
) -> None:
    first = client.get(QUERY, params=TASKS).json()
    client.get(first["nextRecordsUrl"])
    client.get(f"{BASE}/sobjects/Task/describe/")
    client.get(f"{BASE}/nowhere")

    assert emulator.control.counts() == {"describe": 1, "query": 1, "queryMore": 1, "unknown": 1}
    entries = emulator.control.journal()
    assert [each["status"] for each in entries] == [200, 200, 200, 404]
    assert entries[0]["query"].startswith("q=SELECT")


def test_an_error_comes_as_often_as_armed_and_after_as_many_calls(
    emulator: Running, client: httpx.Client
) -> None:
    emulator.control.arm(
        "query", "error", status=503, code="SERVER_UNAVAILABLE", message="busy", times=2, skip=1
    )

    answers = [client.get(QUERY, params=TASKS) for _ in range(4)]
    others = client.get(f"{BASE}/limits")

    assert [answer.status_code for answer in answers] == [200, 503, 503, 200]
    assert answers[1].json() == [{"message": "busy", "errorCode": "SERVER_UNAVAILABLE"}]
    assert others.status_code == 200


def test_an_html_page_may_stand_where_json_was_expected(
    emulator: Running, client: httpx.Client
) -> None:
    emulator.control.arm("*", "html_503")

    answer = client.get(f"{BASE}/limits")

    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_session_that_expires_stays_expired(emulator: Running, client: httpx.Client) -> None:
    emulator.control.arm("query", "session_expired")

    answers = [client.get(path) for path in (QUERY, f"{BASE}/limits")]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json()[0]["errorCode"] == "INVALID_SESSION_ID"


def test_a_connection_is_reset_before_the_work(emulator: Running, client: httpx.Client) -> None:
    emulator.control.arm("create", "connection_reset")

    with pytest.raises(httpx.TransportError):
        client.post(f"{BASE}/sobjects/Account", json={"Name": "lost"})

    found = client.get(QUERY, params={"q": "SELECT COUNT() FROM Account WHERE Name = 'lost'"})
    assert found.json()["totalSize"] == 0
    assert emulator.control.counts() == {"create": 1, "query": 1}


def test_a_timeout_after_the_commit_leaves_the_record(
    emulator: Running, client: httpx.Client
) -> None:
    emulator.control.arm("create", "timeout_after_commit")

    with pytest.raises(httpx.TransportError):
        client.post(f"{BASE}/sobjects/Account", json={"Name": "kept"})

    found = client.get(QUERY, params={"q": "SELECT COUNT() FROM Account WHERE Name = 'kept'"})
    assert found.json()["totalSize"] == 1


@pytest.mark.parametrize("endpoint", ["query", "bulk.results"])
def test_a_body_may_end_too_early(emulator: Running, client: httpx.Client, endpoint: str) -> None:
    path = QUERY
    if endpoint == "bulk.results":
        emulator.control.settings(bulk_in_progress_polls=0)
        body = {"operation": "query", "query": TASKS["q"]}
        path = f"{BASE}/jobs/query/{client.post(f'{BASE}/jobs/query', json=body).json()['id']}"
        client.get(path)
        path += "/results"
    emulator.control.arm(endpoint, "truncated_body")

    with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|without sending complete"):
        client.get(path, params=TASKS)


def test_a_slow_answer_is_an_answer(emulator: Running, client: httpx.Client) -> None:
    emulator.control.arm("limits", "delay", seconds=0.001)

    assert client.get(f"{BASE}/limits").status_code == 200
    assert emulator.control.request("GET", "faults")["armed"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"endpoint": "query", "kind": "earthquake"}),
        ("faults", {"endpoint": "query", "kind": "error", "time": 2}),
        ("settings", {"pagesize": 5}),
        ("load", {"sobject": "Nope", "fields": {}}),
        ("load", {"sobject": "Task", "fields": {"Nope": 1}}),
        ("load", {"sobject": "Task", "fields": {"CreatedDate": "yesterday"}}),
        ("merge", {"sobject": "Nope"}),
        ("restore", {"name": "unknown"}),
    ],
)
def test_a_mistake_in_a_control_request_is_told(emulator: Running, path: str, body: object) -> None:
    with pytest.raises(EmulatorError, match="400"):
        emulator.control.request("POST", path, body)
