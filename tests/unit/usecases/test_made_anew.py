"""An account that a person deletes and makes anew goes on with its link: what is sent of it."""

from typing import Any

import pytest

from syncline.ports import RunMode
from tests.worlds.all_kinds import ACCOUNTS_OUT, all_kinds_world
from tests.worlds.made_anew import (
    ONE,
    agreeing,
    claims,
    delete_first,
    is_there,
    link_of,
    make_anew,
    phones,
    remade,
)
from tests.worlds.runs import asked_for, finished, reasons, take_turns
from tests.worlds.small import ACME, World, account_id, put_task, task_id
from tests.worlds.two_way import (
    ACCOUNTS,
    IN,
    OUT,
    change_job,
    create_on_platform,
    tasks_in_salesforce,
)

DELETES = pytest.mark.parametrize("deletes", [True, False], ids=["deletes", "keeps"])


@DELETES
def test_new_record_takes_the_place_of_the_deleted(deletes: bool) -> None:
    world, own = remade(deletes=deletes)

    (run,) = take_turns(world, ACCOUNTS_OUT)

    left = "left:made_anew" if deletes else "skipped:deletes_off"
    assert reasons(run) == {left: 1, "linked:matched": 1}
    assert link_of(world).platform_id == "a9"
    assert claims(world, own, "a9") == {"a9": ONE}
    assert is_there(world)


@DELETES
def test_place_once_taken_is_kept(deletes: bool) -> None:
    world, _ = remade(deletes=deletes)
    take_turns(world, ACCOUNTS_OUT)
    version = link_of(world).version

    ended = take_turns(world, ACCOUNTS, ACCOUNTS_OUT, ACCOUNTS, ACCOUNTS_OUT)

    assert {reason for run in ended for reason in reasons(run)} <= {
        "left:never_sent", "left:unchanged",
    }  # fmt: skip
    assert (link_of(world).version, is_there(world)) == (version, True)


def test_place_is_taken_with_what_differs() -> None:
    world = agreeing()
    own = delete_first(world)
    make_anew(world, phone="9")

    (run,) = take_turns(world, ACCOUNTS_OUT)

    assert reasons(run) == {"left:made_anew": 1, "updated:matched_and_differs": 1}
    assert (phones(world), claims(world, own, "a9")) == (("9", "9"), {"a9": ONE})


def test_deletion_and_new_record_may_be_planned_apart() -> None:
    world = agreeing()
    own = delete_first(world)
    for number in range(2, 6):
        world.edit_on_platform("account", world.platform_id(account_id(number)), phone="1")
        world.advance(minutes=1)
    make_anew(world)

    (run,) = take_turns(world, ACCOUNTS_OUT)

    assert reasons(run)["left:made_anew"] == 1
    assert (claims(world, own, "a9"), is_there(world)) == ({"a9": ONE}, True)


def test_tasks_that_wait_for_the_new_record_go_out() -> None:
    world, _ = remade()
    create_on_platform(world, "task", "t1", title="Waits", account_id="a9")
    take_turns(world, OUT)
    assert tasks_in_salesforce(world) == {}

    take_turns(world, ACCOUNTS_OUT, OUT)

    (row,) = tasks_in_salesforce(world).values()
    assert (row["subject"], row["whatid"]) == ("Waits", ONE)


def test_tasks_that_wait_in_salesforce_arrive() -> None:
    world, _ = remade()
    put_task(world, 1, 1)
    take_turns(world, IN)
    assert world.platform("task") == {}

    take_turns(world, ACCOUNTS_OUT, IN)

    assert world.platform("task")[task_id(1).lower()]["account_id"] == "a9"


def test_deletion_that_went_out_is_final() -> None:
    world = agreeing()
    delete_first(world)
    take_turns(world, ACCOUNTS_OUT)
    make_anew(world)

    (run,) = take_turns(world, ACCOUNTS_OUT)

    assert not is_there(world)
    assert reasons(run)["rejected:unknown_external_id"] == 1


def test_record_that_cannot_go_out_keeps_its_like() -> None:
    world = agreeing()
    own = delete_first(world)
    make_anew(world, name=None, phone="9")

    (run,) = take_turns(world, ACCOUNTS_OUT)

    assert reasons(run) == {"left:made_anew": 1, "rejected:no_name": 1}
    assert (claims(world, own, "a9"), is_there(world)) == ({own: ONE}, True)


