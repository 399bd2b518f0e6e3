"""What holds immediate write-back up: people hear of a cause once, and once that it is over."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from syncline.errors import ConfigurationError, RetryableError, SyncError
from syncline.memory.messaging import Notification
from syncline.ports import Drain
from syncline.usecases.plan_write_back import PlanWriteBack
from syncline.usecases.settle_write_back import SettleWriteBack
from syncline.usecases.tell_trouble import TellTrouble
from syncline.usecases.write_back_now import TRIES
from tests.faults.crashing import Fuse
from tests.worlds.small import ACME
from tests.worlds.writing_back import CRM, Announcing, announcing

LOGIN = ConfigurationError(
    "Salesforce refused the login (invalid_grant, HTTP 400).",
    code="credentials_refused",
    field="credentials",
    remedy="Authorise the connection anew.",
)
RIGHTS = ConfigurationError("Salesforce refused the request.", code="access_refused")


@pytest.fixture
def platform() -> Announcing:
    return announcing("industry")


def told(platform: Announcing) -> list[Notification]:
    return platform.world.cloud.notifications.sent


def drain_with(platform: Announcing, *faults: SyncError) -> None:
    """One message; the org answers with the faults first."""
    queue = platform.world.cloud.queues.immediate
    platform.world.crm.faults.extend(faults)
    request = queue.pop(0).request
    queue.clear()
    assert isinstance(request, Drain)
    platform.drain(request)


def change_connection(platform: Announcing, **changes: Any) -> None:
    configuration = platform.world.cloud.configuration
    stored = configuration.get(ACME, "connection", CRM)
    assert stored is not None
    body = {**stored.body, **changes}
    assert configuration.put(ACME, "connection", CRM, body, expected=stored.version)


def test_a_cause_is_told_once_with_its_remedy(platform: Announcing) -> None:
    platform.announce(platform.event(1, industry="Mining"), platform.event(2, industry="Mining"))

    for _ in range(3):
        drain_with(platform, LOGIN)

    (first,) = told(platform)
    assert first.subject == "Syncline: write-back to crm is held up"
    assert "Salesforce refused the login" in first.text
    assert "What to do: Authorise the connection anew." in first.text
    assert "2 account records wait so far" in first.text
    assert "syncline connection test crm" in first.text
    assert "Mining" not in first.text + str(first.message)
    assert first.message["error"]["code"] == "credentials_refused"
    assert (first.message["connection"], first.message["kind"]) == (CRM, "write_back")


def test_another_cause_is_told_too(platform: Announcing) -> None:
    platform.announce(platform.event(1, industry="Mining"))

    drain_with(platform, LOGIN)
    drain_with(platform, RIGHTS)

    assert [each.message["error"]["code"] for each in told(platform)] == [
        "credentials_refused",
        "access_refused",
    ]


def test_recovery_is_told_once(platform: Announcing) -> None:
    platform.announce(platform.event(1, industry="Mining"))
    drain_with(platform, LOGIN)
    drain_with(platform, RIGHTS)

    platform.drain_all()
    platform.announce(platform.event(2, industry="Mining"))
    platform.drain_all()

    *_, last = told(platform)
    assert len(told(platform)) == 3
    assert last.subject == "Syncline: write-back to crm works again"
    assert last.message["status"] == "succeeded"
    assert last.message["causes"] == ["access_refused", "credentials_refused"]


def test_an_org_that_stays_away_is_told_once(platform: Announcing) -> None:
    """Not while messages are tried again; and not each time that the sweeper asks."""
    platform.announce(platform.event(1, industry="Mining"))
    request = platform.world.cloud.queues.immediate.pop().request
    assert isinstance(request, Drain)
    counts = []
    for delays in (0, TRIES - 1, TRIES, TRIES):
        platform.world.crm.faults = [RetryableError("Down.", code="org_unreachable")]
        platform.drain(replace(request, delays=delays))
        counts.append(len(told(platform)))

    platform.drain(request)

    assert counts == [0, 0, 1, 1]
    assert [each.message["status"] for each in told(platform)] == ["failed", "succeeded"]
    assert told(platform)[0].message["error"]["code"] == "org_unreachable"


def test_recovery_is_of_the_object_it_was_met_with(platform: Announcing) -> None:
    """A right that tasks lack is not there because accounts go through."""
    platform.announce(platform.event(1, industry="Mining"))
    cloud = platform.world.cloud
    tell = TellTrouble(cloud.configuration, cloud.troubles, cloud.notifications, cloud.clock)
    tasks = Drain(ACME, CRM, "task", ("t-1",))
    tell.failed(tasks, RIGHTS, waiting=lambda: 1)

    platform.drain_all()
    assert [each.message["status"] for each in told(platform)] == ["failed"]
    tell.works(tasks)

    assert [each.message["status"] for each in told(platform)] == ["failed", "succeeded"]


def test_a_cause_that_comes_back_is_told_again(platform: Announcing) -> None:
    platform.announce(platform.event(1, industry="Mining"))
    drain_with(platform, LOGIN)
    platform.drain_all()
    platform.announce(platform.event(1, industry="Banking"))

    drain_with(platform, LOGIN)

    assert [each.message["status"] for each in told(platform)] == ["failed", "succeeded", "failed"]


def test_a_cause_that_lasts_is_told_each_week(platform: Announcing) -> None:
    platform.announce(platform.event(1, industry="Mining"))
    drain_with(platform, LOGIN)

    platform.world.advance(days=6, hours=23)
    drain_with(platform, LOGIN)
    assert len(told(platform)) == 1
    platform.world.advance(hours=2)
    drain_with(platform, LOGIN)

    assert len(told(platform)) == 2


def test_a_disabled_connection_is_told_and_loses_nothing(platform: Announcing) -> None:
    (receipt,) = platform.announce(platform.event(1, industry="Mining"))
    change_connection(platform, enabled=False)

    drain_with(platform)
    assert [each.message["error"]["code"] for each in told(platform)] == ["connection_disabled"]
    change_connection(platform, enabled=True)
    platform.drain_all()

    assert platform.receipt(receipt.id).results[CRM]["industry"].outcome == "applied"
    assert told(platform)[-1].message["status"] == "succeeded"


def test_who_wants_no_news_gets_none(platform: Announcing) -> None:
    change_connection(platform, bulk_write_back={"failure": False, "partial": True})
    platform.announce(platform.event(1, industry="Mining"))

    drain_with(platform, LOGIN)
    platform.drain_all()

    assert told(platform) == []


def test_an_error_of_ours_ends_on_the_receipt(
    platform: Announcing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record that it is met with; the others are written."""
    plan, poison = PlanWriteBack.__call__, platform.event(1, industry="Mining")
    fine = platform.event(2, industry="Mining")

    def breaking(self: PlanWriteBack, ids: Any) -> Any:
        if poison.receipt.record in ids:
            raise ZeroDivisionError("Ada Lovelace")
        return plan(self, ids)

    monkeypatch.setattr(PlanWriteBack, "__call__", breaking)
    platform.announce(poison, fine)
    platform.drain_all()

    assert platform.receipt(fine.receipt.id).results[CRM]["industry"].outcome == "applied"
    ended = platform.receipt(poison.receipt.id).results[CRM]["industry"]
    assert (ended.outcome, ended.reason) == ("refused", "internal_error")
    (mail,) = told(platform)
    assert mail.message["examples"] == [poison.receipt.record]
    assert f"syncline explain account {poison.receipt.record}" in mail.text
    assert "Lovelace" not in mail.text + str(mail.message)


