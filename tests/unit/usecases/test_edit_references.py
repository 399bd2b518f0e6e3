"""Writing to whom a reference leads to: *edit the value*."""

from typing import Any

from syncline.engine.plan import SendKind
from syncline.memory.crm_rows import refused
from syncline.ports import Row, RowAnswer
from tests.worlds.small import OWNER, account_id
from tests.worlds.two_way import SECOND
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
