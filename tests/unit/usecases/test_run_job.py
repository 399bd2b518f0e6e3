"""A job's runs from start to end, in memory: legs, leases, guards, plans and faults."""

import copy
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from syncline.errors import ConfigurationError, RateLimitedError, RetryableError
from syncline.ports import Run, RunMode, RunStatus
from syncline.usecases.preview_job import PreviewJob
from syncline.usecases.sweep_runs import SweepRuns
from tests.faults.crashing import CrashError, Fuse
from tests.faults.sweep import outcome
from tests.worlds.small import (
    ACME,
    World,
    account_id,
    first_load,
    new_world,
    put_account,
    put_task,
    stir,
    task_id,
)


@pytest.fixture
def world() -> World:
    fresh = new_world()
    first_load(fresh)
    return fresh


def finished(run: Run | None) -> Run:
    assert run is not None
    return run


def reasons(run: Run | None) -> Mapping[str, int]:
    counts: Mapping[str, int] = finished(run).ledger["reasons"]
    return counts


def stored(world: World, run: Run) -> Run:
    return finished(world.cloud.runs.get(ACME, run.id))


def asked_for(world: World, job: str, mode: RunMode, *, plan: str | None = None) -> Run:
    """What the API leaves for the job's Lambda."""
    now = world.cloud.clock.now().strftime("%Y%m%dT%H%M%SZ")
    run = Run(ACME, job, f"{job}.{now}{mode}", mode, RunStatus.QUEUED, now, plan=plan)
    assert world.cloud.runs.create(run)
    return run


def test_the_first_run_brings_accounts_and_their_tasks(world: World) -> None:
    accounts, tasks = world.platform("account"), world.platform("task")

    assert len(accounts) == 8
    assert len(tasks) == 12
    first = tasks[task_id(1).lower()]
    assert first["title"] == "Call 1"
    assert first["assigned_to"] == "ada@example.com"
    assert first["account_id"] == world.platform_id(account_id(2))


def test_a_late_account_brings_its_tasks_without_a_full_sync(world: World) -> None:
    put_account(world, 99)
    world.advance(minutes=5)

    world.run("accounts")
    run = world.run("tasks")

    assert reasons(run) == {"created:account_arrived": 1}
    assert task_id(13).lower() in world.platform("task")


def test_an_account_that_arrives_through_a_merge_is_found(world: World) -> None:
    put_task(world, 30, 7)
    world.crm.org.merge("Account", loser=account_id(7), winner=account_id(8))
    world.advance(minutes=5)

    world.run("accounts")
    world.run("tasks")

    task = world.platform("task")[task_id(30).lower()]
    assert task["account_id"] == world.platform_id(account_id(8))


def test_legs_go_on_where_the_one_before_stopped(world: World) -> None:
    for number in range(100, 130):
        put_task(world, number, 1)
    world.advance(minutes=5)
    whole = copy.deepcopy(world)
    whole.run("tasks")

    runs = []
    for _ in range(60):
        with_little_time = timedelta(seconds=31)
        run = world.run("tasks", leg=with_little_time, fuse=_Ticking(world))
        runs.append(finished(run))
        if runs[-1].status is not RunStatus.RUNNING:
            break
        world.cloud.clock.advance(timedelta(minutes=1))

    assert runs[-1].status is RunStatus.SUCCEEDED
    assert runs[-1].leg > 3
    assert {run.id for run in runs} == {runs[0].id}
    assert world.platform("task") == whole.platform("task")
    assert runs[-1].ledger["created"] == 30


