"""Account assignments from a task-completion form (W4): over HTTP, through the writer, into
Salesforce, and back on the receipt."""

from typing import Any

import pytest

from syncline.memory.org import described
from tests.unit.http.world import ACCOUNTS, ACME, Reply, World
from tests.worlds import small
from tests.worlds.writing_back import Announcing

OWNER, OTHER = "005000000000001AAA", "005000000000002AAA"
ACCOUNT = "001000000000001AAA"
MAPPING = [
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Name", "platform": "name"},
    {"salesforce": "Owner.Email", "platform": "owner"},
    {"salesforce": "Manager.Email", "platform": "manager"},
]
ASSIGNED = {"write_back": True, "assignment": True}


@pytest.fixture
def desk(api: World) -> World:
    """An account that both sides have; of its two assignments the owner is written back."""
    org = api.crm.org
    people = {"OwnerId": ("User",), "ManagerId": ("User",)}
    described_account = described(
        "Account", {"Name": "string"}, key_prefix="001", references=people
    )
    org.objects["account"] = described_account  # type: ignore[index]
    for id, email in ((OWNER, "ada@example.com"), (OTHER, "bob@example.com")):
        org.put("User", id, Email=email)
    org.put("Account", ACCOUNT, Name="Globex", OwnerId=OWNER, ManagerId=OWNER)
    own = {"title": "Acme", "attributes": {"account": {"manager": "text"}}}
    assert api("PUT", ACME, own).status == 200
    assert api("PUT", f"{ACME}/jobs/accounts", {**ACCOUNTS, "mapping": MAPPING}).status == 201
    both(api).run("accounts")
    both(api).advance(hours=1)
    assert api("PUT", f"{ACME}/attributes/account/owner", ASSIGNED).status == 201
    return api


def both(api: World) -> small.World:
    """The sides of the API's world, for jobs and writers to work on."""
    return small.World(api.crm, api.cloud)


def completed(api: World, key: str = "one", **values: Any) -> Reply:
    """What the form asks after the task is done is sent with it."""
    (record,) = api.cloud.records(small.ACME).page("account", limit=2)[0]
    change = {
        "object": "account", "id": record.id, "values": values, "origin": "task_completion",
        "actor": "ada@example.com", "key": key,
    }  # fmt: skip
    return api("POST", f"{ACME}/changes", {"changes": [change]})


def in_salesforce(api: World) -> dict[str, Any]:
    return dict(api.crm.org.rows["account"][ACCOUNT])


def test_an_assignment_from_the_form_reaches_salesforce(desk: World) -> None:
    reply = completed(desk, owner="bob@example.com")

    Announcing(both(desk)).drain_all()

    (receipt,) = reply.body["receipts"]
    shown = desk("GET", f"{ACME}/receipts/{receipt['receipt']}").body
    assert (reply.status, shown["status"], shown["origin"]) == (202, "applied", "task_completion")
    assert in_salesforce(desk)["ownerid"] == OTHER


def test_a_form_writes_at_once_and_alone(desk: World) -> None:
    """It never waits for the window of bulk write-back."""
    completed(desk, owner="bob@example.com")

    assert (len(desk.cloud.queues.immediate), desk.cloud.queues.bulk) == (1, [])


def test_a_second_assignment_in_the_form_refuses_it_whole(desk: World) -> None:
    refused = desk("PUT", f"{ACME}/attributes/account/manager", ASSIGNED)
    before = desk.cloud.dump()

    reply = completed(desk, owner="bob@example.com", manager="bob@example.com")

    assert refused.flaws == [("body", "/assignment", "second_assignment")]
    assert (reply.status, reply.flaws) == (
        422, [("body", "/changes/0/values/manager", "not_written_back")],
    )  # fmt: skip
    assert desk.cloud.dump() == before


def test_the_next_form_has_the_last_word(desk: World) -> None:
    completed(desk, "first", owner="bob@example.com")
    both(desk).advance(seconds=5)
    completed(desk, "second", owner="ada@example.com")

    Announcing(both(desk)).drain_all()

    assert in_salesforce(desk)["ownerid"] == OWNER
