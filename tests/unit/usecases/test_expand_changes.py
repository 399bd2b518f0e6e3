"""Requests of many changes: captured in parts, from wherever they stood, each change once."""

import copy
from collections.abc import Sequence
from datetime import timedelta

import pytest

from syncline.engine.moments import canonical_instant
from syncline.errors import RetryableError
from syncline.ports import BatchReceipt, Expand
from syncline.usecases.capture_changes import CaptureChanges
from syncline.usecases.expand_changes import ExpandChanges
from syncline.usecases.show_receipt import ShownBatch, ShowReceipt
from syncline.usecases.stored_changes import ChangeEvent, body_name, body_of
from syncline.usecases.sweep_requests import SweepRequests
from syncline.usecases.written_objects import forget_written, list_written
from tests.faults.crashing import SIDES, CrashError, Fuse, Fused, Side
from tests.worlds.small import ACME
from tests.worlds.writing_back import Announcing, announcing

BATCH = "b" * 32


def stored(platform: Announcing, events: Sequence[ChangeEvent]) -> Expand:
    """As the API leaves a request that is too large for it."""
    cloud = platform.world.cloud
    batch = BatchReceipt(BATCH, "d", len(events), canonical_instant(cloud.clock.now()))
    cloud.bodies(ACME).put(body_name(batch), body_of(events))
    cloud.receipts(ACME).open_batch(batch)
    return Expand(ACME, BATCH)


def changes(platform: Announcing, count: int) -> list[ChangeEvent]:
    """Of five accounts, each a second after the one before."""
    found = []
    for at in range(count):
        platform.world.advance(seconds=1)
        found.append(platform.event(1 + at % 5, phone=f"{at}"))
    return found


def expand(
    platform: Announcing, request: Expand, *, seconds: float = 60, fuse: Fuse | None = None
) -> int:
    cloud = platform.world.cloud
    fuse = fuse or Fuse()
    capture = CaptureChanges(
        lambda name: Fused(cloud.records(name), fuse),
        lambda name: Fused(cloud.receipts(name), fuse),
        Fused(cloud.queues, fuse),
        cloud.clock,
    )
    use_case = ExpandChanges(
        capture,
        lambda name: Fused(cloud.receipts(name), fuse),
        lambda name: Fused(cloud.bodies(name), fuse),
        Fused(cloud.queues, fuse),
        cloud.clock,
    )
    return use_case(request, deadline=cloud.clock.now() + timedelta(seconds=seconds))


def shown(platform: Announcing) -> ShownBatch:
    cloud = platform.world.cloud
    found = ShowReceipt(cloud.receipts, cloud.bodies)(ACME, BATCH)
    assert isinstance(found, ShownBatch)
    return found


@pytest.fixture(scope="module")
def large() -> tuple[Announcing, Expand]:
    """A request that is stored and not yet captured: copy it."""
    platform = announcing("phone")
    return platform, stored(platform, changes(platform, 1200))


def test_many_changes_are_captured_in_parts(large: tuple[Announcing, Expand]) -> None:
    platform, request = copy.deepcopy(large)
    fuse = Fuse()

    done = expand(platform, request, fuse=fuse)

    assert done == 1200
    assert fuse.trace.count("MemoryReceipts.advance") == 3
    assert sum(len(platform.record(number).outbox) for number in range(1, 6)) == 1200
    assert shown(platform).statuses == {"waiting": 1200}


@pytest.mark.parametrize("at", [16, 17])
@pytest.mark.parametrize("side", SIDES)
def test_a_crash_in_between_is_made_good(
    large: tuple[Announcing, Expand], at: int, side: Side
) -> None:
    """While the second part is captured; the queue brings the message again."""
    platform, request = copy.deepcopy(large)

    with pytest.raises(CrashError):
        expand(platform, request, fuse=Fuse(at, side))
    assert shown(platform).batch.captured == 500
    expand(platform, request)

    assert sum(len(platform.record(number).outbox) for number in range(1, 6)) == 1200
    assert shown(platform).batch.captured == 1200


