"""What is known after write-back: baselines, edits, conflicts, outboxes, in every connection."""

from dataclasses import replace

import pytest

from syncline.ports import Drain, RecordWrite
from tests.faults.crashing import Fuse, Meanwhile
from tests.worlds.small import ACME, account_id
from tests.worlds.two_way import ACCOUNTS, SECOND, change_job
from tests.worlds.writing_back import CRM, Announcing, announcing, connect, switch_on
from tests.worlds.writing_tasks import TASKS, writing_tasks

WRITTEN, THERE = ("applied", "written"), ("applied", "already_there")


def inbound_writes(platform: Announcing) -> tuple[object, ...]:
    """What a scheduled inbound run still finds to write."""
    world = platform.world
    records = [platform.record(number) for number in range(1, 6)]
    world.advance(minutes=15)
    world.run(ACCOUNTS)
    after = [platform.record(number) for number in range(1, 6)]
    return tuple((a, b) for a, b in zip(records, after, strict=True) if a.values != b.values)


def test_what_was_written_is_agreed_on() -> None:
    platform = announcing("industry", "owner")
    platform.announce(platform.event(1, industry="Mining", owner="BOB@example.com"))

    platform.drain_all()

    link = platform.link(1)
    assert link.baseline["industry"] == "Mining"
    assert link.baseline["owner"] == "bob@example.com"
    assert link.sent == {"industry": "Mining", "owner": "BOB@example.com"}
    assert link.sent_at is not None
    assert platform.in_salesforce(1)["ownerid"] == SECOND
    assert platform.record(1).edits == {}
    assert inbound_writes(platform) == ()


def test_what_was_cleared_is_agreed_on() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry=None)
    platform.announce(event)

    platform.drain_all()

    assert platform.told(event) == {"industry": WRITTEN}
    assert platform.in_salesforce(1)["industry"] is None
    assert "industry" not in platform.link(1).baseline
    assert inbound_writes(platform) == ()


def test_what_was_there_is_agreed_on_without_a_write() -> None:
    """A seller was quicker, with the same value."""
    platform = announcing("industry")
    platform.world.crm.org.edit("Account", account_id(1), Industry="Mining")
    event = platform.event(1, industry="Mining")
    platform.announce(event)

    platform.drain_all()

    assert platform.told(event) == {"industry": THERE}
    link = platform.link(1)
    assert (link.baseline["industry"], link.sent_at) == ("Mining", None)


@pytest.mark.parametrize(
    ("policy", "outcome", "reason"),
    [
        ("latest", "superseded", "crm_is_later"),
        ("salesforce", "superseded", "crm_is_later"),
        ("platform", "applied", "written"),
        ("hold", "held", "contested"),
    ],
)
def test_a_later_edit_in_salesforce_goes_by_the_policy(
    policy: str, outcome: str, reason: str
) -> None:
    platform = announcing("industry", "phone")
    change_job(platform.world, ACCOUNTS, conflicts=policy)
    event = platform.event(1, industry="Mining", phone="1")
    platform.announce(event)
    platform.world.advance(seconds=5)
    platform.world.crm.org.edit("Account", account_id(1), Industry="Banking")

    platform.drain_all()

    assert platform.told(event) == {"industry": (outcome, reason), "phone": WRITTEN}
    written = "Mining" if policy == "platform" else "Banking"
    assert platform.in_salesforce(1)["industry"] == written
    held = platform.world.cloud.conflicts(ACME).page(limit=10)
    assert [each.fields for each in held] == (
        [{"industry": ("Banking", "Mining")}] if policy == "hold" else []
    )
    assert platform.record(1).edits == (
        {} if policy == "platform" else {"industry": event.receipt.at}
    )


def test_the_winner_is_on_both_sides_after_a_run() -> None:
    platform = announcing("industry")
    platform.announce(platform.event(1, industry="Mining"))
    platform.world.advance(seconds=5)
    platform.world.crm.org.edit("Account", account_id(1), Industry="Banking")
    platform.drain_all()

    platform.world.advance(minutes=15)
    platform.world.run(ACCOUNTS)

    assert platform.record(1).values["industry"] == "Banking"
    assert platform.in_salesforce(1)["industry"] == "Banking"
    assert platform.record(1).edits == {}


def test_a_record_without_a_match_is_told() -> None:
    platform = announcing("industry")
    world = platform.world
    record = replace(platform.record(1), id="alone", version=1, values={"name": "Alone"})
    records = world.cloud.records(ACME)
    assert records.write([RecordWrite(record, expected=0)]) == [True]
    event = platform.event(1, industry="Mining")
    event = replace(event, receipt=replace(event.receipt, record="alone"))

    platform.announce(event)
    platform.drain_all()

    assert platform.told(event) == {"industry": ("skipped", "not_matched")}
    assert records.get("account", ["alone"])["alone"].outbox == ()


def test_a_change_that_comes_while_writing_stays() -> None:
    platform = announcing("industry")
    first = platform.event(1, industry="Mining")
    platform.announce(first)
    probe = Fuse()
    other = announcing("industry")
    other.announce(other.event(1, industry="Mining"))
    other.drain(other.taken(), fuse=probe)
    for place in range(len(probe.trace)):
        platform = announcing("industry")
        first = platform.event(1, industry="Mining")
        platform.announce(first)
        platform.world.advance(seconds=5)
        second = platform.event(1, industry="Banking")

        def comes(platform: Announcing = platform, second: object = second) -> None:
            platform.announce(second)  # type: ignore[arg-type]

        platform.drain(platform.taken(), fuse=Meanwhile(act=comes, place=place))
        platform.drain_all()

        assert platform.receipt(first.receipt.id).final
        assert platform.told(second) == {"industry": WRITTEN}
        assert platform.in_salesforce(1)["industry"] == "Banking"
        assert platform.record(1).outbox == ()