def test_record_that_has_a_counterpart_takes_no_place() -> None:
    world = agreeing()
    create_on_platform(world, "account", "a9", name="New")
    take_turns(world, ACCOUNTS_OUT, ACCOUNTS)
    delete_first(world)
    world.edit_on_platform("account", "a9", external_id=ONE.lower())

    (run,) = take_turns(world, ACCOUNTS_OUT)

    assert reasons(run)["deleted:deleted_on_platform"] == 1
    assert not is_there(world)


def test_record_that_lives_keeps_its_place() -> None:
    world = agreeing()
    own = world.platform_id(ONE)
    world.edit_on_platform("account", own, external_id=None)
    make_anew(world)

    (run,) = take_turns(world, ACCOUNTS_OUT)

    assert reasons(run)["held:already_linked"] == 1
    assert claims(world, own, "a9") == {own: ONE}


def test_place_is_taken_by_a_key_of_its_own() -> None:
    world = all_kinds_world(account_key="Customer_No__c")
    change_job(world, ACCOUNTS_OUT, deletes=True)
    for number in (1, 2):
        world.crm.org.edit("Account", account_id(number), Customer_No__c=f"K{number}")
    mapping = [
        {"salesforce": "Customer_No__c", "platform": "external_id", "key": True},
        {"salesforce": "Name", "platform": "name"},
    ]
    for job in (ACCOUNTS, ACCOUNTS_OUT):
        change_job(world, job, mapping=mapping)
    take_turns(world, ACCOUNTS, ACCOUNTS_OUT, ACCOUNTS)
    own = delete_first(world)
    make_anew(world, external_id="k1")

    (run,) = take_turns(world, ACCOUNTS_OUT)

    assert reasons(run)["left:made_anew"] == 1
    assert (claims(world, own, "a9"), is_there(world)) == ({"a9": ONE}, True)


def test_deletion_that_was_planned_is_not_sent_over_a_new_record() -> None:
    world = agreeing()
    delete_first(world)
    plan = finished(world.run(ACCOUNTS_OUT, run=asked_for(world, ACCOUNTS_OUT, RunMode.PLAN).id))
    assert reasons(plan) == {"deleted:deleted_on_platform": 1}
    make_anew(world)
    world.advance(minutes=1)

    asked = asked_for(world, ACCOUNTS_OUT, RunMode.APPLY, plan=plan.id)
    run = finished(world.run(ACCOUNTS_OUT, run=asked.id))

    assert (reasons(run), is_there(world)) == ({"held:changed_since_plan": 1}, True)


# --- what only Salesforce has -------------------------------------------------------------------


def with_a_phone(**job: Any) -> World:
    """The new record took the place of one that had a phone, and has none."""
    world = agreeing(**job)
    world.crm.org.edit("Account", ONE, Phone="1")
    take_turns(world, ACCOUNTS)
    delete_first(world)
    make_anew(world)
    take_turns(world, ACCOUNTS_OUT)
    assert phones(world) == ("1", None)
    return world


def test_gap_of_the_new_record_is_filled_by_the_next_import() -> None:
    world = with_a_phone()
    world.crm.org.edit("Account", ONE, Industry="Mining")

    take_turns(world, ACCOUNTS, ACCOUNTS_OUT)

    assert phones(world) == ("1", "1")


def test_gap_of_the_new_record_is_filled_by_a_full_run() -> None:
    world = with_a_phone()
    world.advance(minutes=15)

    finished(world.run(ACCOUNTS, run=asked_for(world, ACCOUNTS, RunMode.FULL).id))

    assert phones(world) == ("1", "1")


@pytest.mark.parametrize(
    ("policy", "phone"), [("salesforce", "1"), ("platform", "2"), ("hold", None)]
)
def test_nothing_unseen_is_overwritten(policy: str, phone: str | None) -> None:
    world = with_a_phone(conflicts=policy)
    world.edit_on_platform("account", "a9", phone="2")

    take_turns(world, ACCOUNTS_OUT)

    assert phones(world) == ("1" if phone is None else phone, "2")
    assert len(world.cloud.conflicts(ACME).page(limit=5)) == (phone is None)
