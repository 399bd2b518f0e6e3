"""Runs and plans through the API: started once, cancelled, resumed, and what they did."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syncline.ports import Run, RunStatus
from tests.unit.http.world import ACCOUNTS, ACME, CONNECTION, TASKS, World, action, journal

JOB = f"{ACME}/jobs/tasks"


@pytest.fixture
def api(api: World) -> World:
    """With a job to run."""
    assert api("PUT", JOB, TASKS).status == 201
    return api


def begin(api: World, run: str) -> Run:
    """As the job's Lambda takes it up."""
    stored = api.cloud.runs.get("acme", run)
    assert stored is not None
    now = api.cloud.clock.now()
    begun = api.cloud.runs.begin_leg(stored, now=now, until=now + timedelta(minutes=15))
    assert begun is not None
    return begun


def end(api: World, run: str, status: RunStatus) -> None:
    begun = begin(api, run)
    state = replace(api.cloud.runs.state("acme", begun.job), run=None)
    assert api.cloud.runs.finish(replace(begun, status=status), state)


# --- starting ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "mode"), [(None, "incremental"), ({}, "incremental"), ({"mode": "full"}, "full")]
)
def test_a_run_is_queued_and_its_function_started(api: World, body: object, mode: str) -> None:
    reply = api("POST", f"{JOB}/runs", body)

    run = reply.body["id"]
    assert (reply.status, reply.body["status"], reply.body["mode"]) == (202, "queued", mode)
    assert reply.headers["location"] == f"{ACME}/runs/{run}"
    assert api("GET", f"{ACME}/runs/{run}").body == reply.body
    assert api.cloud.starter.started == [
        ("tasks_inbound", {"workspace": "acme", "job": "tasks", "run": run})
    ]


@pytest.mark.parametrize("mode", ["plan", "apply", "often"])
def test_other_modes_cannot_be_asked_for(api: World, mode: str) -> None:
    reply = api("POST", f"{JOB}/runs", {"mode": mode})

    assert reply.flaws == [("body", "/mode", "unknown_choice")]
    assert api.cloud.starter.started == []


def test_a_second_run_waits_for_the_first(api: World) -> None:
    run = api("POST", f"{JOB}/runs").body["id"]
    begin(api, run)
    before = api.cloud.dump()

    reply = api("POST", f"{JOB}/runs")

    assert (reply.status, reply.code, reply.body["run"]) == (409, "run_unfinished", run)
    assert api.cloud.dump() == before


def test_a_run_whose_start_was_lost_is_started_by_asking_again(api: World) -> None:
    first = api("POST", f"{JOB}/runs").body["id"]
    api.cloud.starter.started.clear()

    again = api("POST", f"{JOB}/runs")

    assert (again.status, again.body["id"]) == (202, first)
    assert len(api.cloud.starter.started) == 1


def test_a_queued_run_of_another_sort_is_in_the_way(api: World) -> None:
    first = api("POST", f"{JOB}/runs").body["id"]

    reply = api("POST", f"{JOB}/runs", {"mode": "full"})

    assert (reply.code, reply.body["run"]) == ("run_unfinished", first)


def test_runs_within_one_second_have_ids_of_their_own(api: World) -> None:
    first = api("POST", f"{JOB}/runs").body["id"]
    end(api, first, RunStatus.SUCCEEDED)

    second = api("POST", f"{JOB}/runs").body["id"]

    assert second > first


def test_disabled_things_do_not_run(api: World) -> None:
    api("PUT", f"{ACME}/connections/crm", {**CONNECTION, "enabled": False})
    connection = api("POST", f"{JOB}/runs")
    api("PUT", JOB, {**TASKS, "enabled": False})
    job = api("POST", f"{JOB}/runs")

    assert (connection.status, connection.code) == (409, "connection_disabled")
    assert (job.status, job.code) == (409, "job_disabled")
    assert api.cloud.starter.started == []


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("POST", "/jobs/none/runs", "unknown_job"),
        ("GET", "/jobs/none/runs", "unknown_job"),
        ("POST", "/jobs/none/plans", "unknown_job"),
        ("GET", "/runs/none", "unknown_run"),
        ("GET", "/runs/none/records", "unknown_run"),
        ("POST", "/runs/none/cancel", "unknown_run"),
        ("POST", "/runs/none/resume", "unknown_run"),
        ("GET", "/jobs/tasks/plans/none", "unknown_plan"),
        ("POST", "/jobs/tasks/plans/none/apply", "unknown_plan"),
    ],
)
def test_unknown_jobs_runs_and_plans_are_named(
    api: World, method: str, path: str, code: str
) -> None:
    reply = api(method, ACME + path)

    assert (reply.status, reply.code) == (404, code)


def test_a_running_job_cannot_be_deleted(api: World) -> None:
    run = api("POST", f"{JOB}/runs").body["id"]
    begin(api, run)

    reply = api("DELETE", JOB)

    assert (reply.code, reply.body["run"]) == ("run_unfinished", run)


