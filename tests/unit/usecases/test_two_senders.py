"""Two outbound jobs of one connection: what one of them leaves is the other's to send."""

from dataclasses import replace
from typing import Any

import pytest

from syncline.ports import RecordWrite
from tests.worlds.runs import finished, stored, take_turns
from tests.worlds.small import ACME, World, account_id, put_account
from tests.worlds.two_way import (
    ACCOUNTS,
    OUT,
    create_on_platform,
    tasks_in_salesforce,
    two_way_world,
)

OTHER = "other-out"


def condition(priority: str) -> list[dict[str, Any]]:
    return [{"attribute": "priority", "operator": "equals", "value": priority}]


def two_senders(*, keyed: bool = True, **other: Any) -> World:
    """The job sends what is high, the other one what is low."""
    world = two_way_world(keyed=keyed, conditions=condition("High"))
    job = {"kind": "tasks_outbound", "connection": "crm", **other}
    assert world.cloud.configuration.put(ACME, "job", OTHER, job, expected=0)
    return world


def account_arrives(world: World) -> None:
    """The account a9 of the platform is matched."""
    put_account(world, 9)
    records = world.cloud.records(ACME)
    before = records.get("account", ["a9"])["a9"]
    values = {**before.values, "external_id": account_id(9).lower()}
    after = replace(before, version=before.version + 1, values=values)
    assert records.write([RecordWrite(after, before.version, before)]) == [True]
    take_turns(world, ACCOUNTS)


@pytest.mark.parametrize("other", [{"conditions": condition("Low")}, {"create": False}])
def test_record_that_waited_is_sent_by_its_job(other: dict[str, Any]) -> None:
    world = two_senders(**other)
    create_on_platform(world, "account", "a9", name="Company 9")
    create_on_platform(world, "task", "t1", title="Call", priority="High", account_id="a9")
    take_turns(world, OUT, OTHER)
    world.advance(days=1)
    account_arrives(world)

    take_turns(world, OTHER, OUT, OUT)

    assert [row["subject"] for row in tasks_in_salesforce(world).values()] == ["Call"]
    assert world.cloud.links(ACME, "crm").called(f"task/{OUT}", limit=5) == []


def test_record_that_both_send_is_created_once() -> None:
    world = two_senders(keyed=False, conditions=condition("High"))
    create_on_platform(world, "task", "t1", title="Call", priority="High", account=1)
    world.crm.job_waits = 2
    world.advance(minutes=15)
    first = finished(world.run(OUT))
    waiting = finished(world.run(OTHER))

    for job, run in ((OTHER, waiting), (OUT, first), (OUT, first), (OTHER, waiting)):
        world.advance(minutes=2)
        found = stored(world, run)
        world.run(job, run=run.id, leg=found.leg + 1)
    take_turns(world, OUT, OTHER)

    assert [row["subject"] for row in tasks_in_salesforce(world).values()] == ["Call"]
