"""Kill points count the calls of one function from when they are armed."""

from __future__ import annotations

import pytest

from local.cloud.kill import KillSwitch, When


def test_the_point_is_met_at_the_kth_call_of_its_function_and_only_once() -> None:
    switch = KillSwitch()
    switch.next_call("A", "s3", "PutObject")
    point = switch.arm("A", 2, When.AFTER)

    met = [switch.next_call(name, "s3", "GetObject") for name in ("A", "B", "A", "A")]

    assert met == [None, None, point, None]
    assert (point.seen, point.operation) == (2, "GetObject")


def test_a_new_point_replaces_the_old_one_and_disarming_removes_it() -> None:
    switch = KillSwitch()
    switch.arm("A", 1, When.BEFORE)
    second = switch.arm("A", 1, When.AFTER)
    assert switch.next_call("A", "s", "o") is second
    switch.arm("A", 1, When.BEFORE)

    switch.disarm()

    assert switch.next_call("A", "s", "o") is None


def test_calls_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        KillSwitch().arm("A", 0, When.BEFORE)
