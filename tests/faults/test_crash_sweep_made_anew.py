"""Promise 1 where a record that was made anew takes the place of a deleted one in an import."""

import pytest

from tests.faults.sweep import Sweep
from tests.worlds.made_anew import ONE, claims, remade
from tests.worlds.runs import take_turns
from tests.worlds.small import World, put_task
from tests.worlds.two_way import ACCOUNTS, IN, OUT, create_on_platform


@pytest.fixture
def world() -> World:
    """Tasks on both sides wait for it."""
    world, _ = remade()
    create_on_platform(world, "task", "t1", title="Waits", account_id="a9")
    put_task(world, 1, 1)
    take_turns(world, OUT, IN)
    world.crm.org.edit("Account", ONE, Phone="1")
    world.advance(minutes=15)
    return world


def test_a_crash_at_any_call_changes_nothing(world: World) -> None:
    sweep = Sweep(world, ACCOUNTS)

    sweep.all()

    assert sweep.points > 50
    assert sweep.differences == []


def test_the_place_is_taken(world: World) -> None:
    take_turns(world, ACCOUNTS)

    assert claims(world, "a9") == {"a9": ONE}
