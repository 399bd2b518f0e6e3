"""Change events through the real template: over HTTP to the queue, the writer and Salesforce, and
back on the receipt. Roles are evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from local.house import WORKSPACE, House
from local.seller import Seller
from tests.flows.cloud_fixture import eventually
from tests.worlds.standing import run_job, set_up

PATH = f"/v1/workspaces/{WORKSPACE}"
WRITTEN_BACK = ("phone", "industry", "owner")


@pytest.fixture(scope="module")
def house(guarded_house: House) -> House:
    """Accounts have arrived; three of their attributes are written back."""
    set_up(guarded_house)
    run_job(guarded_house, "accounts", "2026-01-01T12:01:00+00:00")
    for name in WRITTEN_BACK:
        body = {"write_back": True, "assignment": name == "owner"}
        guarded_house.call("PUT", f"{PATH}/attributes/account/{name}", body)
    return guarded_house


def accounts(house: House, limit: int = 5) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.call("GET", f"{PATH}/records/account?limit={limit}")[
        "items"
    ]
    return found


def in_salesforce(house: House, account: Mapping[str, Any]) -> dict[str, Any]:
    """The platform holds ids in lower case."""
    found = Seller(house.salesforce).find("SELECT Id, Phone, OwnerId FROM Account")
    return next(each for each in found if each["Id"].lower() == account["values"]["external_id"])


def announce(house: House, key: str, record: Mapping[str, Any], **values: Any) -> dict[str, Any]:
    """The receipt of a change from a profile; `at` among the values is when."""
    change = {"object": "account", "id": record["id"], "values": values, "key": key}
    change |= {"at": values.pop("at")} if "at" in values else {}
    answer = house.call("POST", f"{PATH}/changes", {"changes": [change]})
    receipt: dict[str, Any] = answer["receipts"][0]
    return receipt


def final(house: House, receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt once every connection has answered."""
    shown: dict[str, Any] = {}

    def answered() -> bool:
        shown.update(house.call("GET", f"{PATH}/receipts/{receipt['receipt']}"))
        return bool(shown["status"] != "waiting")

    assert eventually(answered)
    return shown


def test_a_profile_change_reaches_salesforce(house: House) -> None:
    account = accounts(house)[0]

    receipt = final(house, announce(house, "phone-1", account, phone="+49 30 5550100"))

    there = in_salesforce(house, account)
    assert receipt["status"] == "applied"
    assert there["Phone"] == "+49 30 5550100"


def test_a_new_owner_is_found_by_address(house: House) -> None:
    account, other = accounts(house)[1:3]
    people = Seller(house.salesforce).find("SELECT Id, Email FROM User WHERE IsActive = true")
    new = next(each for each in people if each["Email"] != account["values"]["owner"])

    receipt = final(house, announce(house, "owner-1", account, owner=new["Email"]))

    there = in_salesforce(house, account)
    assert receipt["status"] == "applied"
    assert there["OwnerId"] == new["Id"]
    assert other == accounts(house)[2]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": "Initech"}, "not_written_back"),
        ({"owner": "no@body.example"}, "reference_not_found"),
        ({"phone": "5" * 41}, "too_long"),
    ],
)
def test_bad_input_is_a_clear_problem(house: House, values: dict[str, str], code: str) -> None:
    account = accounts(house)[3]
    change = {"object": "account", "id": account["id"], "key": "bad-1", "values": values}

    answer = httpx.post(
        f"{house.cloud.api_url}{PATH}/changes",
        json={"changes": [change]},
        headers={"Authorization": f"Bearer {house.token}"},
        trust_env=False,
    )

    assert answer.status_code == 422
    (flaw,) = answer.json()["errors"]
    assert (flaw["field"], flaw["code"]) == (f"/changes/0/values/{next(iter(values))}", code)
    assert flaw["remedy"]
    assert accounts(house)[3] == account


def unreachable(house: House) -> int:
    """How often the writer gave up for the moment."""
    return "".join(house.cloud.logs("WriteBackFunction")).count("org_unreachable")


def test_an_org_that_is_down_delays_and_loses_nothing(house: House) -> None:
    account, before = accounts(house)[4], unreachable(house)
    house.salesforce.control.arm("collections", "unavailable", times=100)
    receipt = announce(house, "down-1", account, phone="+49 30 5550199")

    assert eventually(lambda: unreachable(house) > before)
    house.salesforce.control.disarm()
    house.cloud.clock.advance(60)

    assert final(house, receipt)["status"] == "applied"
    assert in_salesforce(house, account)["Phone"] == "+49 30 5550199"


def test_the_sweeper_speaks_of_what_waits(house: House) -> None:
    account, before = accounts(house, 6)[5], unreachable(house)
    earlier = (datetime.now(UTC) - timedelta(minutes=10)).isoformat()
    house.salesforce.control.arm("collections", "unavailable", times=100)
    receipt = announce(house, "swept-1", account, phone="+49 30 5550188", at=earlier)
    assert eventually(lambda: unreachable(house) > before)
    house.salesforce.control.disarm()

    told = house.cloud.invoke("SweeperFunction", {}).payload

    assert told == {"failed": [], "waiting": 1, "requests": 0}
    assert final(house, receipt)["status"] == "applied"
    assert in_salesforce(house, account)["Phone"] == "+49 30 5550188"
