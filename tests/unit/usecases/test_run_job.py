"""Runs from start to end, in memory: legs, leases, what changes meanwhile."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from syncline.ports import Run, RunStatus
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.runs import call_of, finished, reasons
from tests.worlds.small import (
    ACME,
    World,
    account_id,
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


def test_the_first_run_brings_accounts_and_their_tasks(world: World) -> None:
    accounts, tasks = world.platform("account"), world.platform("task")

    assert len(accounts) == 8
    assert len(tasks) == 12
    first = tasks[task_id(1).lower()]
    assert first["title"] == "Call 1"
    assert first["assigned_to"] == "ada@example.com"
    assert first["account_id"] == world.platform_id(account_id(2))


def test_a_late_account_brings_its_tasks_without_a_full_sync(world: World) -> None:
    put_account(world, 99)
    world.advance(minutes=5)

    world.run("accounts")
    run = world.run("tasks")

    assert reasons(run) == {"created:account_arrived": 1}
    assert task_id(13).lower() in world.platform("task")


def test_an_account_that_arrives_through_a_merge_is_found(world: World) -> None:
    put_task(world, 30, 7)
    world.crm.org.merge("Account", loser=account_id(7), winner=account_id(8))
    world.advance(minutes=5)

    world.run("accounts")
    world.run("tasks")

    task = world.platform("task")[task_id(30).lower()]
    assert task["account_id"] == world.platform_id(account_id(8))


def test_legs_go_on_where_the_one_before_stopped(world: World) -> None:
    for number in range(100, 130):
        put_task(world, number, 1)
    world.advance(minutes=5)
    whole = copy.deepcopy(world)
    whole.run("tasks")

    runs = []
    for _ in range(60):
        with_little_time = timedelta(seconds=31)
        run = world.run("tasks", time=with_little_time, fuse=_Ticking(world))
        runs.append(finished(run))
        if runs[-1].status is not RunStatus.RUNNING:
            break
        world.cloud.clock.advance(timedelta(minutes=1))

    assert runs[-1].status is RunStatus.SUCCEEDED
    assert runs[-1].leg > 3
    assert {run.id for run in runs} == {runs[0].id}
    assert world.platform("task") == whole.platform("task")
    assert runs[-1].ledger["created"] == 30


class _Ticking(Fuse):
    """Each journalled batch takes a second."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def call(self, name: str, act: Any) -> Any:
        if name == "MemoryJournal.put":
            self.world.cloud.clock.advance(timedelta(seconds=2))
        return super().call(name, act)


def test_each_leg_is_followed_by_a_schedule_that_the_end_removes(world: World) -> None:
    put_task(world, 20, 2)
    fuse = Fuse(at=call_of(world, "MemoryJournal.put"))

    with pytest.raises(CrashError):
        world.run("tasks", fuse=fuse)
    during = world.cloud.dump()["schedules"]
    world.cloud.clock.advance(timedelta(minutes=20))
    world.run("tasks")

    assert during["legs"]
    assert world.cloud.dump()["schedules"]["legs"] == {}


def test_waiting_for_a_bulk_job_is_a_handover(world: World) -> None:
    world.crm.bulk_waits = 3
    put_task(world, 20, 2)
    world.advance(minutes=5)

    legs = []
    for _ in range(4):
        legs.append(finished(world.run("tasks")).status)
        world.cloud.clock.advance(timedelta(minutes=1))

    assert legs == [RunStatus.RUNNING] * 3 + [RunStatus.SUCCEEDED]
    assert task_id(20).lower() in world.platform("task")


def test_runs_of_one_job_do_not_overlap(world: World) -> None:
    put_task(world, 20, 2)
    inner: list[Run | None] = []

    class Meanwhile(Fuse):
        def call(self, name: str, act: Any) -> Any:
            if name == "MemoryJournal.put" and not inner:
                inner.append(world.run("tasks", moment="2026-02-02T00:00:00Z"))
            return super().call(name, act)

    run = world.run("tasks", fuse=Meanwhile())

    assert inner == [None]
    assert finished(run).status is RunStatus.SUCCEEDED


def test_an_old_leg_that_wakes_up_late_writes_no_checkpoint(world: World) -> None:
    put_task(world, 20, 2)
    second: list[Run | None] = []

    class Overtaken(Fuse):
        def call(self, name: str, act: Any) -> Any:
            if name == "MemoryJournal.put" and not second:
                second.append(None)
                world.cloud.clock.advance(timedelta(minutes=30))
                second.append(world.run("tasks"))
            return super().call(name, act)

    first = world.run("tasks", fuse=Overtaken())

    assert first is None
    assert finished(second[1]).status is RunStatus.SUCCEEDED
    assert finished(second[1]).ledger["created"] == 1


def test_an_edit_between_plan_and_write_is_merged_not_lost(world: World) -> None:
    world.crm.org.edit("Task", task_id(1), Status="Done")
    edited: list[bool] = []

    class Meanwhile(Fuse):
        def call(self, name: str, act: Any) -> Any:
            if name == "MemoryRecords.write" and not edited:
                edited.append(True)
                platform_id = world.platform_id(task_id(1))
                world.edit_on_platform("task", platform_id, title="a person's title")
            return super().call(name, act)

    run = finished(world.run("tasks", fuse=Meanwhile()))

    task = world.platform("task")[task_id(1).lower()]
    assert (task["title"], task["status"]) == ("a person's title", "Done")
    assert run.ledger["updated"] == 1
    assert "00000000/01" in world.cloud.journal.names(ACME, run.id)
