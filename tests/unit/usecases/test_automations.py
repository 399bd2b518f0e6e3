"""What Salesforce makes of our own write, by a rule or a flow of the org, is seen and kept."""

import pytest

from tests.worlds.runs import take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import create_on_platform, only_task, tasks_in_salesforce, two_way_world

ROUNDS = 4


@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "keyless"])
@pytest.mark.parametrize(
    ("object", "crm_object", "text", "day", "jobs"),
    [
        ("task", "Task", "title", "due_date", ("tasks-in", "tasks-out")),
        (
            "touchpoint",
            "Event",
            "subject",
            "touchpoint_date",
            ("touchpoints-in", "touchpoints-out"),
        ),
    ],
    ids=["tasks", "touchpoints"],
)
def test_day_that_our_write_moved_arrives_once(
    object: str, crm_object: str, text: str, day: str, jobs: tuple[str, str], *, keyed: bool
) -> None:
    world = two_way_world(keyed=keyed)
    create_on_platform(world, object, "o1", account=1, **{text: "Call", day: "2026-01-05"})
    take_turns(world, *jobs, *jobs)
    world.edit_on_platform(object, "o1", **{text: "Moved"})
    take_turns(world, *jobs)
    version, stamp = seen(world, object, crm_object)
    ((_, row),) = tasks_in_salesforce(world, crm_object).items()
    row["activitydate"] = "2026-01-04"

    found = []
    for _ in range(ROUNDS):
        take_turns(world, *jobs)
        found.append(seen(world, object, crm_object))

    assert set(found) == {(version + 1, stamp)}
    record = world.cloud.records(ACME).get(object, ["o1"])["o1"]
    assert str(record.values[day]).startswith("2026-01-04")


def seen(world: World, object: str, crm_object: str) -> tuple[int, str]:
    """The platform's version of the record, and Salesforce's stamp of it."""
    version = world.cloud.records(ACME).get(object, ["o1"])["o1"].version
    return version, str(only_task(world, crm_object)["systemmodstamp"])
