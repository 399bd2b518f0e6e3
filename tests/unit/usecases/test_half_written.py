"""A writer that dies between its write and its note of it: what Salesforce has then is no seller's
edit, and a change of the platform from in between wins over it, whoever looks first."""

from typing import Any

import pytest

from tests.faults.crashing import Fuse
from tests.worlds.small import ACME
from tests.worlds.two_way import IN, OUT
from tests.worlds.writing_tasks import TASKS, WritingTasks, writing_tasks

FIRST = TASKS[0]


def half_written(name: str, **both: Any) -> tuple[WritingTasks, str]:
    """An older change is in Salesforce, and nobody knows; a newer one, from before that write,
    waits with it. Both sides and the newer value."""
    sides = writing_tasks(**both)
    older = sides.change(FIRST, name)
    sides.announce(older)
    sides.world.advance(seconds=20)
    newer = sides.change(FIRST, name)
    sides.world.advance(seconds=20)
    probe = Fuse()
    crm = "MemoryCrm.write"
    other = writing_tasks()
    other.announce(other.change(FIRST, name))
    other.deliver(0, fuse=probe)
    sides.deliver(0, fuse=Fuse(probe.trace.index(crm), "after"))
    assert sides.there(FIRST)[name] == older.values[name]
    sides.announce(newer)
    return sides, str(newer.values[name])


@pytest.mark.parametrize("name", ["title", "assigned_to"])
@pytest.mark.parametrize("first", [(), (IN,), (OUT,), (IN, OUT), (OUT, IN)], ids=str)
def test_a_newer_change_wins_over_a_half_written_one(name: str, first: tuple[str, ...]) -> None:
    sides, newer = half_written(name)

    for job in first:
        sides.run(job)
    sides.settle()

    assert sides.here(FIRST)[name] == newer
    assert sides.there(FIRST)[name] == newer
    assert sides.waiting() == []


@pytest.mark.parametrize("first", [(), (IN,), (OUT,)], ids=str)
def test_nothing_is_held_for_what_is_half_written(first: tuple[str, ...]) -> None:
    sides, newer = half_written("title", conflicts="hold")

    for job in first:
        sides.run(job)
    held = sides.world.cloud.conflicts(ACME).page(limit=10)
    sides.settle()

    assert held == []
    assert sides.there(FIRST)["title"] == newer


def test_a_seller_who_comes_after_it_wins() -> None:
    sides, _ = half_written("title")
    _, value = sides.edit(FIRST, "title")

    sides.settle()

    assert sides.here(FIRST)["title"] == sides.there(FIRST)["title"] == value
