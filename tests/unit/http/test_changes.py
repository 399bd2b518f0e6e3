"""Change events over HTTP: what is taken in, what is refused and why, and what receipts say."""

from dataclasses import replace
from typing import Any

import pytest

from syncline.errors import RetryableError
from syncline.memory.org import described
from syncline.ports import Drain
from tests.unit.http.world import ACCOUNTS, ACME, World

CHANGES = f"{ACME}/changes"
KEY = {"Idempotency-Key": "one"}
MOST = 170_000
"""Bytes of the values of one change."""
MAPPING = [
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Name", "platform": "name"},
    {"salesforce": "Industry", "platform": "industry"},
    {"salesforce": "Owner.Email", "platform": "owner"},
    {"salesforce": "Phone", "platform": "phone"},
    {"salesforce": "Active__c", "platform": "active"},
]
ATTRIBUTES = {"account": {"active": "text", "tier": "text"}}


def field(api: World, name: str, **changes: Any) -> None:
    """Changes how the org describes a field of Account."""
    account = api.crm.org.objects["account"]
    known = {**account.fields, name.lower(): replace(account.fields[name.lower()], **changes)}
    api.crm.org.objects["account"] = replace(account, fields=known)  # type: ignore[index]


@pytest.fixture
def ready(api: World) -> World:
    """An account on the platform; four of its attributes are written back."""
    account = api.crm.org.objects["account"]
    checkbox = replace(account.fields["name"], name="Active__c", type="boolean")
    known = {**account.fields, "active__c": checkbox}
    api.crm.org.objects["account"] = replace(account, fields=known)  # type: ignore[index]
    assert api("PUT", ACME, {"title": "Acme", "attributes": ATTRIBUTES}).status == 200
    assert api("PUT", f"{ACME}/jobs/accounts", {**ACCOUNTS, "mapping": MAPPING}).status == 201
    for name in ("industry", "owner", "phone", "active"):
        path = f"{ACME}/attributes/account/{name}"
        assert api("PUT", path, {"write_back": True}).status == 201
    api("PUT", f"{ACME}/records/account/42", {"values": {"name": "Globex"}})
    api.crm.org.put("User", "005000000000001AAA", Email="ada@example.com")
    return api


def change(**values: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"object": "account", "id": "42", "values": values}
    said.update({n: values.pop(n) for n in ("at", "origin", "key", "id") if n in values})
    return said


def body(*changes: dict[str, Any]) -> dict[str, Any]:
    return {"changes": list(changes)}


def test_a_change_is_captured(ready: World) -> None:
    reply = ready("POST", CHANGES, body(change(industry="Energy")), headers=KEY)

    assert reply.status == 202
    (receipt,) = reply.body["receipts"]
    assert receipt["status"] == "waiting"
    shown = ready("GET", f"{ACME}/receipts/{receipt['receipt']}").body
    assert shown == receipt
    record = ready("GET", f"{ACME}/records/account/42").body
    assert record["values"]["industry"] == "Energy"
    (message,) = ready.cloud.queues.immediate
    assert message.request == Drain("acme", "crm", "account", ("42",))


def test_the_same_request_again_is_the_same_receipt(ready: World) -> None:
    first = ready("POST", CHANGES, body(change(industry="Energy")), headers=KEY)
    record = ready("GET", f"{ACME}/records/account/42").body

    again = ready("POST", CHANGES, body(change(industry="Energy")), headers=KEY)

    assert again.body == first.body
    assert ready("GET", f"{ACME}/records/account/42").body == record


def test_many_changes_have_one_receipt(ready: World) -> None:
    changes = [change(industry=str(number)) for number in range(501)]

    reply = ready("POST", CHANGES, body(*changes), headers=KEY)

    assert (reply.status, reply.body["count"], reply.body["captured"]) == (202, 501, 0)
    shown = ready("GET", f"{ACME}/receipts/{reply.body['batch']}").body
    assert shown["statuses"] == {"waiting": 501}


def test_a_request_and_a_change_may_have_one_key(ready: World) -> None:
    one = ready("POST", CHANGES, body(change(phone="1", key="one"))).body["receipts"][0]
    changes = [change(industry=str(number)) for number in range(501)]

    batch = ready("POST", CHANGES, body(*changes), headers=KEY).body["batch"]

    assert ready("GET", f"{ACME}/receipts/{batch}").body["count"] == 501
    assert ready("GET", f"{ACME}/receipts/{one['receipt']}").body == one


