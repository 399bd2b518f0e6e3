"""How runs end: told, guarded, cancelled, failed, swept up."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from syncline.errors import ConfigurationError, RateLimitedError, RetryableError
from syncline.ports import RunStatus
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.runs import call_of, finished, stored, sweep
from tests.worlds.small import (
    ACME,
    World,
    first_load,
    new_world,
    put_task,
    task_id,
)


@pytest.fixture
def world() -> World:
    fresh = new_world()
    first_load(fresh)
    return fresh


def test_a_ledger_that_does_not_balance_fails_the_run(world: World) -> None:
    put_task(world, 20, 2)
    put_task(world, 21, 2)

    class Forgetful(Fuse):
        def call(self, name: str, act: Any) -> Any:
            answer = super().call(name, act)
            if name == "MemoryJournal.put":
                return {**answer, "actions": answer["actions"][1:]}
            return answer

    run = finished(world.run("tasks", fuse=Forgetful()))

    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert run.error["code"] == "ledger_unbalanced"
    assert world.cloud.notifications.sent[-1].message["status"] == "failed"


def test_partial_success_is_told_with_causes_and_hints(world: World) -> None:
    put_task(world, 20, 2, Subject=None)

    run = finished(world.run("tasks"))

    told = world.cloud.notifications.sent[-1]
    assert run.status is RunStatus.PARTIAL
    assert told.message["causes"] == [
        {
            "bucket": "rejected",
            "record_reason": "no_title",
            "attribute": None,
            "reason": "no_title",
            "count": 1,
            "hint": "give the task a title (in Salesforce: a subject)",
            "object": "task",
            "example": task_id(20),
        }
    ]
    assert told.subject == "Syncline: tasks left 1 record to look at"
    assert (told.message["kind"], told.message["connection"]) == ("tasks_inbound", "crm")
    assert f"For example: syncline explain task {task_id(20)}" in told.text
    assert f"GET /v1/workspaces/{ACME}/runs/{run.id}/records?outcome=rejected" in told.text


def test_a_job_may_keep_its_partial_successes_to_itself() -> None:
    world = new_world(notify={"partial": False})
    first_load(world)
    put_task(world, 20, 2, Subject=None)

    assert finished(world.run("tasks")).status is RunStatus.PARTIAL
    assert world.cloud.notifications.sent == []


def test_a_mapping_that_changed_reads_everything_anew(world: World) -> None:
    configuration = world.cloud.configuration
    stored_job = configuration.get(ACME, "job", "tasks")
    assert stored_job is not None
    body = {**stored_job.body, "mapping": _without_status(), "filter": None}
    configuration.put(ACME, "job", "tasks", body, expected=stored_job.version)
    world.advance(hours=2)

    run = finished(world.run("tasks"))

    assert run.ledger["read"] == 13


def _without_status() -> list[dict[str, Any]]:
    return [
        {"salesforce": "AccountId", "platform": "account_id", "key": True},
        {"salesforce": "Id", "platform": "external_id", "key": True},
        {"salesforce": "Subject", "platform": "title"},
    ]


@pytest.mark.parametrize(
    ("guard", "deleted", "status"),
    [
        ({"max_number": 3}, 3, RunStatus.SUCCEEDED),
        ({"max_number": 3}, 4, RunStatus.PAUSED),
        ({"max_share": 0.1}, 10, RunStatus.SUCCEEDED),
        ({"max_share": 0.1}, 11, RunStatus.PAUSED),
    ],
)
def test_the_guard_stops_before_the_first_deletion(
    guard: dict[str, Any], deleted: int, status: RunStatus
) -> None:
    world = new_world(delete_guard=guard)
    first_load(world)
    for number in range(1, deleted + 1):
        world.crm.org.delete("Task", task_id(number))
    world.advance(minutes=5)

    run = finished(world.run("tasks"))

    assert run.status is status
    left = 12 if status is RunStatus.PAUSED else 12 - deleted
    assert len(world.platform("task")) == left


def test_a_person_can_confirm_what_the_guard_stopped() -> None:
    world = new_world(delete_guard={"max_number": 0})
    first_load(world)
    world.crm.org.delete("Task", task_id(1))
    paused = finished(world.run("tasks"))
    confirmed = replace(stored(world, paused), options={"confirm_deletes": True})

    assert world.cloud.runs.reopen(confirmed)
    run = finished(world.run("tasks", run=paused.id))

    assert (run.id, run.status) == (paused.id, RunStatus.SUCCEEDED)
    assert len(world.platform("task")) == 11


def test_deletions_that_can_no_longer_be_seen_are_told_and_do_not_stop_the_job(
    world: World,
) -> None:
    world.advance(days=20)
    put_task(world, 20, 2)

    first = finished(world.run("tasks"))
    second = finished(world.run("tasks", moment="2026-03-01T00:00:00Z"))

    assert first.status is RunStatus.PARTIAL
    assert first.ledger["created"] == 1
    assert first.error is not None
    assert first.error["code"] == "deletions_expired"
    assert "15 days" in world.cloud.notifications.sent[-1].text
    assert second.status is RunStatus.SUCCEEDED


def test_a_cancelled_run_stops_between_batches(world: World) -> None:
    for number in range(20, 30):
        put_task(world, number, 2)

    class Cancelling(Fuse):
        def call(self, name: str, act: Any) -> Any:
            if name == "MemoryJournal.put":
                unfinished = world.cloud.runs.state(ACME, "tasks").run
                world.cloud.runs.request_cancel(ACME, str(unfinished))
            return super().call(name, act)

    run = finished(world.run("tasks", fuse=Cancelling()))

    assert run.status is RunStatus.CANCELLED
    assert run.ledger["created"] == 3


def test_a_passing_fault_costs_a_leg(world: World) -> None:
    put_task(world, 20, 2)
    world.crm.faults.append(RetryableError("the org is restarting", code="unavailable"))

    first = finished(world.run("tasks"))
    world.cloud.clock.advance(timedelta(minutes=5))
    second = finished(world.run("tasks"))

    assert (first.status, second.status) == (RunStatus.RUNNING, RunStatus.SUCCEEDED)
    assert first.id == second.id


def test_a_fault_that_does_not_pass_fails_the_run(world: World) -> None:
    last = None
    for _ in range(5):
        world.crm.faults.append(RetryableError("the org is away", code="org_unreachable"))
        last = finished(world.run("tasks"))
        world.cloud.clock.advance(timedelta(minutes=10))

    assert last is not None
    assert last.status is RunStatus.FAILED
    assert last.error == {"code": "org_unreachable", "message": "the org is away"}


def test_an_exhausted_day_pauses_the_run(world: World) -> None:
    exhausted = RateLimitedError("no requests left today", retry_after_seconds=3600, daily=True)
    world.crm.faults.append(exhausted)

    assert finished(world.run("tasks")).status is RunStatus.PAUSED


def test_wrong_credentials_fail_at_once_with_the_remedy(world: World) -> None:
    refused = ConfigurationError(
        "refused", code="credentials_refused", field="credentials", remedy="enter them again"
    )
    world.crm.faults.append(refused)

    run = finished(world.run("tasks"))

    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert run.error["remedy"] == "enter them again"
    assert "enter them again" in world.cloud.notifications.sent[-1].text


def test_the_sweeper_fails_what_nobody_follows_up(world: World) -> None:
    put_task(world, 20, 2)
    with pytest.raises(CrashError):
        world.run("tasks", fuse=Fuse(at=call_of(world, "MemoryJournal.put")))

    early = sweep(world)
    world.cloud.clock.advance(timedelta(hours=1))
    late = sweep(world)

    assert early == ()
    assert len(late) == 1
    failed = finished(world.cloud.runs.get(ACME, late[0]))
    assert failed.status is RunStatus.FAILED
    assert world.cloud.notifications.sent[-1].message["error"]["code"] == "lease_expired"
    assert finished(world.run("tasks")).ledger["created"] == 1
