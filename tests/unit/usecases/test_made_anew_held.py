"""What was made anew and differs from Salesforce may be held for a person."""

import pytest

from syncline.usecases.resolution import Choice
from syncline.usecases.resolve_conflict import ResolveConflict
from tests.worlds.all_kinds import ACCOUNTS_OUT
from tests.worlds.made_anew import (
    ONE,
    agreeing,
    claims,
    delete_first,
    link_of,
    make_anew,
)
from tests.worlds.runs import take_turns
from tests.worlds.small import ACME, World
from tests.worlds.two_way import (
    ACCOUNTS,
    OUT,
    create_on_platform,
    tasks_in_salesforce,
)


def held(world: World) -> list[str]:
    return [each.platform_id for each in world.cloud.conflicts(ACME).page(limit=5)]


@pytest.fixture
def contested() -> World:
    """The name of the new record is another than that in Salesforce."""
    world = agreeing(conflicts="hold")
    delete_first(world)
    make_anew(world, name="Company 9")
    take_turns(world, ACCOUNTS_OUT)
    return world


def test_what_differs_may_be_held(contested: World) -> None:
    assert held(contested) == ["a9"]
    assert claims(contested, "a9") == {}


@pytest.mark.parametrize(
    ("choice", "name"), [("platform", "Company 9"), ("salesforce", "Company 1")]
)
@pytest.mark.parametrize("by", [ACCOUNTS_OUT, ACCOUNTS])
def test_decision_takes_the_place(contested: World, by: str, choice: Choice, name: str) -> None:
    world, own = contested, world_id(contested)
    create_on_platform(world, "task", "t1", title="Waits", account_id="a9")
    if by == ACCOUNTS:
        world.crm.org.edit("Account", ONE, Phone="1")
    take_turns(world, by, OUT)

    resolve(world, choice)

    assert claims(world, own, "a9") == {"a9": ONE}
    take_turns(world, ACCOUNTS_OUT, OUT)
    assert world.crm.org.rows["account"][ONE]["name"] == name
    assert len(tasks_in_salesforce(world)) == 1
    assert held(world) == []


def world_id(world: World) -> str:
    return str(link_of(world).platform_id)


def resolve(world: World, choice: Choice) -> None:
    cloud = world.cloud
    use_case = ResolveConflict(
        configuration=cloud.configuration, records=cloud.records, links=cloud.links,
        conflicts=cloud.conflicts, journal=cloud.journal, clock=cloud.clock,
    )  # fmt: skip
    use_case(ACME, ("crm", "account", "a9"), choice, by="ada")


@pytest.mark.parametrize("job", [ACCOUNTS_OUT, ACCOUNTS])
def test_what_becomes_the_same_is_held_no_longer(contested: World, job: str) -> None:
    world = contested
    world.edit_on_platform("account", "a9", name="Company 1")
    world.crm.org.edit("Account", ONE, Phone="1")

    take_turns(world, job)

    assert (held(world), claims(world, "a9")) == ([], {"a9": ONE})


@pytest.mark.parametrize("job", [ACCOUNTS_OUT, ACCOUNTS])
def test_conflict_of_the_deleted_record_is_over(job: str) -> None:
    world = agreeing(conflicts="hold")
    own = world.platform_id(ONE)
    world.crm.org.edit("Account", ONE, Name="Theirs")
    world.edit_on_platform("account", own, name="Ours")
    take_turns(world, ACCOUNTS)
    assert held(world) == [own]
    delete_first(world)
    make_anew(world, name="Theirs")
    world.crm.org.edit("Account", ONE, Phone="1")

    take_turns(world, job)

    assert (held(world), claims(world, own, "a9")) == ([], {"a9": ONE})
