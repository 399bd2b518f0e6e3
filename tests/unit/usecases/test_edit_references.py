"""Writing to whom a reference leads to: *edit the value*."""

import copy
from typing import Any

import pytest

from syncline.engine.plan import SendKind
from syncline.memory.crm_rows import refused
from syncline.ports import Row, RowAnswer, RunMode
from syncline.usecases.stored_changes import ChangeEvent
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.runs import asked_for
from tests.worlds.small import OWNER, account_id
from tests.worlds.two_way import ACCOUNTS, SECOND, change_job
from tests.worlds.writing_back import PHONE, TITLE, Announcing, refuse_fields, with_titles

WRITTEN, THERE = ("applied", "written"), ("applied", "already_there")


def title(platform: Announcing, user: str) -> Any:
    return platform.world.crm.org.rows["user"][user].get("title")


def test_an_owner_s_title_is_edited() -> None:
    platform = with_titles()
    event = platform.event(1, **{TITLE: "Boss"})

    platform.announce(event)
    platform.drain_all()

    assert platform.told(event) == {TITLE: WRITTEN}
    assert title(platform, OWNER) == "Boss"
    assert platform.link(1).baseline[TITLE] == "Boss"


def test_of_two_records_with_one_owner_the_later_wins() -> None:
    platform = with_titles()
    older = platform.event(2, **{TITLE: "Clerk"})
    platform.world.advance(seconds=5)
    newer = platform.event(1, **{TITLE: "Boss"})

    platform.announce(newer, older)
    platform.drain_all()

    assert platform.told(newer) == {TITLE: WRITTEN}
    assert platform.told(older) == {TITLE: ("superseded", "later_change")}
    assert title(platform, OWNER) == "Boss"


def test_two_records_that_say_the_same_of_one_owner() -> None:
    platform = with_titles()
    older = platform.event(2, **{TITLE: "Boss"})
    platform.world.advance(seconds=5)
    newer = platform.event(1, **{TITLE: "Boss"})

    platform.announce(newer, older)
    platform.drain_all()

    assert platform.told(newer) == platform.told(older) == {TITLE: WRITTEN}


def test_owners_are_written_in_one_request() -> None:
    platform = with_titles()
    platform.world.crm.org.edit("Account", account_id(2), OwnerId=SECOND)
    platform.world.advance(minutes=1)
    platform.world.run("accounts")
    platform.world.advance(minutes=1)
    one, two = platform.event(1, **{TITLE: "Boss"}), platform.event(2, **{TITLE: "Clerk"})

    platform.announce(one, two)
    platform.drain_all()

    assert (title(platform, OWNER), title(platform, SECOND)) == ("Boss", "Clerk")
    assert platform.told(one) == platform.told(two) == {TITLE: WRITTEN}


def test_a_new_owner_gets_the_title_that_came_with_him() -> None:
    platform = with_titles()
    event = platform.event(1, owner="bob@example.com", **{TITLE: "Boss"})

    platform.announce(event)
    platform.drain_all()

    assert platform.told(event) == {"owner": WRITTEN, TITLE: WRITTEN}
    assert (title(platform, OWNER), title(platform, SECOND)) == (None, "Boss")


