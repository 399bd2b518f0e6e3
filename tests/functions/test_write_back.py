"""Handler of the write-back queues: a message fails alone and says why, without values."""

import io
import json
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from syncline.errors import RetryableError
from syncline.runtime.write_back import Handler, WriteBackRequest, handler_of
from tests.functions.conftest import Context, Json, event


def failed(*positions: int) -> Json:
    names = [{"itemIdentifier": f"00000000-0000-4000-8000-{at:012d}"} for at in positions]
    return {"batchItemFailures": names}


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


def handler(log: io.StringIO, drained: list[WriteBackRequest], unreachable: str = "") -> Handler:
    def drain(request: WriteBackRequest) -> int:
        if request.object == unreachable:
            raise RetryableError("the org cannot be reached")
        drained.append(request)
        return 1

    return handler_of(Logger(service=f"test-{id(log)}", stream=log), drain)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_every_request_drains_its_outbox(log: io.StringIO) -> None:
    drained: list[WriteBackRequest] = []

    answer = handler(log, drained)(event("write_back", "two_requests"), Context("write_back"))

    assert answer == failed()
    assert [each.object for each in drained] == ["account", "task"]


def test_a_malformed_message_fails_alone(log: io.StringIO) -> None:
    drained: list[WriteBackRequest] = []

    answer = handler(log, drained)(event("write_back", "one_malformed"), Context("write_back"))

    assert answer == failed(2)
    assert [each.object for each in drained] == ["account"]


def test_a_request_that_cannot_be_met_now_comes_again(log: io.StringIO) -> None:
    drained: list[WriteBackRequest] = []
    call = handler(log, drained, unreachable="account")

    answer = call(event("write_back", "two_requests"), Context("write_back"))

    assert answer == failed(1)
    assert [each.object for each in drained] == ["task"]


def test_an_error_nobody_expected_is_told_by_its_place(log: io.StringIO) -> None:
    def drain(_request: WriteBackRequest) -> int:
        raise ValueError("Ada Lovelace")

    call = handler_of(Logger(service=f"test-{id(log)}", stream=log), drain)
    answer = call(event("write_back", "two_requests"), Context("write_back"))

    assert answer == failed(1, 2)
    assert [line["error"] for line in lines(log)] == ["ValueError", "ValueError"]
    assert "Ada Lovelace" not in log.getvalue()


def test_the_reason_is_logged_and_no_value(log: io.StringIO) -> None:
    broken = event("write_back", "all_malformed")
    broken["Records"][0]["body"] = '{"workspace": "demo", "name": "Ada Lovelace"}'

    handler(log, [])(broken, Context("write_back"))

    reasons = [line["reason"] for line in lines(log)]
    assert "connection (missing)" in reasons[0]
    assert "workspace (string_too_short)" in reasons[1]
    assert "Ada Lovelace" not in log.getvalue()
