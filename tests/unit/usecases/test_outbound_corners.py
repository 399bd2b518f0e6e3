"""Corners of outbound runs that the model of both sides has found."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from syncline.memory.records import MemoryRecords
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.runs import finished, reasons, take_turns
from tests.worlds.small import World, account_id, put_account
from tests.worlds.two_way import (
    ACCOUNTS,
    IN,
    OUT,
    create_on_platform,
    delete_on_platform,
    only_task,
    tasks_in_salesforce,
    two_way_world,
)


@pytest.fixture(params=[True, False], ids=["keyed", "keyless"])
def world(request: pytest.FixtureRequest) -> World:
    return two_way_world(keyed=request.param)


def test_called_and_edited_is_sent_once(world: World) -> None:
    external_id = account_id(7).lower()
    create_on_platform(world, "account", "a7", name="Company 7", external_id=external_id)
    create_on_platform(world, "task", "t1", title="Call", account_id="a7")
    take_turns(world, OUT)
    put_account(world, 7)
    take_turns(world, ACCOUNTS)
    world.edit_on_platform("task", "t1", title="Call again")

    (run,) = take_turns(world, OUT)

    assert only_task(world)["subject"] == "Call again"
    assert reasons(run) == {"created:new": 1}


def merged_unseen(world: World) -> str:
    """The winner of a merge that no accounts job has read; a task of the loser is new."""
    create_on_platform(world, "task", "t1", title="Call", account=1)
    world.crm.org.merge("Account", loser=account_id(1), winner=account_id(2))
    world.advance(minutes=15)
    return account_id(2)


def test_task_refused_with_its_account_goes_to_the_winner(world: World) -> None:
    winner = merged_unseen(world)

    refused, _, _, _ = take_turns(world, OUT, OUT, ACCOUNTS, OUT)

    assert reasons(refused) == {"rejected:bad_reference": 1}
    assert only_task(world)["whatid"] == winner


def test_merge_read_before_the_refusal_is_filed(world: World) -> None:
    winner, seen = merged_unseen(world), Fuse()
    copy.deepcopy(world).run(OUT, fuse=seen)
    with pytest.raises(CrashError):
        world.run(OUT, fuse=Fuse(seen.trace.index("MemoryLinks.wait")))

    take_turns(world, ACCOUNTS, OUT, OUT)

    assert only_task(world)["whatid"] == winner


def test_deletion_after_our_own_write_is_carried_out(world: World) -> None:
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT)
    assert only_task(world)["subject"] == "Call"
    world.cloud.clock.advance(timedelta(minutes=-5))
    delete_on_platform(world, "task", "t1")

    (run,) = take_turns(world, OUT)

    assert reasons(run) == {"deleted:deleted_on_platform": 1}
    assert tasks_in_salesforce(world) == {}


def test_deletion_after_an_agreed_edit_is_carried_out(world: World) -> None:
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT)
    world.advance(minutes=1)
    world.crm.org.edit("Task", str(only_task(world)["id"]), Priority="High")
    world.run(IN)
    (task,) = world.platform("task").values()
    assert task["priority"] == "High"
    world.cloud.clock.advance(timedelta(minutes=-5))
    delete_on_platform(world, "task", "t1")

    (run,) = take_turns(world, OUT)

    assert reasons(run) == {"deleted:deleted_on_platform": 1}
    assert tasks_in_salesforce(world) == {}


def test_deletion_before_a_sellers_edit_is_held(world: World) -> None:
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT)
    delete_on_platform(world, "task", "t1")
    world.advance(minutes=1)
    world.crm.org.edit("Task", str(only_task(world)["id"]), Priority="High")

    (run,) = take_turns(world, OUT)

    assert reasons(run) == {"held:edited_after_deletion": 1}
    assert take_turns(world, IN)


def test_task_without_a_title_goes_both_ways(world: World) -> None:
    create_on_platform(world, "task", "t1", description="Call them", account=1)

    sent, read = take_turns(world, OUT, IN)
    row = dict(only_task(world))
    world.crm.org.edit("Task", row["id"], Subject="Call")
    take_turns(world, IN)

    assert reasons(sent) == {"created:new": 1}
    assert not {each for each in reasons(read) if each.startswith("rejected")}
    assert (row.get("subject"), row["description"]) == (None, "Call them")
    assert world.platform("task")[row["id"].lower()]["title"] == "Call"


def test_title_that_is_cleared_is_cleared_there(world: World) -> None:
    create_on_platform(world, "task", "t1", title="Call", account=1)
    take_turns(world, OUT, IN)
    world.edit_on_platform("task", "t1", title=None)

    _, read, silent = take_turns(world, OUT, IN, OUT)

    assert only_task(world)["subject"] is None
    assert not {each for each in reasons(read) if each.startswith("rejected")}
    assert reasons(silent).keys() <= {"left:unchanged"}


def test_record_edited_while_the_feed_is_read_is_sent_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        create_on_platform(world, "task", f"t{number}", title=f"Call {number}", account=1)
    world.advance(minutes=15)
    create_on_platform(world, "task", "t6", title="Call 6", account=1)
    read = MemoryRecords.edited

    def edited_meanwhile(records: MemoryRecords, object: str, **page: Any) -> Any:
        found = read(records, object, **page)
        if page["cursor"] is None:
            world.edit_on_platform("task", "t0", title="Call 0, edited")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(MemoryRecords, "edited", edited_meanwhile)
        run = finished(world.run(OUT))
    take_turns(world, OUT)

    subjects = sorted(row["subject"] for row in tasks_in_salesforce(world).values())
    assert subjects == ["Call 0, edited", *(f"Call {number}" for number in range(1, 7))]
    assert run.ledger["created"] == 6