def test_a_title_that_is_refused_leaves_the_record_be() -> None:
    platform = with_titles()

    def judge(object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
        return refused(row.id, "no_access") if object == "User" else None

    platform.world.crm.refuse = judge
    event = platform.event(1, owner="bob@example.com", **{TITLE: "Boss"})
    platform.announce(event)
    platform.drain_all()

    assert platform.told(event) == {"owner": WRITTEN, TITLE: ("refused", "no_access")}
    assert TITLE not in platform.link(1).baseline


def test_a_field_of_an_owner_that_is_refused_fails_alone() -> None:
    platform = with_titles()
    refuse_fields(platform, "Phone")
    event = platform.event(1, **{TITLE: "Boss", PHONE: "1"})

    platform.announce(event)
    platform.drain_all()

    assert platform.told(event) == {TITLE: WRITTEN, PHONE: ("refused", "read_only")}
    assert title(platform, OWNER) == "Boss"


def test_a_locked_owner_is_tried_again() -> None:
    platform = with_titles()
    locked = [True]

    def judge(object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
        blocked = object == "User" and locked[0]
        return refused(row.id, "locked", again=True) if blocked else None

    platform.world.crm.refuse = judge
    event = platform.event(1, owner="bob@example.com", **{TITLE: "Boss"})
    platform.announce(event)
    platform.drain(platform.taken())
    assert not platform.receipt(event.receipt.id).final
    locked.clear()
    locked.append(False)

    platform.drain_all()

    assert platform.told(event) == {"owner": THERE, TITLE: WRITTEN}


POLICIES = ("latest", "crm", "platform", "hold")


def apart(platform: Announcing, *events: ChangeEvent) -> None:
    """Each is drained by itself."""
    for event in events:
        platform.world.advance(seconds=5)
        platform.announce(event)
        platform.drain_all()


def two_of_one_owner(policy: str) -> tuple[Announcing, ChangeEvent, ChangeEvent]:
    """The older change and the later one, both made before anything is drained."""
    platform = with_titles()
    change_job(platform.world, ACCOUNTS, conflicts=policy)
    older = platform.event(2, **{TITLE: "Clerk"})
    platform.world.advance(seconds=5)
    return platform, older, platform.event(1, **{TITLE: "Boss"})


@pytest.mark.parametrize("policy", POLICIES)
def test_an_older_edit_that_comes_later_does_not_win(policy: str) -> None:
    platform, older, newer = two_of_one_owner(policy)

    apart(platform, newer, older)

    assert platform.told(newer) == {TITLE: WRITTEN}
    assert platform.told(older) == {TITLE: ("superseded", "later_change")}
    assert title(platform, OWNER) == "Boss"


@pytest.mark.parametrize("policy", POLICIES)
def test_a_later_edit_is_no_contest_with_our_own(policy: str) -> None:
    """It was made before the older one was written."""
    platform, older, newer = two_of_one_owner(policy)

    apart(platform, older, newer)

    assert platform.told(older) == platform.told(newer) == {TITLE: WRITTEN}
    assert title(platform, OWNER) == "Boss"


def test_what_salesforce_edited_since_is_a_contest() -> None:
    platform, older, newer = two_of_one_owner("latest")
    apart(platform, older)
    platform.world.advance(minutes=1)
    platform.world.crm.org.edit("User", OWNER, Title="Chief")

    apart(platform, newer)

    assert platform.told(newer) == {TITLE: ("superseded", "crm_is_later")}
    assert title(platform, OWNER) == "Chief"


def test_a_new_owner_s_later_title_stays() -> None:
    """Through the account that had him all the time."""
    platform = with_titles()
    platform.world.crm.org.edit("Account", account_id(2), OwnerId=SECOND)
    platform.world.advance(minutes=1)
    platform.world.run(ACCOUNTS)
    older = platform.event(1, owner="bob@example.com", **{TITLE: "Clerk"})
    platform.world.advance(seconds=5)
    newer = platform.event(2, **{TITLE: "Boss"})

    apart(platform, newer, older)

    assert platform.told(older) == {"owner": WRITTEN, TITLE: ("superseded", "later_change")}
    assert title(platform, SECOND) == "Boss"


@pytest.mark.parametrize("said", [SECOND, SECOND[:15]])
def test_an_older_edit_of_an_owner_named_by_id_does_not_win(said: str) -> None:
    platform = with_titles()
    lines = [
        {"salesforce": "Id", "platform": "external_id", "key": True},
        {"salesforce": "Name", "platform": "name"},
        {"salesforce": "OwnerId", "platform": "owner"},
        {"salesforce": "Owner.Title", "platform": TITLE},
    ]
    change_job(platform.world, ACCOUNTS, mapping=lines)
    older = platform.event(2, owner=said, **{TITLE: "Clerk"})
    platform.world.advance(seconds=5)
    newer = platform.event(1, owner=SECOND, **{TITLE: "Boss"})

    apart(platform, newer, older)

    assert platform.told(older) == {"owner": WRITTEN, TITLE: ("superseded", "later_change")}
    assert title(platform, SECOND) == "Boss"


def test_an_edit_whose_note_came_first_is_made_good() -> None:
    """The writer dies between the note and the write."""
    platform, older, newer = two_of_one_owner("platform")
    trace = Fuse()
    trial = copy.deepcopy(platform)
    trial.announce(newer)
    trial.drain(trial.taken(), fuse=trace)
    platform.announce(newer)
    at = trace.trace.index("MemoryLinks.note_edited")
    with pytest.raises(CrashError):
        platform.drain(platform.taken(), fuse=Fuse(at, "after"))
    platform.world.advance(minutes=5)

    apart(platform, older)

    assert title(platform, OWNER) == "Boss"
    assert platform.told(newer) == {TITLE: WRITTEN}


def test_others_of_one_owner_come_with_a_full_run() -> None:
    """The CRM does not mark an account as changed because its owner was."""
    platform = with_titles()
    apart(platform, platform.event(1, **{TITLE: "Boss"}))
    platform.world.advance(hours=1)

    platform.world.run(ACCOUNTS)
    assert platform.record(2).values.get(TITLE) is None
    platform.world.advance(hours=1)
    run = asked_for(platform.world, ACCOUNTS, RunMode.FULL)
    platform.world.run(ACCOUNTS, run=run.id)

    assert platform.record(2).values[TITLE] == "Boss"