def test_what_cannot_be_ended_keeps_nobody_else(
    platform: Announcing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own message fails, and is set aside at last; other messages do not."""
    settle, poison = SettleWriteBack.__call__, platform.event(1, industry="Mining")
    fine, own = platform.event(2, industry="Mining"), poison.receipt.record

    def breaking(
        self: SettleWriteBack, batch: int, endings: Any, entries: Any, **named: Any
    ) -> Any:
        if own in entries:
            raise ZeroDivisionError("Ada Lovelace")
        return settle(self, batch, endings, entries, **named)

    monkeypatch.setattr(SettleWriteBack, "__call__", breaking)
    platform.announce(poison, fine)
    place = (ACME, CRM, "account")

    with pytest.raises(ZeroDivisionError):
        platform.drain(Drain(*place, (own, fine.receipt.record)))
    platform.drain(Drain(*place, (fine.receipt.record,)))

    assert platform.receipt(fine.receipt.id).results[CRM]["industry"].outcome == "applied"
    assert not platform.receipt(poison.receipt.id).final
    assert told(platform) == []


def test_a_message_given_up_ends_on_receipts(platform: Announcing) -> None:
    events = [platform.event(1, industry="Mining"), platform.event(2, industry="Mining")]
    platform.announce(*events)
    other = platform.event(3, industry="Mining")
    platform.announce(other)
    message = platform.world.cloud.queues.immediate[0].request
    assert isinstance(message, Drain)

    deadline = platform.world.cloud.clock.now() + timedelta(seconds=60)
    platform.writer(Fuse()).give_up(message, holder="one", deadline=deadline)

    for each in events:
        ended = platform.receipt(each.receipt.id).results[CRM]["industry"]
        assert (ended.outcome, ended.reason) == ("refused", "internal_error")
    assert not platform.receipt(other.receipt.id).final
    assert [each.message["count"] for each in told(platform)] == [2]


def test_nothing_is_given_up_beside_another_writer(platform: Announcing) -> None:
    (receipt,) = platform.announce(platform.event(1, industry="Mining"))
    cloud = platform.world.cloud
    message = cloud.queues.immediate.pop().request
    assert isinstance(message, Drain)
    until = cloud.clock.now() + timedelta(seconds=60)
    assert cloud.turnstile.enter(f"{ACME}|{CRM}|account", "two", now=cloud.clock.now(), until=until)

    platform.writer(Fuse()).give_up(message, holder="one", deadline=until)

    assert not platform.receipt(receipt.id).final
    assert len(cloud.queues.immediate) == 1
