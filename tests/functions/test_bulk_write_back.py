"""Handler of the bulk queue and of the legs of its runs: a place fails alone, and says why."""

import io
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from syncline.errors import RetryableError
from syncline.memory.clock import MemoryClock
from syncline.memory.failures import MemoryFailures
from syncline.ports import Drain, Run, RunMode, RunStatus
from syncline.runtime.bulk_write_back import Gathered, Handler, handler_of
from syncline.usecases.run_job import Start
from syncline.usecases.start_bulk import Started
from tests.functions.conftest import Context, Json, event

JOB = "bulk_write_back_crm"
RUN = Run("demo", JOB, f"{JOB}.1", RunMode.INCREMENTAL, RunStatus.QUEUED, "2026-11-21T06:00:00Z")


class Function:
    """The handler over use cases that note what they are asked for."""

    def __init__(self, start: Callable[[Drain], Started] = lambda _drain: Started(RUN)) -> None:
        self.log, self.asked, self.worked = io.StringIO(), list[Drain](), list[Start]()
        self.failures, self.clock, self._start = MemoryFailures(), MemoryClock(), start
        gathered = Gathered(self.start, self.work, self.failures, self.clock)
        self.handler: Handler = handler_of(Logger(service=f"{id(self)}", stream=self.log), gathered)

    def start(self, drain: Drain, *, holder: str) -> Started:
        assert holder == Context("bulk_write_back").aws_request_id
        self.asked.append(drain)
        return self._start(drain)

    def work(self, start: Start, deadline: datetime) -> Mapping[str, Any]:
        assert deadline == self.clock.now() + timedelta(minutes=15)
        self.worked.append(start)
        return {"run": start.run, "status": "succeeded"}

    def __call__(self, payload: Json) -> Json:
        return self.handler(payload, Context("bulk_write_back"))


def batch(*places: Mapping[str, Any]) -> Json:
    """A batch of the queue with those requests."""
    found = event("bulk_write_back", "a_window")
    del found["Records"][len(places) :]
    for record, place in zip(found["Records"], places, strict=True):
        record["body"] = json.dumps({"workspace": "demo", "bulk": True, **place})
    return found


def test_a_window_is_one_run_for_each_place() -> None:
    function = Function()

    answer = function(
        batch(
            {"connection": "crm", "object": "account", "ids": ["1", "2"]},
            {"connection": "crm", "object": "task", "ids": ["3"]},
            {"connection": "crm", "object": "account", "ids": ["2", "4"], "delays": 1},
        )
    )

    assert answer == {"batchItemFailures": []}
    assert function.asked == [
        Drain("demo", "crm", "account", ("1", "2", "4"), bulk=True, delays=1),
        Drain("demo", "crm", "task", ("3",), bulk=True),
    ]
    assert function.worked == [Start("demo", JOB, run=RUN.id)] * 2


def test_where_no_run_is_started_no_leg_is_worked_on() -> None:
    function = Function(lambda _drain: Started(why="nothing_waits"))

    function(batch({"connection": "crm", "object": "account"}))

    assert function.worked == []
    assert json.loads(function.log.getvalue())["later"] == "nothing_waits"


@pytest.mark.parametrize("case", ["late_leg", "deleted_connection"])
def test_an_event_without_messages_is_a_leg(case: str) -> None:
    function, start = Function(), event("bulk_write_back", case)

    answer = function(start)

    assert answer == {"run": start["run"], "status": "succeeded"}
    assert function.worked == [Start("demo", start["job"], start["run"], start.get("leg"))]
    assert function.asked == []


def test_a_place_fails_alone() -> None:
    def start(drain: Drain) -> Started:
        if drain.object == "task":
            raise RetryableError("a table does not answer")
        return Started(RUN)

    function = Function(start)

    answer = function(
        batch({"connection": "crm", "object": "task"}, {"connection": "crm", "object": "account"})
    )

    failed = "00000000-0000-4000-8000-000000000001"
    assert answer == {"batchItemFailures": [{"itemIdentifier": failed}]}
    assert len(function.worked) == 1
    assert "a table does not answer" in function.log.getvalue()


def test_a_stored_request_is_not_for_this_queue() -> None:
    function = Function()

    answer = function(event("bulk_write_back", "not_for_it"))

    assert [each["itemIdentifier"][-1] for each in answer["batchItemFailures"]] == ["2"]
