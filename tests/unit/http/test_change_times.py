"""When changes were made: to the fraction of a second, and never in the future."""

from datetime import timedelta

import pytest

from tests.unit.http.test_changes import CHANGES, body, change
from tests.unit.http.test_changes import ready as ready  # noqa: PLC0414  a fixture
from tests.unit.http.world import ACME, World

RECORD = f"{ACME}/records/account/42"


def announced(ready: World, key: str, phone: str, at: str) -> tuple[str, str]:
    """Status of the receipt, and the time that it shows."""
    said = {**change(phone=phone), "at": at}
    reply = ready("POST", CHANGES, body(said), headers={"Idempotency-Key": key})
    assert reply.status == 202, reply.body
    (receipt,) = reply.body["receipts"]
    return receipt["status"], receipt["at"]


def test_an_older_change_of_one_second_is_superseded(ready: World) -> None:
    second = f"{ready.cloud.clock.now():%Y-%m-%dT%H:%M:%S}"

    newer = announced(ready, "newer", "2", f"{second}.900Z")
    older = announced(ready, "older", "1", f"{second}.100Z")

    assert newer == ("waiting", f"{second}.900Z")
    assert older == ("superseded", f"{second}.100Z")
    assert ready("GET", RECORD).body["values"]["phone"] == "2"


def test_an_edit_has_its_place_within_the_second(ready: World) -> None:
    ready.cloud.clock.advance(timedelta(microseconds=500_000))
    now = f"{ready.cloud.clock.now():%Y-%m-%dT%H:%M:%S}"
    ready("PUT", RECORD, {"values": {"phone": "edited"}})

    before, _ = announced(ready, "before", "1", f"{now}.4Z")
    edited = ready("GET", RECORD).body["values"]["phone"]
    after, _ = announced(ready, "after", "2", f"{now}.6Z")

    assert (before, edited, after) == ("superseded", "edited", "waiting")
    assert ready("GET", RECORD).body["values"]["phone"] == "2"


@pytest.mark.parametrize(("beyond", "status"), [(0, 202), (1, 422)])
def test_clocks_may_differ_by_a_minute(ready: World, beyond: int, status: int) -> None:
    at = ready.cloud.clock.now() + timedelta(seconds=60, microseconds=beyond)

    said = {**change(phone="1"), "at": at.isoformat()}
    reply = ready("POST", CHANGES, body(said), headers={"Idempotency-Key": "edge"})

    assert reply.status == status, reply.body
