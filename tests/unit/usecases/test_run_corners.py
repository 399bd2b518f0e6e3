"""Situations in which a run once went wrong, each found by somebody who tried to break it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from syncline.engine.records import PlatformRecord
from syncline.errors import ConflictError, RetryableError
from syncline.ports import RecordWrite, RunMode, RunStatus
from syncline.usecases.resume_run import ResumeRun
from tests.faults.crashing import Fuse
from tests.worlds.runs import asked_for, finished, reasons
from tests.worlds.small import (
    ACME,
    World,
    first_load,
    new_world,
    put_account,
    put_task,
    task_id,
)


@pytest.fixture
def world() -> World:
    fresh = new_world()
    first_load(fresh)
    return fresh


def change_job(world: World, name: str, **settings: Any) -> None:
    configuration = world.cloud.configuration
    known = configuration.get(ACME, "job", name)
    body = {**(known.body if known else {"kind": "tasks_inbound", "connection": "crm"}), **settings}
    configuration.put(ACME, "job", name, body, expected=known.version if known else 0)


def by_industry(world: World) -> None:
    """Accounts are found by a field that is not unique in Salesforce."""
    mapping = [
        {"salesforce": "Industry", "platform": "external_id", "key": True},
        {"salesforce": "Name", "platform": "name"},
    ]
    change_job(world, "accounts", mapping=mapping)


def test_two_records_that_match_one_platform_record_do_not_stop_the_run() -> None:
    world = new_world()
    by_industry(world)
    known = PlatformRecord("account", "own", 1, {"external_id": "energy"}, "2025-01-01T00:00:00Z")
    assert world.cloud.records(ACME).write([RecordWrite(known, expected=0)]) == [True]
    put_account(world, 1)
    put_account(world, 2)
    world.advance(hours=1)

    run = finished(world.run("accounts"))

    assert run.status is RunStatus.PARTIAL
    assert reasons(run) == {"updated:matched_and_differs": 1, "held:already_linked": 1}


def test_two_new_records_with_one_external_id_make_one_record() -> None:
    world = new_world()
    by_industry(world)
    put_account(world, 1)
    put_account(world, 2)
    world.advance(hours=1)

    run = finished(world.run("accounts"))

    assert reasons(run) == {"created:new": 1, "held:already_linked": 1}


def test_another_job_does_not_forget_what_a_job_has_parked(world: World) -> None:
    world.crm.where["Status = 'Other'"] = lambda row: row["status"] == "Other"
    change_job(world, "others", filter="Status = 'Other'")
    put_account(world, 99)
    world.advance(minutes=1)
    world.run("accounts")

    world.run("others")
    run = world.run("tasks")

    assert reasons(run)["created:account_arrived"] == 1


def test_a_deletion_after_a_failed_first_run_is_seen() -> None:
    world = new_world()
    put_account(world, 1)
    for number in range(1, 7):
        put_task(world, number, 1)
    world.advance(hours=1)
    world.run("accounts")
    for _ in range(5):
        world.crm.faults.extend([RetryableError("away", code="away")] * 9)
        with_faults_later = _FaultsAfter(world, "MemoryLinks.write")
        world.run("tasks", fuse=with_faults_later)
        world.cloud.clock.advance(timedelta(minutes=20))
    world.crm.faults.clear()
    world.crm.org.delete("Task", task_id(1))
    world.advance(hours=1)

    world.run("tasks")

    assert task_id(1).lower() not in world.platform("task")


class _FaultsAfter(Fuse):
    """The org answers until something was written, then no more."""

    def __init__(self, world: World, name: str) -> None:
        super().__init__()
        self.world, self.name = world, name
        self.held, world.crm.faults[:] = list(world.crm.faults), []

    def call(self, name: str, act: Any) -> Any:
        answer = super().call(name, act)
        if name == self.name:
            self.world.crm.faults.extend(self.held)
            self.held = []
        return answer


def test_a_parked_record_that_somebody_else_parked_first_is_parked(world: World) -> None:
    put_task(world, 40, 98)
    other: list[Any] = []

    class Meanwhile(Fuse):
        def call(self, name: str, act: Any) -> Any:
            if name == "MemoryLinks.write" and not other:
                change_job(world, "twin")
                other.append(world.run("twin"))
            return super().call(name, act)

    run = world.run("tasks", fuse=Meanwhile())
    put_account(world, 98)
    world.advance(minutes=1)
    world.run("accounts")
    later = world.run("tasks")

    assert "rejected:no_title" not in reasons(run)
    assert reasons(later)["created:account_arrived"] == 1


def test_a_run_that_a_newer_one_has_overtaken_cannot_be_resumed(world: World) -> None:
    world.crm.org.delete("Task", task_id(1))
    for _ in range(5):
        world.crm.faults.append(RetryableError("away", code="away"))
        old = finished(world.run("tasks"))
        world.advance(minutes=10)
    world.crm.org.undelete("Task", task_id(1))
    world.advance(hours=1)
    assert old.status is RunStatus.FAILED
    world.run("tasks", moment="2026-02-01T00:00:00Z")

    resume = ResumeRun(world.cloud.configuration, world.cloud.runs, world.cloud.starter)
    with pytest.raises(ConflictError) as refused:
        resume(ACME, old.id)

    assert refused.value.code == "run_superseded"


def test_a_planned_deletion_of_what_lives_again_is_not_carried_out(world: World) -> None:
    world.crm.org.delete("Task", task_id(1))
    world.advance(minutes=1)
    plan = asked_for(world, "tasks", RunMode.PLAN)
    world.run("tasks", run=plan.id)
    world.crm.org.undelete("Task", task_id(1))

    apply = asked_for(world, "tasks", RunMode.APPLY, plan=plan.id)
    run = world.run("tasks", run=apply.id)

    assert reasons(run)["held:changed_since_plan"] == 1
    assert task_id(1).lower() in world.platform("task")


def test_the_guard_does_not_stop_a_job_that_deletes_nothing() -> None:
    world = new_world(delete_guard={"max_number": 0}, deletes=False)
    first_load(world)
    world.crm.org.delete("Task", task_id(1))
    world.advance(minutes=1)

    assert reasons(world.run("tasks")) == {"skipped:deletes_off": 1}


def test_the_guard_counts_purged_records_before_the_first_deletion() -> None:
    world = new_world(delete_guard={"max_number": 3})
    first_load(world)
    for number in range(1, 6):
        world.crm.org.delete("Task", task_id(number))
        world.crm.org.purge("Task", task_id(number))
    world.advance(minutes=1)

    run = finished(world.run("tasks"))

    assert run.status is RunStatus.PAUSED
    assert len(world.platform("task")) == 12


def test_what_the_guard_would_stop_can_be_planned_and_not_applied() -> None:
    world = new_world(delete_guard={"max_number": 0})
    first_load(world)
    world.crm.org.delete("Task", task_id(1))
    world.advance(minutes=1)
    plan = asked_for(world, "tasks", RunMode.PLAN)

    planned = finished(world.run("tasks", run=plan.id))
    apply = asked_for(world, "tasks", RunMode.APPLY, plan=plan.id)
    applied = finished(world.run("tasks", run=apply.id))

    assert planned.ledger["deleted"] == 1
    assert applied.status is RunStatus.PAUSED
    assert len(world.platform("task")) == 12


def test_creation_turned_on_brings_what_was_skipped() -> None:
    world = new_world(create=False)
    first_load(world)
    assert world.platform("task") == {}
    world.advance(hours=1)

    change_job(world, "tasks", create=True)
    world.run("tasks")

    assert len(world.platform("task")) == 12


def test_credentials_of_another_org_stop_the_job(world: World) -> None:
    configuration = world.cloud.configuration
    known = configuration.get(ACME, "connection", "crm")
    assert known is not None
    bound = {**known.body, "org_id": "00D000000000999AAA", "username": "ada@example.com"}
    configuration.put(ACME, "connection", "crm", bound, expected=known.version)
    put_task(world, 20, 1)

    run = finished(world.run("tasks"))

    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert run.error["code"] == "org_changed"
    assert task_id(20).lower() not in world.platform("task")


def test_a_job_stays_with_the_org_that_it_was_linked_with(world: World) -> None:
    known = world.crm.identity()
    world.crm._identity = replace(known, org_id="00D000000000009AAA")

    run = finished(world.run("tasks"))

    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert run.error["code"] == "org_changed"


def test_a_record_that_cannot_be_stored_is_rejected_alone(world: World) -> None:
    put_task(world, 20, 1, Description="x" * 360_000)
    put_task(world, 21, 1, Subject="cut in the middle: \ud83d")
    put_task(world, 22, 1)
    world.advance(minutes=1)

    run = finished(world.run("tasks"))

    assert reasons(run) == {"created:new": 2, "rejected:too_large": 1}
    assert world.platform("task")[task_id(21).lower()]["title"] == "cut in the middle: \ufffd"