REFUSED = [
    ("unknown attribute", change(colour="red"), "/values/colour", "unknown_attribute"),
    ("unknown object", {**change(name="x"), "object": "deal"}, "/object", "unknown_object"),
    ("no write-back", change(name="Initech"), "/values/name", "not_written_back"),
    ("cleared reference", change(owner=None), "/values/owner", "reference_cleared"),
    ("unknown person", change(owner="bob@example.com"), "/values/owner", "reference_not_found"),
    ("half a boolean", change(active="Tru"), "/values/active", "value_does_not_fit"),
    ("too long", change(phone="1" * 41), "/values/phone", "too_long"),
    ("no value of the list", change(industry="Alchemy"), "/values/industry", "not_in_picklist"),
    ("in the future", change(phone="1", at="2999-01-01T00:00:00Z"), "/at", "in_the_future"),
    ("unknown record", change(phone="1", id="43"), "/id", "unknown_record"),
    ("long ago", change(phone="1", at="0001-01-01T00:00:00+14:00"), "/at", "greater_than_equal"),
    ("half a name", change(**{"\ud83d": "1"}), "/values/\ud83d", "unknown_attribute"),
    ("a number for a time", change(phone="1", at=5), "/at", "invalid_value"),
    ("a number in quotes", change(phone="1", at="5"), "/at", "invalid_value"),
    ("no zone", change(phone="1", at="2026-01-31T09:30:00"), "/at", "timezone_aware"),
    ("before the Normans", change(phone="1", at="0300-01-01T00:00:00Z"), "/at",
     "greater_than_equal"),
    ("a list", change(phone=["1"]), "/values/phone", "invalid_value"),
    ("an object", change(phone={"a": 1}), "/values/phone", "invalid_value"),
    ("a byte of zero", change(phone="1\0"), "/values/phone", "value_does_not_fit"),
    ("a bell", change(phone="1\a2"), "/values/phone", "value_does_not_fit"),
    ("a byte too many", change(phone="1" * (MOST - len('{"phone": ""}') + 1)), "/values",
     "too_large"),
    ("2 MB", change(phone="1" * 2_000_000), "/values", "too_large"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "place", "code"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
def test_bad_input_queues_nothing(
    ready: World, sent: dict[str, Any], place: str, code: str
) -> None:
    field(ready, "Phone", length=40)
    field(ready, "Industry", picklist=("Energy", "Mining"), restricted=True)
    before = ready.cloud.dump()

    reply = ready("POST", CHANGES, body(change(phone="2"), sent), headers=KEY)

    assert reply.status == 422
    assert reply.flaws == [("body", f"/changes/1{place}", code)]
    assert all(each["remedy"] for each in reply.body["errors"])
    assert ready.cloud.dump() == before


def test_what_no_job_maps_any_more_is_refused(ready: World) -> None:
    ready("DELETE", f"{ACME}/jobs/accounts")
    before = ready.cloud.dump()

    reply = ready("POST", CHANGES, body(change(phone="1")), headers=KEY)

    assert reply.status == 422
    assert reply.flaws == [("body", "/changes/0/values/phone", "not_mapped")]
    assert ready.cloud.dump() == before


def test_half_a_character_is_replaced(ready: World) -> None:
    assert ready("POST", CHANGES, body(change(phone="1\ud83d")), headers=KEY).status == 202
    assert ready("GET", f"{ACME}/records/account/42").body["values"]["phone"] == "1\ufffd"


def test_what_one_of_two_objects_takes_is_taken(ready: World) -> None:
    """An account may be a lead, whose phone holds more."""
    field(ready, "Phone", length=3)
    lead = described("Lead", {"Company": "string", "Phone": "phone"}, key_prefix="00Q")
    phone = replace(lead.fields["phone"], length=5)
    lead = replace(lead, fields={**lead.fields, "phone": phone})
    ready.crm.org.objects["lead"] = lead  # type: ignore[index]
    mapping = [MAPPING[0], {"salesforce": "Company", "platform": "name"}, MAPPING[4]]
    job = {**ACCOUNTS, "salesforce_object": "Lead", "mapping": mapping}
    ready.cloud.configuration.put("acme", "job", "leads", job, expected=0)

    taken = ready("POST", CHANGES, body(change(phone="1234")), headers=KEY)
    refused = ready("POST", CHANGES, body(change(phone="123456")), headers=KEY)

    assert (taken.status, refused.status) == (202, 422)


def test_several_people_of_one_address_are_refused(ready: World) -> None:
    ready.crm.org.put("User", "005000000000002AAA", Email="ada@example.com")

    reply = ready("POST", CHANGES, body(change(owner="ada@example.com")), headers=KEY)

    assert reply.flaws == [("body", "/changes/0/values/owner", "reference_ambiguous")]
    assert "2 active User records" in reply.body["errors"][0]["message"]


def test_a_key_stands_for_one_change(ready: World) -> None:
    ready("POST", CHANGES, body(change(phone="1")), headers=KEY)
    before = ready.cloud.dump()

    reply = ready("POST", CHANGES, body(change(phone="2")), headers=KEY)

    assert (reply.status, reply.code) == (409, "key_reused")
    assert reply.flaws == [("body", "/changes/0", "key_reused")]
    assert ready.cloud.dump() == before


def test_a_key_given_twice_is_named(ready: World) -> None:
    twice = [change(phone="1", key="a"), change(phone="2"), change(phone="3", key="a")]

    reply = ready("POST", CHANGES, body(*twice), headers=KEY)

    assert (reply.status, reply.flaws) == (409, [("body", "/changes/2", "key_reused")])


def test_a_key_is_none_that_is_made_of_another(ready: World) -> None:
    first = ready("POST", CHANGES, body(change(phone="1")), headers=KEY)

    other = ready("POST", CHANGES, body(change(phone="2", key="one#0")))

    assert (first.status, other.status) == (202, 202)
    assert first.body["receipts"][0]["receipt"] != other.body["receipts"][0]["receipt"]


def test_a_key_of_many_changes_is_named(ready: World) -> None:
    many = [change(phone=f"{number}") for number in range(501)]
    ready("POST", CHANGES, body(*many), headers=KEY)

    reply = ready("POST", CHANGES, body(*reversed(many)), headers=KEY)

    assert (reply.status, reply.flaws) == (409, [("header", "Idempotency-Key", "key_reused")])


def test_a_request_needs_a_key(ready: World) -> None:
    reply = ready("POST", CHANGES, body(change(phone="1")))

    assert (reply.status, reply.code) == (400, "invalid_key")


def test_reading_is_not_announcing(ready: World) -> None:
    token = ready.token("acme", "read")

    reply = ready("POST", CHANGES, body(change(phone="1")), headers=KEY, token=token)

    assert reply.status == 403


def test_an_org_that_does_not_answer_refuses_nothing(ready: World) -> None:
    ready.opening = RetryableError("the org cannot be reached")

    reply = ready("POST", CHANGES, body(change(owner="nobody@example.com")), headers=KEY)

    assert reply.status == 202


def test_what_a_segment_changed_goes_out_together(ready: World) -> None:
    sent = [change(phone="1", industry="Energy", origin="segment")]

    ready("POST", CHANGES, body(*sent), headers=KEY)

    assert ready.cloud.queues.immediate == []
    (message,) = ready.cloud.queues.bulk
    assert message.request == Drain("acme", "crm", "account", ("42",), bulk=True)


def test_an_unknown_receipt_is_not_found(ready: World) -> None:
    assert ready("GET", f"{ACME}/receipts/none").status == 404


def test_of_many_flaws_a_hundred_are_listed_and_counted(ready: World) -> None:
    many = ready("POST", CHANGES, body(*[change(colour="red")] * 488), headers=KEY).body
    wrong = ready("POST", CHANGES, body(*[{"object": "account"}] * 150), headers=KEY).body

    assert len(many["errors"]) == len(wrong["errors"]) == 100
    assert many["detail"] == "488 things are wrong with the changes; the first 100 are listed"
    assert wrong["detail"] == "300 fields of the body are wrong; the first 100 are listed"


@pytest.mark.parametrize(
    ("sent", "code"),
    [({"changes": []}, "too_short"), (body(change(phone="1", origin="x")), "unknown_choice")],
)
def test_flaws_speak_no_jargon(ready: World, sent: dict[str, Any], code: str) -> None:
    (flaw,) = ready("POST", CHANGES, sent, headers=KEY).body["errors"]

    assert flaw["code"] == code
    assert "List" not in flaw["message"]
    assert "Input" not in flaw["message"]
    assert "leave" not in flaw["remedy"]


def test_an_unknown_receipt_is_nothing_to_create(ready: World) -> None:
    reply = ready("GET", f"{ACME}/receipts/nothing")

    assert (reply.status, reply.code) == (404, "unknown_receipt")
    assert "create" not in reply.body["remedy"]
