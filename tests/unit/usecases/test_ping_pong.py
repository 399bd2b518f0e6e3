"""One edit and ten rounds of both jobs: exactly one write on the other side, ever (X3)."""

import pytest

from tests.worlds.runs import take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import (
    SECOND,
    change_job,
    create_on_platform,
    only_task,
    two_way_world,
)

ROUNDS = 10
PAIRS = pytest.mark.parametrize(
    ("object", "crm_object", "jobs", "text"),
    [
        ("task", "Task", ("tasks-out", "tasks-in"), "title"),
        ("touchpoint", "Event", ("touchpoints-in", "touchpoints-out"), "subject"),
    ],
    ids=["tasks", "touchpoints"],
)


@pytest.fixture(params=[True, False], ids=["keyed", "keyless"])
def world(request: pytest.FixtureRequest) -> World:
    return two_way_world(keyed=request.param)


def agreed(world: World, object: str, jobs: tuple[str, str], text: str) -> None:
    values = {text: "Call", "touchpoint_date" if text == "subject" else "due_date": "2026-01-05"}
    create_on_platform(world, object, "o1", account=1, **values)
    take_turns(world, *jobs, *jobs)


def seen(world: World, object: str, crm_object: str) -> tuple[int, str]:
    """The platform's version of the record, and Salesforce's stamp of it."""
    version = world.cloud.records(ACME).get(object, ["o1"])["o1"].version
    return version, str(only_task(world, crm_object)["systemmodstamp"])


@PAIRS
def test_edit_here_is_one_write_there(
    world: World, object: str, crm_object: str, jobs: tuple[str, str], text: str
) -> None:
    agreed(world, object, jobs, text)
    world.edit_on_platform(object, "o1", **{text: "Changed"})
    version, stamp = seen(world, object, crm_object)

    found = []
    for _ in range(ROUNDS):
        take_turns(world, *jobs)
        found.append(seen(world, object, crm_object))

    assert {each[0] for each in found} == {version}
    assert {each[1] for each in found} == {found[0][1]} != {stamp}
    assert only_task(world, crm_object)["subject"] == "Changed"


@PAIRS
def test_edit_there_is_one_write_here(
    world: World, object: str, crm_object: str, jobs: tuple[str, str], text: str
) -> None:
    agreed(world, object, jobs, text)
    world.crm.org.edit(crm_object, only_task(world, crm_object)["id"], Subject="Changed", by=SECOND)
    version, stamp = seen(world, object, crm_object)

    found = []
    for _ in range(ROUNDS):
        take_turns(world, *jobs)
        found.append(seen(world, object, crm_object))

    assert set(found) == {(version + 1, stamp)}
    assert world.cloud.records(ACME).get(object, ["o1"])["o1"].values[text] == "Changed"


@PAIRS
@pytest.mark.parametrize("which", [0, 1])
def test_full_sync_of_a_pair_writes_nothing(
    world: World, object: str, crm_object: str, jobs: tuple[str, str], text: str, *, which: int
) -> None:
    agreed(world, object, jobs, text)
    before = seen(world, object, crm_object)
    change_job(world, jobs[which], title="Renamed", deletes=False)

    (run,) = take_turns(world, jobs[which])

    assert run.ledger["left"] == run.ledger["read"] == 1
    assert seen(world, object, crm_object) == before
