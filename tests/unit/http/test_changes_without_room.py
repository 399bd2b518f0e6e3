"""A change that the record has no room for is refused with what would help."""

from typing import Any

from tests.unit.http.world import ACCOUNTS, ACME, Reply, World

MAPPING = [
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Name", "platform": "name"},
    {"salesforce": "Industry", "platform": "industry"},
]


def announced(api: World, key: str, **values: Any) -> Reply:
    body = {"changes": [{"object": "account", "id": "42", "values": values}]}
    return api("POST", f"{ACME}/changes", body, headers={"Idempotency-Key": key})


def test_what_finds_no_room_is_told_why(api: World) -> None:
    """Nothing waits the first time, so to send it again later would not help."""
    assert api("PUT", ACME, {"title": "Acme", "attributes": {"account": {"tier": "text"}}})
    api("PUT", f"{ACME}/jobs/accounts", {**ACCOUNTS, "mapping": MAPPING})
    api("PUT", f"{ACME}/attributes/account/industry", {"write_back": True})
    api("PUT", f"{ACME}/records/account/42", {"values": {"tier": "1" * 100_000}})
    before = api.cloud.dump()

    alone = announced(api, "one", industry="1" * 130_000)
    assert api.cloud.dump() == before
    announced(api, "two", industry="Mining")
    behind = announced(api, "three", industry="1" * 130_000)

    assert (alone.status, behind.status) == (422, 422)
    assert alone.flaws == [("body", "/changes/0/values", "too_large")]
    assert behind.flaws == [("body", "/changes/0/id", "outbox_full")]
