"""Accounts on their way out: matched, created, updated, never deleted (J1, J5, T16)."""

from typing import Any

import pytest

from tests.worlds.all_kinds import ACCOUNTS_OUT, NUMBER, all_kinds_world
from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import OWNER, World, account_id
from tests.worlds.two_way import (
    ACCOUNTS,
    OUT,
    change_job,
    create_on_platform,
    delete_on_platform,
    only_task,
    tasks_in_salesforce,
)

NEW = {"name": "Sandpiper", "domain": "https://sandpiper.example", "phone": "+49 30 1"}


@pytest.fixture(params=[True, False], ids=["keyed", "keyless"])
def world(request: pytest.FixtureRequest) -> World:
    return all_kinds_world(keyed=request.param)


@pytest.fixture(params=[True, False], ids=["keyed", "keyless"])
def numbered(request: pytest.FixtureRequest) -> World:
    """The connection's account id is the customer number."""
    made = all_kinds_world(keyed=request.param, account_key=NUMBER)
    for number in range(1, 6):
        its: dict[str, Any] = {NUMBER: f"C-{number}"}
        made.crm.org.edit("Account", account_id(number), **its)
    take_turns(made, ACCOUNTS)
    return made


def accounts(world: World) -> dict[str, dict[str, Any]]:
    return tasks_in_salesforce(world, "Account")


def new_account(world: World) -> tuple[str, dict[str, Any]]:
    ((crm_id, row),) = (each for each in accounts(world).items() if each[1]["name"] == "Sandpiper")
    return crm_id, row


def test_new_account_is_created_once(world: World) -> None:
    create_on_platform(world, "account", "a1", **NEW)

    (run,) = take_turns(world, ACCOUNTS_OUT)
    take_turns(world, ACCOUNTS, ACCOUNTS_OUT, ACCOUNTS)

    crm_id, row = new_account(world)
    assert reasons(run) == {"created:new": 1}
    assert (row["website"], row["phone"]) == ("https://sandpiper.example", "+49 30 1")
    assert world.platform("account")[crm_id.lower()]["name"] == "Sandpiper"
    assert (len(accounts(world)), len(world.platform("account"))) == (6, 6)


def test_accounts_are_not_created_unasked(world: World) -> None:
    change_job(world, ACCOUNTS_OUT, create=None)
    create_on_platform(world, "account", "a1", **NEW)

    (run,) = take_turns(world, ACCOUNTS_OUT)

    assert reasons(run) == {"skipped:create_off": 1}
    assert len(accounts(world)) == 5


def test_nameless_account_is_refused(world: World) -> None:
    create_on_platform(world, "account", "a1", phone="+49 30 1")

    (run,) = take_turns(world, ACCOUNTS_OUT)

    assert reasons(run) == {"rejected:no_name": 1}


def test_changed_fields_alone_are_sent(world: World) -> None:
    own = world.platform_id(account_id(1))
    world.crm.org.edit("Account", account_id(1), Industry="Mining", OwnerId=OWNER)
    world.edit_on_platform("account", own, phone="+49 30 2", owner="nobody@example.com")

    (run,) = take_turns(world, ACCOUNTS_OUT)
    take_turns(world, ACCOUNTS)

    row = accounts(world)[account_id(1)]
    assert reasons(run) == {"updated:changed": 1}
    assert (row["phone"], row["industry"], row["ownerid"]) == ("+49 30 2", "Mining", OWNER)
    assert world.platform("account")[account_id(1).lower()]["industry"] == "Mining"


def test_cleared_field_is_cleared(world: World) -> None:
    world.edit_on_platform("account", world.platform_id(account_id(1)), industry=None)

    take_turns(world, ACCOUNTS_OUT)

    assert accounts(world)[account_id(1)]["industry"] is None


def test_account_sent_comes_not_back(world: World) -> None:
    create_on_platform(world, "account", "a1", **NEW)
    take_turns(world, ACCOUNTS_OUT, ACCOUNTS)
    world.edit_on_platform("account", "a1", phone="+49 30 3")
    take_turns(world, ACCOUNTS_OUT, ACCOUNTS)
    stamp, writes = new_account(world)[1]["systemmodstamp"], dict(world.cloud.writes)

    take_turns(world, ACCOUNTS_OUT, ACCOUNTS, ACCOUNTS_OUT, ACCOUNTS)

    assert new_account(world)[1]["systemmodstamp"] == stamp
    for name in ("records", "links", "claims"):
        assert world.cloud.writes[name] == writes[name], name


def test_deleted_account_stays_in_salesforce(world: World) -> None:
    delete_on_platform(world, "account", world.platform_id(account_id(1)))

    (run,) = take_turns(world, ACCOUNTS_OUT)

    assert reasons(run) == {"skipped:deletes_off": 1}
    assert len(accounts(world)) == 5


def test_tasks_follow_their_new_account(world: World) -> None:
    create_on_platform(world, "account", "a1", **NEW)
    create_on_platform(world, "task", "t1", title="Call", account_id="a1")
    take_turns(world, OUT)
    before = tasks_in_salesforce(world)

    take_turns(world, ACCOUNTS_OUT, OUT)

    assert before == {}
    assert only_task(world)["whatid"] == new_account(world)[0]


# --- by an account id of the customer's own (J1, J5) -------------------------------------------


def test_account_is_matched_by_its_number(numbered: World) -> None:
    crm_id = account_id(9)
    known: dict[str, Any] = {"Name": "Known", NUMBER: "C-9"}
    numbered.crm.org.put("Account", crm_id, **known)
    create_on_platform(numbered, "account", "a9", name="Known", phone="1", external_id="c-9")

    (run,) = take_turns(numbered, ACCOUNTS_OUT)

    assert reasons(run) == {"updated:matched_and_differs": 1}
    assert accounts(numbered)[crm_id]["phone"] == "1"
    assert numbered.platform_id(crm_id) == "a9"


def test_number_is_filled_at_creation(numbered: World) -> None:
    create_on_platform(numbered, "account", "a9", **NEW, external_id="c-9")

    take_turns(numbered, ACCOUNTS_OUT, ACCOUNTS)
    writes = dict(numbered.cloud.writes)
    take_turns(numbered, ACCOUNTS_OUT, ACCOUNTS)

    assert new_account(numbered)[1][NUMBER.lower()] == "c-9"
    assert numbered.platform("account")["c-9"]["name"] == "Sandpiper"
    assert len(numbered.platform("account")) == 6
    assert numbered.cloud.writes["links"] == writes["links"]


def test_number_is_never_updated(numbered: World) -> None:
    own = numbered.platform_id(account_id(1))
    numbered.edit_on_platform("account", own, external_id="c-77", phone="7")

    take_turns(numbered, ACCOUNTS_OUT)

    row = accounts(numbered)[account_id(1)]
    assert (row["phone"], row[NUMBER.lower()]) == ("7", "C-1")
