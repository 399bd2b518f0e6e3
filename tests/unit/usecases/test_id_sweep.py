"""A full sync finds what was purged so long ago that nothing but the ids can tell."""

import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from syncline.ports import Run, RunMode, RunStatus
from syncline.usecases import find_purged
from tests.faults.crashing import Fuse
from tests.faults.sweep import Sweep
from tests.worlds.runs import asked_for, finished, reasons, stored
from tests.worlds.small import ACME, World, first_load, new_world, put_task, task_id


def loaded(*purged: int, **job: Any) -> World:
    """Twelve tasks are linked; some of them are purged, and the log of deletions forgets it."""
    world = new_world(**job)
    first_load(world)
    for number in purged:
        purge(world, number)
    world.advance(days=20)
    return world


def purge(world: World, number: int) -> None:
    world.crm.org.delete("Task", task_id(number))
    world.crm.org.purge("Task", task_id(number))


def full(world: World, job: str = "tasks", **more: Any) -> Run:
    return finished(world.run(job, run=asked_for(world, job, RunMode.FULL).id, **more))


def confirmed(world: World, run: Run) -> Run:
    assert world.cloud.runs.reopen(replace(stored(world, run), options={"confirm_deletes": True}))
    return finished(world.run("tasks", run=run.id))


def test_a_full_sync_deletes_what_was_purged_long_ago() -> None:
    world = loaded(3, 7)

    run = full(world)

    assert (run.status, run.error) == (RunStatus.SUCCEEDED, None)
    assert reasons(run) == {
        "left:unchanged": 10,
        "left:still_waiting": 1,
        "deleted:purged_long_ago": 2,
    }
    assert len(world.platform("task")) == 10


def test_other_runs_only_tell_that_they_cannot_see_it() -> None:
    world = loaded(3)

    run = finished(world.run("tasks"))

    assert run.error is not None
    assert (run.status, run.error["code"]) == (RunStatus.PARTIAL, "deletions_expired")
    assert "full sync" in run.error["remedy"]
    assert len(world.platform("task")) == 12


def test_what_the_filter_hides_and_what_is_in_the_bin_is_not_purged() -> None:
    world = loaded()
    world.crm.where["Status = 'Open'"] = lambda row: row["status"] == "Open"
    world.crm.org.edit("Task", task_id(1), Status="Done")
    stored_job = world.cloud.configuration.get(ACME, "job", "tasks")
    assert stored_job is not None
    body = {**stored_job.body, "filter": "Status = 'Open'", "deletes": False}
    world.cloud.configuration.put(ACME, "job", "tasks", body, expected=stored_job.version)
    world.crm.org.delete("Task", task_id(2))

    run = full(world)

    assert reasons(run) == {
        "left:unchanged": 10,
        "left:still_waiting": 1,
        "skipped:deletes_off": 1,
    }
    assert len(world.platform("task")) == 12


def test_an_edit_of_a_person_since_then_stays() -> None:
    world = loaded(3)
    world.edit_on_platform("task", world.platform_id(task_id(3)), title="still needed")

    first = full(world)
    world.advance(hours=1)
    second = full(world)

    assert reasons(first)["held:edited_after_deletion"] == 1
    assert reasons(second)["left:still_edited_after_deletion"] == 1
    assert world.platform("task")[task_id(3).lower()]["title"] == "still needed"


def test_an_account_is_told_once_and_not_deleted() -> None:
    world = loaded()
    world.crm.org.delete("Account", "001000000000004AAA")
    world.crm.org.purge("Account", "001000000000004AAA")
    world.advance(days=20)

    first = full(world, "accounts")
    world.advance(hours=1)
    second = full(world, "accounts")

    assert reasons(first)["skipped:deletes_off"] == 1
    assert reasons(second)["left:still_deletes_off"] == 1
    assert len(world.platform("account")) == 8


