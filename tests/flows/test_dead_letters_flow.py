"""What cannot go out, on the real template with its roles: a message that nobody can understand is
set aside and explained, and what holds write-back up is told and loses nothing."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from local.house import WORKSPACE, House
from tests.flows.cloud_fixture import eventually, send
from tests.worlds.standing import CloudState, run_job, set_up

PATH = f"/v1/workspaces/{WORKSPACE}"
HIDDEN = 361
"""Seconds after which the queue delivers a message that failed once more."""


@pytest.fixture(scope="module")
def house(guarded_house: House) -> House:
    set_up(guarded_house)
    run_job(guarded_house, "accounts", "2026-01-01T12:01:00+00:00")
    guarded_house.call("PUT", f"{PATH}/attributes/account/phone", {"write_back": True})
    return guarded_house


def letters(house: House, token: str | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.call("GET", f"{PATH}/dead-letters", token=token)["items"]
    return found


def test_a_malformed_message_is_set_aside_and_explained(house: House) -> None:
    logs = house.cloud.logs
    send(house.cloud, "WriteBackQueue", {"workspace": WORKSPACE, "note": "Ada Lovelace"})

    def failed(times: int) -> bool:
        return "".join(logs("WriteBackFunction")).count("malformed") >= times

    for tries in range(1, 6):
        assert eventually(partial(failed, tries))
        house.cloud.clock.advance(HIDDEN)

    assert eventually(lambda: letters(house, house.administrator) != [])
    (letter,) = letters(house, house.administrator)
    assert (letter["code"], letter["tries"]) == ("message_malformed", 5)
    assert "connection is missing" in letter["reason"]
    assert letters(house) == []


def test_what_nobody_understands_is_thrown_away(house: House) -> None:
    (letter,) = letters(house, house.administrator)

    house.call("DELETE", f"{PATH}/dead-letters/{letter['id']}", token=house.administrator)

    assert letters(house, house.administrator) == []


def test_a_letter_that_is_retried_is_written(house: House) -> None:
    """As if the writer had been ended five times while it was at work."""
    account = house.call("GET", f"{PATH}/records/account?limit=1")["items"][0]
    request = {"workspace": WORKSPACE, "connection": "crm", "object": "account",
               "ids": [account["id"]]}  # fmt: skip
    send(house.cloud, "WriteBackDeadLetterQueue", request)
    (letter,) = letters(house)
    assert (letter["code"], letter["ids"]) == ("cut_off", [account["id"]])

    house.call("POST", f"{PATH}/dead-letters/{letter['id']}/retry")

    logs = house.cloud.logs
    assert eventually(lambda: '"records":1' in "".join(logs("WriteBackFunction")))
    assert letters(house) == []


def test_a_disabled_connection_is_told_and_loses_nothing(house: House) -> None:
    account = house.call("GET", f"{PATH}/records/account?limit=1")["items"][0]
    connection = house.connection()
    house.call("PUT", f"{PATH}/connections/crm", {**connection, "enabled": False})
    change = {"object": "account", "id": account["id"], "key": "off-1",
              "values": {"phone": "+49 30 5550142"}}  # fmt: skip
    receipt = house.call("POST", f"{PATH}/changes", {"changes": [change]})["receipts"][0]["receipt"]

    assert eventually(lambda: troubles(house) == ["connection_disabled"])
    house.call("PUT", f"{PATH}/connections/crm", {**connection, "enabled": True})
    house.cloud.clock.advance(60)

    assert eventually(
        lambda: house.call("GET", f"{PATH}/receipts/{receipt}")["status"] == "applied"
    )
    assert eventually(lambda: troubles(house) == [])


def troubles(house: House) -> list[str]:
    """The causes that people have been told of."""
    items = CloudState.of(house).tables["RunsTable"]
    return [each["sk"]["S"] for each in items if "|troubles|" in each["pk"]["S"]]
