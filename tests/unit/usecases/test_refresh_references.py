"""Micro-sync (X7): what is read through a reference follows it at once."""

import copy

import pytest

from syncline.errors import RetryableError
from syncline.usecases.tell_history import TellHistory
from syncline.usecases.write_back_now import Drained
from tests.faults.crashing import SIDES, CrashError, Fuse, Side
from tests.worlds.interrupting import Interrupting
from tests.worlds.owned import FIRST, NAME, TITLE, owned
from tests.worlds.runs import take_turns
from tests.worlds.small import ACME, OWNER, account_id
from tests.worlds.two_way import ACCOUNTS, SECOND
from tests.worlds.writing_back import Announcing, announcing, switch_on

BOB = {"owner": "bob@example.com", NAME: "Bob B", TITLE: "Builder", FIRST: "Bob"}
ADA = {"owner": "ada@example.com", NAME: "Ada L", TITLE: "Countess", FIRST: "Ada"}


@pytest.fixture
def platform() -> Announcing:
    return owned()


def shown(platform: Announcing, number: int = 1) -> dict[str, object]:
    values = platform.record(number).values
    return {name: values.get(name) for name in BOB}


def given_to_bob(platform: Announcing, fuse: Interrupting | None = None) -> Drained:
    platform.announce(platform.event(1, owner="bob@example.com"))
    message = platform.world.cloud.queues.immediate.pop()
    return platform.drain(message.request, fuse=fuse)  # type: ignore[arg-type]


def test_the_new_owner_is_shown_at_once(platform: Announcing) -> None:
    assert shown(platform) == ADA

    given_to_bob(platform)

    assert shown(platform) == BOB
    assert platform.in_salesforce(1)["ownerid"] == SECOND


def test_the_story_tells_both_deeds(platform: Announcing) -> None:
    """What was written, by whose change, and what was read anew because of it."""
    given_to_bob(platform)

    cloud = platform.world.cloud
    tell = TellHistory(cloud.configuration, cloud.links, cloud.journal, cloud.runs)
    told = {each.stored["reason"]: each.stored for each in tell(ACME, "account", account_id(1))}
    assert told["written_back"]["receipts"] == [f"{platform.keys:032x}"]
    assert "refreshed" in told


def test_the_next_run_finds_nothing_left(platform: Announcing) -> None:
    given_to_bob(platform)
    version = platform.record(1).version

    take_turns(platform.world, ACCOUNTS)

    assert platform.record(1).version == version
    assert shown(platform) == BOB


def test_many_records_take_one_query(platform: Announcing) -> None:
    events = [platform.event(each, owner="bob@example.com") for each in (1, 2, 3)]
    platform.announce(*events)
    fuse = Interrupting()

    platform.drain(platform.world.cloud.queues.immediate.pop().request, fuse=fuse)  # type: ignore[arg-type]

    assert [shown(platform, each) for each in (1, 2, 3)] == [BOB, BOB, BOB]
    assert fuse.trace.count("MemoryCrm.find") == 2


def test_a_plain_field_takes_no_query_more(platform: Announcing) -> None:
    platform.announce(platform.event(1, industry="Mining"))
    fuse = Interrupting()

    platform.drain(platform.world.cloud.queues.immediate.pop().request, fuse=fuse)  # type: ignore[arg-type]

    assert fuse.trace.count("MemoryCrm.find") == 1
    assert "MemoryCrm.describe" not in fuse.trace[fuse.trace.index("MemoryCrm.write") :]


def test_a_reference_alone_takes_no_query_more() -> None:
    platform = announcing("owner")
    fuse = Interrupting()

    given_to_bob(platform, fuse)

    assert fuse.trace.count("MemoryCrm.find") == 1


def test_a_field_of_the_owner_moves_what_hangs_on_it(platform: Announcing) -> None:
    switch_on(platform.world, FIRST, reference="edit_value")
    platform.announce(platform.event(1, **{FIRST: "Adele"}))

    def the_name_follows() -> None:
        platform.world.crm.org.edit("User", OWNER, Name="Adele L")

    fuse = Interrupting(deeds={"MemoryCrm.write": the_name_follows})
    platform.drain(platform.world.cloud.queues.immediate.pop().request, fuse=fuse)  # type: ignore[arg-type]

    assert shown(platform) == {**ADA, FIRST: "Adele", NAME: "Adele L"}


def test_nothing_else_of_the_record_is_brought(platform: Announcing) -> None:
    org = platform.world.crm.org
    fuse = Interrupting(
        deeds={"MemoryCrm.write": lambda: org.edit("Account", account_id(1), Phone="123")}
    )

    given_to_bob(platform, fuse)
    at_once = platform.record(1).values.get("phone")
    take_turns(platform.world, ACCOUNTS)

    assert at_once is None
    assert platform.record(1).values["phone"] == "123"


