"""The runner's clock: real time that can be moved, seen by others through a file."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.cloud.clock import RunnerClock


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


@pytest.fixture
def clock(file: Path) -> Iterator[RunnerClock]:
    running = RunnerClock(file)
    yield running
    running.close()


def test_it_goes_with_real_time_until_it_is_moved(clock: RunnerClock) -> None:
    assert clock.now() == pytest.approx(time.time(), abs=1)

    clock.advance(timedelta(hours=2))

    assert clock.now() == pytest.approx(time.time() + 7200, abs=1)


def test_a_frozen_clock_stands_still_and_can_be_advanced(clock: RunnerClock) -> None:
    noon = datetime(2027, 3, 28, 12, tzinfo=UTC)
    clock.set(noon, freeze=True)

    assert (clock.utc(), clock.utc()) == (noon, noon)
    assert clock.advance(60) == noon + timedelta(minutes=1)
    assert clock.frozen


def test_it_goes_on_from_where_it_was_frozen_and_returns_to_real_time(clock: RunnerClock) -> None:
    clock.set(datetime(2027, 1, 1, tzinfo=UTC), freeze=True)
    clock.resume()
    assert not clock.frozen
    assert clock.utc().year == 2027

    clock.reset()

    assert clock.offset == pytest.approx(0, abs=1)


def test_followers_read_the_offset_from_the_file(clock: RunnerClock, file: Path) -> None:
    clock.advance(1_000_000)
    clock.advance(-999_000)

    assert float(file.read_text()) == pytest.approx(1000, abs=1)


def test_a_waiter_is_woken_when_the_clock_passes_its_time(clock: RunnerClock) -> None:
    arrived = threading.Event()
    due, stop = clock.now() + 3600, threading.Event()

    def wait() -> None:
        if clock.wait_until(due, stop):
            arrived.set()

    waiter = threading.Thread(target=wait)
    waiter.start()
    clock.advance(3600)

    assert arrived.wait(5)
    waiter.join()


def test_a_waiter_gives_up_when_it_is_told_to_stop(clock: RunnerClock) -> None:
    stop = threading.Event()
    stop.set()

    assert clock.wait_until(clock.now() + 3600, stop) is False