class _Ticking(Fuse):
    """Each journalled batch takes a second."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def call(self, name: str, act: Any) -> Any:
        if name == "MemoryJournal.put":
            self.world.cloud.clock.advance(timedelta(seconds=2))
        return super().call(name, act)


def test_each_leg_is_followed_by_a_schedule_that_the_end_removes(world: World) -> None:
    put_task(world, 20, 2)
    fuse = Fuse(at=_call(world, "MemoryJournal.put"))

    with pytest.raises(CrashError):
        world.run("tasks", fuse=fuse)
    during = world.cloud.dump()["schedules"]
    world.cloud.clock.advance(timedelta(minutes=20))
    world.run("tasks")

    assert during["legs"]
    assert world.cloud.dump()["schedules"]["legs"] == {}


def _call(world: World, name: str) -> int:
    fuse = Fuse()
    copy.deepcopy(world).run("tasks", fuse=fuse)
    return fuse.trace.index(name)


def test_waiting_for_a_bulk_job_is_a_handover(world: World) -> None:
    world.crm.bulk_waits = 3
    put_task(world, 20, 2)
    world.advance(minutes=5)

    legs = []
    for _ in range(4):
        legs.append(finished(world.run("tasks")).status)
        world.cloud.clock.advance(timedelta(minutes=1))

    assert legs == [RunStatus.RUNNING] * 3 + [RunStatus.SUCCEEDED]
    assert task_id(20).lower() in world.platform("task")


def test_runs_of_one_job_do_not_overlap(world: World) -> None:
    put_task(world, 20, 2)
    inner: list[Run | None] = []

    class Meanwhile(Fuse):
        def call(self, name: str, act: Any) -> Any:
            if name == "MemoryJournal.put" and not inner:
                inner.append(world.run("tasks", moment="2026-02-02T00:00:00Z"))
            return super().call(name, act)

    run = world.run("tasks", fuse=Meanwhile())

    assert inner == [None]
    assert finished(run).status is RunStatus.SUCCEEDED


def test_an_old_leg_that_wakes_up_late_writes_no_checkpoint(world: World) -> None:
    put_task(world, 20, 2)
    second: list[Run | None] = []

    class Overtaken(Fuse):
        def call(self, name: str, act: Any) -> Any:
            if name == "MemoryJournal.put" and not second:
                second.append(None)
                world.cloud.clock.advance(timedelta(minutes=30))
                second.append(world.run("tasks"))
            return super().call(name, act)

    first = world.run("tasks", fuse=Overtaken())

    assert first is None
    assert finished(second[1]).status is RunStatus.SUCCEEDED
    assert finished(second[1]).ledger["created"] == 1


def test_an_edit_between_plan_and_write_is_merged_not_lost(world: World) -> None:
    world.crm.org.edit("Task", task_id(1), Status="Done")
    edited: list[bool] = []

    class Meanwhile(Fuse):
        def call(self, name: str, act: Any) -> Any:
            if name == "MemoryRecords.write" and not edited:
                edited.append(True)
                platform_id = world.platform_id(task_id(1))
                world.edit_on_platform("task", platform_id, title="a person's title")
            return super().call(name, act)

    run = finished(world.run("tasks", fuse=Meanwhile()))

    task = world.platform("task")[task_id(1).lower()]
    assert (task["title"], task["status"]) == ("a person's title", "Done")
    assert run.ledger["updated"] == 1
    assert "00000000/01" in world.cloud.journal.names(ACME, run.id)


def test_a_ledger_that_does_not_balance_fails_the_run(world: World) -> None:
    put_task(world, 20, 2)
    put_task(world, 21, 2)

    class Forgetful(Fuse):
        def call(self, name: str, act: Any) -> Any:
            answer = super().call(name, act)
            if name == "MemoryJournal.put":
                return {**answer, "actions": answer["actions"][1:]}
            return answer

    run = finished(world.run("tasks", fuse=Forgetful()))

    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert run.error["code"] == "ledger_unbalanced"
    assert world.cloud.notifications.sent[-1].message["status"] == "failed"


def test_partial_success_is_told_with_causes_and_hints(world: World) -> None:
    put_task(world, 20, 2, Subject=None)

    run = finished(world.run("tasks"))

    told = world.cloud.notifications.sent[-1]
    assert run.status is RunStatus.PARTIAL
    assert told.message["causes"] == [
        {
            "bucket": "rejected",
            "reason": "no_title",
            "count": 1,
            "hint": "give the task a subject in Salesforce",
        }
    ]
    assert run.id in told.text


def test_a_job_may_keep_its_partial_successes_to_itself() -> None:
    world = new_world(notify={"partial": False})
    first_load(world)
    put_task(world, 20, 2, Subject=None)

    assert finished(world.run("tasks")).status is RunStatus.PARTIAL
    assert world.cloud.notifications.sent == []


def test_a_mapping_that_changed_reads_everything_anew(world: World) -> None:
    configuration = world.cloud.configuration
    stored_job = configuration.get(ACME, "job", "tasks")
    assert stored_job is not None
    body = {**stored_job.body, "mapping": _without_status(), "filter": None}
    configuration.put(ACME, "job", "tasks", body, expected=stored_job.version)
    world.advance(hours=2)

    run = finished(world.run("tasks"))

    assert run.ledger["read"] == 13


def _without_status() -> list[dict[str, Any]]:
    return [
        {"salesforce": "AccountId", "platform": "account_id", "key": True},
        {"salesforce": "Id", "platform": "external_id", "key": True},
        {"salesforce": "Subject", "platform": "title"},
    ]


@pytest.mark.parametrize(
    ("guard", "deleted", "status"),
    [
        ({"max_number": 3}, 3, RunStatus.SUCCEEDED),
        ({"max_number": 3}, 4, RunStatus.PAUSED),
        ({"max_share": 0.1}, 10, RunStatus.SUCCEEDED),
        ({"max_share": 0.1}, 11, RunStatus.PAUSED),
    ],
)
def test_the_guard_stops_before_the_first_deletion(
    guard: dict[str, Any], deleted: int, status: RunStatus
) -> None:
    world = new_world(delete_guard=guard)
    first_load(world)
    for number in range(1, deleted + 1):
        world.crm.org.delete("Task", task_id(number))
    world.advance(minutes=5)

    run = finished(world.run("tasks"))

    assert run.status is status
    left = 12 if status is RunStatus.PAUSED else 12 - deleted
    assert len(world.platform("task")) == left


def test_a_person_can_confirm_what_the_guard_stopped() -> None:
    world = new_world(delete_guard={"max_number": 0})
    first_load(world)
    world.crm.org.delete("Task", task_id(1))
    paused = finished(world.run("tasks"))
    confirmed = replace(stored(world, paused), options={"confirm_deletes": True})

    assert world.cloud.runs.reopen(confirmed)
    run = finished(world.run("tasks", run=paused.id))

    assert (run.id, run.status) == (paused.id, RunStatus.SUCCEEDED)
    assert len(world.platform("task")) == 11


def test_a_cancelled_run_stops_between_batches(world: World) -> None:
    for number in range(20, 30):
        put_task(world, number, 2)

    class Cancelling(Fuse):
        def call(self, name: str, act: Any) -> Any:
            if name == "MemoryJournal.put":
                unfinished = world.cloud.runs.state(ACME, "tasks").run
                world.cloud.runs.request_cancel(ACME, str(unfinished))
            return super().call(name, act)

    run = finished(world.run("tasks", fuse=Cancelling()))

    assert run.status is RunStatus.CANCELLED
    assert run.ledger["created"] == 3


def test_a_passing_fault_costs_a_leg(world: World) -> None:
    put_task(world, 20, 2)
    world.crm.faults.append(RetryableError("the org is restarting", code="unavailable"))

    first = finished(world.run("tasks"))
    world.cloud.clock.advance(timedelta(minutes=5))
    second = finished(world.run("tasks"))

    assert (first.status, second.status) == (RunStatus.RUNNING, RunStatus.SUCCEEDED)
    assert first.id == second.id


def test_a_fault_that_does_not_pass_fails_the_run(world: World) -> None:
    last = None
    for _ in range(5):
        world.crm.faults.append(RetryableError("the org is away", code="org_unreachable"))
        last = finished(world.run("tasks"))
        world.cloud.clock.advance(timedelta(minutes=10))

    assert last is not None
    assert last.status is RunStatus.FAILED
    assert last.error == {"code": "org_unreachable", "message": "the org is away"}


def test_an_exhausted_day_pauses_the_run(world: World) -> None:
    exhausted = RateLimitedError("no requests left today", retry_after_seconds=3600, daily=True)
    world.crm.faults.append(exhausted)

    assert finished(world.run("tasks")).status is RunStatus.PAUSED


def test_wrong_credentials_fail_at_once_with_the_remedy(world: World) -> None:
    refused = ConfigurationError(
        "refused", code="credentials_refused", field="credentials", remedy="enter them again"
    )
    world.crm.faults.append(refused)

    run = finished(world.run("tasks"))

    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert run.error["remedy"] == "enter them again"
    assert "enter them again" in world.cloud.notifications.sent[-1].text


def test_the_sweeper_fails_what_nobody_follows_up(world: World) -> None:
    put_task(world, 20, 2)
    with pytest.raises(CrashError):
        world.run("tasks", fuse=Fuse(at=_call(world, "MemoryJournal.put")))
    sweep = SweepRuns(
        world.cloud.configuration, world.cloud.runs, world.cloud.notifications, world.cloud.clock
    )

    early = sweep()
    world.cloud.clock.advance(timedelta(hours=1))
    late = sweep()

    assert early == ()
    assert len(late) == 1
    failed = finished(world.cloud.runs.get(ACME, late[0]))
    assert failed.status is RunStatus.FAILED
    assert world.cloud.notifications.sent[-1].message["error"]["code"] == "lease_expired"
    assert finished(world.run("tasks")).ledger["created"] == 1


def test_a_plan_writes_nothing_and_its_run_does_just_that(world: World) -> None:
    stir(world)
    world.run("accounts")
    direct = copy.deepcopy(world)
    before = copy.deepcopy(world.cloud.dump())
    plan = asked_for(world, "tasks", RunMode.PLAN)
    planned = finished(world.run("tasks", run=plan.id))
    after = world.cloud.dump()
    for name in ("links", "claims", "waiting", "records", "lookups", "feed"):
        assert after[name] == before[name], name

    apply = asked_for(world, "tasks", RunMode.APPLY, plan=plan.id)
    applied = finished(world.run("tasks", run=apply.id))
    straight = finished(direct.run("tasks"))

    assert planned.ledger["reasons"] == straight.ledger["reasons"]
    listed = {k: v for k, v in straight.ledger["reasons"].items() if not k.startswith("left")}
    for key, number in listed.items():
        assert applied.ledger["reasons"][key] == number
    assert world.platform("task") == direct.platform("task")


def test_a_plan_refuses_records_that_changed_since(world: World) -> None:
    world.crm.org.edit("Task", task_id(1), Status="Done")
    plan = asked_for(world, "tasks", RunMode.PLAN)
    world.run("tasks", run=plan.id)
    world.edit_on_platform("task", world.platform_id(task_id(1)), title="later")

    apply = asked_for(world, "tasks", RunMode.APPLY, plan=plan.id)
    run = finished(world.run("tasks", run=apply.id))

    assert reasons(run)["held:changed_since_plan"] == 1
    assert world.platform("task")[task_id(1).lower()]["status"] == "Open"


def test_a_late_commit_with_an_earlier_stamp_is_not_missed(world: World) -> None:
    org = world.crm.org
    visible = org.clock + timedelta(minutes=8)
    put_task(world, 40, 2, visible_from=visible)
    world.advance(minutes=4)
    first = world.run("tasks")
    world.advance(minutes=5)
    second = world.run("tasks")

    assert reasons(first) == {}
    assert reasons(second)["created:new"] == 1


def test_the_preview_writes_nothing_and_skips_no_orphans(world: World) -> None:
    stir(world)
    before = copy.deepcopy(outcome(world))
    cloud = world.cloud
    preview = PreviewJob(
        configuration=cloud.configuration,
        crm=lambda workspace, connection: world.crm,
        links=cloud.links,
        records=cloud.records,
        clock=cloud.clock,
    )(ACME, "tasks", limit=200)

    verbs = {row.crm_id: row.verb for row in preview.rows}
    assert verbs[task_id(22)] == "create"
    assert verbs[task_id(24)] == "reject"
    assert outcome(world) == before


def test_a_start_for_a_job_that_was_turned_off_does_nothing() -> None:
    world = new_world(enabled=False)

    assert world.run("tasks", trigger="schedule") is None
