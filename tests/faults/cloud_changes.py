"""Changes of every ending for the local cloud, in an org in which sellers have been at work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from local.house import WORKSPACE, House
from local.seller import Seller
from syncline.usecases.stored_changes import AT_ONCE
from tests.worlds.small import OWNER, account_id
from tests.worlds.standing import instant, run_job
from tests.worlds.stirred import platform_id

PATH: Final = f"/v1/workspaces/{WORKSPACE}"
TITLE: Final = "owner_title"
_ALONE: Final = "alone"
_PEOPLE: Final = {OWNER: "ada", "005000000000003AAA": "bob"}
_LINES: Final = [
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Name", "platform": "name"},
    {"salesforce": "Industry", "platform": "industry"},
    {"salesforce": "Phone", "platform": "phone"},
    {"salesforce": "Owner.Email", "platform": "owner"},
    {"salesforce": "Owner.Title", "platform": TITLE},
]
_ATTRIBUTES: Final[dict[str, dict[str, Any]]] = {
    "industry": {},
    "phone": {},
    "owner": {"assignment": True},
    TITLE: {"reference": "edit_value"},
}
_FIELDS: Final = {"Account": ("Industry", "Phone", "OwnerId"), "User": ("Title",)}


def prepare_changes(house: House) -> None:
    """Both sides agree on eight accounts; then sellers change some and delete one, later than the
    changes that are announced after that. The org's clock then stands still."""
    now = datetime.now(UTC)
    control = house.salesforce.control
    _load(house, now)
    _set_up(house)
    assert run_job(house, "accounts", "2026-01-01T10:00:00+00:00").ok
    control.set_clock((now - timedelta(minutes=20)).isoformat())
    seller = Seller(house.salesforce)
    seller.change("Account", account_id(4), Industry="Insurance")
    seller.change("Account", account_id(6), Industry="Retail")
    seller.delete("Account", account_id(5))
    house.call("PUT", f"{PATH}/records/account/{_ALONE}", {"values": {"name": "Alone"}})
    control.set_clock((now + timedelta(hours=1)).isoformat())


def _load(house: House, now: datetime) -> None:
    rows: list[tuple[str, dict[str, Any]]] = []
    for id, name in _PEOPLE.items():
        person = {"Id": id, "LastName": name.title(), "Title": "Sales", "IsActive": True}
        address = f"{name}@example.com"
        rows.append(("User", {**person, "Username": f"{name}@x.example", "Email": address}))
    for number in range(1, 9):
        account = {"Id": account_id(number), "Name": f"Company {number}", "OwnerId": OWNER}
        rows.append(("Account", {**account, "Industry": "Banking", "Phone": f"+49 30 {number}"}))
    stamp = instant(now - timedelta(hours=3))
    stamps = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), stamp)
    house.salesforce.control.load((name, {**fields, **stamps}) for name, fields in rows)


def _set_up(house: House) -> None:
    own = {"title": "Acme", "attributes": {"account": {TITLE: "text"}}}
    house.call("PUT", PATH, own, token=house.administrator)
    house.call("PUT", f"{PATH}/connections/crm", house.connection())
    job = {"kind": "accounts_inbound", "connection": "crm", "mapping": _LINES}
    house.call("PUT", f"{PATH}/jobs/accounts", job)
    for name, settings in _ATTRIBUTES.items():
        body = {"write_back": True, **settings}
        house.call("PUT", f"{PATH}/attributes/account/{name}", body)


def changes_of(house: House, origin: str) -> list[dict[str, Any]]:
    """One of each ending that a change may have; the sweeper takes them for late ones. The first
    comes last, so that it is older than what is known."""
    began = datetime.now(UTC) - timedelta(minutes=30)
    found: list[dict[str, Any]] = []

    def change(number: int | None, **values: Any) -> None:
        own = _ALONE if number is None else platform_id(house, account_id(number))
        at = (began + timedelta(seconds=len(found))).isoformat()
        told = {"object": "account", "id": own, "values": values, "at": at}
        found.append({**told, "origin": origin})

    change(1, industry="Retail", phone="1")
    change(1, industry="Energy")
    change(2, owner="bob@example.com", phone="2")
    change(3, **{TITLE: "Chief"})
    change(4, industry="Energy", phone="4")
    change(5, industry="Energy")
    change(6, industry="Retail")
    change(7, industry=None, owner="bob@example.com")
    change(None, phone="0")
    return [*found[1:], found[0]]


def stored_changes_of(house: House) -> list[dict[str, Any]]:
    """More than are captured at once: a part about one record, and a part with every ending."""
    began = datetime.now(UTC) - timedelta(minutes=40)
    own = platform_id(house, account_id(8))
    found: list[dict[str, Any]] = []
    for number in range(AT_ONCE):
        at = (began + timedelta(seconds=number)).isoformat()
        change = {"object": "account", "id": own, "values": {"phone": f"8 {number}"}, "at": at}
        found.append({**change, "origin": "profile"})
    return found + changes_of(house, "profile")


def org_of(house: House) -> dict[str, Any]:
    """What the org holds: object, record and field → value."""
    seller, found = Seller(house.salesforce), dict[str, Any]()
    for object, names in _FIELDS.items():
        for row in seller.find(f"SELECT Id, {', '.join(names)} FROM {object}"):  # noqa: S608 ours
            found |= {f"{object}/{row['Id']}/{name}": row[name] for name in names}
    return found
