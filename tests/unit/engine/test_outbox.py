"""Of the changes that wait, which one counts."""

import pytest

from syncline.engine.outbox import latest_of, still_said
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


@pytest.mark.parametrize(("value", "said"), [("Gold", True), ("Silver", False), (None, False)])
def test_what_the_record_holds_decides(value: Value, said: bool) -> None:
    record = changed(entry(tier=value))

    assert still_said(record, "tier", entry(tier="Gold")) is said


def test_an_attribute_that_was_cleared_is_still_said() -> None:
    assert still_said(changed(entry(tier=None)), "tier", entry(tier=None))
