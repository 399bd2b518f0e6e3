"""Receipts of requests of many: counted without reading twice what is final, and told by status."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from syncline.engine.told import Told
from syncline.memory.cloud import MemoryCloud
from syncline.ports import BatchReceipt, Receipt, Receipts
from syncline.usecases.show_receipt import ShownBatch, ShowReceipt
from syncline.usecases.stored_changes import ChangeEvent, body_name, body_of

NOON = "2026-01-05T12:00:00Z"
BATCH = BatchReceipt("b" * 32, "d", 10, NOON)


@dataclass
class Counting:
    """Receipts that note which of them were read."""

    inner: Receipts
    read: list[str] = field(default_factory=list)

    def get(self, ids: Collection[str]) -> Mapping[str, Receipt]:
        self.read += ids
        return self.inner.get(ids)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@dataclass
class Request:
    """A request of ten changes, of which eight are captured."""

    cloud: MemoryCloud = field(default_factory=MemoryCloud)

    def __post_init__(self) -> None:
        receipts = [receipt(number) for number in range(10)]
        events = [ChangeEvent(each, {"phone": "1"}) for each in receipts]
        self.cloud.bodies("acme").put(body_name(BATCH), body_of(events))
        self.receipts.open_batch(BATCH)
        self.receipts.open(receipts[:8])
        self.receipts.advance(BATCH.id, 8)

    @property
    def receipts(self) -> Receipts:
        return self.cloud.receipts("acme")

    def settle(self, outcome: str, *numbers: int) -> None:
        word = {"crm": {"phone": Told(outcome, "because")}}
        self.receipts.settle({receipt(number).id: word for number in numbers})

    def shown(self, **asked: Any) -> tuple[ShownBatch, list[str]]:
        counting: Any = Counting(self.receipts)
        found = ShowReceipt(lambda _: counting, self.cloud.bodies)("acme", BATCH.id, **asked)
        assert isinstance(found, ShownBatch)
        return found, counting.read


def receipt(number: int) -> Receipt:
    to = {"crm": ("phone",)}
    return Receipt(
        f"{number:032x}", "d", "account", str(number), NOON, NOON, "segment", "", to, bulk=True
    )


@pytest.fixture
def request_() -> Request:
    made = Request()
    made.settle("refused", 1, 4, 5)
    made.settle("applied", 0, 2)
    return made


def test_refused_ones_are_told_alone(request_: Request) -> None:
    first, _ = request_.shown(status="refused", limit=2)
    second, _ = request_.shown(status="refused", limit=2, after=first.following)

    assert [each.record for each in first.receipts] == ["1", "4"]
    assert [each.record for each in second.receipts] == ["5"]
    assert second.following is None


@pytest.mark.parametrize(
    ("status", "records"),
    [("applied", ["0", "2"]), ("waiting", ["3", "6", "7"]), ("held", []), (None, [*"01234567"])],
)
def test_each_status_finds_its_own(request_: Request, status: str, records: list[str]) -> None:
    found, _ = request_.shown(status=status)

    assert [each.record for each in found.receipts] == records
    assert found.statuses == {"waiting": 5, "refused": 3, "applied": 2}


def test_final_ones_are_not_read_again(request_: Request) -> None:
    request_.shown(status="held")
    request_.settle("held", 3)

    found, read = request_.shown(status="skipped")

    assert found.statuses == {"waiting": 4, "refused": 3, "held": 1, "applied": 2}
    assert read == [BATCH.id, *(receipt(number).id for number in (3, 6, 7))]


def test_what_somebody_forgot_is_counted_again(request_: Request) -> None:
    """Of two who look at once, the slower one leaves less behind than the faster one."""
    request_.shown()
    request_.receipts.note_seen(BATCH.id, "ar")

    found, _ = request_.shown()

    assert found.statuses == {"waiting": 5, "refused": 3, "applied": 2}


def test_without_its_body_it_is_still_counted(request_: Request) -> None:
    request_.shown()

    found = ShowReceipt(request_.cloud.receipts, MemoryCloud().bodies)("acme", BATCH.id)

    assert isinstance(found, ShownBatch)
    assert found.statuses == {"waiting": 5, "refused": 3, "applied": 2}
    assert found.receipts == []
