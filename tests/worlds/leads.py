"""The world of two ways with leads in it, which jobs take for accounts, and their conversion."""

from __future__ import annotations

from typing import Any, Final

from syncline.engine.plan import SendKind
from syncline.memory.crm import MemoryCrm
from syncline.memory.crm_rows import refused
from syncline.memory.org import described
from syncline.ports import Row, RowAnswer
from tests.worlds.small import ACME, OWNER, World
from tests.worlds.two_way import two_way_world

LEADS, LEADS_OUT, ACCOUNTS_OUT = "leads", "leads-out", "accounts-out"
MAPPING: Final = [
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Company", "platform": "name"},
    {"salesforce": "Phone", "platform": "phone"},
]


def lead_id(number: int) -> str:
    return f"00Q{number:012d}AAA"


def contact_id(number: int) -> str:
    return f"003{number:012d}AAA"


def leads_world() -> World:
    """Two leads are linked with accounts of the platform, beside five that are accounts."""
    world = two_way_world()
    add_leads(world.crm)
    lead = {"connection": "crm", "salesforce_object": "Lead", "mapping": MAPPING}
    jobs: dict[str, dict[str, Any]] = {
        LEADS: {"kind": "accounts_inbound", **lead},
        LEADS_OUT: {"kind": "accounts_outbound", **lead},
        ACCOUNTS_OUT: {"kind": "accounts_outbound", "connection": "crm"},
    }
    for name, job in jobs.items():
        world.cloud.configuration.put(ACME, "job", name, job, expected=0)
    for number in (1, 2):
        put_lead(world, number)
    world.run(LEADS)
    world.advance(hours=1)
    return world


def add_leads(crm: MemoryCrm) -> None:
    """With what Salesforce refuses of those that were converted."""
    crm.org.objects = {**crm.org.objects, "lead": _LEAD}
    crm.where |= {
        "IsConverted = false": lambda row: not row["isconverted"],
        "IsConverted = true": lambda row: bool(row["isconverted"]),
    }

    def refuse(object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
        rows = crm.org.rows.get("lead", {})
        converted = object == "Lead" and row.id in rows and rows[row.id]["isconverted"]
        return refused(row.id, "read_only") if converted else None

    crm.refuse = refuse


_LEAD: Final = described(
    "Lead",
    {"Company": "string", "Phone": "phone", "IsConverted": "boolean"},
    key_prefix="00Q",
    references={"ConvertedAccountId": ("Account",), "ConvertedContactId": ("Contact",)},
    mergeable=True,
)


def put_lead(world: World, number: int, **fields: Any) -> None:
    filled = {"Company": f"Prospect {number}", "IsConverted": False, **fields}
    world.crm.org.put("Lead", lead_id(number), **filled)


def convert(world: World, number: int, account: str) -> None:
    """Into an account that is there or is made, and a new contact of it; tasks with the lead are
    with the contact then."""
    org, contact = world.crm.org, contact_id(number)
    lead = org.rows["lead"][lead_id(number)]
    if account not in org.rows["account"]:
        org.put("Account", account, Name=lead["company"], OwnerId=OWNER)
    org.put("Contact", contact, AccountId=account)
    made: dict[str, Any] = {"ConvertedAccountId": account, "ConvertedContactId": contact}
    org.edit("Lead", lead_id(number), IsConverted=True, **made)
    for id, row in org.rows.get("task", {}).items():
        if row.get("whoid") == lead_id(number):
            org.edit("Task", id, WhoId=contact)
