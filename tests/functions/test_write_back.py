"""Handler of the queue of immediate write-back: a message fails alone and says why, no values."""

import io
import json
from datetime import datetime
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from syncline.errors import RetryableError
from syncline.memory.clock import MemoryClock
from syncline.ports import Drain, Expand
from syncline.runtime.write_back import Handler, Writing, handler_of
from syncline.usecases.write_back_now import Drained
from tests.functions.conftest import Context, Json, event


def failed(*positions: int) -> Json:
    names = [{"itemIdentifier": f"00000000-0000-4000-8000-{at:012d}"} for at in positions]
    return {"batchItemFailures": names}


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


def handler(log: io.StringIO, drained: list[Drain], unreachable: str = "") -> Handler:
    def drain(request: Drain, *, holder: str, deadline: datetime) -> Drained:
        assert holder == Context("write_back").aws_request_id
        if request.object == unreachable:
            raise RetryableError("the org cannot be reached")
        drained.append(request)
        return Drained(len(request.ids))

    return _handler(log, drain)


def _handler(log: io.StringIO, drain: Any, expand: Any = None) -> Handler:
    logger = Logger(service=f"test-{id(log)}", stream=log)
    return handler_of(logger, Writing(drain, expand, MemoryClock()))


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_every_request_drains_its_outbox(log: io.StringIO) -> None:
    drained: list[Drain] = []

    answer = handler(log, drained)(event("write_back", "two_requests"), Context("write_back"))

    assert answer == failed()
    assert [each.object for each in drained] == ["account", "task"]


def test_messages_of_one_place_are_one_drain(log: io.StringIO) -> None:
    drained: list[Drain] = []
    batch = event("write_back", "two_requests")
    for record, own in zip(batch["Records"], ("1", "2"), strict=True):
        place = {"workspace": "demo", "connection": "main", "object": "account"}
        record["body"] = json.dumps({**place, "ids": [own, "3"]})

    handler(log, drained)(batch, Context("write_back"))

    assert drained == [Drain("demo", "main", "account", ("1", "3", "2"))]


def test_a_stored_request_is_expanded(log: io.StringIO) -> None:
    expanded: list[Expand] = []
    batch = event("write_back", "two_requests")
    del batch["Records"][1]
    batch["Records"][0]["body"] = json.dumps({"workspace": "demo", "batch": "b1"})

    def expand(request: Expand, *, deadline: datetime) -> int:
        expanded.append(request)
        return 7

    answer = _handler(log, None, expand)(batch, Context("write_back"))

    assert answer == failed()
    assert expanded == [Expand("demo", "b1")]
    assert lines(log)[0]["captured"] == 7


def test_a_malformed_message_fails_alone(log: io.StringIO) -> None:
    drained: list[Drain] = []

    answer = handler(log, drained)(event("write_back", "one_malformed"), Context("write_back"))

    assert answer == failed(2)
    assert [each.object for each in drained] == ["account"]


def test_a_request_that_cannot_be_met_now_comes_again(log: io.StringIO) -> None:
    drained: list[Drain] = []
    call = handler(log, drained, unreachable="account")

    answer = call(event("write_back", "two_requests"), Context("write_back"))

    assert answer == failed(1)
    assert [each.object for each in drained] == ["task"]


def test_an_error_nobody_expected_is_told_by_its_place(log: io.StringIO) -> None:
    def drain(_request: Drain, **_named: Any) -> Drained:
        raise ValueError("Ada Lovelace")

    answer = _handler(log, drain)(event("write_back", "two_requests"), Context("write_back"))

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
