"""Contacts of Salesforce as users of the platform: each at his account, known by his e-mail."""

import pytest

from syncline.engine.records import LinkState
from syncline.usecases.list_actions import ListActions
from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import ACME, World, account_id, put_account
from tests.worlds.two_way import ACCOUNTS
from tests.worlds.users import USERS, contact_id, put_contact, user, users_world


@pytest.fixture
def world() -> World:
    return users_world()


def emails(world: World) -> set[str]:
    return set(world.platform("user"))


def details(world: World, run: str) -> set[str]:
    actions = ListActions(world.cloud.journal)(ACME, run)
    return {str(each.stored.get("detail")) for each in actions}


def test_a_contact_becomes_a_user_of_his_account(world: World) -> None:
    org = world.crm.org
    org.edit("Contact", contact_id(1), Email="Ada@Example.com", FirstName="Ada", Phone="123")

    (run,) = take_turns(world, USERS)

    assert reasons(run) == {"created:new": 3}
    assert user(world, 1) == {
        "account_id": world.platform_id(account_id(1)),
        "external_id": "ada@example.com",
        "email": "Ada@Example.com",
        "first_name": "Ada",
        "last_name": "Person 1",
        "phone": "123",
        "title": "Analyst",
        "create_date": org.rows["contact"][contact_id(1)]["createddate"],
        "last_update_date": org.rows["contact"][contact_id(1)]["lastmodifieddate"],
    }


def test_a_second_run_changes_nothing(world: World) -> None:
    _, again = take_turns(world, USERS, USERS)

    assert again.ledger["written"] == {"records": 0, "cross_references": 0}


def test_a_contact_waits_for_his_account(world: World) -> None:
    put_contact(world, 4, 99)
    (waiting,) = take_turns(world, USERS)
    put_account(world, 99)

    _, arrived = take_turns(world, ACCOUNTS, USERS)

    assert reasons(waiting)["parked:account_not_there"] == 1
    assert reasons(arrived)["created:account_arrived"] == 1
    assert "p4@example.com" in emails(world)


def test_a_contact_without_account_is_skipped(world: World) -> None:
    put_contact(world, 4, None)

    (run,) = take_turns(world, USERS)

    assert reasons(run)["skipped:no_account"] == 1
    assert "a user without an account cannot be imported" in details(world, run.id)


def test_a_contact_without_address_is_told_in_the_log(world: World) -> None:
    put_contact(world, 4, 1, Email=None)

    (run,) = take_turns(world, USERS)

    assert reasons(run)["rejected:no_email"] == 1
    assert "a user needs an email" in details(world, run.id)


def test_an_address_that_goes_leaves_the_last(world: World) -> None:
    take_turns(world, USERS)
    world.crm.org.edit("Contact", contact_id(1), Email=None, Title="Boss")

    (run,) = take_turns(world, USERS)

    assert reasons(run) == {"rejected:no_email": 1}
    assert (user(world, 1)["email"], user(world, 1)["title"]) == ("p1@example.com", "Analyst")


def test_a_new_address_is_the_new_external_id(world: World) -> None:
    take_turns(world, USERS)
    world.crm.org.edit("Contact", contact_id(1), Email="ada@example.com")

    take_turns(world, USERS)

    assert user(world, 1)["external_id"] == "ada@example.com"
    assert emails(world) == {"ada@example.com", "p2@example.com", "p3@example.com"}


def test_of_two_contacts_with_one_address_one_is_held(world: World) -> None:
    put_contact(world, 4, 3, Email="P1@example.com")

    (run,) = take_turns(world, USERS)

    assert reasons(run) == {"created:new": 3, "held:already_linked": 1}
    assert len(world.platform("user")) == 3


def test_a_held_contact_with_his_own_address_is_created(world: World) -> None:
    put_contact(world, 4, 3, Email="p1@example.com")
    take_turns(world, USERS)
    world.crm.org.edit("Contact", contact_id(4), Email="p4@example.com")

    (run,) = take_turns(world, USERS)

    assert reasons(run) == {"created:mended": 1}
    assert user(world, 4)["account_id"] == world.platform_id(account_id(3))


@pytest.mark.parametrize(("loser", "winner"), [(1, 4), (4, 1)])
def test_contacts_with_one_address_end_as_one(world: World, loser: int, winner: int) -> None:
    take_turns(world, USERS)
    kept = world.platform_id(contact_id(1))
    put_contact(world, 4, 1, Email="p1@example.com")
    take_turns(world, USERS)
    world.crm.org.merge("Contact", loser=contact_id(loser), winner=contact_id(winner))

    take_turns(world, USERS, USERS)

    assert world.platform_id(contact_id(winner)) == kept
    assert len(world.platform("user")) == 3


def test_a_contact_who_changes_company_keeps_his_account(world: World) -> None:
    """T6; what else changed with the move arrives."""
    take_turns(world, USERS)
    before = user(world, 3)["account_id"]
    world.crm.org.edit("Contact", contact_id(3), AccountId=account_id(4), Title="Boss")

    take_turns(world, USERS)

    assert (user(world, 3)["account_id"], user(world, 3)["title"]) == (before, "Boss")


def test_a_merged_contact_leads_to_the_winner(world: World) -> None:
    take_turns(world, USERS)
    world.crm.org.merge("Contact", loser=contact_id(2), winner=contact_id(1))

    take_turns(world, USERS)

    link = world.cloud.links(ACME, "crm").get([contact_id(2)])[contact_id(2)]
    assert (link.state, link.winner) == (LinkState.ALIAS, contact_id(1))
    assert user(world, 1)["email"] == "p1@example.com"


def test_a_deleted_contact_stays_a_user(world: World) -> None:
    take_turns(world, USERS)
    world.crm.org.delete("Contact", contact_id(3))

    take_turns(world, USERS)

    assert "p3@example.com" in emails(world)


def test_a_job_may_delete_users_with_their_contacts() -> None:
    world = users_world(deletes=True)
    take_turns(world, USERS)
    world.crm.org.delete("Contact", contact_id(3))

    take_turns(world, USERS)

    assert emails(world) == {"p1@example.com", "p2@example.com"}
