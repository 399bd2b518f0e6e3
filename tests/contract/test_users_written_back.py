"""Contacts as users, against the emulator over real HTTP with the real adapter: they come in, and
their attributes per account and an account's key contact go back (W14). The platform is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest

from local.seller import Seller
from syncline.config.attribute import Attribute
from syncline.engine.moments import canonical_instant
from syncline.engine.records import LinkState
from syncline.memory.clock import MemoryClock
from syncline.memory.cloud import MemoryCloud
from syncline.ports import Receipt
from syncline.usecases.save_attribute import SaveAttribute
from syncline.usecases.stored_changes import ChangeEvent
from syncline.usecases.validate_mapping import ValidateMapping
from tests.contract.crm_orgs import NOON, Emulated, emulator, record_id
from tests.worlds.bulk import Gathering
from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import ACME, World
from tests.worlds.writing_back import CRM, Announcing

ACCOUNT, OTHER = record_id("Account", 1), record_id("Account", 2)
ADA, BOB, EVE = (record_id("Contact", number) for number in (1, 2, 3))
TEAM, KEY_CONTACT = "team", "key_contact"
OWN: Final = {"attributes": {"user": {TEAM: "text"}, "account": {KEY_CONTACT: "text"}}}
MAPPINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "accounts": {"external_id": "Id", "name": "Name", KEY_CONTACT: "Key_Contact__r.Email"},
    "users": {
        "account_id": "AccountId",
        "external_id": "Email",
        "email": "Email",
        "last_name": "LastName",
        "title": "Title",
        TEAM: "Team__c",
    },
}
KEYS: Final = ("external_id", "account_id")
ON: Final = Attribute(write_back=True)
WRITTEN: Final = ("applied", "written")


@pytest.fixture(scope="module")
def running() -> Iterator[Emulated]:
    """An org whose accounts name their key contact, and whose contacts have a team."""
    with emulator() as found:
        control = found.control
        control.add_field("Account", "Key_Contact__c", "reference", reference_to=["Contact"])
        control.add_field("Contact", "Team__c", "string", length=40)
        control.request("POST", "snapshot", {"name": "empty"})
        yield found


@dataclass
class Sides(World):
    """Both sides; the time of either passes."""

    org: Any = None
    keys: int = field(default=0)

    def advance(self, **time: float) -> None:
        step = timedelta(**time)
        self.cloud.clock.advance(step)
        self.org.advance(step.total_seconds())

    def event(self, object: str, id: str, *, bulk: bool = False, **values: str) -> ChangeEvent:
        """A change of what is that record of Salesforce."""
        self.keys += 1
        now = canonical_instant(self.cloud.clock.now())
        receipt = Receipt(
            id=f"{self.keys:032x}",
            digest=str(sorted(values.items())),
            object=object,
            record=self.platform_id(id),
            at=now,
            accepted_at=now,
            origin="segment" if bulk else "profile",
            actor="ada@example.com",
            to={CRM: tuple(values)},
            bulk=bulk,
        )
        return ChangeEvent(receipt, values)

    def written(self, *events: ChangeEvent) -> list[dict[str, tuple[str, str]]]:
        """What became of each attribute, once both writers are done."""
        platform = Announcing(self)
        platform.announce(*events)
        platform.drain_all()
        Gathering(platform).work_off()
        return [platform.told(each) for each in events]

    def row(self, object: str, id: str, *fields: str) -> tuple[Any, ...]:
        asked = f"SELECT {', '.join(fields)} FROM {object} WHERE Id = '{id}'"  # noqa: S608 our names
        (row,) = Seller(self.org.running).find(asked)
        return tuple(row[name] for name in fields)


@pytest.fixture
def sides(running: Emulated) -> Sides:
    """Ada and Bob of the first account, Eve of the second; Ada is the first one's key contact."""
    org = running.fresh("rest")
    for number in (1, 2):
        org.put("Account", number, Name=f"Company {number}")
    for number, (name, account) in enumerate(
        {"Ada": ACCOUNT, "Bob": ACCOUNT, "Eve": OTHER}.items(), 1
    ):
        mail = f"{name.lower()}@example.com"
        org.put("Contact", number, LastName=name, Email=mail, AccountId=account, Title="Analyst")
    org.edit("Account", ACCOUNT, Key_Contact__c=ADA)
    cloud = MemoryCloud(clock=MemoryClock(NOON))
    put = cloud.configuration.put
    put(ACME, "workspace", ACME, OWN, expected=0)
    put(ACME, "connection", CRM, {"login_url": org.running.http}, expected=0)
    for name, lines in MAPPINGS.items():
        mapping = [
            {"salesforce": path, "platform": attribute, "key": attribute in KEYS}
            for attribute, path in lines.items()
        ]
        job = {"kind": f"{name}_inbound", "connection": CRM, "mapping": mapping}
        put(ACME, "job", name, job, expected=0)
    found = Sides(org.crm(), cloud, org=org)  # type: ignore[arg-type]
    take_turns(found, "accounts", "users")
    save = SaveAttribute(cloud.configuration, lambda *_: org.crm())
    for place in (("user", "title"), ("user", TEAM), ("account", KEY_CONTACT)):
        assert save(ACME, *place, ON).findings == ()
    found.advance(minutes=10)
    return found


