"""A change event that comes late, beside what happened to the record in the meantime."""

from typing import Any

import pytest

from syncline.engine.records import PlatformRecord
from syncline.ports import Receipt
from syncline.usecases.delete_record import DeleteRecord
from syncline.usecases.edit_record import EditRecord
from tests.worlds.runs import take_turns
from tests.worlds.small import ACME, account_id, put_account
from tests.worlds.two_way import ACCOUNTS, change_job
from tests.worlds.writing_back import CRM, Announcing, announcing, switch_on


@pytest.fixture
def platform() -> Announcing:
    return announcing("industry")


def here(platform: Announcing, number: int = 1) -> PlatformRecord:
    own = platform.world.platform_id(account_id(number))
    return platform.world.cloud.records(ACME).get("account", [own])[own]


def put(platform: Announcing, **values: Any) -> None:
    cloud = platform.world.cloud
    own = platform.world.platform_id(account_id(1))
    EditRecord(cloud.configuration, cloud.records, cloud.clock)(ACME, "account", own, values)


def told(platform: Announcing, receipt: Receipt) -> tuple[str, str]:
    found = platform.receipt(receipt.id).results[CRM]["industry"]
    return found.outcome, found.reason


def test_an_older_change_does_not_undo_a_sellers(platform: Announcing) -> None:
    late = platform.event(1, industry="Mining")
    platform.world.advance(minutes=1)
    platform.world.crm.org.edit("Account", account_id(1), Industry="Banking")
    edited = platform.in_salesforce(1)["lastmodifieddate"]
    take_turns(platform.world, ACCOUNTS)

    (receipt,) = platform.announce(late)
    platform.drain_all()

    assert here(platform).times == {"industry": edited}
    assert here(platform).values["industry"] == "Banking"
    assert platform.in_salesforce(1)["industry"] == "Banking"
    assert told(platform, receipt) == ("superseded", "later_change")


def test_an_older_value_that_wins_is_not_undone(platform: Announcing) -> None:
    change_job(platform.world, ACCOUNTS, conflicts="salesforce")
    platform.world.crm.org.edit("Account", account_id(1), Industry="Banking")
    platform.world.advance(minutes=1)
    late = platform.event(1, industry="Mining")
    platform.world.advance(minutes=1)
    platform.announce(platform.event(1, industry="Retail"))
    take_turns(platform.world, ACCOUNTS)

    (receipt,) = platform.announce(late)

    assert here(platform).values["industry"] == "Banking"
    assert told(platform, receipt) == ("superseded", "later_change")


def test_a_later_change_than_the_sellers_counts(platform: Announcing) -> None:
    platform.world.crm.org.edit("Account", account_id(1), Industry="Banking")
    platform.world.advance(minutes=1)
    late = platform.event(1, industry="Mining")
    take_turns(platform.world, ACCOUNTS)

    (receipt,) = platform.announce(late)
    platform.drain_all()

    assert platform.in_salesforce(1)["industry"] == "Mining"
    assert told(platform, receipt) == ("applied", "written")


def test_what_is_not_written_back_has_no_time(platform: Announcing) -> None:
    platform.world.crm.org.edit("Account", account_id(1), Phone="123")

    take_turns(platform.world, ACCOUNTS)
    put(platform, phone="456")

    assert here(platform).values["phone"] == "456"
    assert here(platform).times == {}


def test_an_imported_record_knows_its_times(platform: Announcing) -> None:
    late = "2026-01-01T00:00:00Z"
    put_account(platform.world, 9, Industry="Banking")
    take_turns(platform.world, ACCOUNTS)

    (receipt,) = platform.announce(platform.event(9, at=late, industry="Mining"))

    assert here(platform, 9).times.keys() == {"industry"}
    assert told(platform, receipt) == ("superseded", "later_change")


def test_an_older_change_does_not_undo_a_put(platform: Announcing) -> None:
    late = platform.event(1, industry="Mining")
    platform.world.advance(minutes=1)
    put(platform, industry="Banking", phone="456")

    (receipt,) = platform.announce(late)

    assert here(platform).times.keys() == {"industry"}
    assert here(platform).values["industry"] == "Banking"
    assert told(platform, receipt) == ("superseded", "later_change")


def test_an_edit_from_before_the_switch() -> None:
    """Nothing but the edit itself tells its time."""
    platform = announcing()
    late = platform.event(1, industry="Mining")
    platform.world.advance(minutes=1)
    put(platform, industry="Banking")
    switch_on(platform.world, "industry")

    (receipt,) = platform.announce(late)

    assert here(platform).values["industry"] == "Banking"
    assert told(platform, receipt) == ("superseded", "later_change")


def test_a_put_replaces_a_change_that_waits(platform: Announcing) -> None:
    (receipt,) = platform.announce(platform.event(1, industry="Mining"))
    platform.world.advance(minutes=1)
    put(platform, industry="Banking")

    platform.drain_all()

    assert platform.in_salesforce(1)["industry"] == "Energy"
    assert told(platform, receipt) == ("superseded", "later_change")


def test_a_deletion_ends_what_waits(platform: Announcing) -> None:
    (receipt,) = platform.announce(platform.event(1, industry="Mining"))
    queued = len(platform.world.cloud.queues.immediate)
    cloud, own = platform.world.cloud, here(platform).id

    DeleteRecord(cloud.records, cloud.clock)(ACME, "account", own)
    announced = len(cloud.queues.immediate) - queued
    platform.drain_all()

    assert announced == 0
    assert told(platform, receipt) == ("refused", "record_deleted")
    assert here(platform).outbox == ()
    assert platform.in_salesforce(1)["industry"] == "Energy"
