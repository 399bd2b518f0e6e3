"""Which attributes of users can be written back (W14): those of an account, not of the header."""

from typing import Any

import pytest

from syncline.memory.org import described
from tests.unit.http.world import ACCOUNTS, ACME, World

USERS = {"kind": "users_inbound", "connection": "crm"}
TITLE = f"{ACME}/attributes/user/title"
ON = {"write_back": True}


@pytest.fixture
def ready(api: World) -> World:
    """Users come in by the default mapping."""
    assert api("PUT", f"{ACME}/jobs/users", USERS).status == 201
    return api


@pytest.mark.parametrize("name", ["email", "first_name", "last_name"])
@pytest.mark.parametrize("settings", [{}, {"header": False}], ids=["by itself", "denied"])
def test_name_and_address_are_in_every_header(
    ready: World, name: str, settings: dict[str, Any]
) -> None:
    before = ready.cloud.dump()

    reply = ready("PUT", f"{ACME}/attributes/user/{name}", {**ON, **settings})

    assert (reply.status, reply.code) == (422, "write_back_refused")
    assert reply.flaws == [("body", "/write_back", "header_attribute")]
    (flaw,) = reply.body["errors"]
    assert flaw["message"] == (
        f"'{name}' is in the header of a user's profile, and what is there is not written back"
    )
    assert flaw["remedy"] == "Switch 'write_back' off."
    assert ready.cloud.dump() == before


def test_what_settings_put_into_the_header_is_refused(ready: World) -> None:
    reply = ready("PUT", TITLE, {**ON, "header": True})

    assert reply.flaws == [("body", "/header", "header_attribute")]
    assert "or 'header' if" in reply.body["errors"][0]["remedy"]


def test_a_header_may_be_named_without_write_back(ready: World) -> None:
    assert ready("PUT", TITLE, {"header": True}).status == 201


def test_attributes_per_account_can_be_written_back(ready: World) -> None:
    replies = [ready("PUT", f"{ACME}/attributes/user/{n}", ON) for n in ("title", "phone")]

    assert [(each.status, each.body["findings"]) for each in replies] == [(201, []), (201, [])]
    assert replies[0].body["targets"] == [
        {"connection": "crm", "job": "users", "salesforce_object": "Contact", "path": "Title",
         "mode": "field"},
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["account_id", "external_id"])
def test_what_ties_a_user_to_others_is_refused(ready: World, name: str) -> None:
    reply = ready("PUT", f"{ACME}/attributes/user/{name}", ON)

    assert reply.flaws == [("body", "/write_back", "key_attribute")]


def test_the_role_needs_a_field_first(ready: World) -> None:
    reply = ready("PUT", f"{ACME}/attributes/user/role", ON)

    assert reply.flaws == [("body", "/write_back", "not_mapped")]


def test_a_header_change_is_refused_as_an_event(ready: World) -> None:
    ready("PUT", TITLE, ON)
    ready("PUT", f"{ACME}/records/user/7", {"values": {"email": "ada@example.com"}})
    change = {"object": "user", "id": "7", "values": {"email": "eve@example.com", "title": "CTO"}}

    reply = ready(
        "POST", f"{ACME}/changes", {"changes": [change]}, headers={"Idempotency-Key": "1"}
    )

    assert reply.status == 422
    assert [(field, code) for _, field, code in reply.flaws] == [
        ("/changes/0/values/email", "not_written_back")
    ]
    assert ready.cloud.queues.immediate == []


def test_a_job_of_users_is_previewed(ready: World) -> None:
    put, at = ready.crm.org.put, "001000000000001AAA"
    put("Contact", "003000000000001AAA", AccountId=at, Email="ada@example.com", LastName="King")
    put("Contact", "003000000000002AAA", AccountId=at, LastName="Nobody")

    reply = ready("POST", f"{ACME}/jobs/users/preview")

    assert reply.status == 200
    assert [each["verb"] for each in reply.body["rows"]] == ["create", "reject"]
    assert reply.body["rows"][0]["values"]["external_id"] == "ada@example.com"
    assert reply.body["rows"][1]["reason"] == "no_email"


def test_a_job_without_the_address_is_refused(api: World) -> None:
    lines = [
        {"salesforce": "AccountId", "platform": "account_id", "key": True},
        {"salesforce": "Id", "platform": "external_id", "key": True},
    ]

    reply = api("PUT", f"{ACME}/jobs/users", {**USERS, "mapping": lines})

    assert [(field, code) for _, field, code in reply.flaws] == [
        ("/mapping", "mandatory_not_mapped")
    ]


def test_an_account_has_no_header(api: World) -> None:
    api("PUT", f"{ACME}/jobs/accounts", ACCOUNTS)

    reply = api("PUT", f"{ACME}/attributes/account/industry", {**ON, "header": True})

    assert reply.flaws == [("body", "/header", "setting_does_not_fit")]


# --- the key contact --------------------------------------------------------------------------


@pytest.fixture
def keyed(api: World) -> World:
    """An account whose key contact is written back; two contacts have one address."""
    org = api.crm.org
    people = {"OwnerId": ("User",), "Key_ContactId": ("Contact",)}
    org.objects["account"] = described("Account", {"Name": "string"}, references=people)  # type: ignore[index]
    for number, name in enumerate(("ada", "bob", "bob"), 1):
        org.put("Contact", f"00300000000000{number}AAA", Email=f"{name}@example.com")
    lines = {"external_id": "Id", "name": "Name", "key_contact": "Key_Contact.Email"}
    mapping = [
        {"salesforce": path, "platform": name, "key": name == "external_id"}
        for name, path in lines.items()
    ]
    api("PUT", ACME, {"title": "Acme", "attributes": {"account": {"key_contact": "text"}}})
    assert api("PUT", f"{ACME}/jobs/accounts", {**ACCOUNTS, "mapping": mapping}).status == 201
    assert api("PUT", f"{ACME}/attributes/account/key_contact", ON).status == 201
    api("PUT", f"{ACME}/records/account/42", {"values": {"name": "Globex"}})
    return api


@pytest.mark.parametrize(
    ("address", "flaws"),
    [
        ("ada@example.com", []),
        ("bob@example.com", ["reference_ambiguous"]),
        ("eve@example.com", ["reference_not_found"]),
        (None, ["reference_cleared"]),
    ],
)
def test_a_key_contact_is_one_contact(keyed: World, address: str | None, flaws: list[str]) -> None:
    change = {"object": "account", "id": "42", "values": {"key_contact": address}, "key": "one"}

    reply = keyed("POST", f"{ACME}/changes", {"changes": [change]})

    told = [each["code"] for each in reply.body.get("errors", [])]
    assert (reply.status, told) == (422 if flaws else 202, flaws)
    assert len(keyed.cloud.queues.immediate) == (0 if flaws else 1)
