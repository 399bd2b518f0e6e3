"""Runs that died, waited or broke at an awkward moment, found by somebody who tried."""

from datetime import timedelta
from typing import Any

import pytest

from syncline.engine.records import LinkState
from syncline.ports import JobState, RunStatus
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.runs import finished, reasons
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


def test_children_of_an_account_that_was_merged_before_it_came_find_the_winner(
    world: World,
) -> None:
    put_account(world, 50)
    put_task(world, 50, 50)
    world.advance(minutes=1)
    world.run("tasks")
    world.crm.org.merge("Account", loser=account_id(50), winner=account_id(1))
    world.crm.org.rows["task"][task_id(50)]["accountid"] = account_id(1)
    world.advance(minutes=1)

    world.run("accounts")
    run = world.run("tasks")

    assert reasons(run)["created:account_arrived"] == 1
    link = world.cloud.links(ACME, "crm").get([account_id(50)])[account_id(50)]
    assert (link.state, link.winner) == (LinkState.ALIAS, account_id(1))


def test_children_wait_for_an_account_whose_run_died_just_after_linking_it(world: World) -> None:
    put_account(world, 99)
    world.advance(minutes=1)
    fuse = Fuse()
    with pytest.raises(CrashError):
        world.run("accounts", fuse=_DiesAfter("MemoryLinks.write", fuse))
    run = finished(world.cloud.runs.get(ACME, str(world.cloud.runs.state(ACME, "accounts").run)))
    world.cloud.clock.advance(timedelta(hours=1))
    lease = next(world.cloud.runs.expired(world.cloud.clock.now()))
    assert world.cloud.runs.abandon(lease, run, JobState())
    world.advance(minutes=1)

    world.run("accounts", moment="2026-02-01T00:00:00Z")

    assert reasons(world.run("tasks"))["created:account_arrived"] == 1


class _DiesAfter(Fuse):
    """Dies right after the first call of that name."""

    def __init__(self, name: str, fuse: Fuse) -> None:
        super().__init__(trace=fuse.trace)
        self.name = name

    def call(self, name: str, act: Any) -> Any:
        answer = super().call(name, act)
        if name == self.name:
            self._burn(name)
        return answer


def test_a_run_that_waits_hears_that_it_is_cancelled(world: World) -> None:
    world.crm.bulk_waits = 9
    put_task(world, 20, 1)
    waiting = finished(world.run("tasks"))
    world.cloud.runs.request_cancel(ACME, waiting.id)

    assert finished(world.run("tasks")).status is RunStatus.CANCELLED


def test_an_error_of_our_own_ends_the_run_without_its_words(world: World) -> None:
    put_task(world, 20, 1)

    class Broken(Fuse):
        def call(self, name: str, act: Any) -> Any:
            if name == "MemoryJournal.put":
                raise ValueError("Salary of Ada: 120000")
            return super().call(name, act)

    with pytest.raises(Exception, match="ValueError") as failure:
        world.run("tasks", fuse=Broken())

    assert "Ada" not in str(failure.value)
    assert failure.value.__cause__ is None


def test_a_half_done_write_of_ours_is_no_edit_of_a_person(world: World) -> None:
    world.crm.org.edit("Task", task_id(1), Status="Two")
    with pytest.raises(CrashError):
        world.run("tasks", fuse=_DiesAfter("MemoryRecords.write", Fuse()))
    run = finished(world.cloud.runs.get(ACME, str(world.cloud.runs.state(ACME, "tasks").run)))
    world.cloud.clock.advance(timedelta(hours=1))
    lease = next(world.cloud.runs.expired(world.cloud.clock.now()))
    assert world.cloud.runs.abandon(lease, run, JobState())
    world.crm.org.edit("Task", task_id(1), Status="Three")

    world.run("tasks", moment="2026-02-01T00:00:00Z")

    assert world.platform("task")[task_id(1).lower()]["status"] == "Three"