def test_history_tells_both_in_one_story(platform: Announcing) -> None:
    given_to_bob(platform)

    cloud = platform.world.cloud
    tell = TellHistory(cloud.configuration, cloud.links, cloud.journal, cloud.runs)
    told = list(tell(ACME, "account", platform.record(1).id))

    assert told[0].run_id == told[1].run_id
    assert {change[0] for change in told[0].stored["changes"]} == {NAME, TITLE, FIRST}
    assert [change[0] for change in told[1].stored["changes"]] == ["owner"]
    assert told[0].at == told[1].at is not None


# --- what waits -------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["latest", "salesforce", "platform", "hold"])
@pytest.mark.parametrize("merge", ["fields", "record"])
def test_a_change_that_waits_is_left_alone(policy: str, merge: str) -> None:
    platform = owned(conflicts=policy, merge=merge)
    switch_on(platform.world, TITLE, reference="edit_value")

    def a_person_changes_the_title() -> None:
        platform.announce(platform.event(1, **{TITLE: "Head"}, industry="Mining", bulk=True))

    given_to_bob(platform, Interrupting(deeds={"MemoryCrm.write": a_person_changes_the_title}))

    record = platform.record(1)
    assert shown(platform) == {**BOB, TITLE: "Head"}
    assert record.values["industry"] == "Mining"
    assert [[*entry.values] for entry in record.outbox] == [["industry", TITLE]]
    assert record.edits.keys() == {TITLE, "industry"}
    assert platform.world.cloud.conflicts(ACME).page(limit=5) == []


def test_a_change_that_came_meanwhile_is_kept(platform: Announcing) -> None:
    switch_on(platform.world, TITLE, reference="edit_value")
    plans: list[int] = []

    def a_person_changes_the_title() -> None:
        plans.append(1)
        platform.announce(platform.event(1, **{TITLE: "Head"}, bulk=True))

    fuse = Interrupting()

    def the_second_plan() -> None:
        fuse.deeds["MemoryJournal.put"] = a_person_changes_the_title

    fuse.deeds["MemoryJournal.put"] = the_second_plan
    given_to_bob(platform, fuse)

    assert plans == [1]
    assert shown(platform) == {**BOB, TITLE: "Head"}


@pytest.mark.parametrize(
    ("policy", "title"),
    [("latest", "Builder"), ("salesforce", "Builder"), ("platform", "Head"), ("hold", "Head")],
)
def test_an_edit_of_a_person_goes_by_the_policy(policy: str, title: str) -> None:
    platform = owned(conflicts=policy)
    platform.world.edit_on_platform("account", platform.record(1).id, **{TITLE: "Head"})
    platform.world.advance(minutes=5)

    given_to_bob(platform)

    held = platform.world.cloud.conflicts(ACME).page(limit=5)
    assert platform.record(1).values[TITLE] == title
    assert [each.fields for each in held] == (
        [{TITLE: ("Builder", "Head")}] if policy == "hold" else []
    )


def test_a_record_held_for_a_person_stays_held() -> None:
    platform = owned(conflicts="hold")
    platform.world.edit_on_platform("account", platform.record(1).id, phone="1")
    platform.world.crm.org.edit("Account", account_id(1), Phone="2")
    take_turns(platform.world, ACCOUNTS)

    given_to_bob(platform)

    (held,) = platform.world.cloud.conflicts(ACME).page(limit=5)
    assert held.fields == {"phone": ("2", "1")}
    assert platform.link(1).reason == "contested"


@pytest.mark.parametrize("side", SIDES)
def test_a_death_anywhere_ends_the_same(platform: Announcing, side: Side) -> None:
    platform.announce(platform.event(1, owner="bob@example.com"))
    drain = platform.world.cloud.queues.immediate.pop().request
    whole = Fuse()
    copy.deepcopy(platform).drain(drain, fuse=whole)  # type: ignore[arg-type]

    for at in range(len(whole.trace)):
        one = copy.deepcopy(platform)
        with pytest.raises(CrashError):
            one.drain(drain, fuse=Fuse(at, side))  # type: ignore[arg-type]
        one.world.advance(minutes=5)
        one.drain(drain)  # type: ignore[arg-type]
        take_turns(one.world, ACCOUNTS)
        assert shown(one) == BOB
        assert one.record(1).outbox == ()


# --- failure ----------------------------------------------------------------------------------


def test_an_org_that_fails_leaves_it_settled(platform: Announcing) -> None:
    crm = platform.world.crm
    fault = RetryableError("down", code="org_unreachable")
    fuse = Interrupting(deeds={"MemoryReceipts.settle": lambda: crm.faults.append(fault)})

    drained = given_to_bob(platform, fuse)

    assert crm.faults == []
    assert drained == Drained(1)
    assert platform.record(1).outbox == ()
    assert platform.link(1).baseline["owner"] == "bob@example.com"
    assert shown(platform) == {**ADA, "owner": "bob@example.com"}
    take_turns(platform.world, ACCOUNTS)
    assert shown(platform) == BOB
