"""Handler of the queue of immediate write-back: a message fails alone and says why, no values."""

import io
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from syncline.errors import ConfigurationError, InvariantError, RetryableError
from syncline.memory.clock import MemoryClock
from syncline.memory.failures import MemoryFailures
from syncline.ports import Drain, Expand
from syncline.runtime.write_back import LAST_TRY, Handler, Writing, handler_of
from syncline.usecases.write_back_now import Drained
from tests.functions.conftest import Context, Json, event


def failed(*positions: int) -> Json:
    names = [{"itemIdentifier": f"00000000-0000-4000-8000-{at:012d}"} for at in positions]
    return {"batchItemFailures": names}


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@dataclass
class Writer:
    """What the handler is given; `failures` are noted here."""

    failures: MemoryFailures = field(default_factory=MemoryFailures)
    given_up: list[Drain] = field(default_factory=list)
    cannot: Exception | None = None

    def give_up(self, request: Drain, *, holder: str, deadline: datetime) -> Drained:
        if self.cannot is not None:
            raise self.cannot
        self.given_up.append(request)
        return Drained(len(request.ids))


def received(times: int) -> Json:
    """Two messages about accounts and tasks that were delivered so often."""
    batch = event("write_back", "two_requests")
    for record in batch["Records"]:
        record["attributes"]["ApproximateReceiveCount"] = str(times)
    return batch


def handler(log: io.StringIO, drained: list[Drain], unreachable: str = "") -> Handler:
    def drain(request: Drain, *, holder: str, deadline: datetime) -> Drained:
        assert holder == Context("write_back").aws_request_id
        if request.object == unreachable:
            raise RetryableError("the org cannot be reached")
        drained.append(request)
        return Drained(len(request.ids))

    return _handler(log, drain)


def _handler(
    log: io.StringIO, drain: Any, expand: Any = None, writer: Writer | None = None
) -> Handler:
    logger = Logger(service=f"test-{id(log)}", stream=log)
    one = writer or Writer()
    return handler_of(logger, Writing(drain, one.give_up, expand, one.failures, MemoryClock()))


def raising(exc: Exception) -> Any:
    def drain(_request: Drain, **_named: Any) -> Drained:
        raise exc

    return drain


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
    assert "connection is missing" in reasons[0]
    assert "workspace is empty" in reasons[1]
    assert "Ada Lovelace" not in log.getvalue()


def test_why_a_message_failed_is_noted(log: io.StringIO) -> None:
    writer = Writer()
    broken = event("write_back", "all_malformed")
    broken["Records"][0]["body"] = '{"workspace": "demo", "name": "Ada Lovelace"}'
    broken["Records"][0]["attributes"]["ApproximateReceiveCount"] = "3"

    _handler(log, None, writer=writer)(broken, Context("write_back"))

    first = broken["Records"][0]["messageId"]
    noted = writer.failures.get([first])[first]
    assert (noted.code, noted.count) == ("message_malformed", 3)
    assert "connection is missing" in noted.reason
    assert "Lovelace" not in noted.reason


def test_an_unexpected_error_is_noted_by_its_kind(log: io.StringIO) -> None:
    writer, drain = Writer(), raising(ValueError("Ada Lovelace"))

    answer = _handler(log, drain, writer=writer)(received(1), Context("write_back"))

    ids = [each["itemIdentifier"] for each in answer["batchItemFailures"]]
    noted = writer.failures.get(ids)
    assert {each.code for each in noted.values()} == {"internal_error"}
    assert {each.reason for each in noted.values()} == {"an error in Syncline itself (ValueError)"}


@pytest.mark.parametrize("exc", [ValueError("x"), InvariantError("x")])
def test_an_error_that_stays_ends_on_receipts(log: io.StringIO, exc: Exception) -> None:
    writer = Writer()

    answer = _handler(log, raising(exc), writer=writer)(received(LAST_TRY), Context("write_back"))

    assert answer == failed()
    assert [each.object for each in writer.given_up] == ["account", "task"]
    assert lines(log)[0]["message"] == "given_up"


@pytest.mark.parametrize(
    ("times", "exc"),
    [
        (LAST_TRY - 1, ValueError("x")),
        (LAST_TRY, RetryableError("the table does not answer")),
        (LAST_TRY, ConfigurationError("a queue is missing", code="aws_refused")),
    ],
)
def test_what_may_pass_is_not_given_up(log: io.StringIO, times: int, exc: Exception) -> None:
    writer = Writer()

    answer = _handler(log, raising(exc), writer=writer)(received(times), Context("write_back"))

    assert answer == failed(1, 2)
    assert writer.given_up == []


def test_what_cannot_be_given_up_is_set_aside(log: io.StringIO) -> None:
    writer = Writer(cannot=ValueError("Ada Lovelace"))
    drain = raising(InvariantError("the books differ", code="odd"))

    answer = _handler(log, drain, writer=writer)(received(LAST_TRY), Context("write_back"))

    assert answer == failed(1, 2)
    assert {each.code for each in writer.failures.get(_ids(answer)).values()} == {"odd"}
    assert "Lovelace" not in log.getvalue()


def test_a_stored_request_is_never_given_up(log: io.StringIO) -> None:
    writer, batch = Writer(), received(LAST_TRY)
    del batch["Records"][1]
    batch["Records"][0]["body"] = json.dumps({"workspace": "demo", "batch": "b1"})

    answer = _handler(log, None, raising(ValueError("x")), writer)(batch, Context("write_back"))

    assert answer == failed(1)
    assert writer.given_up == []


class _Unwritable(MemoryFailures):
    def note(self, failures: Any) -> None:
        raise RetryableError("the table does not answer")


def test_a_failure_that_cannot_be_noted_still_counts(log: io.StringIO) -> None:
    writer = Writer(failures=_Unwritable())

    answer = _handler(log, raising(ValueError("x")), writer=writer)(
        received(1), Context("write_back")
    )

    assert answer == failed(1, 2)


def _ids(answer: Json) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]
