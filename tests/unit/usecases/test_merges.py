"""Accounts that are merged in Salesforce: one live link stays, and what belongs to it finds it."""

import copy

import pytest

from syncline.engine.records import LinkState, PlatformRecord
from syncline.ports import RecordWrite, Run, RunMode, RunStatus
from tests.faults.crashing import CrashError, Fuse
from tests.faults.sweep import Sweep
from tests.worlds.runs import asked_for, finished, reasons
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
    """Eight accounts are linked; the fortieth arrives."""
    fresh = new_world()
    first_load(fresh)
    put_account(fresh, 40, Name="Forty")
    return fresh


def merge(world: World, loser: int, winner: int) -> None:
    world.crm.org.merge("Account", loser=account_id(loser), winner=account_id(winner))


def settled(world: World) -> Run:
    world.advance(minutes=1)
    return finished(world.run("accounts"))


def holders(world: World, *numbers: int) -> list[tuple[LinkState, str | None]]:
    links = world.cloud.links(ACME, "crm").get([account_id(each) for each in numbers])
    return [(links[key].state, links[key].platform_id) for key in map(account_id, numbers)]


def test_a_winner_without_a_link_keeps_its_loser_s(world: World) -> None:
    kept = world.platform_id(account_id(7))
    merge(world, 7, 40)

    run = settled(world)

    assert reasons(run) == {
        "left:link_moved": 1,
        "linked:inherited": 1,
        "updated:changed": 1,
    }
    assert run.status is RunStatus.SUCCEEDED
    assert holders(world, 7, 40) == [(LinkState.ALIAS, None), (LinkState.LINKED, kept)]
    assert len(world.platform("account")) == 8
    assert world.platform("account")[account_id(40).lower()]["name"] == "Forty"
    assert reasons(settled(world)).keys() <= {"left:already_gone", "left:unchanged"}


def test_children_of_both_find_the_record_that_was_kept(world: World) -> None:
    kept = world.platform_id(account_id(7))
    merge(world, 7, 40)
    settled(world)
    put_task(world, 50, 40)
    put_task(world, 51, 7)

    world.advance(minutes=1)
    world.run("tasks")

    tasks = world.platform("task")
    assert {tasks[task_id(each).lower()]["account_id"] for each in (6, 50, 51)} == {kept}


def test_an_edit_on_the_platform_survives_the_merge(world: World) -> None:
    world.edit_on_platform("account", world.platform_id(account_id(7)), phone="123")
    merge(world, 7, 40)

    settled(world)

    forty = world.platform("account")[account_id(40).lower()]
    assert (forty["name"], forty["phone"]) == ("Forty", "123")


def test_of_two_losers_the_first_leaves_its_record(world: World) -> None:
    kept = world.platform_id(account_id(6))
    merge(world, 6, 40)
    world.advance(minutes=1)
    merge(world, 7, 40)

    run = settled(world)

    assert reasons(run)["linked:inherited"] == 1
    assert reasons(run)["held:merged_away"] == 1
    assert holders(world, 40) == [(LinkState.LINKED, kept)]


def test_a_chain_of_merges_ends_at_who_lives(world: World) -> None:
    kept = world.platform_id(account_id(7))
    put_account(world, 41)
    merge(world, 7, 40)
    world.advance(minutes=1)
    merge(world, 40, 41)

    run = settled(world)

    assert holders(world, 41) == [(LinkState.LINKED, kept)]
    assert reasons(run)["left:merged_before_import"] == 1


def test_a_chain_over_two_runs_ends_at_who_lives(world: World) -> None:
    kept = world.platform_id(account_id(7))
    merge(world, 7, 40)
    settled(world)
    put_account(world, 41)
    merge(world, 40, 41)

    settled(world)

    assert holders(world, 40, 41) == [(LinkState.ALIAS, None), (LinkState.LINKED, kept)]


def test_a_winner_with_a_record_of_its_own_takes_that(world: World) -> None:
    values = {"external_id": account_id(40).lower(), "name": "Forty"}
    own = PlatformRecord("account", "own-40", 1, values, updated_at="2025-12-01T00:00:00Z")
    assert world.cloud.records(ACME).write([RecordWrite(own, expected=0)]) == [True]
    merge(world, 7, 40)

    run = settled(world)

    assert reasons(run)["held:merged_away"] == 1
    assert holders(world, 40) == [(LinkState.LINKED, "own-40")]


def test_a_record_that_a_person_deleted_is_not_kept(world: World) -> None:
    records, lost = world.cloud.records(ACME), world.platform_id(account_id(7))
    before = records.get("account", [lost])[lost]
    gone = PlatformRecord("account", lost, before.version + 1, {}, "2026-01-02T00:00:00Z")
    gone.deleted = True
    assert records.write([RecordWrite(gone, expected=before.version, before=before)]) == [True]
    merge(world, 7, 40)

    run = settled(world)

    assert reasons(run)["created:new"] == 1
    assert holders(world, 40)[0][1] != lost


def test_a_winner_that_was_rejected_is_linked_all_the_same(world: World) -> None:
    put_account(world, 30, Name=None)
    settled(world)
    kept = world.platform_id(account_id(7))
    merge(world, 7, 30)

    settled(world)

    assert holders(world, 30) == [(LinkState.LINKED, kept)]


def test_a_merge_survives_a_death_at_every_call(world: World) -> None:
    merge(world, 7, 40)
    world.advance(minutes=1)
    sweep = Sweep(world, "accounts")

    sweep.all()

    assert sweep.points > 50
    assert sweep.differences == []


def test_a_planned_merge_is_what_its_run_does(world: World) -> None:
    kept = world.platform_id(account_id(7))
    merge(world, 7, 40)
    world.advance(minutes=1)
    plan = asked_for(world, "accounts", RunMode.PLAN)
    planned = finished(world.run("accounts", run=plan.id))

    apply = asked_for(world, "accounts", RunMode.APPLY, plan=plan.id)
    applied = finished(world.run("accounts", run=apply.id))

    assert reasons(planned)["linked:inherited"] == 1
    assert reasons(applied) == {k: v for k, v in reasons(planned).items() if k != "left:unchanged"}
    assert holders(world, 40) == [(LinkState.LINKED, kept)]
    assert world.platform("account")[account_id(40).lower()]["name"] == "Forty"


def test_a_plan_of_several_legs_remembers_its_merges(world: World) -> None:
    merge(world, 7, 40)
    world.advance(minutes=1)
    plan = asked_for(world, "accounts", RunMode.PLAN)
    whole, fuse = copy.deepcopy(world), Fuse()
    expected = reasons(whole.run("accounts", run=plan.id, fuse=fuse))

    ends = [at for at, name in enumerate(fuse.trace) if name.endswith(".checkpoint")]
    assert len(ends) >= 2
    for at in ends:
        torn = copy.deepcopy(world)
        with pytest.raises(CrashError):
            torn.run("accounts", run=plan.id, fuse=Fuse(at, "after"))
        torn.advance(minutes=20)
        leg = finished(torn.cloud.runs.get(ACME, plan.id)).leg + 1
        run = torn.run("accounts", run=plan.id, leg=leg)
        assert reasons(run) == expected, at
