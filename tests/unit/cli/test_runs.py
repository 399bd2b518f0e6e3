"""Runs and plans: followed to their end, shown with counts and causes."""

from __future__ import annotations

import pytest
from starlette.responses import JSONResponse, Response

from tests.unit.cli.conftest import Command
from tests.unit.cli.fake_api import FakeApi, run_body
from tests.unit.cli.samples import ACTION, JOB, LEDGER


@pytest.fixture(autouse=True)
def job(api: FakeApi) -> None:
    api.jobs["tasks"] = dict(JOB)


@pytest.mark.parametrize(
    ("status", "code"),
    [("succeeded", 0), ("partial", 3), ("failed", 4), ("paused", 4), ("cancelled", 4)],
)
def test_a_run_exits_as_it_ends(syncline: Command, api: FakeApi, status: str, code: int) -> None:
    api.runs["tasks.1"] = [run_body(status="queued"), run_body(status="running"),
                           run_body(status=status, ledger=LEDGER)]  # fmt: skip

    done = syncline("job", "run", "tasks", "--interval", "0", "--json")

    assert done.code == code
    assert done.json["status"] == status


def test_a_run_ends_with_its_counts_and_causes(syncline: Command, api: FakeApi) -> None:
    api.runs["tasks.1"] = [run_body(status="running"), run_body("tasks.1", "partial", ledger=LEDGER,
        error={"message": "one record", "remedy": "look at it"})]  # fmt: skip

    done = syncline("run", "watch", "tasks.1", "--interval", "0")

    assert "title missing" in done.out
    assert "balances" in done.out
    assert "look at it" in done.out
    assert "running" in done.err


def test_a_detached_run_is_started_and_not_waited_for(syncline: Command, api: FakeApi) -> None:
    api.runs["tasks.1"] = [run_body(status="queued")]

    done = syncline("job", "run", "tasks", "--full", "--detach")

    assert done.code == 0
    assert done.out.strip() == "tasks.1"
    assert api.bodies("POST", "/runs") == [{"mode": "full"}]


def test_watching_survives_answers_that_do_not_come(syncline: Command, api: FakeApi) -> None:
    api.runs["tasks.1"] = [run_body(status="running"), run_body(status="succeeded")]
    lost = [Response("<html>Bad gateway", 502) for _ in range(4)]
    api.answers["GET", "/acme/runs/tasks.1"] = [JSONResponse(run_body(status="running")),
                                                *(Response("", 500) for _ in lost)]  # fmt: skip

    assert syncline("run", "watch", "tasks.1", "--interval", "0").code == 0


def test_watching_ends_when_no_answer_comes_any_more(syncline: Command, api: FakeApi) -> None:
    api.answers["GET", "/acme/runs/tasks.1"] = [
        JSONResponse(run_body(status="running")), *(Response("", 500) for _ in range(5)),
    ]  # fmt: skip

    assert syncline("run", "watch", "tasks.1", "--interval", "0").code == 6


def test_runs_of_all_jobs_are_listed_newest_first(syncline: Command, api: FakeApi) -> None:
    api.jobs["accounts"] = {**JOB, "kind": "accounts_inbound"}
    api.runs["tasks.1"] = [run_body("tasks.1")]
    api.runs["accounts.1"] = [
        run_body("accounts.1", job="accounts", created_at="2026-11-21T07:00:00Z")
    ]

    done = syncline("run", "list", "--json")

    assert [run["id"] for run in done.json["items"]] == ["accounts.1", "tasks.1"]


def test_records_of_a_run_are_read_page_by_page(syncline: Command, api: FakeApi) -> None:
    api.runs["tasks.1"] = [run_body()]
    api.actions = [{**ACTION, "crm_id": f"00T{n}"} for n in range(450)]

    all_of_them = syncline("run", "records", "tasks.1", "--limit", "1000", "--json")
    some = syncline("run", "records", "tasks.1", "--limit", "250", "--json")

    assert len(all_of_them.json["items"]) == 450
    assert len(some.json["items"]) == 250


def test_a_change_is_shown_field_by_field(syncline: Command, api: FakeApi) -> None:
    api.runs["tasks.1"] = [run_body()]
    api.actions = [ACTION]

    done = syncline("run", "records", "tasks.1", "--outcome", "updated")

    assert "title: ∅ → Call" in done.out
    assert "newer in salesforce" in done.out


def test_a_plan_is_shown_with_its_actions(syncline: Command, api: FakeApi) -> None:
    api.runs["tasks.1"] = [run_body(mode="plan", status="queued"), run_body(mode="plan")]
    api.actions = [ACTION]

    done = syncline("job", "plan", "tasks", "--interval", "0")

    assert done.code == 0
    assert "00T1" in done.out
    assert "job apply-plan tasks tasks.1" in done.err


def test_text_of_a_record_cannot_command_the_terminal(syncline: Command, api: FakeApi) -> None:
    api.runs["tasks.1"] = [run_body()]
    evil = "\x1b]0;owned\x07[red]x[/red]"
    api.actions = [{**ACTION, "changes": [{"field": "title", "before": None, "after": evil}]}]

    done = syncline("run", "records", "tasks.1")

    assert "\x1b" not in done.out
    assert "[red]x[/red]" in done.out