def test_runs_are_listed_newest_first_in_pages(api: World) -> None:
    made = []
    for _ in range(5):
        made.append(api("POST", f"{JOB}/runs").body["id"])
        end(api, made[-1], RunStatus.SUCCEEDED)
        api.cloud.clock.advance(timedelta(minutes=1))

    listed: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = api("GET", f"{JOB}/runs", query={"limit": "2", **cursor}).body
        listed.append([run["id"] for run in page["items"]])
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}

    newest = made[::-1]
    assert listed == [newest[:2], newest[2:4], newest[4:]]


# --- cancelling and resuming ------------------------------------------------------------------


def test_a_running_run_is_asked_to_stop(api: World) -> None:
    run = api("POST", f"{JOB}/runs").body["id"]
    begin(api, run)

    reply = api("POST", f"{ACME}/runs/{run}/cancel")

    assert (reply.status, reply.body["cancel"]) == (202, True)


def test_a_queued_run_that_is_cancelled_is_woken_to_read_it(api: World) -> None:
    run = api("POST", f"{JOB}/runs").body["id"]
    api.cloud.starter.started.clear()

    api("POST", f"{ACME}/runs/{run}/cancel")

    assert [event["run"] for _, event in api.cloud.starter.started] == [run]


def test_a_run_that_has_ended_cannot_be_cancelled(api: World) -> None:
    run = api("POST", f"{JOB}/runs").body["id"]
    end(api, run, RunStatus.SUCCEEDED)

    assert api("POST", f"{ACME}/runs/{run}/cancel").code == "run_finished"


@pytest.mark.parametrize("status", [RunStatus.PAUSED, RunStatus.FAILED])
def test_a_paused_or_failed_run_goes_on(api: World, status: RunStatus) -> None:
    run = api("POST", f"{JOB}/runs").body["id"]
    end(api, run, status)
    api.cloud.starter.started.clear()

    reply = api("POST", f"{ACME}/runs/{run}/resume")

    assert (reply.status, reply.body["status"]) == (202, "running")
    assert [event["run"] for _, event in api.cloud.starter.started] == [run]


def test_what_the_guard_stopped_is_deleted_only_when_a_person_confirms_it(api: World) -> None:
    run = api("POST", f"{JOB}/runs").body["id"]
    end(api, run, RunStatus.PAUSED)

    api("POST", f"{ACME}/runs/{run}/resume", {"confirm_deletes": True})

    stored = api.cloud.runs.get("acme", run)
    assert stored is not None
    assert stored.options == {"confirm_deletes": True, "plan_anew": True}


@pytest.mark.parametrize("status", [RunStatus.SUCCEEDED, RunStatus.CANCELLED])
def test_a_run_that_is_done_cannot_go_on(api: World, status: RunStatus) -> None:
    run = api("POST", f"{JOB}/runs").body["id"]
    end(api, run, status)

    assert api("POST", f"{ACME}/runs/{run}/resume").code == "run_not_resumable"


def test_a_paused_run_waits_for_the_one_under_way(api: World) -> None:
    paused = api("POST", f"{JOB}/runs").body["id"]
    end(api, paused, RunStatus.PAUSED)
    under_way = api("POST", f"{JOB}/runs").body["id"]
    begin(api, under_way)

    reply = api("POST", f"{ACME}/runs/{paused}/resume")

    assert (reply.code, reply.body["run"]) == ("run_unfinished", under_way)


# --- plans ------------------------------------------------------------------------------------


def test_a_plan_is_made_shown_and_applied(api: World) -> None:
    made = api("POST", f"{JOB}/plans")
    plan = made.body["id"]
    journal(api, plan, "00000000/00", action("00T1", changes=[["title", None, "Call"]]))
    end(api, plan, RunStatus.SUCCEEDED)

    shown = api("GET", made.headers["location"])
    applied = api("POST", f"{JOB}/plans/{plan}/apply")

    assert (made.status, made.body["mode"]) == (202, "plan")
    assert shown.body["plan"]["id"] == plan
    assert shown.body["items"][0]["changes"] == [
        {"field": "title", "before": None, "after": "Call"}
    ]
    assert (applied.status, applied.body["mode"], applied.body["plan"]) == (202, "apply", plan)


def test_an_unfinished_plan_is_not_applied(api: World) -> None:
    plan = api("POST", f"{JOB}/plans").body["id"]

    assert api("POST", f"{JOB}/plans/{plan}/apply").code == "plan_not_ready"


def test_a_run_is_no_plan_and_a_plan_belongs_to_its_job(api: World) -> None:
    api("PUT", f"{ACME}/jobs/accounts", ACCOUNTS)
    run = api("POST", f"{JOB}/runs").body["id"]
    plan = api("POST", f"{ACME}/jobs/accounts/plans").body["id"]

    assert api("GET", f"{JOB}/plans/{run}").code == "unknown_plan"
    assert api("GET", f"{JOB}/plans/{plan}").code == "unknown_plan"
