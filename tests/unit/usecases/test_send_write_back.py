"""What Salesforce says to a row, field by field."""

import pytest

from syncline.engine.plan import SendKind
from syncline.memory.crm_rows import refused
from syncline.memory.org import Limits, described
from syncline.ports import Row, RowAnswer
from tests.worlds.small import ACME, account_id
from tests.worlds.writing_back import (
    CRM,
    Announcing,
    announcing,
    refuse_fields,
    switch_on,
    with_titles,
)

WRITTEN, THERE = ("applied", "written"), ("applied", "already_there")
THIRD = "005000000000009AAA"


def restrict(platform: Announcing, *names: str) -> None:
    """The connected user may not edit those fields of accounts."""
    objects = platform.world.crm.org.objects
    fields = {"Name": "string", "Website": "url", "Phone": "phone", "Industry": "picklist"}
    objects["account"] = described(  # type: ignore[index]
        "Account",
        fields,
        key_prefix="001",
        references={"OwnerId": ("User",), "CreatedById": ("User",)},
        limits=Limits(read_only=names),
    )


def test_a_read_only_field_fails_alone() -> None:
    platform = announcing("industry", "phone")
    restrict(platform, "Industry")
    event = platform.event(1, industry="Mining", phone="1")

    platform.announce(event)
    platform.drain_all()

    assert platform.told(event) == {"industry": ("refused", "read_only"), "phone": WRITTEN}
    assert "Industry" in platform.receipt(event.receipt.id).results[CRM]["industry"].detail
    row = platform.in_salesforce(1)
    assert (row["phone"], row["industry"]) == ("1", "Energy")


def test_a_right_that_was_given_meanwhile_counts() -> None:
    """The process has described the org some minutes ago."""
    platform = announcing("industry", "phone")
    restrict(platform, "Industry")
    platform.is_one_process()
    first, second = platform.event(1, industry="Mining"), platform.event(2, industry="Mining")
    platform.announce(first)
    platform.drain_all()

    restrict(platform)
    platform.announce(second)
    platform.drain_all()

    assert platform.told(first) == {"industry": ("refused", "read_only")}
    assert platform.told(second) == {"industry": WRITTEN}


def test_settings_that_were_made_anew_count() -> None:
    """They have the version of those that were deleted."""
    platform = with_titles()
    platform.is_one_process()
    first = platform.event(1, owner_title="CEO")
    platform.announce(first)
    platform.drain_all()
    platform.world.cloud.configuration.delete(ACME, "attribute", "account.owner_title")
    switch_on(platform.world, "owner_title", reference="update_reference")

    second = platform.event(1, owner_title="CTO")
    platform.announce(second)
    platform.drain_all()

    assert platform.told(first)["owner_title"] == ("applied", "written")
    assert platform.told(second)["owner_title"] == ("refused", "reference_not_found")


def test_a_field_that_salesforce_refuses_fails_alone() -> None:
    platform = announcing("industry", "phone", "owner")
    seen = refuse_fields(platform, "Industry")
    event = platform.event(1, industry="Mining", phone="1", owner="bob@example.com")

    platform.announce(event)
    platform.drain_all()

    assert platform.told(event) == {
        "industry": ("refused", "read_only"),
        "phone": WRITTEN,
        "owner": WRITTEN,
    }
    assert seen == [{"Industry", "Phone", "OwnerId"}, {"Phone", "OwnerId"}]


def test_fields_that_are_named_one_by_one_all_go() -> None:
    platform = announcing("industry", "phone", "owner", "domain")
    seen: list[set[str]] = []

    def judge(_object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
        seen.append(set(row.values))
        at_fault = sorted(set(row.values) - {"Phone"})[:1]
        return refused(row.id, "validation_rule", *at_fault) if at_fault else None

    platform.world.crm.refuse = judge
    event = platform.event(1, industry="M", phone="1", owner="bob@example.com", domain="x")
    platform.announce(event)
    platform.drain_all()

    outcomes = {name: outcome for name, (outcome, _) in platform.told(event).items()}
    refusals = dict.fromkeys(["industry", "owner", "domain"], "refused")
    assert outcomes == {**refusals, "phone": "applied"}
    assert len(seen) == 4


@pytest.mark.parametrize("named", [(), ("Industry", "Phone"), ("Elsewhere",)])
def test_a_row_is_refused_as_a_whole(named: tuple[str, ...]) -> None:
    platform = announcing("industry", "phone")
    calls: list[Row] = []

    def judge(_object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
        calls.append(row)
        return refused(row.id, "validation_rule", *named)

    platform.world.crm.refuse = judge
    event = platform.event(1, industry="Mining", phone="1")
    platform.announce(event)
    platform.drain_all()

    why = ("refused", "validation_rule")
    assert platform.told(event) == {"industry": why, "phone": why}
    assert len(calls) == 1
    assert platform.record(1).outbox == ()


def test_a_record_deleted_between_look_and_write() -> None:
    platform = announcing("industry")
    org = platform.world.crm.org

    def judge(_object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
        org.delete("Account", str(row.id))
        return None

    platform.world.crm.refuse = judge
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    platform.drain_all()

    assert platform.told(event) == {"industry": ("refused", "deleted_in_crm")}


def test_a_record_deleted_in_crm() -> None:
    platform = announcing("industry")
    platform.world.crm.org.delete("Account", account_id(1))
    event = platform.event(1, industry="Mining")

    platform.announce(event)
    platform.drain_all()

    assert platform.told(event) == {"industry": ("refused", "deleted_in_crm")}


def test_one_request_writes_many_records() -> None:
    platform = announcing("industry")
    platform.announce(*(platform.event(number, industry="Mining") for number in range(1, 6)))
    platform.is_one_process()
    platform.drain(platform.taken())
    platform.announce(*(platform.event(number, industry="Banking") for number in range(1, 6)))
    before = platform.world.crm.requests()

    platform.drain(platform.taken())

    assert platform.world.crm.requests() - before == 2
    assert {platform.in_salesforce(n)["industry"] for n in range(1, 6)} == {"Banking"}


@pytest.mark.parametrize(
    ("address", "reason"),
    [("twin@example.com", "reference_ambiguous"), ("nobody@example.com", "reference_not_found")],
)
def test_an_owner_who_is_not_exactly_one(address: str, reason: str) -> None:
    platform = announcing("owner", "industry")
    for user in (THIRD, "005000000000010AAA"):
        platform.world.crm.org.put("User", user, Email="twin@example.com", IsActive=True)
    event = platform.event(1, owner=address, industry="Mining")

    platform.announce(event)
    platform.drain_all()

    assert platform.told(event) == {"owner": ("refused", reason), "industry": WRITTEN}


def test_what_is_there_already_is_not_written() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Energy")
    before = platform.in_salesforce(1)

    platform.announce(event)
    platform.drain_all()

    assert platform.told(event) == {"industry": THERE}
    assert platform.in_salesforce(1) == before
