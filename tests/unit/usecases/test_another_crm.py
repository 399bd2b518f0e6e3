"""A CRM that is no Salesforce goes through the same engine and use cases (W15): its adapter, its
kinds and its ids are in `tests/worlds/hub*.py` and nowhere else."""

from collections.abc import Iterator
from typing import Any

import pytest

from syncline.engine.records import Value
from syncline.ports import RunStatus
from syncline.usecases.tell_history import TellHistory
from tests.worlds.bulk import BULK, Gathering
from tests.worlds.hub import (
    ADA,
    BOB,
    READ,
    SEND,
    company_id,
    hub,
    hub_world,
    in_hub,
    register,
)
from tests.worlds.runs import finished, reasons
from tests.worlds.small import ACME
from tests.worlds.writing_back import Announcing

REFUSALS: list[tuple[str, Value, str, str]] = [
    ("owner", None, "reference_cleared", "a reference cannot be cleared"),
    ("owner", "nobody@example.com", "reference_not_found", "no active owners has the email"),
    ("owner", "twin@example.com", "reference_ambiguous", "2 active owners records have the email"),
    ("tier", "Silver", "read_only", "locked_tier is read-only in Hub for the connected user"),
    ("stamp", "2026-01-01T00:00:00Z", "not_writable", "is set by Hub itself"),
    ("industry", "x" * 21, "too_long", "industry holds 20"),
]
LINES = {
    "hs_object_id": "external_id", "name": "name", "industry": "industry", "owner.email": "owner",
    "locked_tier": "tier", "hs_lastmodifieddate": "stamp", "hubspot_owner_id": "owner_id",
}  # fmt: skip
MAPPING = [{"salesforce": a, "platform": b, "key": b == "external_id"} for a, b in LINES.items()]


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


def mapped(*attributes: str) -> Announcing:
    """With attributes that no kind maps by itself."""
    return hub_world(*attributes, mapping=MAPPING)


def write_back(platform: Announcing, number: int = 1, **values: Any) -> dict[str, tuple[str, str]]:
    event = platform.event(number, **values)
    platform.announce(event)
    platform.drain_all()
    return platform.told(event)


def details(platform: Announcing) -> Iterator[str]:
    """What receipts tell people."""
    for receipt in platform.world.cloud.receipts(ACME).get([f"{platform.keys:032x}"]).values():
        yield from (each.detail for told in receipt.results.values() for each in told.values())


def test_its_companies_arrive() -> None:
    accounts = hub_world().world.platform("account")

    assert sorted(accounts) == [company_id(number) for number in range(1, 6)]
    first = accounts[company_id(1)]
    assert (first["name"], first["owner"]) == ("Company 1", "ada@example.com")


def test_its_changes_and_deletions_arrive() -> None:
    platform = hub_world(deletes=True)
    hub(platform).org.edit(company_id(1), name="Company One")
    hub(platform).org.delete(company_id(2))
    platform.world.advance(minutes=5)

    run = platform.world.run(READ)

    assert finished(run).status is RunStatus.SUCCEEDED
    accounts = platform.world.platform("account")
    assert accounts[company_id(1)]["name"] == "Company One"
    assert company_id(2) not in accounts


def test_a_field_is_written_back_to_it() -> None:
    platform = hub_world("industry")

    told = write_back(platform, industry="Mining")

    assert told == {"industry": ("applied", "written")}
    assert list(details(platform)) == ["written to Hub"]
    assert in_hub(platform, 1)["industry"] == "Mining"


def test_its_reference_is_made_to_lead_elsewhere() -> None:
    platform = hub_world("owner")
    assert in_hub(platform, 1)["hubspot_owner_id"] == ADA

    told = write_back(platform, owner="Bob@Example.com")

    assert told == {"owner": ("applied", "written")}
    assert in_hub(platform, 1)["hubspot_owner_id"] == BOB


@pytest.mark.parametrize(("attribute", "value", "reason", "detail"), REFUSALS)
def test_a_refusal_is_told_in_its_name(
    attribute: str, value: Any, reason: str, detail: str
) -> None:
    platform = mapped("owner", "tier", "stamp", "industry")

    told = write_back(platform, **{attribute: value})

    assert told == {attribute: ("refused", reason)}
    (said,) = details(platform)
    assert detail in said
    assert "Salesforce" not in said


def test_what_is_no_id_of_it_is_refused() -> None:
    platform = mapped("owner_id")

    told = write_back(platform, owner_id="005000000000002AAA")
    (said,) = details(platform)
    written = write_back(platform, 2, owner_id=BOB)

    assert told["owner_id"][0] == "refused"
    assert "is no Hub id" in said
    assert written == {"owner_id": ("applied", "written")}
    assert in_hub(platform, 2)["hubspot_owner_id"] == BOB


def test_a_record_that_it_lost_is_told_so() -> None:
    platform = hub_world("industry")
    hub(platform).org.delete(company_id(1))

    told = write_back(platform, industry="Mining")

    assert told == {"industry": ("refused", "deleted_in_crm")}
    assert list(details(platform)) == ["its Hub record is gone"]


@pytest.mark.parametrize("job_from", [1, 2000])
def test_many_changes_go_out_in_one_run(job_from: int) -> None:
    platform = mapped("owner", "industry", "tier")
    hub(platform).job_from = job_from
    gathering = Gathering(platform)
    gathering.announce(
        [gathering.event(n, industry="Mining", owner="bob@example.com") for n in (1, 2, 3)]
    )
    gathering.announce([gathering.event(4, industry="Mining", tier="Silver")])

    gathering.work_off()

    assert gathering.run().status is RunStatus.PARTIAL
    assert {in_hub(platform, n)["industry"] for n in (1, 2, 3, 4)} == {"Mining"}
    assert {in_hub(platform, n)["hubspot_owner_id"] for n in (1, 2, 3)} == {BOB}
    (said,) = platform.world.cloud.notifications.sent
    assert BULK in said.text
    assert "Salesforce" not in said.text


def test_an_edit_goes_out_to_it() -> None:
    platform = hub_world()
    own = platform.world.platform_id(company_id(3))
    platform.world.edit_on_platform("account", own, name="Company Three")
    platform.world.advance(minutes=5)

    run = platform.world.run(SEND)
    again = platform.world.run(READ)

    assert finished(run).status is RunStatus.SUCCEEDED
    assert in_hub(platform, 3)["name"] == "Company Three"
    assert "inbound:changed" not in reasons(again)


def test_its_later_edit_wins_by_its_name() -> None:
    platform = hub_world(conflicts="crm")
    own = platform.world.platform_id(company_id(3))
    platform.world.edit_on_platform("account", own, name="ours")
    hub(platform).org.edit(company_id(3), name="theirs")
    platform.world.advance(minutes=5)

    platform.world.run(READ)

    cloud = platform.world.cloud
    tell = TellHistory(cloud.configuration, cloud.links, cloud.journal, cloud.runs)
    latest = next(tell(ACME, "account", own))
    assert platform.world.platform("account")[company_id(3)]["name"] == "theirs"
    assert latest.stored["detail"] == "name: the job lets Hub win"
    assert latest.dialect.title == "Hub"
