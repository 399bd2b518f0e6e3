"""A small world whose accounts show more of their owners than the address."""

from __future__ import annotations

from typing import Any, Final

from syncline.memory.org import described
from tests.worlds.runs import take_turns
from tests.worlds.small import ACME, OWNER
from tests.worlds.two_way import ACCOUNTS, SECOND, change_job, two_way_world
from tests.worlds.writing_back import Announcing, switch_on

ADA: Final[dict[str, Any]] = {
    "Email": "ada@example.com",
    "FirstName": "Ada",
    "Name": "Ada L",
    "Title": "Countess",
}
BOB: Final[dict[str, Any]] = {
    "Email": "bob@example.com",
    "FirstName": "Bob",
    "Name": "Bob B",
    "Title": "Builder",
}
NAME, TITLE, FIRST = "owner_name", "owner_title", "owner_first_name"


def owned(**job: Any) -> Announcing:
    """Owner, by address, is written back as a reference; `job` are settings of the inbound job."""
    world = two_way_world()
    fields = dict.fromkeys(("Username", "Name", "FirstName", "Title"), "string")
    fields |= {"Email": "email", "IsActive": "boolean"}
    world.crm.org.objects["user"] = described("User", fields, key_prefix="005")  # type: ignore[index]
    for id, person in ((OWNER, ADA), (SECOND, BOB)):
        world.crm.org.put("User", id, IsActive=True, **person)
    attributes = {"account": dict.fromkeys((NAME, TITLE, FIRST), "text")}
    assert world.cloud.configuration.put(ACME, "workspace", ACME, {"attributes": attributes},
                                         expected=1)  # fmt: skip
    lines = {
        "Id": "external_id", "Name": "name", "Industry": "industry", "Phone": "phone",
        "Owner.Email": "owner", "Owner.Name": NAME, "Owner.Title": TITLE, "Owner.FirstName": FIRST,
    }  # fmt: skip
    mapping = [{"salesforce": a, "platform": b, "key": a == "Id"} for a, b in lines.items()]
    change_job(world, ACCOUNTS, mapping=mapping, **job)
    take_turns(world, ACCOUNTS)
    switch_on(world, "owner")
    switch_on(world, "industry")
    world.advance(minutes=5)
    return Announcing(world)