# --- several connections --------------------------------------------------------------------------


def both() -> Announcing:
    platform = announcing("industry", "phone")
    connect(platform, "two", 1, 2)
    return platform


def test_each_connection_is_written() -> None:
    platform = both()
    event = platform.event(1, industry="Mining", to={CRM: ("industry",), "two": ("industry",)})
    platform.announce(event)

    platform.drain(platform.taken())

    assert not platform.receipt(event.receipt.id).final
    (entry,) = platform.record(1).outbox
    assert entry.to == ("two",)
    assert platform.record(1).edits == {"industry": event.receipt.at}
    platform.drain_all()
    assert platform.receipt(event.receipt.id).final
    assert platform.told(event) == platform.told(event, "two") == {"industry": WRITTEN}
    assert platform.orgs["two"].org.rows["account"][account_id(1)]["industry"] == "Mining"
    assert (platform.record(1).outbox, platform.record(1).edits) == ((), {})
    assert platform.link(1, "two").baseline["industry"] == "Mining"


def test_a_connection_that_is_down_keeps_nobody() -> None:
    """A seller's older edit there does not win because the other connection was done first."""
    platform = both()
    two = platform.orgs["two"]
    two.org.edit("Account", account_id(1), Industry="Retail")
    platform.world.advance(minutes=1)
    two.org.advance(60)
    event = platform.event(1, industry="Mining", to={CRM: ("industry",), "two": ("industry",)})
    platform.announce(event)
    platform.drain(platform.taken())
    assert platform.told(event) == {"industry": WRITTEN}
    platform.world.cloud.queues.immediate.clear()
    platform.world.advance(minutes=15)
    two.org.advance(900)

    type(platform.world)(two, platform.world.cloud).run("accounts-two")
    assert platform.record(1).values["industry"] == "Mining"
    platform.drain(Drain(ACME, "two", "account", ()))

    assert platform.told(event, "two") == {"industry": WRITTEN}
    assert two.org.rows["account"][account_id(1)]["industry"] == "Mining"


def test_a_connection_hears_of_its_own_attributes() -> None:
    platform = both()
    lines = [
        {"salesforce": "Id", "platform": "external_id", "key": True},
        {"salesforce": "Name", "platform": "name"},
        {"salesforce": "Industry", "platform": "industry"},
    ]
    change_job(platform.world, "accounts-two", mapping=lines)
    to = {CRM: ("industry", "phone"), "two": ("industry",)}
    event = platform.event(1, industry="Mining", phone="1", to=to)
    platform.announce(event)

    platform.drain_all()

    assert platform.told(event) == {"industry": WRITTEN, "phone": WRITTEN}
    assert platform.told(event, "two") == {"industry": WRITTEN}


def test_two_objects_in_one_second_have_two_stories() -> None:
    """One delivery may speak of several objects; each drain is journalled for itself."""
    sides = writing_tasks()
    switch_on(sides.world, "industry")
    account, task = sides.platform.event(1, industry="Mining"), sides.change(TASKS[0], "title")
    sides.platform.announce(account, task)
    ids = {account_id(1): account.receipt.record, TASKS[0]: task.receipt.record}

    sides.platform.drain(sides.platform.taken())
    sides.platform.drain(sides.platform.taken())

    links = sides.world.cloud.links(ACME, CRM).get(ids)
    for crm_id, own in ids.items():
        run, batch, attempt, index = str(links[crm_id].last).split("/")
        entry = sides.world.cloud.journal.get(ACME, run, f"{batch}/{attempt}")
        assert entry is not None
        assert entry["actions"][int(index)]["key"] == own


def test_an_attribute_switched_off_meanwhile_is_told() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    configuration = platform.world.cloud.configuration
    configuration.delete(ACME, "attribute", "account.industry")

    platform.drain_all()

    assert platform.told(event) == {"industry": ("refused", "not_mapped")}
    assert platform.in_salesforce(1)["industry"] == "Energy"


def test_what_a_process_knows_ends_with_a_saved_document() -> None:
    platform = announcing("industry")
    platform.is_one_process()
    first = platform.event(1, industry="Mining")
    platform.announce(first)
    platform.drain_all()

    switch_on(platform.world, "phone")
    second = platform.event(1, phone="1")
    platform.announce(second)
    platform.drain_all()
    lines = [
        {"salesforce": "Id", "platform": "external_id", "key": True},
        {"salesforce": "Name", "platform": "name"},
        {"salesforce": "Website", "platform": "phone"},
    ]
    change_job(platform.world, ACCOUNTS, mapping=lines)
    third = platform.event(1, phone="2")
    platform.announce(third)
    platform.drain_all()

    assert platform.told(first) == {"industry": WRITTEN}
    assert platform.told(second) == platform.told(third) == {"phone": WRITTEN}
    row = platform.in_salesforce(1)
    assert (row["phone"], row["website"]) == ("1", "2")


def test_what_a_process_knows_ends_after_ten_minutes() -> None:
    platform = announcing("industry")
    platform.is_one_process()
    counts = []
    for minutes in (0, 9, 2):
        platform.world.advance(minutes=minutes)
        platform.announce(platform.event(1, industry=f"Mining {minutes}"))
        before = platform.world.crm.requests()
        platform.drain_all()
        counts.append(platform.world.crm.requests() - before)

    assert counts[0] == counts[2] > counts[1]