def users(sides: Sides) -> dict[str, dict[str, Any]]:
    return sides.platform("user")


def test_the_default_job_is_valid_in_a_fresh_org(sides: Sides) -> None:
    configuration = sides.cloud.configuration
    body = {"kind": "users_inbound", "connection": CRM}
    configuration.put(ACME, "job", "plain", body, expected=0)

    assert ValidateMapping(configuration, lambda *_: sides.crm)(ACME, "plain") == ()


def test_contacts_are_users_of_their_accounts(sides: Sides) -> None:
    found = users(sides)

    assert set(found) == {"ada@example.com", "bob@example.com", "eve@example.com"}
    assert found["eve@example.com"] == {
        "account_id": sides.platform_id(OTHER),
        "external_id": "eve@example.com",
        "email": "eve@example.com",
        "last_name": "Eve",
        "title": "Analyst",
    }


def test_attributes_per_account_go_back_at_once(sides: Sides) -> None:
    told = sides.written(sides.event("user", ADA, title="CTO", team="Platform"))

    assert told == [{"title": WRITTEN, TEAM: WRITTEN}]
    assert sides.row("Contact", ADA, "Title", "Team__c") == ("CTO", "Platform")
    assert sides.row("Contact", BOB, "Title", "Team__c") == ("Analyst", None)
    (run,) = take_turns(sides, "users")
    assert run.ledger["written"]["records"] == 0


def test_attributes_of_many_users_go_back_together(sides: Sides) -> None:
    events = [sides.event("user", each, bulk=True, title="CTO") for each in (ADA, BOB, EVE)]

    assert sides.written(*events) == [{"title": WRITTEN}] * 3
    assert {sides.row("Contact", each, "Title") for each in (ADA, BOB, EVE)} == {("CTO",)}


@pytest.mark.parametrize("bulk", [False, True], ids=["at once", "together"])
def test_the_key_contact_is_another_one(sides: Sides, bulk: bool) -> None:
    event = sides.event("account", ACCOUNT, bulk=bulk, key_contact="bob@example.com")

    assert sides.written(event) == [{KEY_CONTACT: WRITTEN}]
    assert sides.row("Account", ACCOUNT, "Key_Contact__c") == (BOB,)
    assert sides.platform("account")[ACCOUNT.lower()][KEY_CONTACT] == "bob@example.com"


def test_a_merged_contact_s_user_is_the_winner_s(sides: Sides) -> None:
    sides.org.merge("Contact", loser=BOB, winner=ADA)

    (run,) = take_turns(sides, "users")

    links = sides.cloud.links(ACME, CRM).get([ADA, BOB])
    assert [links[each].state for each in (ADA, BOB)] == [LinkState.LINKED, LinkState.ALIAS]
    assert (links[BOB].winner, reasons(run)) == (ADA, {"held:merged_away": 1, "left:unchanged": 1})


def test_a_contact_without_address_is_told(sides: Sides) -> None:
    sides.org.put("Contact", 4, LastName="Nobody", AccountId=ACCOUNT)

    (run,) = take_turns(sides, "users")

    assert reasons(run)["rejected:no_email"] == 1
    assert len(users(sides)) == 3
