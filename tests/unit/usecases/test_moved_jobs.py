"""A job stays with its org, whatever connections it is given; within the org it may move."""

from dataclasses import replace

import pytest

from syncline.engine.records import LinkState
from syncline.errors import ConfigurationError
from syncline.ports import Run, RunMode, RunStatus
from tests.worlds.runs import asked_for, finished, take_turns
from tests.worlds.small import ACME, World, put_task, task_id
from tests.worlds.two_way import IN, change_job, two_way_world


@pytest.fixture
def world() -> World:
    fresh = two_way_world()
    put = fresh.cloud.configuration.put
    assert put(ACME, "connection", "other", {"login_url": "https://b.example.com"}, expected=0)
    put_task(fresh, 1, 1)
    return fresh


def lead_to(world: World, org: str) -> None:
    """What the credentials of both connections lead to."""
    crm = world.crm
    crm._identity = replace(crm.identity(), org_id=org)


def in_another_org(world: World) -> Run:
    """One start with the other connection, of another org that has none of our records."""
    home, rows = world.crm.org_id(), world.crm.org.rows["task"]
    lead_to(world, "00D000000000009EAA")
    world.crm.org.rows["task"] = {}
    world.advance(hours=1)
    run = finished(world.run(IN))
    lead_to(world, home)
    world.crm.org.rows["task"] = rows
    return run


@pytest.mark.parametrize("connection", ["crm", "other"])
def test_job_is_refused_in_another_org(world: World, connection: str) -> None:
    take_turns(world, IN)
    change_job(world, IN, connection=connection)

    run = in_another_org(world)

    assert run.error is not None
    assert (run.status, run.error["code"]) == (RunStatus.FAILED, "org_changed")
    assert len(world.platform("task")) == 1


def test_job_that_comes_back_goes_on(world: World) -> None:
    take_turns(world, IN)
    change_job(world, IN, connection="other")
    in_another_org(world)
    change_job(world, IN, connection="crm")
    put_task(world, 2, 1)

    (run,) = take_turns(world, IN)

    assert (run.ledger["read"], run.ledger["created"]) == (1, 1)
    assert len(world.platform("task")) == 2


def test_first_run_binds_though_it_failed(world: World) -> None:
    world.crm.job_waits = 0
    world.crm.bulk_waits = 1
    assert finished(world.run(IN)).status is RunStatus.RUNNING
    world.crm.faults.append(ConfigurationError("refused", code="x", field="credentials"))
    world.advance(minutes=2)
    assert finished(world.run(IN)).status is RunStatus.FAILED
    world.crm.bulk_waits = 0

    run = in_another_org(world)

    assert run.error is not None
    assert run.error["code"] == "org_changed"


def test_what_was_deleted_meanwhile_is_found(world: World) -> None:
    """Each connection has cross-references of its own; those of the first were not looked at."""
    take_turns(world, IN)
    change_job(world, IN, connection="other")
    take_turns(world, IN)
    world.crm.org.delete("Task", task_id(1))
    take_turns(world, IN)
    change_job(world, IN, connection="crm")

    take_turns(world, IN)

    link = world.cloud.links(ACME, "crm").get([task_id(1)])[task_id(1)]
    assert link.state is LinkState.DELETED


def test_plan_binds_nothing(world: World) -> None:
    run = finished(world.run(IN, run=asked_for(world, IN, RunMode.PLAN).id))

    assert run.status is RunStatus.SUCCEEDED
    assert world.cloud.runs.state(ACME, IN).org == ""


def test_what_was_purged_long_ago_is_found(world: World) -> None:
    """No log tells of it any more: all ids are compared."""
    put_task(world, 2, 1)
    take_turns(world, IN)
    change_job(world, IN, connection="other")
    take_turns(world, IN)
    world.crm.org.delete("Task", task_id(1))
    world.crm.org.purge("Task", task_id(1))
    world.advance(days=20)
    change_job(world, IN, deletes=False)
    take_turns(world, IN)
    change_job(world, IN, connection="crm", deletes=True)

    take_turns(world, IN)

    links = world.cloud.links(ACME, "crm").get([task_id(1), task_id(2)])
    states = [links[task_id(number)].state for number in (1, 2)]
    assert states == [LinkState.DELETED, LinkState.LINKED]
