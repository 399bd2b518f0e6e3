"""An import gives the place of a deleted record to the one that was made anew."""

from tests.worlds.all_kinds import ACCOUNTS_OUT
from tests.worlds.made_anew import (
    ONE,
    agreeing,
    claims,
    delete_first,
    is_there,
    phones,
    remade,
)
from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import account_id, put_account, put_task
from tests.worlds.two_way import (
    ACCOUNTS,
    IN,
    OUT,
    create_on_platform,
    delete_on_platform,
    tasks_in_salesforce,
)

TWO = account_id(2)


def test_import_gives_the_place_to_the_new_record() -> None:
    world, own = remade()
    world.crm.org.edit("Account", ONE, Phone="1")

    first, second = take_turns(world, ACCOUNTS, ACCOUNTS_OUT)

    assert reasons(first) == {"updated:matched_and_differs": 1}
    assert reasons(second) == {"left:never_sent": 1}
    assert (claims(world, own, "a9"), phones(world)) == ({"a9": ONE}, ("1", "1"))
    assert is_there(world)


def test_import_releases_the_tasks_that_wait() -> None:
    world, _ = remade()
    create_on_platform(world, "task", "t1", title="Waits", account_id="a9")
    put_task(world, 1, 1)
    take_turns(world, OUT, IN)
    world.crm.org.edit("Account", ONE, Phone="1")

    take_turns(world, ACCOUNTS, OUT, IN)

    assert {row["subject"] for row in tasks_in_salesforce(world).values()} == {"Waits", "Call 1"}
    assert {each["account_id"] for each in world.platform("task").values()} == {"a9"}


def test_import_leaves_a_deleted_record_alone() -> None:
    world = agreeing(deletes=False)
    own = delete_first(world)
    world.crm.org.edit("Account", ONE, Phone="1")

    (run,) = take_turns(world, ACCOUNTS)

    assert reasons(run) == {"skipped:deleted_on_platform": 1}
    assert claims(world, own) == {own: ONE}


def test_import_gives_no_record_two_places() -> None:
    world = agreeing()
    create_on_platform(world, "account", "a9", name="New")
    take_turns(world, ACCOUNTS_OUT, ACCOUNTS)
    delete_first(world)
    world.edit_on_platform("account", "a9", external_id=ONE.lower())
    world.crm.org.edit("Account", ONE, Phone="1")

    (run,) = take_turns(world, ACCOUNTS)

    assert reasons(run) == {"held:already_linked": 1}


def test_what_came_with_the_place_belongs_to_nobody() -> None:
    """What was agreed on with the deleted record is no base to merge the new one on."""
    world = agreeing(conflicts="salesforce")
    put_account(world, 2, Name="Company Two")
    world.advance(minutes=1)
    own = world.platform_id(TWO)
    delete_on_platform(world, "account", own)
    create_on_platform(world, "account", "a8", name="Company 2", phone="8", external_id=TWO.lower())

    take_turns(world, ACCOUNTS)

    values = world.platform("account")[TWO.lower()]
    assert (values["name"], values["phone"]) == ("Company Two", "8")