def test_without_time_the_rest_is_another_message() -> None:
    platform = announcing("phone")
    request = stored(platform, changes(platform, 1200))

    done = expand(platform, request, seconds=10)

    queue = platform.world.cloud.queues.immediate
    (rest,) = [each.request for each in queue if isinstance(each.request, Expand)]
    assert done == 500
    assert rest == Expand(ACME, BATCH, 500)
    assert expand(platform, rest) == 700
    assert shown(platform).batch.captured == 1200


def test_an_old_message_finds_all_done() -> None:
    platform = announcing("phone")
    request = stored(platform, changes(platform, 3))
    expand(platform, request)
    before = [platform.record(number) for number in range(1, 6)]

    assert expand(platform, request) == 0
    assert [platform.record(number) for number in range(1, 6)] == before


def test_an_unknown_request_is_none() -> None:
    platform = announcing("phone")

    assert expand(platform, Expand(ACME, "c" * 32)) == 0


def test_a_doubled_change_is_counted_twice_and_made_once() -> None:
    platform = announcing("phone")
    event, other = changes(platform, 2)

    expand(platform, stored(platform, [event, other, event]))
    platform.drain_all()

    assert shown(platform).statuses == {"applied": 3}
    assert len(shown(platform).receipts) == 3


def test_a_key_taken_meanwhile_stops_nobody_else() -> None:
    """Between the answer and this message somebody used it for another change."""
    platform = announcing("phone")
    events = changes(platform, 3)
    request = stored(platform, events)
    taken = platform.event(5, phone="taken", key=events[1].receipt.id)
    platform.announce(taken)

    assert expand(platform, request) == 3
    platform.drain_all()

    assert platform.in_salesforce(1)["phone"] == "0"
    assert platform.in_salesforce(2).get("phone") is None
    assert platform.in_salesforce(3)["phone"] == "2"
    assert platform.told(taken) == {"phone": ("applied", "written")}


def test_a_fault_is_the_queue_s_to_repeat() -> None:
    platform = announcing("phone")
    request = stored(platform, changes(platform, 3))

    class Down(Fuse):
        def call(self, name: str, act: object) -> object:
            raise RetryableError(name)

    with pytest.raises(RetryableError):
        expand(platform, request, fuse=Down())

    assert expand(platform, request) == 3


def sweep(platform: Announcing) -> int:
    cloud = platform.world.cloud
    return SweepRequests(cloud.configuration, cloud.receipts, cloud.queues, cloud.clock)()


def asked(platform: Announcing) -> list[object]:
    """What the immediate queue holds of stored requests."""
    queue = platform.world.cloud.queues.immediate
    return [each.request for each in queue if isinstance(each.request, Expand)]


def lost(platform: Announcing, count: int = 3) -> Expand:
    """A stored request whose message is lost."""
    list_written(platform.world.cloud.configuration, ACME, "account")
    return stored(platform, changes(platform, count))


def test_a_request_without_a_message_is_captured_all_the_same() -> None:
    platform = announcing("phone")
    request = lost(platform)
    platform.world.advance(minutes=14)
    early = sweep(platform)
    platform.world.advance(minutes=2)

    assert (early, sweep(platform)) == (0, 1)

    assert asked(platform) == [request]
    expand(platform, request)
    platform.world.advance(days=1)
    assert sweep(platform) == 0
    assert shown(platform).batch.captured == 3


def test_the_sweeper_goes_on_where_a_request_stood() -> None:
    platform = announcing("phone")
    request = lost(platform, 1200)
    expand(platform, request, seconds=10)
    platform.world.cloud.queues.immediate.clear()
    platform.world.advance(minutes=20)

    sweep(platform)

    assert asked(platform) == [Expand(ACME, BATCH, 500)]


def test_what_cannot_be_captured_is_asked_for_ever_more_rarely() -> None:
    platform = announcing("phone")
    lost(platform)

    found = []
    for _ in range(24 * 12):
        platform.world.advance(minutes=5)
        found.append(sweep(platform))

    assert 6 <= sum(found) <= 8


def test_a_deleted_workspace_is_asked_nothing() -> None:
    platform = announcing("phone")
    lost(platform)
    forget_written(platform.world.cloud.configuration, ACME)
    platform.world.advance(hours=1)

    assert sweep(platform) == 0
