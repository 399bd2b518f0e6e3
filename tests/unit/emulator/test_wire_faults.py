"""Faults that only sockets show: connections cut within a request, streams that end too early."""

import gzip
import zlib
from collections.abc import Iterator

import httpx
import pytest

from local.salesforce.running import EmulatorError, Running, start

BASE = "/services/data/v62.0"
QUERY = f"{BASE}/query"
COUNT = {"q": "SELECT COUNT() FROM Account"}
TASKS = {"q": "SELECT Id, Subject FROM Task"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with start() as running:
        running.control.load(("Task", {"Subject": f"t{at}"}) for at in range(3_000))
        running.control.snapshot("loaded")
        yield running


@pytest.fixture
def client(emulator: Running) -> Iterator[httpx.Client]:
    emulator.control.restore("loaded")
    emulator.control.disarm()
    with emulator.signed_in() as client:
        emulator.control.clear_journal()
        yield client


def accounts(client: httpx.Client) -> int:
    return int(client.get(QUERY, params=COUNT).json()["totalSize"])


def test_a_connection_is_reset_while_a_body_is_sent(
    emulator: Running, client: httpx.Client
) -> None:
    emulator.control.arm("create", "reset_in_request")

    def body() -> Iterator[bytes]:
        yield b'{"Name": "'
        for _ in range(64):
            yield b"x" * 65_536
        yield b'"}'

    size = str(12 + 64 * 65_536)
    headers = {"Content-Type": "application/json", "Content-Length": size}
    with pytest.raises(httpx.TransportError):
        client.post(f"{BASE}/sobjects/Account", content=body(), headers=headers)

    assert accounts(client) == 0
    assert [each["status"] for each in emulator.control.journal()] == [0, 200]


def test_the_next_call_after_a_cut_body_works(emulator: Running, client: httpx.Client) -> None:
    emulator.control.arm("create", "reset_in_request", where={"sobject": "Account"})
    with pytest.raises(httpx.TransportError):
        client.post(f"{BASE}/sobjects/Account", json={"Name": "lost"})

    assert client.post(f"{BASE}/sobjects/Account", json={"Name": "kept"}).status_code == 201
    assert accounts(client) == 1


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_half_of_a_body_is_half_of_what_would_come(
    emulator: Running, client: httpx.Client, encoding: str
) -> None:
    headers = {"Accept-Encoding": encoding}
    with client.stream("GET", QUERY, params=TASKS, headers=headers) as answer:
        whole = b"".join(answer.iter_raw())
    emulator.control.arm("query", "truncated_body")
    parts: list[bytes] = []

    with (
        pytest.raises(httpx.RemoteProtocolError),
        client.stream("GET", QUERY, params=TASKS, headers=headers) as cut,
    ):
        parts.extend(cut.iter_raw())

    half = b"".join(parts)
    assert int(cut.headers["Content-Length"]) == pytest.approx(len(whole), rel=0.01)
    assert 0 < len(half) < len(whole)
    if encoding == "gzip":
        with pytest.raises(EOFError):
            gzip.decompress(half)


def test_a_zipped_stream_may_end_too_early(emulator: Running, client: httpx.Client) -> None:
    emulator.control.settings(bulk_in_progress_polls=0)
    body = {"operation": "query", "query": TASKS["q"]}
    job = f"{BASE}/jobs/query/{client.post(f'{BASE}/jobs/query', json=body).json()['id']}"
    while client.get(job).json()["state"] != "JobComplete":
        pass
    emulator.control.arm("bulk.results", "truncated_body")
    parts: list[bytes] = []
    headers = {"Accept-Encoding": "gzip"}

    with (
        pytest.raises(httpx.RemoteProtocolError),
        client.stream("GET", f"{job}/results", headers=headers) as cut,
    ):
        parts.extend(cut.iter_raw())

    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    content = unpacker.decompress(b"".join(parts))
    assert cut.headers["Transfer-Encoding"] == "chunked"
    assert content.startswith(b'"Id","Subject"')
    assert not unpacker.eof


def test_a_cut_client_finds_its_record_minutes_later(
    emulator: Running, client: httpx.Client
) -> None:
    emulator.control.arm("create", "commit_later", seconds=240)
    with pytest.raises(httpx.TransportError):
        client.post(f"{BASE}/sobjects/Account", json={"Name": "late"})
    before = accounts(client)

    emulator.control.advance(240)

    assert (before, accounts(client)) == (0, 1)


def test_a_trickled_answer_arrives(emulator: Running, client: httpx.Client) -> None:
    emulator.control.arm("query", "trickle")

    assert client.get(QUERY, params=TASKS).json()["totalSize"] == 3_000


def test_headers_of_a_free_fault_are_sent(emulator: Running, client: httpx.Client) -> None:
    emulator.control.arm("query", "error", status=429, body="", headers={"Retry-After": "7"})

    answer = client.get(QUERY, params=TASKS)

    assert (answer.status_code, answer.headers["Retry-After"], answer.content) == (429, "7", b"")


def test_an_image_streams_out_and_in(emulator: Running, client: httpx.Client) -> None:
    address = f"{emulator.http}/__emulator__/image"
    image = httpx.get(address, trust_env=False).content
    client.post(f"{BASE}/sobjects/Account", json={"Name": "after"})

    status = httpx.put(address, content=image, trust_env=False).status_code

    assert status == 204
    assert accounts(client) == 0


def test_a_mistake_tells_field_value_and_remedy(emulator: Running) -> None:
    with pytest.raises(EmulatorError, match=r'"field":"times","value":0.*"remedy"'):
        emulator.control.arm("query", "html_503", times=0)
