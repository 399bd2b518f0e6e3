"""What of change events finds no room, or no peace, and whom that concerns."""

from typing import Any

import pytest

from syncline.errors import RetryableError
from syncline.ports import Receipt, RecordWrite
from syncline.usecases.capture_changes import CaptureChanges
from tests.faults.crashing import Meanwhile
from tests.worlds.small import ACME
from tests.worlds.writing_back import announcing


def outcomes(receipt: Receipt) -> list[tuple[str, str]]:
    """Of a change of one attribute."""
    return [(t.outcome, t.reason) for told in receipt.results.values() for t in told.values()]


def test_endless_races_are_given_up() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")

    class Busy:
        def __init__(self, records: Any) -> None:
            self._records = records

        def __getattr__(self, name: str) -> Any:
            return getattr(self._records, name)

        def write(self, writes: list[RecordWrite]) -> list[bool]:
            return [False for _ in writes]

    cloud = platform.world.cloud
    capture = CaptureChanges(
        lambda name: Busy(cloud.records(name)),  # type: ignore[arg-type]
        cloud.receipts,
        cloud.queues,
        cloud.clock,
    )
    with pytest.raises(RetryableError) as caught:
        capture(ACME, [event])

    assert caught.value.code == "records_busy"


def test_a_full_outbox_stops_nobody_else() -> None:
    platform = announcing("phone")
    changes = [platform.event(1, phone=f"{at}{'1' * 60_000}") for at in range(3)]
    other = platform.event(2, phone="2")

    *stored, third, neighbour = platform.announce(*changes, other)

    assert all(not receipt.final for receipt in (*stored, neighbour))
    assert outcomes(third) == [("refused", "outbox_full")]
    assert len(platform.record(1).outbox) == 2


def test_a_change_too_large_stops_nobody_else() -> None:
    """The record and its outbox are one item, which holds 400 KB."""
    platform = announcing("phone")
    large = platform.event(1, phone="ü" * 120_000)

    told, neighbour = platform.announce(large, platform.event(2, phone="2"))

    assert outcomes(told) == [("refused", "too_large")]
    assert not neighbour.final


def test_the_longest_text_of_salesforce_fits() -> None:
    """A long text area holds 131,072 characters."""
    platform = announcing("phone")

    (receipt,) = platform.announce(platform.event(1, phone="1" * 131_072))

    assert not receipt.final


def test_many_small_changes_fill_an_outbox() -> None:
    """Of a small value most bytes are not the value's; the item would hold no more."""
    platform = announcing("industry")

    first = platform.announce(*(platform.event(1, industry=f"{at}") for at in range(500)))
    second = platform.announce(*(platform.event(1, industry=f"{at}") for at in range(500)))

    assert all(not receipt.final for receipt in first)
    assert outcomes(second[-1]) == [("refused", "outbox_full")]


@pytest.mark.parametrize("place", range(2, 6))
def test_what_was_full_before_a_lost_race(place: int) -> None:
    """A drain makes room between the read of the record and its write."""
    platform = announcing("industry")
    platform.announce(platform.event(1, industry="1" * 90_000))
    drain = platform.taken()
    changes = platform.event(1, industry="2" * 15_000), platform.event(1, industry="3")

    told = platform.announce(
        *changes, fuse=Meanwhile(act=lambda: platform.drain(drain), place=place)
    )

    waits = {entry.receipt for entry in platform.record(1).outbox}
    assert {receipt.id for receipt in told if not receipt.final} == waits
