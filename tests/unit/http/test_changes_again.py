"""A request that is sent again is answered as before, whatever has happened since."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from syncline.ports import RecordWrite
from tests.unit.http.test_changes import CHANGES, KEY, body, change, field, ready
from tests.unit.http.world import ACME, World

__all__ = ["ready"]


def sent(api: World, *changes: dict[str, Any]) -> Any:
    return api("POST", CHANGES, body(*changes), headers=KEY)


@pytest.mark.parametrize("what", ["the record is deleted", "the list is another", "it is off"])
def test_what_happens_later_does_not_unsay_a_receipt(ready: World, what: str) -> None:
    first = sent(ready, change(industry="Energy"), change(phone="1"))
    if what == "the record is deleted":
        assert ready("DELETE", f"{ACME}/records/account/42").status == 204
    elif what == "the list is another":
        field(ready, "Industry", picklist=("Mining",), restricted=True)
    else:
        assert ready("DELETE", f"{ACME}/attributes/account/industry").status == 204

    again = sent(ready, change(industry="Energy"), change(phone="1"))

    assert (again.status, again.body) == (202, first.body)


def test_many_changes_are_answered_as_before(ready: World) -> None:
    changes = [change(industry=str(number)) for number in range(501)]
    first = sent(ready, *changes)
    ready("DELETE", f"{ACME}/records/account/42")

    again = sent(ready, *changes)

    assert (again.status, again.body) == (202, first.body)
    assert sent(ready, *changes[1:], changes[0]).status == 422


def test_many_changes_again_keep_their_time(ready: World) -> None:
    """They were made when they were first sent, if nothing else is said."""
    changes = [change(industry=str(number)) for number in range(501)]
    sent(ready, *changes)
    before = ready.cloud.dump()["bodies"]
    ready.cloud.clock.advance(timedelta(hours=1))

    sent(ready, *changes)

    assert ready.cloud.dump()["bodies"] == before


def test_something_else_under_the_key_is_judged_anew(ready: World) -> None:
    sent(ready, change(industry="Energy"))
    ready("DELETE", f"{ACME}/records/account/42")

    assert sent(ready, change(industry="Mining")).status == 422
    assert sent(ready, change(industry="Energy"), change(phone="1")).status == 422


def test_what_was_never_captured_is_judged_anew(ready: World) -> None:
    """Its receipt was opened, and then the process died."""
    first = sent(ready, change(industry="Energy"))
    records = ready.cloud.records("acme")
    receipt = first.body["receipts"][0]["receipt"]
    assert [each.receipt for each in records.get("account", ["42"])["42"].outbox] == [receipt]
    ready("DELETE", f"{ACME}/records/account/42")
    _forget_outbox(ready)

    assert sent(ready, change(industry="Energy")).status == 422


def _forget_outbox(api: World) -> None:
    records = api.cloud.records("acme")
    record = records.get("account", ["42"])["42"]
    after = replace(record, version=record.version + 1, outbox=())
    assert records.write([RecordWrite(after, record.version, record)]) == [True]
