"""A small world with people at accounts: contacts in Salesforce, users on the platform, and among
them the key contact of an account."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from syncline.memory.org import described
from syncline.usecases.stored_changes import ChangeEvent
from tests.worlds.small import ACME, World, account_id
from tests.worlds.two_way import ACCOUNTS, change_job, two_way_world
from tests.worlds.writing_back import CRM, Announcing, switch_on

USERS: Final = "users"
TEAM, KEY_CONTACT, KEY_TITLE = "team", "key_contact", "key_contact_title"
OWN: Final = {"user": {TEAM: "text"}, "account": {KEY_CONTACT: "text", KEY_TITLE: "text"}}
_ACCOUNT_LINES: Final = [
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Name", "platform": "name"},
    {"salesforce": "Key_Contact.Email", "platform": KEY_CONTACT},
    {"salesforce": "Key_Contact.Title", "platform": KEY_TITLE},
]
LINES: Final = [
    {"salesforce": "AccountId", "platform": "account_id", "key": True},
    {"salesforce": "Email", "platform": "external_id", "key": True},
    {"salesforce": "Email", "platform": "email"},
    {"salesforce": "LastName", "platform": "last_name"},
    {"salesforce": "Title", "platform": "title"},
    {"salesforce": "Role__c", "platform": "role"},
    {"salesforce": "Team__c", "platform": TEAM},
]


def contact_id(number: int) -> str:
    return f"003{number:012d}AAA"


def put_contact(world: World, number: int, account: int | None, **fields: Any) -> None:
    parent = account_id(account) if account is not None else None
    filled = {"LastName": f"Person {number}", "Email": f"p{number}@example.com", **fields}
    world.crm.org.put("Contact", contact_id(number), AccountId=parent, **filled)


def users_world(**job: Any) -> World:
    """Five accounts on both sides; contacts 1 and 2 of the first, 3 of the second, and the job that
    reads them, which has not run. `job` are settings of it."""
    world = two_way_world()
    _describe(world)
    configuration = world.cloud.configuration
    assert configuration.put(ACME, "workspace", ACME, {"attributes": OWN}, expected=1)
    change_job(world, ACCOUNTS, mapping=_ACCOUNT_LINES)
    body = {"kind": "users_inbound", "connection": CRM, **job}
    assert configuration.put(ACME, "job", USERS, body, expected=0)
    for number, account in ((1, 1), (2, 1), (3, 2)):
        put_contact(world, number, account, Title="Analyst")
    world.crm.org.edit("Account", account_id(1), Key_ContactId=contact_id(1))
    world.advance(hours=1)
    return world


def _describe(world: World) -> None:
    objects: dict[str, Any] = world.crm.org.objects  # type: ignore[assignment]
    texts = ("FirstName", "LastName", "Title", "Role__c", "Team__c")
    objects["contact"] = described(
        "Contact",
        {"Email": "email", "Phone": "phone", **dict.fromkeys(texts, "string")},
        key_prefix="003",
        references={"AccountId": ("Account",)},
        mergeable=True,
    )
    objects["account"] = described(
        "Account",
        {"Name": "string", "Website": "url", "Phone": "phone", "Industry": "picklist"},
        key_prefix="001",
        references={"OwnerId": ("User",), "Key_ContactId": ("Contact",)},
        mergeable=True,
    )


def known_users() -> Announcing:
    """As `users_world` with roles and teams mapped; users and key contacts are on the platform.
    Title, role and team of users are written back, and who is key contact."""
    world = users_world(mapping=LINES)
    world.run(ACCOUNTS)
    world.run(USERS)
    world.advance(hours=1)
    for name in ("title", "role", TEAM):
        switch_on(world, name, of="user")
    switch_on(world, KEY_CONTACT)
    return Announcing(world)


def of_user(platform: Announcing, number: int, **values: Any) -> ChangeEvent:
    """A change of the user who is that contact."""
    event = platform.event(1, **values)
    own = platform.world.platform_id(contact_id(number))
    return replace(event, receipt=replace(event.receipt, object="user", record=own))


def user(world: World, number: int) -> dict[str, Any]:
    """The values of the user who is that contact."""
    own = world.platform_id(contact_id(number))
    return dict(world.cloud.records(ACME).get("user", [own])[own].values)


def contact(world: World, number: int) -> dict[str, Any]:
    return dict(world.crm.org.rows["contact"][contact_id(number)])
