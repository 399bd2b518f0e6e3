"""Who starts a run of bulk write-back, and when."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from syncline.config.models import Job
from syncline.errors import ConfigurationError, RetryableError
from syncline.kinds.registry import BULK_WRITE_BACK
from syncline.ports import Drain, RunStatus
from syncline.usecases.find import find_job, find_jobs
from syncline.usecases.resume_run import ResumeRun
from syncline.usecases.start_bulk import REST
from syncline.usecases.writers_turn import OBJECT
from tests.faults.crashing import Fuse
from tests.worlds.bulk import BULK, Gathering, gathering
from tests.worlds.runs import finished
from tests.worlds.small import ACME
from tests.worlds.two_way import create_on_platform
from tests.worlds.writing_back import CRM

PLACE = f"{ACME}|{CRM}|account"
OUT = "accounts-out"
DONE = {"industry": ("applied", "written")}


@pytest.fixture
def gathered() -> Gathering:
    """One account has a change that goes out with others."""
    return gathering("industry", "phone")


def task_changed(gathered: Gathering) -> Drain:
    """A task waits for the same writer."""
    platform = gathered.platform
    create_on_platform(gathered.world, "task", "t-1", title="Call", account=1)
    event = platform.event(1, title="Called", bulk=True, key="r-1")
    platform.announce(replace(event, receipt=replace(event.receipt, object="task", record="t-1")))
    (drain,) = gathered.taken()
    return drain


def messages(gathered: Gathering) -> list[tuple[Any, int]]:
    return [(each.request, each.delay) for each in gathered.world.cloud.queues.bulk]


def test_ids_with_nothing_waiting_ask_for_nothing(gathered: Gathering) -> None:
    drain = gathered.changed()
    gathered.invoke(drain)

    again = gathered.start(drain)

    assert (again.run, again.why) == (None, "nothing_waits")
    assert messages(gathered) == []
    assert len(gathered.runs()) == 1


def test_a_request_without_ids_takes_whatever_waits(gathered: Gathering) -> None:
    drain = gathered.changed()

    gathered.invoke(replace(drain, ids=()))

    assert gathered.run().ledger["updated"] == 1


def test_a_second_poller_starts_nothing(gathered: Gathering) -> None:
    run = gathered.at_work()
    drain = gathered.changed(2)

    second = gathered.start(drain)

    assert second.why == "another_run"
    assert messages(gathered) == [(drain, 60)]
    assert [each.id for each in gathered.runs()] == [run.id]


class LateIndex(Fuse):
    """The index lists nothing yet."""

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        answer = Fuse.call(self, name, act)
        return [] if name == "MemoryRecords.waiting" else answer


def test_another_object_is_asked_for_again_until_its_turn(gathered: Gathering) -> None:
    """A run writes one object: what waits of a second one is put off, a minute at a time."""
    run = gathered.at_work()
    drain = task_changed(gathered)

    while finished(gathered.world.cloud.runs.get(ACME, run.id)).status is RunStatus.RUNNING:
        assert gathered.start(drain).why == "another_run"
        assert messages(gathered) == [(drain, 60)]
        assert gathered.taken() == [drain]
        gathered.next_leg()

    gathered.invoke(drain)
    (newest, _) = gathered.runs()
    assert newest.options[OBJECT] == "task"
    assert gathered.platform.receipt("r-1").final


def test_a_second_poller_joins_a_run_that_nobody_has_begun(gathered: Gathering) -> None:
    """Though no index lists its records yet."""
    first, second = gathered.changed(), gathered.changed(2)
    run = finished(gathered.start(first).run)

    assert gathered.start(second).why == "another_run"
    ended = finished(gathered.world.run(BULK, fuse=LateIndex(), run=run.id))

    assert ended.ledger["updated"] == 2
    gathered.work_off()
    assert len(gathered.runs()) == 1


@pytest.mark.parametrize("call", ["MemoryRuns.state", "MemoryRuns.create", "MemoryTurnstile.leave"])
def test_two_pollers_at_once_make_one_run(gathered: Gathering, call: str) -> None:
    first, second = gathered.changed(), gathered.changed(2)
    meanwhile = Meanwhile(call, lambda: gathered.start(second))

    run = finished(gathered.start(first, fuse=meanwhile).run)

    assert meanwhile.done
    assert [each.id for each in gathered.runs()] == [run.id]
    assert messages(gathered) == [(second, 60)]


class Meanwhile(Fuse):
    """Does something else once, before the first such call."""

    def __init__(self, call: str, act: Callable[[], Any]) -> None:
        super().__init__()
        self.name, self.act, self.done = call, act, False

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        if name == self.name and not self.done:
            self.done = True
            self.act()
        return Fuse.call(self, name, act)


def test_a_disabled_connection_keeps_its_changes(gathered: Gathering) -> None:
    drain = gathered.changed()
    _connection(gathered, enabled=False)

    assert gathered.start(drain).why == "connection_disabled"

    assert (messages(gathered), gathered.runs()) == ([], [])
    assert gathered.platform.record(1).outbox


def test_changes_of_a_deleted_connection_end_on_their_receipts(gathered: Gathering) -> None:
    event = gathered.event(1, industry="Mining")
    gathered.announce([event])
    (drain,) = gathered.taken()
    gathered.world.cloud.configuration.delete(ACME, "connection", CRM)

    assert gathered.start(drain).why == "unknown_connection"
    gathered.platform.drain_all()

    assert gathered.platform.told(event) == {"industry": ("refused", "unknown_connection")}


def test_after_a_failure_it_rests(gathered: Gathering) -> None:
    drain = gathered.changed()
    gathered.world.crm.faults = [ConfigurationError("No.", code="credentials_refused")]
    assert finished(gathered.invoke(drain)).status is RunStatus.FAILED

    gathered.world.advance(minutes=5)
    assert gathered.start(drain).why == "resting"

    assert messages(gathered) == [(drain, 600)]
    gathered.world.advance(seconds=REST.total_seconds())
    assert finished(gathered.invoke(drain)).status is RunStatus.SUCCEEDED


def test_two_objects_that_fail_both_rest(gathered: Gathering) -> None:
    accounts, tasks = gathered.changed(), task_changed(gathered)
    for drain in (accounts, tasks):
        gathered.world.crm.faults = [ConfigurationError("No.", code="credentials_refused")]
        assert finished(gathered.invoke(drain)).status is RunStatus.FAILED

    gathered.world.advance(minutes=5)

    assert [gathered.start(drain).why for drain in (accounts, tasks)] == ["resting", "resting"]


def test_people_hear_of_one_cause_once(gathered: Gathering) -> None:
    """And that it is over."""
    drain = gathered.changed()
    for _ in range(3):
        gathered.world.crm.faults = [ConfigurationError("No.", code="credentials_refused")]
        gathered.invoke(drain)
        gathered.world.advance(minutes=20)

    gathered.invoke(drain)

    sent = [each.message["status"] for each in gathered.world.cloud.notifications.sent]
    assert sent == ["failed", "succeeded"]


def test_an_org_that_is_down_loses_nothing(gathered: Gathering) -> None:
    event = gathered.event(1, industry="Mining")
    gathered.announce([event])
    gathered.world.crm.faults = [RetryableError("Down.") for _ in range(9)]

    gathered.work_off()
    gathered.world.advance(minutes=20)
    gathered.invoke(Drain(ACME, CRM, "account", (), bulk=True))
    gathered.work_off()

    assert gathered.platform.told(event) == DONE
    assert gathered.runs()[0].status is RunStatus.SUCCEEDED


def _connection(gathered: Gathering, **settings: Any) -> None:
    configuration = gathered.world.cloud.configuration
    stored = configuration.get(ACME, "connection", CRM)
    assert stored is not None
    body = {**stored.body, **settings}
    assert configuration.put(ACME, "connection", CRM, body, expected=stored.version)


def test_the_sweeper_starts_what_nobody_has_begun(gathered: Gathering) -> None:
    gathered.start(gathered.changed())
    gathered.world.advance(minutes=5)

    gathered.sweep()

    assert gathered.run().status is RunStatus.SUCCEEDED


def test_a_failed_run_is_resumed(gathered: Gathering) -> None:
    event = gathered.event(1, industry="Mining")
    gathered.announce([event])
    (drain,) = gathered.taken()
    gathered.world.crm.faults = [ConfigurationError("No.", code="credentials_refused")]
    failed = finished(gathered.invoke(drain))
    cloud = gathered.world.cloud

    ResumeRun(cloud.configuration, cloud.runs, cloud.starter)(ACME, failed.id)

    assert cloud.starter.started[0][0] == BULK_WRITE_BACK
    assert finished(gathered.world.run(BULK, run=failed.id)).status is RunStatus.SUCCEEDED
    assert gathered.platform.told(event) == DONE


def test_runs_know_its_job_and_nobody_can_make_one(gathered: Gathering) -> None:
    configuration = gathered.world.cloud.configuration

    assert find_job(configuration, ACME, BULK).kind == BULK_WRITE_BACK
    assert BULK not in find_jobs(configuration, ACME)
    with pytest.raises(ValueError, match="bulk_write_back"):
        Job(kind=BULK_WRITE_BACK, connection=CRM)
