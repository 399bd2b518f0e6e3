"""The small HTTP server under everything that the runner listens on."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import httpx
import pytest

from local.cloud.loopback import Answer, LoopbackServer, Request


def echo(request: Request) -> Answer | None:
    if request.path == "/drop":
        return None
    status = int(request.query or 200)
    return Answer(status, request.body or request.method.encode(), (("X-A", "1"), ("X-A", "2")))


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    running = LoopbackServer(echo, body_limit=1000)
    yield running
    running.close()


def test_bodies_arrive_by_length_and_in_chunks(server: LoopbackServer) -> None:
    assert httpx.post(server.url, content=b"abc").content == b"abc"
    assert httpx.post(server.url, content=iter([b"ab", b"c" * 300])).content == b"ab" + b"c" * 300


def test_headers_may_repeat_and_statuses_without_a_body_have_none(server: LoopbackServer) -> None:
    answer = httpx.get(server.url)
    assert answer.headers.get_list("x-a") == ["1", "2"]

    empty = httpx.get(f"{server.url}/?204")

    assert (empty.status_code, empty.content) == (204, b"")


def test_a_body_over_the_limit_is_refused(server: LoopbackServer) -> None:
    answer = httpx.post(server.url, content=b"x" * 1001)

    assert answer.status_code == 413
    assert answer.json() == {"message": "Request Entity Too Large"}


def test_no_answer_drops_the_connection(server: LoopbackServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/drop")

    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()

    connection.close()


def test_a_connection_serves_many_requests(server: LoopbackServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)

    answers = []
    for _ in range(3):
        connection.request("HEAD", "/")
        answers.append(connection.getresponse().read())
    connection.request("GET", "/")

    assert answers == [b"", b"", b""]
    assert connection.getresponse().read() == b"GET"
    connection.close()


def test_after_closing_nobody_answers_and_closing_again_does_nothing() -> None:
    server = LoopbackServer(echo)
    server.close()
    server.close()

    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)
