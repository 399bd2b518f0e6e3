"""SQS on the local cloud: batches as AWS delivers them, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.cloud.cloud import LocalCloud
from tests.flows.cloud_fixture import (
    eventually,
    in_flight,
    next_report,
    no_report,
    open_gate,
    send,
    start_cloud,
)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with start_cloud(tmp_path_factory.mktemp("queues")) as running:
        yield running


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """One poller a queue: what a batch holds is then known."""
    with start_cloud(tmp_path_factory.mktemp("single"), pollers=1) as running:
        yield running


def test_two_batches_of_a_queue_overlap(cloud: LocalCloud) -> None:
    send(cloud, "ParallelQueue", {"name": "one", "wait": True}, {"name": "two", "wait": True})

    started = [next_report(cloud)["batch"], next_report(cloud)["batch"]]

    assert sorted(started) == [["one"], ["two"]]
    open_gate(cloud, times=2)
    assert eventually(lambda: in_flight(cloud, "ParallelQueue") == 0)


def test_a_window_gathers_until_the_clock_has_passed_it(single: LocalCloud) -> None:
    send(single, "WindowQueue", {"name": "one"}, {"name": "two"})
    assert eventually(lambda: in_flight(single, "WindowQueue") == 2)
    single.clock.advance(100)
    send(single, "WindowQueue", {"name": "three"})
    assert eventually(lambda: in_flight(single, "WindowQueue") == 3)
    assert no_report(single)

    single.clock.advance(20)

    assert sorted(next_report(single)["batch"]) == ["one", "three", "two"]


def test_a_batch_closes_before_its_event_passes_six_megabytes(single: LocalCloud) -> None:
    limit, size, count = 6 * 1024 * 1024, 250_000, 30
    for number in range(count):
        send(single, "WindowQueue", {"name": str(number), "padding": "x" * size})

    first = next_report(single)

    assert limit - size - 2_000 < first["bytes"] <= limit
    remaining = count - len(first["batch"])
    assert eventually(lambda: in_flight(single, "WindowQueue") == remaining)
    single.clock.advance(120)
    second = next_report(single)
    assert sorted(map(int, first["batch"] + second["batch"])) == list(range(count))


def test_only_what_failed_returns_and_ends_among_the_dead_letters(cloud: LocalCloud) -> None:
    send(cloud, "PartialQueue", {"name": "good"}, {"name": "bad", "fail": True})
    first = [next_report(cloud)]
    if first[0]["batch"] in (["good"], ["bad"]):
        first.append(next_report(cloud))
    assert eventually(lambda: in_flight(cloud, "PartialQueue") == 1)
    assert no_report(cloud)

    cloud.clock.advance(600)
    again = next_report(cloud)
    cloud.clock.advance(600)
    dead = next_report(cloud, "PartialDeadLetters")

    assert (again["batch"], again["receives"]) == (["bad"], ["2"])
    assert dead["name"] == "bad"
    assert no_report(cloud)


def test_a_function_that_fails_gets_the_whole_batch_again(cloud: LocalCloud) -> None:
    def failures() -> int:
        return "".join(cloud.logs("PartialFunction")).count("[ERROR] KeyError")

    send(cloud, "PartialQueue", {"nameless": 1})
    assert eventually(lambda: failures() == 1)

    cloud.clock.advance(600)
    assert eventually(lambda: failures() == 2)
    cloud.clock.advance(600)

    assert next_report(cloud, "PartialDeadLetters") == {"nameless": 1}
