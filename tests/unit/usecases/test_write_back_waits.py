"""When a drain writes later, what becomes of its message, and that nothing is lost by waiting."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from syncline.engine.plan import SendKind
from syncline.errors import (
    ConfigurationError,
    RateLimitedError,
    RetryableError,
    SyncError,
)
from syncline.memory.crm_rows import refused
from syncline.memory.queues import Message
from syncline.ports import Drain, Row, RowAnswer
from tests.faults.crashing import Fuse, Meanwhile
from tests.worlds.small import ACME, account_id
from tests.worlds.two_way import delete_on_platform
from tests.worlds.writing_back import CRM, Announcing, announcing

WRITTEN = ("applied", "written")
PLACE = f"{ACME}|{CRM}|account"


def waiting(platform: Announcing) -> Message:
    """The one message under way."""
    (message,) = platform.world.cloud.queues.immediate
    return message


def test_a_second_writer_puts_his_message_off() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    clock, turnstile = platform.world.cloud.clock, platform.world.cloud.turnstile
    turnstile.enter(PLACE, "other", now=clock.now(), until=clock.now() + timedelta(minutes=5))

    drained = platform.drain(platform.taken())

    assert (drained.records, drained.later) == (0, "another_writer")
    assert waiting(platform).request == Drain(
        ACME, CRM, "account", (event.receipt.record,), delays=1
    )
    assert waiting(platform).delay == 2
    assert turnstile.holder(PLACE, now=clock.now()) == "other"


@pytest.mark.parametrize(("delays", "seconds"), [(0, 2), (1, 4), (5, 60), (40, 60)])
def test_delays_grow_to_a_minute(delays: int, seconds: int) -> None:
    platform = announcing("industry")
    clock, turnstile = platform.world.cloud.clock, platform.world.cloud.turnstile
    turnstile.enter(PLACE, "other", now=clock.now(), until=clock.now() + timedelta(minutes=5))

    platform.drain(Drain(ACME, CRM, "account", ("a",), delays=delays))

    assert waiting(platform).delay == seconds


def test_a_writer_that_died_is_outlived() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    clock, turnstile = platform.world.cloud.clock, platform.world.cloud.turnstile
    turnstile.enter(PLACE, "dead", now=clock.now(), until=clock.now() + timedelta(seconds=1))
    platform.world.advance(seconds=2)

    platform.drain_all()

    assert platform.told(event) == {"industry": WRITTEN}


def test_a_writer_leaves_when_he_is_done() -> None:
    platform = announcing("industry")
    platform.announce(platform.event(1, industry="Mining"))

    platform.drain_all()

    assert (
        platform.world.cloud.turnstile.holder(PLACE, now=platform.world.cloud.clock.now()) is None
    )


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (lambda: RetryableError("Down.", code="org_unreachable"), 30),
        (lambda: ConfigurationError("Wrong.", code="credentials_refused"), 30),
        (lambda: RateLimitedError("Not yet.", retry_after_seconds=120), 120),
        (lambda: RateLimitedError("Not today.", retry_after_seconds=80_000, daily=True), 900),
    ],
    ids=["down", "credentials", "limit", "daily limit"],
)
def test_an_org_that_fails_delays(fault: Callable[[], SyncError], seconds: int) -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    platform.world.crm.faults = [fault()]

    drained = platform.drain(platform.taken())

    assert drained.later == fault().code
    assert waiting(platform).delay == seconds
    assert not platform.receipt(event.receipt.id).final
    assert len(platform.record(1).outbox) == 1
    platform.drain_all()
    assert platform.told(event) == {"industry": WRITTEN}


def test_an_org_that_stays_away_is_left_to_the_sweeper() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    platform.world.crm.faults = [RetryableError("Down.") for _ in range(50)]

    platform.drain_all()

    assert platform.world.cloud.queues.immediate == []
    platform.world.crm.faults = []
    platform.drain(Drain(ACME, CRM, "account", ()))
    assert platform.told(event) == {"industry": WRITTEN}


def test_what_waits_beside_is_written_too() -> None:
    platform = announcing("industry")
    lost, told = platform.event(1, industry="Mining"), platform.event(2, industry="Banking")
    platform.announce(lost)
    platform.world.cloud.queues.immediate.clear()
    platform.announce(told)

    platform.drain_all()

    assert platform.told(lost) == platform.told(told) == {"industry": WRITTEN}


def test_what_waits_for_the_window_is_left() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining", bulk=True)
    platform.announce(event)

    platform.drain(Drain(ACME, CRM, "account", (event.receipt.record,)))

    assert not platform.receipt(event.receipt.id).final
    assert platform.in_salesforce(1)["industry"] == "Energy"


def test_an_outbound_run_ends_first() -> None:
    platform = announcing("industry")
    world = platform.world
    job = {"kind": "accounts_outbound", "connection": CRM}
    assert world.cloud.configuration.put(ACME, "job", "out", job, expected=0)
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    told: list[str] = []

    def drains() -> None:
        told.append(platform.drain(platform.taken()).later)

    world.run("out", fuse=Meanwhile(act=drains, place=30))

    assert told == ["outbound_run"]
    assert waiting(platform).delay == 60
    platform.drain_all()
    assert platform.receipt(event.receipt.id).final


def test_without_time_the_rest_is_another_message() -> None:
    """The first part is always done: else a short life would never end."""
    platform = announcing("industry")
    events = [platform.event(number, industry="Mining") for number in (1, 2)]
    platform.announce(*events)
    drain = platform.taken()
    strangers = tuple(f"x{number}" for number in range(200))
    ids = (drain.ids[0], *strangers, drain.ids[1])
    deadline = platform.world.cloud.clock.now() + timedelta(seconds=10)
    use_case = platform.writer(Fuse())

    drained = use_case(Drain(ACME, CRM, "account", ids), holder="one", deadline=deadline)

    assert (drained.records, drained.later) == (200, "out_of_time")
    assert waiting(platform).request == Drain(ACME, CRM, "account", ids[200:])
    assert platform.told(events[0]) == {"industry": WRITTEN}
    assert not platform.receipt(events[1].receipt.id).final
    platform.drain_all()
    assert platform.told(events[1]) == {"industry": WRITTEN}


def test_a_connection_that_is_gone_ends_on_receipts() -> None:
    """Also of what waits though no message speaks of it any more."""
    platform = announcing("industry")
    told, lost = platform.event(1, industry="Mining"), platform.event(2, industry="Mining")
    platform.announce(told, lost)
    drain = platform.taken()
    platform.world.cloud.configuration.delete(ACME, "connection", CRM)

    platform.drain(Drain(ACME, CRM, "account", drain.ids[:1]))

    for event in (told, lost):
        assert platform.told(event)["industry"][0] == "refused"
    assert platform.record(1).outbox == platform.record(2).outbox == ()
    assert platform.record(1).edits == {"industry": told.receipt.at}


def test_a_locked_row_is_tried_again() -> None:
    platform = announcing("industry")
    events = [platform.event(number, industry="Mining") for number in (1, 2)]
    platform.announce(*events)
    crm = platform.world.crm

    def lock(_object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
        locked = row.id == account_id(1)
        return refused(row.id, "locked", again=True) if locked else None

    crm.refuse = lock
    platform.drain(platform.taken())

    assert platform.told(events[1]) == {"industry": WRITTEN}
    assert not platform.receipt(events[0].receipt.id).final
    ours = platform.record(1).id
    assert waiting(platform) == Message(Drain(ACME, CRM, "account", (ours,), delays=1), 30)
    crm.refuse = lambda _object, _kind, _row: None
    platform.drain_all()
    assert platform.told(events[0]) == {"industry": WRITTEN}


@pytest.mark.parametrize(("delays", "seconds"), [(1, 60), (4, 480), (5, 900), (90, 900)])
def test_a_row_that_stays_locked_is_tried_less(delays: int, seconds: int) -> None:
    platform = announcing("industry")
    platform.announce(platform.event(1, industry="Mining"))
    platform.world.crm.refuse = lambda _o, _k, row: refused(row.id, "locked", again=True)
    ids = platform.taken().ids

    platform.drain(Drain(ACME, CRM, "account", ids, delays=delays))

    assert waiting(platform).delay == seconds


def test_a_message_that_comes_again_finds_nothing() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    drain = platform.taken()
    platform.drain(drain)
    rows = platform.in_salesforce(1)
    receipt, writes = platform.receipt(event.receipt.id), dict(platform.world.cloud.writes)

    platform.drain(drain, holder="two")

    assert platform.in_salesforce(1) == rows
    assert platform.receipt(event.receipt.id) == receipt
    assert platform.world.cloud.writes["records"] == writes["records"]
    assert platform.world.cloud.writes["links"] == writes["links"]


def test_a_record_that_is_deleted_before_it_is_written() -> None:
    platform = announcing("industry")
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    delete_on_platform(platform.world, "account", event.receipt.record)

    platform.drain_all()

    assert platform.told(event) == {"industry": ("refused", "record_deleted")}
    assert platform.in_salesforce(1)["industry"] == "Energy"
