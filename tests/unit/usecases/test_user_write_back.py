"""Users' attributes per account and the key contact of an account, written back (W14)."""

from typing import Any

import pytest

from syncline.ports import RunStatus
from tests.worlds.bulk import Gathering
from tests.worlds.runs import take_turns
from tests.worlds.small import account_id
from tests.worlds.two_way import ACCOUNTS
from tests.worlds.users import (
    KEY_CONTACT,
    KEY_TITLE,
    TEAM,
    USERS,
    contact,
    contact_id,
    known_users,
    of_user,
    put_contact,
    user,
)
from tests.worlds.writing_back import Announcing

ALL = {"title": "CTO", "role": "Sponsor", TEAM: "Platform"}
WRITTEN = ("applied", "written")


@pytest.fixture
def platform() -> Announcing:
    return known_users()


def written(platform: Announcing, number: int) -> tuple[Any, ...]:
    row = contact(platform.world, number)
    return row["title"], row.get("role__c"), row.get("team__c")


def key_contact(platform: Announcing, number: int = 1) -> object:
    return platform.in_salesforce(number)["key_contactid"]


def test_attributes_per_account_reach_the_contact(platform: Announcing) -> None:
    event = of_user(platform, 1, **ALL)

    platform.announce(event)
    platform.drain_all()

    assert platform.told(event) == dict.fromkeys(ALL, WRITTEN)
    assert written(platform, 1) == ("CTO", "Sponsor", "Platform")
    assert written(platform, 2) == ("Analyst", None, None)


def test_many_users_of_one_action_are_one_run(platform: Announcing) -> None:
    gathered = Gathering(platform)
    events = [of_user(platform, number, bulk=True, **ALL) for number in (1, 2, 3)]
    gathered.announce(events)

    gathered.work_off()

    run = gathered.run()
    assert (run.status, run.ledger["updated"]) == (RunStatus.SUCCEEDED, 3)
    assert [platform.told(each) for each in events] == [dict.fromkeys(ALL, WRITTEN)] * 3
    assert {written(platform, number) for number in (1, 2, 3)} == {("CTO", "Sponsor", "Platform")}


def test_the_next_run_of_users_leaves_it_alone(platform: Announcing) -> None:
    platform.announce(of_user(platform, 1, title="CTO"))
    platform.drain_all()

    (run,) = take_turns(platform.world, USERS)

    assert run.ledger["written"]["records"] == 0
    assert user(platform.world, 1)["title"] == "CTO"


@pytest.mark.parametrize("bulk", [False, True], ids=["at once", "together"])
def test_the_key_contact_is_found_by_address(platform: Announcing, bulk: bool) -> None:
    event = platform.event(1, bulk=bulk, **{KEY_CONTACT: "p2@example.com"})

    platform.announce(event)
    platform.drain_all()
    Gathering(platform).work_off()

    assert platform.told(event) == {KEY_CONTACT: WRITTEN}
    assert key_contact(platform) == contact_id(2)


def test_what_else_shows_of_the_key_contact_follows(platform: Announcing) -> None:
    """X7."""
    platform.world.crm.org.edit("Contact", contact_id(2), Title="CFO")

    platform.announce(platform.event(1, **{KEY_CONTACT: "p2@example.com"}))
    platform.drain_all()

    assert platform.record(1).values[KEY_TITLE] == "CFO"


def test_a_key_contact_whom_two_may_be_is_refused(platform: Announcing) -> None:
    put_contact(platform.world, 4, 3, Email="p2@example.com")
    event = platform.event(1, **{KEY_CONTACT: "p2@example.com"})

    platform.announce(event)
    platform.drain_all()

    assert platform.told(event) == {KEY_CONTACT: ("refused", "reference_ambiguous")}
    assert key_contact(platform) == contact_id(1)


def test_a_new_title_of_the_key_contact_waits_for_accounts(platform: Announcing) -> None:
    """It is the user's; the account shows it when its job runs and the account has changed."""
    platform.announce(of_user(platform, 1, title="CTO"))
    platform.drain_all()
    before = platform.record(1).values[KEY_TITLE]
    platform.world.crm.org.edit("Account", account_id(1), Name="Globex")

    take_turns(platform.world, ACCOUNTS)

    assert (before, platform.record(1).values[KEY_TITLE]) == ("Analyst", "CTO")


def test_a_user_who_left_salesforce_is_told(platform: Announcing) -> None:
    event = of_user(platform, 3, title="CTO")
    platform.world.crm.org.delete("Contact", contact_id(3))

    platform.announce(event)
    platform.drain_all()

    assert platform.told(event)["title"] == ("refused", "deleted_in_crm")


def test_both_sides_changed_a_title(platform: Announcing) -> None:
    event = of_user(platform, 1, title="CTO")
    platform.world.advance(seconds=30)
    platform.world.crm.org.edit("Contact", contact_id(1), Title="CEO")
    platform.world.advance(seconds=30)

    platform.announce(event)
    platform.drain_all()
    take_turns(platform.world, USERS)

    assert platform.told(event)["title"][0] == "superseded"
    assert (contact(platform.world, 1)["title"], user(platform.world, 1)["title"]) == ("CEO", "CEO")
