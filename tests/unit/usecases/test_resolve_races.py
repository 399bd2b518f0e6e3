"""Decisions about conflicts that cannot be made, that crash, or that somebody else is part of."""

import copy
from collections.abc import Mapping
from dataclasses import replace

import pytest

from syncline.engine.records import LinkState
from syncline.errors import ConflictError, NotFoundError
from syncline.ports import RecordWrite
from syncline.usecases.findings import InvalidInputError
from syncline.usecases.resolution import Choice
from syncline.usecases.resolve_conflict import ResolveConflict
from tests.faults.crashing import SIDES, CrashError, Fuse, Side
from tests.worlds.held import ONE, held, held_world, link, record, resolve, set_link
from tests.worlds.small import (
    ACME,
    World,
)


@pytest.fixture
def world() -> World:
    return held_world()


# --- refusals ---------------------------------------------------------------------------------


def test_a_conflict_that_is_gone_is_not_found(world: World) -> None:
    resolve(world, "platform")
    before = world.cloud.dump()

    with pytest.raises(NotFoundError) as refused:
        resolve(world, "platform")

    assert refused.value.code == "unknown_conflict"
    assert refused.value.remedy
    assert world.cloud.dump() == before


@pytest.mark.parametrize(
    ("choose", "codes"),
    [
        ({"status": "platform"}, ["not_contested", "missing_choice"]),
        ({"title": "platform", "nonsense": "platform"}, ["not_contested"]),
    ],
)
def test_each_contested_attribute_needs_its_choice(
    world: World, choose: Mapping[str, Choice], codes: list[str]
) -> None:
    before = world.cloud.dump()

    with pytest.raises(InvalidInputError) as refused:
        resolve(world, choose)

    assert [finding.code for finding in refused.value.findings] == codes
    assert world.cloud.dump() == before


def test_a_record_edited_since_is_looked_at_again(world: World) -> None:
    world.edit_on_platform("task", world.platform_id(ONE), title="a later thought")

    with pytest.raises(ConflictError) as refused:
        resolve(world, "platform")

    assert refused.value.code == "conflict_changed"
    assert held(world)[0].fields == {"title": ("the seller's title", "a later thought")}
    resolve(world, "platform")
    assert record(world).values["title"] == "a later thought"


def test_a_newer_value_of_salesforce_is_looked_at_again(world: World) -> None:
    old = held(world)
    world.advance(minutes=1)
    world.crm.org.edit("Task", ONE, Subject="newer still")
    world.advance(hours=1)
    world.run("tasks")
    world.cloud.conflicts(ACME).put(old)

    with pytest.raises(ConflictError) as refused:
        resolve(world, "salesforce")

    assert refused.value.code == "conflict_changed"
    assert held(world)[0].fields == {"title": ("newer still", "the person's title")}
    resolve(world, "salesforce")
    assert record(world).values["title"] == "newer still"


def test_a_version_that_is_settled_counts_more_than_the_conflict(world: World) -> None:
    settled = {**link(world).baseline, "title": "settled since"}
    set_link(world, last=None, reason=None, stamp="2027-01-01T00:00:00Z", baseline=settled)

    with pytest.raises(ConflictError):
        resolve(world, "salesforce")

    assert held(world)[0].fields == {"title": ("settled since", "the person's title")}


def test_a_hold_that_the_journal_lost_is_known_by_its_conflict(world: World) -> None:
    set_link(world, last="tasks.1/00000000/00/0", stamp="2027-01-01T00:00:00Z")

    resolve(world, "salesforce")

    assert record(world).values["title"] == "the seller's title"


def test_sides_that_agree_meanwhile_are_settled(world: World) -> None:
    world.edit_on_platform("task", world.platform_id(ONE), title="the seller's title")

    done = resolve(world, "platform")

    assert held(world) == []
    assert link(world).reason is None
    assert done.values == {"title": "the seller's title"}


def test_a_deleted_record_leaves_nothing_to_decide(world: World) -> None:
    before = record(world)
    gone = replace(before, version=before.version + 1, values={}, deleted=True)
    world.cloud.records(ACME).write([RecordWrite(gone, before.version, before)])

    with pytest.raises(ConflictError) as refused:
        resolve(world, "platform")

    assert refused.value.code == "conflict_settled"
    assert held(world) == []


def test_an_ended_link_leaves_nothing_to_decide(world: World) -> None:
    place = ("crm", "task", world.platform_id(ONE))
    set_link(world, state=LinkState.DELETED)
    cloud = world.cloud
    use_case = ResolveConflict(
        cloud.configuration, cloud.records, cloud.links, cloud.conflicts, cloud.journal, cloud.clock
    )

    with pytest.raises(ConflictError) as refused:
        use_case(ACME, place, "platform", by="ada")

    assert refused.value.code == "conflict_settled"


# --- crashes and races ------------------------------------------------------------------------


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("choice", ["salesforce", "platform"])
def test_a_crash_anywhere_is_mended_by_repeating(world: World, choice: Choice, side: Side) -> None:
    whole = copy.deepcopy(world)
    calls = Fuse()
    resolve(whole, choice, fuse=calls)

    for at in range(len(calls.trace)):
        other = copy.deepcopy(world)
        with pytest.raises(CrashError):
            resolve(other, choice, fuse=Fuse(at=at, side=side))
        other.advance(minutes=7)
        if held(other):
            resolve(other, choice)

        assert held(other) == []
        assert record(other).values == record(whole).values
        assert set(record(other).edits) == set(record(whole).edits)
        assert link(other) == link(whole)
        assert list(other.cloud.dump()["journal"]) == list(whole.cloud.dump()["journal"])


def test_an_edit_between_plan_and_write_is_kept(world: World) -> None:
    fuse = Fuse()
    resolve(copy.deepcopy(world), "salesforce", fuse=fuse)
    at = fuse.trace.index("MemoryRecords.write")
    with pytest.raises(CrashError):
        resolve(world, "salesforce", fuse=Fuse(at=at))
    world.edit_on_platform("task", world.platform_id(ONE), priority="High")

    resolve(world, "salesforce")

    assert record(world).values["title"] == "the seller's title"
    assert record(world).values["priority"] == "High"
    assert list(record(world).edits) == ["priority"]


def test_another_decision_after_a_crash_is_asked_again(world: World) -> None:
    fuse = Fuse()
    resolve(copy.deepcopy(world), "salesforce", fuse=fuse)
    at = fuse.trace.index("MemoryRecords.write")
    with pytest.raises(CrashError):
        resolve(world, "salesforce", fuse=Fuse(at=at, side="after"))

    done = resolve(world, "platform")

    assert done.values == {"title": "the seller's title"}
    assert link(world).baseline["title"] == "the seller's title"
    assert held(world) == []
