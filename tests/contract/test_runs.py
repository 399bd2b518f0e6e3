"""What the Runs port promises."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syncline.ports import JobState, Run, RunMode, Runs, RunStatus
from tests.contract.aws_cloud import KEPT, AwsCloud
from tests.contract.cloud import Cloud
from tests.contract.samples import run

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
SOON = NOW + timedelta(minutes=15)


@pytest.fixture
def runs(cloud: Cloud) -> Runs:
    return cloud.runs


def begun(runs: Runs, suffix: str = "0001") -> Run:
    runs.create(run(suffix))
    leg = runs.begin_leg(run(suffix), now=NOW, until=SOON)
    assert leg is not None
    return leg


def ended(old: Run, status: RunStatus = RunStatus.SUCCEEDED, **changes: Any) -> Run:
    fields = {"status": status, "ended_at": "2026-01-05T12:10:00Z", **changes}
    return dataclasses.replace(old, **fields)


def test_a_run_comes_back_as_it_was_created_once(runs: Runs) -> None:
    full = run(
        mode=RunMode.FULL, trigger="", batch=3, phase=1, cursor={"after": ["x", 1]},
        frame={"fields": ["Ü"]}, ledger={"read": 7}, error={"code": "x"}, plan="p", cancel=True,
        options={"a": {"b": 1.5}}, requests=9, started_at="s", ended_at="e",
    )  # fmt: skip

    assert runs.create(full) is True
    assert runs.create(run(plan="other")) is False

    assert runs.get("acme", full.id) == full
    assert runs.get("acme", "tasks.9999") is None
    assert runs.get("beta", full.id) is None


def test_pages_of_runs_are_newest_first_and_of_one_job(runs: Runs) -> None:
    for number in (2, 1, 3):
        runs.create(run(f"000{number}"))
    runs.create(run("0004", job="tasks-too"))
    runs.create(run("0005", workspace="beta"))

    first = runs.page("acme", "tasks", limit=2)
    rest = runs.page("acme", "tasks", limit=2, before=first[-1].id)

    assert [each.id for each in (*first, *rest)] == ["tasks.0003", "tasks.0002", "tasks.0001"]


def test_a_leg_takes_lease_and_job_and_counts(runs: Runs) -> None:
    leg = begun(runs)

    assert (leg.leg, leg.status, leg.started_at) == (1, RunStatus.RUNNING, "2026-01-05T12:00:00Z")
    assert runs.get("acme", leg.id) == leg
    assert runs.state("acme", "tasks").run == leg.id
    assert list(runs.expired(SOON)) == []
    (lease,) = runs.expired(SOON + timedelta(seconds=1))
    assert (lease.workspace, lease.job, lease.run, lease.leg) == ("acme", "tasks", leg.id, 1)
    assert lease.until == SOON


def test_a_job_has_one_unfinished_run(runs: Runs) -> None:
    begun(runs)
    runs.create(run("0002"))

    assert runs.begin_leg(run("0002"), now=NOW, until=SOON) is None
    late = SOON + timedelta(hours=1)
    assert runs.begin_leg(run("0002"), now=late, until=late) is None

    assert runs.state("acme", "tasks").run == "tasks.0001"
    other = run("0001", job="accounts")
    runs.create(other)
    assert runs.begin_leg(other, now=NOW, until=SOON) is not None


def test_a_leg_that_works_is_not_begun_twice(runs: Runs) -> None:
    leg = begun(runs)

    assert runs.begin_leg(run(), now=NOW, until=SOON) is None
    assert runs.begin_leg(leg, now=NOW, until=SOON) is None


def test_after_a_handover_the_next_leg_goes_on_from_what_was_stored(runs: Runs) -> None:
    leg = begun(runs)
    assert runs.handover(dataclasses.replace(leg, batch=4, cursor={"after": "x"}))

    following = runs.begin_leg(leg, now=NOW, until=SOON)

    assert following is not None
    assert (following.leg, following.batch, following.cursor) == (2, 4, {"after": "x"})
    assert following.started_at == leg.started_at
    assert runs.begin_leg(following, now=NOW, until=SOON) is None


def test_a_leg_that_died_is_followed_when_its_lease_has_expired(runs: Runs) -> None:
    leg = begun(runs)
    later = SOON + timedelta(minutes=15)

    following = runs.begin_leg(leg, now=SOON, until=later)

    assert following is not None
    assert following.leg == 2
    assert runs.checkpoint(dataclasses.replace(leg, batch=9)) is False
    assert runs.handover(leg) is False
    assert runs.finish(ended(leg), JobState(watermark="late")) is False
    assert runs.get("acme", leg.id) == following


def test_a_checkpoint_extends_the_lease_only_when_asked(runs: Runs) -> None:
    leg = begun(runs)
    later = SOON + timedelta(minutes=15)

    assert runs.checkpoint(dataclasses.replace(leg, batch=1))
    assert [lease.until for lease in runs.expired(later)] == [SOON]
    assert runs.checkpoint(dataclasses.replace(leg, batch=2), until=later)

    assert list(runs.expired(later)) == []
    assert runs.checkpoint(dataclasses.replace(leg, batch=2))


def test_a_checkpoint_keeps_the_cancel_that_was_set_meanwhile(runs: Runs) -> None:
    leg = begun(runs)
    cancelled = runs.request_cancel("acme", leg.id)
    assert cancelled is not None
    assert cancelled.cancel

    assert runs.checkpoint(dataclasses.replace(leg, batch=1))

    stored = runs.get("acme", leg.id)
    assert stored == dataclasses.replace(leg, batch=1, cancel=True)
    assert runs.finish(ended(leg, RunStatus.CANCELLED), JobState())
    final = runs.get("acme", leg.id)
    assert final is not None
    assert final.cancel


def test_only_an_open_run_can_be_cancelled(runs: Runs) -> None:
    leg = begun(runs)
    runs.finish(ended(leg), JobState())

    assert runs.request_cancel("acme", leg.id) == ended(leg)
    assert runs.request_cancel("acme", "tasks.9999") is None


def test_finish_ends_run_lease_and_claim_on_the_job_together(runs: Runs) -> None:
    leg = begun(runs)
    state = JobState(watermark="w", mapping="m", run="any", linked=3)

    for _ in range(2):
        assert runs.finish(ended(leg), state) is True

    assert runs.get("acme", leg.id) == ended(leg)
    assert runs.state("acme", "tasks") == dataclasses.replace(state, run=None)
    assert list(runs.expired(NOW + timedelta(days=9))) == []
    assert runs.checkpoint(leg) is False
    begun(runs, "0002")
    assert runs.state("acme", "tasks") == dataclasses.replace(state, run="tasks.0002")


@pytest.mark.parametrize("status", [RunStatus.PAUSED, RunStatus.FAILED, RunStatus.CANCELLED])
def test_a_run_that_stopped_can_be_reopened(runs: Runs, status: RunStatus) -> None:
    leg = begun(runs)
    runs.request_cancel("acme", leg.id)
    stopped = ended(leg, status, batch=3, error={"code": "x"})
    runs.finish(stopped, JobState(watermark="w"))

    confirmed = dataclasses.replace(stopped, options={"confirm_deletes": True})
    assert runs.reopen(confirmed) is True
    assert runs.reopen(confirmed) is False

    resumed = runs.begin_leg(stopped, now=NOW, until=SOON)
    assert resumed == dataclasses.replace(leg, leg=2, batch=3, options=confirmed.options)
    assert runs.state("acme", "tasks") == JobState(watermark="w", run=leg.id)


def test_a_run_is_not_reopened_while_another_is_unfinished_or_when_it_is_done(runs: Runs) -> None:
    first = begun(runs)
    runs.finish(ended(first, RunStatus.PAUSED), JobState())
    second = begun(runs, "0002")

    assert runs.reopen(first) is False

    runs.finish(ended(second), JobState())
    assert runs.reopen(second) is False
    assert runs.reopen(run("0009")) is False
    assert runs.reopen(first) is True


def test_an_expired_lease_is_abandoned_once(runs: Runs) -> None:
    leg = begun(runs)
    runs.finish(ended(leg), JobState(watermark="w"))
    leg = begun(runs, "0002")
    (lease,) = runs.expired(SOON + timedelta(hours=1))
    failed = ended(leg, RunStatus.FAILED, error={"code": "lease_expired"})
    state = JobState(watermark="w", begun="b", run="any")

    assert runs.abandon(lease, failed, state) is True
    assert runs.abandon(lease, failed, state) is False

    assert runs.get("acme", leg.id) == failed
    assert runs.state("acme", "tasks") == dataclasses.replace(state, run=None)
    assert list(runs.expired(SOON + timedelta(hours=1))) == []
    assert runs.checkpoint(leg) is False


def test_a_lease_that_moved_on_is_not_abandoned(runs: Runs) -> None:
    leg = begun(runs)
    later = SOON + timedelta(hours=1)
    (lease,) = runs.expired(later)
    runs.checkpoint(leg, until=later)

    assert runs.abandon(lease, ended(leg, RunStatus.FAILED), JobState()) is False

    assert runs.get("acme", leg.id) == leg
    assert runs.checkpoint(leg) is True


def test_a_job_that_never_ran_has_an_empty_state(runs: Runs) -> None:
    assert runs.state("acme", "never") == JobState()
    assert runs.page("acme", "never", limit=5) == []


def test_what_nobody_has_begun_is_asked_for(runs: Runs) -> None:
    later = NOW + timedelta(days=1)
    runs.create(run("0001"))
    runs.create(run("0001"))
    other = run("0002", workspace="beta", job="accounts")
    runs.create(other)

    assert list(runs.asked(later)) == [run("0001"), other]
    assert list(runs.asked(datetime.fromisoformat(other.created_at))) == []

    assert runs.begin_leg(run("0001"), now=NOW, until=SOON) is not None
    assert list(runs.asked(later)) == [other]


def test_reopened_run_is_asked_for_until_begun(runs: Runs) -> None:
    stopped = ended(begun(runs), RunStatus.FAILED)
    runs.finish(stopped, JobState())
    assert list(runs.asked(SOON)) == []

    assert runs.reopen(stopped)

    (asked,) = runs.asked(SOON)
    assert (asked.id, asked.status, asked.leg) == (stopped.id, RunStatus.RUNNING, 1)
    assert list(runs.asked(NOW)) == []
    assert runs.begin_leg(asked, now=NOW, until=SOON) is not None
    assert list(runs.asked(SOON)) == []


def test_run_goes_before_its_journal(aws_cloud: AwsCloud) -> None:
    """DynamoDB shows for days what has expired; what is found of a plan must be whole."""
    runs = aws_cloud.runs
    runs.create(run())

    aws_cloud.clock.advance(KEPT - timedelta(seconds=1))
    assert runs.get("acme", run().id) == run()

    aws_cloud.clock.advance(timedelta(seconds=1))
    assert runs.get("acme", run().id) is None
    assert runs.page("acme", "tasks", limit=5) == []
