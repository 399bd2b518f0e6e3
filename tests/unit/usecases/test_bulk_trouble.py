"""Bulk write-back when Salesforce takes its time or answers badly, and when we err ourselves."""

from collections.abc import Callable
from typing import Any

import pytest

from syncline.ports import Row, RowAnswer, RunStatus
from tests.faults.crashing import Fuse
from tests.worlds.bulk import Gathering, gathering
from tests.worlds.runs import finished
from tests.worlds.small import ACME, account_id
from tests.worlds.writing_back import CRM


def test_a_job_is_polled_by_later_legs() -> None:
    gathered = gathering("industry")
    gathered.world.crm.job_from, gathered.world.crm.job_waits = 1, 3
    event = gathered.event(1, industry="Mining")
    gathered.announce([event])
    (drain,) = gathered.taken()

    first = finished(gathered.invoke(drain))

    assert first.status is RunStatus.RUNNING
    assert _held_by(gathered) == first.id
    gathered.work_off()
    assert gathered.run().status is RunStatus.SUCCEEDED
    assert gathered.run().leg == 4
    assert gathered.platform.told(event) == {"industry": ("applied", "written")}
    assert _held_by(gathered) is None


@pytest.mark.parametrize("fate", ["lost", "no_bulk"])
def test_a_job_that_tells_nothing_is_done_without(fate: str) -> None:
    gathered = gathering("industry")
    crm = gathered.world.crm
    crm.job_from, crm.job_waits = 1, 1
    crm.no_bulk = {"account"} if fate == "no_bulk" else ()
    event = gathered.event(1, industry="Mining")
    gathered.announce([event])
    (drain,) = gathered.taken()
    gathered.invoke(drain)
    crm.forget_jobs()

    gathered.work_off()

    assert gathered.run().status is RunStatus.SUCCEEDED
    assert gathered.platform.told(event)["industry"][0] == "applied"


def test_what_was_not_answered_is_asked_for_again() -> None:
    gathered = gathering("industry")
    crm = gathered.world.crm
    crm.job_from, crm.job_stops = 1, 0
    event = gathered.event(1, industry="Mining")
    gathered.announce([event])
    (drain,) = gathered.taken()

    run = finished(gathered.invoke(drain))

    assert run.ledger["reasons"] == {"held:try_again": 1}
    assert not gathered.platform.receipt(event.receipt.id).final
    crm.job_stops = None
    gathered.work_off()
    assert gathered.platform.told(event) == {"industry": ("applied", "written")}
    assert len(gathered.runs()) == 2


class Poisoned(Fuse):
    """Whatever is read or written of one account ends in an error."""

    def __init__(self, call: str) -> None:
        super().__init__()
        self.name = call

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        answer = Fuse.call(self, name, act)
        if name == self.name and account_id(1) in answer:
            raise ValueError("Ada Lovelace")
        return answer


def test_an_error_of_ours_in_one_record_stops_no_other() -> None:
    gathered = gathering("industry")
    bad, good = gathered.event(1, industry="Mining"), gathered.event(2, industry="Mining")
    gathered.announce([bad, good])
    (drain,) = gathered.taken()

    gathered.invoke(drain, fuse=Poisoned("MemoryLinks.get"))

    assert gathered.platform.told(bad) == {"industry": ("refused", "internal_error")}
    assert gathered.platform.told(good) == {"industry": ("applied", "written")}
    assert gathered.run().status is RunStatus.PARTIAL


def test_a_value_that_breaks_the_writing_stops_no_other() -> None:
    gathered = gathering("industry")
    events = [gathered.event(number, industry=f"I{number}") for number in (1, 2, 3)]
    gathered.announce(events)

    def breaks(_object: str, _kind: object, row: Row) -> RowAnswer | None:
        if row.values["Industry"] == "I2":
            raise ValueError(row)
        return None

    gathered.world.crm.refuse = breaks
    gathered.work_off()

    outcomes = [gathered.platform.told(event)["industry"][0] for event in events]
    assert outcomes == ["applied", "refused", "applied"]
    assert gathered.run().status is RunStatus.PARTIAL


def _held_by(gathered: Gathering) -> str | None:
    cloud = gathered.world.cloud
    return cloud.turnstile.holder(f"{ACME}|{CRM}|account", now=cloud.clock.now())
