"""Several objects of the CRM that records of one object of the platform are linked with."""

from dataclasses import replace
from typing import Any

from syncline.memory.org import described
from tests.worlds.leads import LEADS, MAPPING, lead_id, leads_world
from tests.worlds.small import account_id
from tests.worlds.two_way import ACCOUNTS, change_job
from tests.worlds.writing_back import Announcing, switch_on

SAID = "grace@example.com"
BY_EMAIL, BY_NAME = "005000000000071AAA", "005000000000072AAA"


def two_ways_to_a_person() -> Announcing:
    """Owners of accounts are found by their address, those of leads by their user name."""
    world = leads_world()
    org = world.crm.org
    lead = org.objects["lead"]
    fields = {field.name: field.type for field in lead.fields.values()}
    owned = described("Lead", fields, key_prefix="00Q", references={"OwnerId": ("User",)})
    known = {**lead.fields, "ownerid": owned.fields["ownerid"]}
    led = {**lead.relationships, **owned.relationships}
    lead = replace(lead, fields=known, relationships=led)
    user = described("User", {"Email": "email", "Username": "string"}, key_prefix="005")
    org.objects = {**org.objects, "lead": lead, "user": user}
    org.put("User", BY_EMAIL, Email=SAID, Username="grace@one.example.com")
    org.put("User", BY_NAME, Email="grace@two.example.com", Username=SAID)
    lines: list[dict[str, Any]] = [
        {"salesforce": "Id", "platform": "external_id", "key": True},
        {"salesforce": "Name", "platform": "name"},
        {"salesforce": "Owner.Email", "platform": "owner"},
    ]
    change_job(world, ACCOUNTS, mapping=lines)
    change_job(world, LEADS, mapping=[*MAPPING, {**lines[2], "salesforce": "Owner.Username"}])
    switch_on(world, "owner")
    return Announcing(world)


def test_each_object_finds_people_in_its_own_way() -> None:
    platform = two_ways_to_a_person()
    account = platform.event(1, owner=SAID)
    lead = platform.event(1, owner=SAID)
    own = platform.world.platform_id(lead_id(1))
    lead = replace(lead, receipt=replace(lead.receipt, record=own))
    platform.announce(account, lead)

    platform.drain_all()

    rows = platform.world.crm.org.rows
    assert rows["account"][account_id(1)]["ownerid"] == BY_EMAIL
    assert rows["lead"][lead_id(1)]["ownerid"] == BY_NAME
