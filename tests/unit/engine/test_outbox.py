"""Of the changes that wait, which one counts."""

import pytest

from syncline.engine.outbox import latest_of, still_said, was_announced
from syncline.engine.records import Value
from tests.unit.engine.write_situations import FIRST, SECOND, THIRD, changed, entry


def test_the_latest_change_of_each_attribute_counts() -> None:
    old, new = entry(SECOND, "r1", tier="Gold", phone="2"), entry(THIRD, "r2", tier="Silver")

    assert latest_of([new, old]) == {"tier": new, "phone": old}


def test_of_equal_times_the_last_that_came_counts() -> None:
    first, second = entry(FIRST, "r1", tier="Gold"), entry(FIRST, "r2", tier="Silver")

    assert latest_of([first, second])["tier"] is second


def test_the_latest_comes_first() -> None:
    old, new = entry(SECOND, "r1", tier="Gold", phone="1"), entry(THIRD, "r2", tier="Silver")

    assert list(latest_of([old, new])) == ["tier", "phone"]


def test_an_attribute_that_is_changed_anew_comes_first() -> None:
    old, new = entry(SECOND, "r1", tier="Gold", phone="1"), entry(THIRD, "r2", phone="2")

    assert list(latest_of([old, new])) == ["phone", "tier"]


@pytest.mark.parametrize(("value", "said"), [("Gold", True), ("Silver", False), (None, False)])
def test_what_the_record_holds_decides(value: Value, said: bool) -> None:
    record = changed(entry(tier=value))

    assert still_said(record, "tier", entry(tier="Gold")) is said


def test_an_attribute_that_was_cleared_is_still_said() -> None:
    assert still_said(changed(entry(tier=None)), "tier", entry(tier=None))


@pytest.mark.parametrize(
    ("name", "value", "announced"),
    [
        ("tier", "Gold", True),
        ("tier", "GOLD", True),
        ("tier", "Silver", True),
        ("tier", "Iron", False),
        ("tier", None, False),
        ("phone", None, True),
        ("phone", "Gold", False),
        ("score", 2.0, True),
        ("score", None, False),
        ("owner", None, False),
    ],
)
def test_what_any_waiting_change_said_was_announced(
    name: str, value: Value, announced: bool
) -> None:
    record = changed(
        entry(FIRST, "r1", tier="gold", phone=None), entry(SECOND, "r2", tier="Silver", score=2.0)
    )

    assert was_announced(record, name, value) is announced


def test_nothing_was_announced_where_nothing_waits() -> None:
    assert was_announced(changed(), "tier", None) is False
