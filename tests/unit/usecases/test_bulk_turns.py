"""A run of bulk write-back and whoever else writes the same object: one at a time."""

import copy
from datetime import timedelta

import pytest

from syncline.errors import ConfigurationError
from syncline.ports import Drain, RunStatus
from syncline.usecases.cancel_run import CancelRun
from syncline.usecases.resume_run import ResumeRun
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.bulk import BULK, Gathering, gathering
from tests.worlds.runs import finished
from tests.worlds.small import ACME
from tests.worlds.writing_back import CRM

PLACE = f"{ACME}|{CRM}|account"
OUT = "accounts-out"
DONE = {"industry": ("applied", "written")}


@pytest.fixture
def gathered() -> Gathering:
    """One account has a change that goes out with others."""
    return gathering("industry", "phone")


def test_it_waits_for_the_other_writer(gathered: Gathering) -> None:
    cloud = gathered.world.cloud
    drain, until = gathered.changed(), cloud.clock.now() + timedelta(seconds=50)
    assert cloud.turnstile.enter(PLACE, "other", now=cloud.clock.now(), until=until)

    run = finished(gathered.invoke(drain))

    assert (run.status, run.frame) == (RunStatus.RUNNING, {})
    gathered.work_off()
    assert gathered.run().status is RunStatus.SUCCEEDED


def test_the_other_writer_waits_for_it(gathered: Gathering) -> None:
    gathered.at_work()
    event = gathered.platform.event(2, industry="Energy")
    gathered.platform.announce(event)

    drained = gathered.platform.drain(gathered.platform.taken())

    assert drained.later == "another_writer"
    gathered.work_off()
    gathered.platform.drain_all()
    assert gathered.platform.told(event)["industry"][0] == "applied"


def test_an_outbound_run_waits_for_it(gathered: Gathering) -> None:
    _outbound(gathered)
    gathered.at_work()

    out = finished(gathered.world.run(OUT))

    assert (out.status, out.frame) == (RunStatus.RUNNING, {})
    while gathered.next_leg():
        pass
    gathered.world.advance(minutes=2)
    assert finished(gathered.world.run(OUT, run=out.id)).status is RunStatus.SUCCEEDED


def test_it_waits_for_an_outbound_run(gathered: Gathering) -> None:
    _outbound(gathered)
    cloud = gathered.world.cloud
    with pytest.raises(CrashError):
        gathered.world.run(OUT, fuse=Fuse(at=30))
    drain = gathered.changed()

    run = finished(gathered.invoke(drain))

    assert (run.status, run.frame) == (RunStatus.RUNNING, {})
    assert cloud.turnstile.holder(PLACE, now=cloud.clock.now()) is None


def test_an_inbound_run_does_not_wait(gathered: Gathering) -> None:
    gathered.at_work()

    assert finished(gathered.world.run("accounts")).status is RunStatus.SUCCEEDED


@pytest.mark.parametrize("call", ["MemoryCrm.submit", "MemoryCrm.collect", "MemoryCrm.write"])
def test_a_plan_that_was_not_guarded_is_made_anew(gathered: Gathering, call: str) -> None:
    """The leg comes so late that somebody else has written a newer value."""
    gathered.world.crm.job_from = 2000 if call == "MemoryCrm.write" else 1
    drain = gathered.changed()
    with pytest.raises(CrashError):
        gathered.invoke(drain, fuse=Fuse(at=_call(gathered, drain, call)))
    gathered.world.advance(minutes=40)
    newer = gathered.platform.event(1, industry="Energy")
    gathered.platform.announce(newer)
    gathered.platform.drain_all()

    gathered.work_off()

    assert gathered.platform.in_salesforce(1)["industry"] == "Energy"
    assert gathered.platform.record(1).outbox == ()


def test_a_job_of_such_a_plan_is_never_begun(gathered: Gathering) -> None:
    """It was uploaded and noted when the process died."""
    gathered.world.crm.job_from = 1
    drain = gathered.changed()
    noted = _call(gathered, drain, "MemoryRuns.checkpoint", behind="MemoryCrm.submit")
    with pytest.raises(CrashError):
        gathered.invoke(drain, fuse=Fuse(noted, "after"))
    assert "jobs" in gathered.runs()[0].options
    gathered.world.advance(minutes=40)
    gathered.platform.announce(gathered.platform.event(1, industry="Energy"))
    gathered.platform.drain_all()

    gathered.work_off()

    assert gathered.platform.in_salesforce(1)["industry"] == "Energy"
    assert gathered.run().ledger["reasons"] == {"left:later_change": 1}


def _call(gathered: Gathering, drain: Drain, name: str, *, behind: str = "") -> int:
    fuse = Fuse()
    copy.deepcopy(gathered).invoke(drain, fuse=fuse)
    return fuse.trace.index(name, fuse.trace.index(behind) if behind else 0)


def _outbound(gathered: Gathering) -> None:
    body = {"kind": "accounts_outbound", "connection": CRM}
    assert gathered.world.cloud.configuration.put(ACME, "job", OUT, body, expected=0)


def test_a_cancelled_run_leaves_its_changes_to_the_next(gathered: Gathering) -> None:
    run = gathered.at_work()
    cloud = gathered.world.cloud
    CancelRun(cloud.configuration, cloud.runs, cloud.starter)(ACME, run.id)

    while gathered.next_leg():
        pass

    assert gathered.run().status is RunStatus.CANCELLED
    assert gathered.platform.record(1).outbox
    assert cloud.turnstile.holder(PLACE, now=cloud.clock.now()) is None


def test_what_was_begun_is_not_sent_once_more_by_a_resumed_run(gathered: Gathering) -> None:
    """Somebody may have written since; what it has written the next run finds there."""
    run = gathered.at_work()
    gathered.world.crm.go_on()
    gathered.world.crm.faults = [ConfigurationError("No.", code="credentials_refused")]
    while gathered.next_leg():
        pass
    assert gathered.run().status is RunStatus.FAILED
    cloud = gathered.world.cloud
    ResumeRun(cloud.configuration, cloud.runs, cloud.starter)(ACME, run.id)

    ended = finished(gathered.world.run(BULK, run=run.id))

    assert ended.ledger["reasons"] == {"held:try_again": 1}
    gathered.work_off()
    assert gathered.runs()[0].ledger["reasons"] == {"linked:already_there": 1}
    assert gathered.platform.record(1).outbox == ()
