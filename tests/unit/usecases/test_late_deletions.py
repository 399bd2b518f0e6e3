"""Deletions in Salesforce that the inbound job did not carry out when they happened (T22)."""

from syncline.ports import RunMode
from tests.worlds.runs import asked_for, finished, reasons, take_turns
from tests.worlds.small import ACME, World, put_task
from tests.worlds.two_way import IN, OUT, change_job, create_on_platform, two_way_world

DELETED = "deleted:deleted_in_crm"


def sent(world: World) -> str:
    """A task of the platform that is in Salesforce; its id there."""
    create_on_platform(world, "task", "o1", account=1, title="Call", status="Open")
    put_task(world, 50, 2)
    take_turns(world, OUT)
    return world.cloud.links(ACME, "crm").claimed("task", ["o1"])["o1"]


def is_there(world: World) -> bool:
    return not world.cloud.records(ACME).get("task", ["o1"])["o1"].deleted


def full_run(world: World) -> dict[str, int]:
    world.advance(minutes=15)
    run = asked_for(world, IN, RunMode.FULL)
    return dict(reasons(finished(world.run(IN, run=run.id))))


def test_deletion_before_the_first_inbound_run_arrives() -> None:
    world = two_way_world()
    crm_id = sent(world)
    world.crm.org.delete("Task", crm_id)
    world.advance(hours=3)

    (run,) = take_turns(world, IN)

    assert reasons(run) == {"created:new": 1, DELETED: 1}
    assert not is_there(world)


def test_deletes_turned_on_carry_out_what_was_skipped() -> None:
    world = two_way_world()
    change_job(world, IN, deletes=False)
    crm_id = sent(world)
    take_turns(world, IN)
    world.crm.org.delete("Task", crm_id)
    (skipping,) = take_turns(world, IN)
    world.advance(hours=3)
    take_turns(world, IN)
    assert reasons(skipping) == {"skipped:deletes_off": 1}
    assert is_there(world)

    change_job(world, IN, deletes=True)
    (run,) = take_turns(world, IN)

    assert reasons(run)[DELETED] == 1
    assert not is_there(world)
    assert full_run(world) == {"left:unchanged": 1, "left:already_gone": 1}
