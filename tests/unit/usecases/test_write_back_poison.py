"""An error in one record of a drain ends on its receipt and keeps nobody else."""

from collections.abc import Callable
from typing import Any

import pytest

from syncline.engine.plan import SendKind
from syncline.errors import RecordRejectedError
from syncline.ports import Row, RowAnswer
from tests.faults.crashing import Fuse
from tests.worlds.small import account_id
from tests.worlds.writing_back import CRM, announcing

WRITTEN = ("applied", "written")


class Poisoned(Fuse):
    """Reading the links of one account ends in an error, wherever others are read beside it."""

    def __init__(self, id: str, error: Exception) -> None:
        super().__init__()
        self.id, self.error = id, error

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        answer = Fuse.call(self, name, act)
        if name == "MemoryLinks.get" and self.id in answer:
            raise self.error
        return answer


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyError("a value"), "internal_error"),
        (RecordRejectedError("It is too large.", code="too_large"), "too_large"),
    ],
    ids=["ours", "too large"],
)
def test_an_error_of_one_record_ends_on_its_receipt(error: Exception, reason: str) -> None:
    platform = announcing("industry")
    events = [platform.event(number, industry="Mining") for number in range(1, 6)]
    platform.announce(*events)

    platform.drain(platform.taken(), fuse=Poisoned(account_id(3), error))

    outcomes = [platform.told(event)["industry"] for event in events]
    assert outcomes == [WRITTEN, WRITTEN, ("refused", reason), WRITTEN, WRITTEN]
    told = platform.receipt(events[2].receipt.id).results[CRM]["industry"].detail
    assert "a value" not in told
    assert platform.world.cloud.queues.immediate == []


def test_a_value_that_breaks_the_writing_ends_on_its_receipt() -> None:
    platform = announcing("industry")
    events = [platform.event(number, industry=f"I{number}") for number in (1, 2, 3)]
    platform.announce(*events)

    def breaks(_object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
        if row.values["Industry"] == "I2":
            raise ValueError(row)
        return None

    platform.world.crm.refuse = breaks
    platform.drain_all()

    outcomes = [platform.told(event)["industry"][0] for event in events]
    assert outcomes == ["applied", "refused", "applied"]