def test_the_guard_counts_purged_records_before_it_lets_one_go() -> None:
    world = loaded(*range(1, 6), delete_guard={"max_number": 4})

    paused = full(world)
    left = len(world.platform("task"))
    run = confirmed(world, paused)

    assert (paused.status, left) == (RunStatus.PAUSED, 12)
    assert paused.error is not None
    assert "5 records would be deleted" in paused.error["message"]
    assert (run.status, run.ledger["deleted"]) == (RunStatus.SUCCEEDED, 5)


def test_more_than_can_be_noted_is_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find_purged, "KEPT", 4)
    world = loaded(*range(1, 6))

    paused = full(world)
    left = len(world.platform("task"))
    run = confirmed(world, paused)

    assert (paused.status, left) == (RunStatus.PAUSED, 12)
    assert (run.status, run.ledger["deleted"]) == (RunStatus.SUCCEEDED, 5)


def test_an_org_that_shows_nothing_is_not_an_empty_org() -> None:
    world = loaded()
    hidden = dict(world.crm.org.rows["task"])
    world.crm.org.rows["task"].clear()

    paused = full(world)
    left = len(world.platform("task"))
    world.crm.org.rows["task"].update(hidden)
    assert world.cloud.runs.reopen(stored(world, paused))
    seen_again = finished(world.run("tasks", run=paused.id))

    assert paused.error is not None
    assert (paused.status, paused.error["code"]) == (RunStatus.PAUSED, "nothing_visible")
    assert left == 12
    assert (seen_again.status, seen_again.ledger["deleted"]) == (RunStatus.SUCCEEDED, 0)


def test_an_object_that_is_hidden_stops_the_run() -> None:
    world = loaded()
    hidden = dict(world.crm.org.objects)
    del hidden["task"]
    world.crm.org.objects = hidden

    run = full(world)

    assert run.error is not None
    assert (run.status, run.error["code"]) == (RunStatus.FAILED, "unknown_object")
    assert len(world.platform("task")) == 12


def test_ids_are_read_page_by_page_and_those_missing_asked_for_together() -> None:
    world = loaded(3, 7, 12)
    world.crm.page_size = 4
    whole = copy.deepcopy(world)
    whole.crm.page_size = 1000

    small, large = full(world), full(whole)

    # Ten tasks are left on three pages, and on each of them one is missed.
    assert small.requests - large.requests == (3 + 3) - (1 + 1)


def test_the_comparison_goes_on_in_the_next_leg() -> None:
    world = loaded(3, 7, 12)
    world.crm.page_size = 1
    run = asked_for(world, "tasks", RunMode.FULL)

    for _ in range(60):
        last = finished(
            world.run("tasks", run=run.id, time=timedelta(seconds=31), fuse=_Slow(world))
        )
        if last.status is not RunStatus.RUNNING:
            break
        world.cloud.clock.advance(timedelta(minutes=1))

    assert last.leg > 5
    assert (last.status, last.ledger["deleted"]) == (RunStatus.SUCCEEDED, 3)


def test_waiting_for_a_list_of_ids_is_a_handover() -> None:
    world = loaded(3)
    world.crm.bulk_waits = 2
    run = asked_for(world, "tasks", RunMode.FULL)

    legs = [finished(world.run("tasks", run=run.id)) for _ in range(5)]

    assert [leg.status for leg in legs] == [RunStatus.RUNNING] * 4 + [RunStatus.SUCCEEDED]
    assert legs[-1].ledger["deleted"] == 1


def test_a_sweep_survives_a_death_at_every_call() -> None:
    world = loaded(3, 7, 12)
    world.edit_on_platform("task", world.platform_id(task_id(7)), title="still needed")
    put_task(world, 40, 2)
    world.crm.page_size = 4
    asked_for(world, "tasks", RunMode.FULL)
    sweep = Sweep(world, "tasks")

    sweep.all()

    assert sweep.points > 100
    assert sweep.differences == []


class _Slow(Fuse):
    """Each checkpoint takes two seconds."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def call(self, name: str, act: Any) -> Any:
        if name == "MemoryRuns.checkpoint":
            self.world.cloud.clock.advance(timedelta(seconds=2))
        return super().call(name, act)
