"""Immediate write-back: a change on the platform is in Salesforce after one message."""

from tests.worlds.small import ACME, account_id
from tests.worlds.two_way import SECOND
from tests.worlds.writing_back import CRM, announcing


def test_a_change_reaches_salesforce() -> None:
    platform = announcing("industry", "phone")

    (receipt,) = platform.announce(platform.event(1, industry="Mining", phone="123"))
    platform.drain_all()

    assert not receipt.final
    now = platform.receipt(receipt.id)
    assert {told.outcome for told in now.results[CRM].values()} == {"applied"}
    assert platform.in_salesforce(1)["industry"] == "Mining"
    assert platform.in_salesforce(1)["phone"] == "123"


def test_an_owner_is_found_by_his_address() -> None:
    platform = announcing("owner")

    (receipt,) = platform.announce(platform.event(1, owner="bob@example.com"))
    platform.drain_all()

    assert platform.receipt(receipt.id).results[CRM]["owner"].outcome == "applied"
    assert platform.in_salesforce(1)["ownerid"] == SECOND


def test_nothing_waits_afterwards() -> None:
    platform = announcing("industry")

    platform.announce(platform.event(1, industry="Mining"))
    platform.drain_all()

    records = platform.world.cloud.records(ACME)
    own = platform.world.platform_id(account_id(1))
    record = records.get("account", [own])[own]
    assert record.outbox == ()
    assert record.edits == {}
    assert records.waiting("account", bulk=False, limit=10) == []


def test_the_latest_of_two_changes_is_written() -> None:
    platform = announcing("industry")

    older = platform.event(1, industry="Mining")
    platform.world.advance(seconds=5)
    newer = platform.event(1, industry="Banking")
    platform.announce(newer, older)
    platform.drain_all()

    assert platform.receipt(older.receipt.id).results[CRM]["industry"].outcome == "superseded"
    assert platform.receipt(newer.receipt.id).results[CRM]["industry"].outcome == "applied"
    assert platform.in_salesforce(1)["industry"] == "Banking"
