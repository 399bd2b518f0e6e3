"""The sweeper tells the writers of what waits though no message speaks of it any more."""

from dataclasses import replace

import pytest

from syncline.ports import Drain
from syncline.usecases.stored_changes import ChangeEvent
from syncline.usecases.sweep_outboxes import SweepOutboxes
from syncline.usecases.write_back_now import TRIES
from syncline.usecases.written_objects import forget_written, list_written, written_objects
from tests.worlds.small import ACME, account_id
from tests.worlds.writing_back import CRM, Announcing, announcing, connect


def forgotten(*numbers: int, bulk: bool = False) -> Announcing:
    """Changes of these accounts wait, and their messages are lost."""
    platform = announcing("industry")
    list_written(platform.world.cloud.configuration, ACME, "account")
    platform.announce(*[platform.event(n, industry="Mining", bulk=bulk) for n in numbers])
    lose_messages(platform)
    return platform


def lose_messages(platform: Announcing) -> None:
    queues = platform.world.cloud.queues
    queues.immediate.clear()
    queues.bulk.clear()


def sweep(platform: Announcing) -> int:
    cloud = platform.world.cloud
    return SweepOutboxes(cloud.configuration, cloud.records, cloud.queues, cloud.clock)()


def own_ids(platform: Announcing, *numbers: int) -> set[str]:
    return {platform.world.platform_id(account_id(n)) for n in numbers}


def test_what_nobody_was_told_of_is_written() -> None:
    platform = forgotten(1, 2)
    platform.world.advance(minutes=4)

    told = sweep(platform)

    (message,) = platform.world.cloud.queues.immediate
    assert told == 2
    assert isinstance(message.request, Drain)
    assert set(message.request.ids) == own_ids(platform, 1, 2)
    platform.drain_all()
    assert platform.in_salesforce(1)["industry"] == "Mining"
    assert platform.in_salesforce(2)["industry"] == "Mining"


def test_what_came_lately_has_its_own_message() -> None:
    platform = forgotten(1)
    platform.world.advance(minutes=2)

    assert sweep(platform) == 0
    assert platform.world.cloud.queues.immediate == []


def test_nothing_waits_and_nobody_is_told() -> None:
    platform = announcing("industry")
    list_written(platform.world.cloud.configuration, ACME, "account")
    platform.announce(platform.event(1, industry="Mining"))
    platform.drain_all()
    platform.world.advance(minutes=30)

    assert sweep(platform) == 0
    assert platform.world.cloud.queues.immediate == []


def test_the_bulk_writer_is_given_more_time() -> None:
    platform = forgotten(1, bulk=True)
    queues = platform.world.cloud.queues

    platform.world.advance(minutes=8)
    early = sweep(platform)
    platform.world.advance(minutes=4)
    late = sweep(platform)

    assert (early, late) == (0, 1)
    assert queues.immediate == []
    (message,) = queues.bulk
    (own,) = own_ids(platform, 1)
    assert message.request == Drain(ACME, CRM, "account", (own,), True, TRIES)


def test_a_record_may_wait_for_both_writers() -> None:
    platform = forgotten(1)
    platform.announce(platform.event(1, industry="Energy", bulk=True))
    lose_messages(platform)
    platform.world.advance(minutes=12)

    assert sweep(platform) == 1
    queues = platform.world.cloud.queues
    assert (len(queues.immediate), len(queues.bulk)) == (1, 1)


def test_each_connection_has_its_message() -> None:
    platform = forgotten()
    event = platform.event(1, industry="Mining")
    both = {CRM: ("industry",), "second": ("industry",)}
    platform.announce(ChangeEvent(replace(event.receipt, to=both), event.values))
    lose_messages(platform)
    platform.world.advance(minutes=4)

    sweep(platform)

    messages = platform.world.cloud.queues.immediate
    named = [each.request.connection for each in messages if isinstance(each.request, Drain)]
    assert sorted(named) == [CRM, "second"]


def test_a_deleted_workspace_is_listed_no_more() -> None:
    platform = forgotten(1)
    configuration = platform.world.cloud.configuration
    list_written(configuration, "other", "account")

    forget_written(configuration, ACME)

    assert written_objects(configuration) == [("other", "account")]


@pytest.mark.parametrize("bulk", [False, True])
def test_a_connection_that_is_down_starves_no_other(
    monkeypatch: pytest.MonkeyPatch, bulk: bool
) -> None:
    """More waits for it, and longer, than one look shows."""
    monkeypatch.setattr("syncline.usecases.sweep_outboxes._MOST", 3)
    monkeypatch.setattr("syncline.usecases.write_back_now._MOST", 3)
    platform = forgotten(1, 2, 3, 4, bulk=bulk)
    platform.world.advance(minutes=1)
    connect(platform, "second", 5)
    event = platform.event(5, industry="Mining", bulk=bulk, to={"second": ("industry",)})
    platform.announce(event)
    lose_messages(platform)
    platform.world.advance(minutes=12)

    sweep(platform)

    queues = platform.world.cloud.queues
    asked = [m.request for m in (*queues.immediate, *queues.bulk) if isinstance(m.request, Drain)]
    (mine,) = [each for each in asked if each.connection == "second"]
    assert set(mine.ids) == own_ids(platform, 5)


def test_a_drain_takes_up_what_waits_for_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncline.usecases.write_back_now._MOST", 3)
    platform = forgotten(1, 2, 3)
    platform.world.advance(minutes=1)
    other = connect(platform, "second", 4, 5)
    there = {"second": ("industry",)}
    platform.announce(platform.event(4, industry="Mining", to=there))
    lose_messages(platform)
    platform.announce(platform.event(5, industry="Energy", to=there))

    platform.drain(platform.taken())

    rows = other.crm.org.rows["account"]
    assert rows[account_id(4)]["industry"] == "Mining"
    assert rows[account_id(5)]["industry"] == "Energy"
