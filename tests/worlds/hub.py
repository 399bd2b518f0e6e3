"""A small world with a CRM that is no Salesforce: five companies and their owners."""

from __future__ import annotations

from typing import Any, Final, cast

import pytest

from syncline.kinds import registry
from syncline.memory.clock import MemoryClock
from syncline.memory.cloud import MemoryCloud
from syncline.memory.crm import MemoryCrm
from tests.worlds.hub_crm import HubCrm, HubOrg, hub_object
from tests.worlds.hub_kinds import DIALECT, KINDS
from tests.worlds.small import ACME, World
from tests.worlds.writing_back import Announcing, switch_on

READ, SEND = "companies", "companies-out"
ADA, BOB, TWIN, SECOND_TWIN = (f"owners-{number}" for number in range(1, 5))
MORE: Final = {"tier": "text", "stamp": "datetime", "owner_id": "text"}
CONNECTION: Final = {"crm": "hub", "login_url": "https://hub.example.com"}


def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two lines by which a sort of CRM joins, for the time of a test."""
    monkeypatch.setitem(registry.DIALECTS, DIALECT.name, DIALECT)
    for kind in KINDS:
        monkeypatch.setitem(registry.KINDS, kind.name, kind)


def company_id(number: int) -> str:
    return f"companies-{number}"


def new_hub() -> HubCrm:
    company = {"name": "string", "industry": "string", "locked_tier": "string"}
    objects = (hub_object("companies", company, "hubspot_owner_id"), owners())
    org = HubOrg({each.name: each for each in objects})
    addresses = ("ada", "bob", "twin", "twin")
    for number, name in enumerate(addresses, start=1):
        org.put("owners", number, email=f"{name}@example.com")
    for number in range(1, 6):
        values = {"name": f"Company {number}", "industry": "Energy", "locked_tier": "Gold"}
        org.put("companies", number, hubspot_owner_id=ADA, **values)
    return HubCrm(org)


def owners() -> Any:
    return hub_object("owners", {"email": "email"})


def hub_world(*attributes: str, **job: Any) -> Announcing:
    """Both sides agree; those attributes are written back. `job` are settings of the inbound."""
    crm = new_hub()
    cloud = MemoryCloud(clock=MemoryClock(crm.org.clock))
    world = World(cast("MemoryCrm", crm), cloud)
    put = cloud.configuration.put
    put(ACME, "workspace", ACME, {"attributes": {"account": MORE}}, expected=0)
    put(ACME, "connection", "crm", CONNECTION, expected=0)
    inbound = {"kind": "hub_companies_inbound", "connection": "crm", **job}
    put(ACME, "job", READ, inbound, expected=0)
    outbound = {"kind": "hub_companies_outbound", "connection": "crm"}
    put(ACME, "job", SEND, outbound, expected=0)
    world.advance(hours=1)
    world.run(READ)
    world.advance(hours=1)
    for name in attributes:
        switch_on(world, name)
    return Announcing(world, id_of=company_id)


def in_hub(platform: Announcing, number: int) -> dict[str, Any]:
    return dict(hub(platform).org.rows[company_id(number)])


def hub(platform: Announcing) -> HubCrm:
    return cast("HubCrm", platform.world.crm)
