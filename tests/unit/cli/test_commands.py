"""Jobs, records, tokens and connections: what the commands answer and send."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.responses import JSONResponse

from tests.unit.cli.conftest import Command
from tests.unit.cli.fake_api import ADMINISTRATOR, FakeApi, run_body
from tests.unit.cli.samples import ACTION, JOB, LEDGER


@pytest.fixture(autouse=True)
def job(api: FakeApi) -> None:
    api.jobs["tasks"] = dict(JOB)


def test_jobs_are_listed_with_schedule_and_last_run(syncline: Command, api: FakeApi) -> None:
    api.runs["tasks.1"] = [run_body(ledger=LEDGER)]

    done = syncline("job", "list")

    assert "every 15 min UTC" in done.out
    assert "succeeded" in done.out


def test_a_paused_job_is_switched_off_and_keeps_everything_else(
    syncline: Command, api: FakeApi
) -> None:
    paused = syncline("job", "pause", "tasks")
    off = api.jobs["tasks"]["enabled"]
    resumed = syncline("job", "resume", "tasks")

    assert (paused.code, resumed.code, off) == (0, 0, False)
    assert api.jobs["tasks"]["enabled"] is True
    assert api.jobs["tasks"]["schedule"]["minutes"] == 15


def test_a_job_that_is_not_valid_exits_as_a_failure(syncline: Command, api: FakeApi) -> None:
    finding = {"severity": "error", "code": "unknown_field", "line": 1, "value": "Subjekt",
               "field": "/mapping/1", "message": "no such field",
               "remedy": "Use Subject"}  # fmt: skip
    api.answers["POST", "/acme/jobs/tasks/validate"] = lambda *_: JSONResponse(
        {"valid": False, "findings": [finding]}
    )

    done = syncline("job", "validate", "tasks")

    assert done.code == 4
    assert "Use Subject" in done.out


def test_a_draft_is_taken_from_a_file(syncline: Command, api: FakeApi, home: Path) -> None:
    (home / "draft.yaml").write_text("jobs: {tasks: {kind: tasks_inbound, connection: crm}}\n")
    api.answers["POST", "/acme/jobs/tasks/preview"] = lambda *_: JSONResponse(
        {"rows": [{"crm_id": "00T1", "verb": "create", "reason": "new", "detail": "",
                   "values": {"title": "Call"}}], "total": 5000}
    )  # fmt: skip

    done = syncline("job", "preview", "tasks", "--file", "draft.yaml")

    assert "Call" in done.out
    assert "1 records of about 5,000" in done.out
    assert api.bodies("POST", "/preview") == [{"kind": "tasks_inbound", "connection": "crm"}]


def test_a_preview_of_what_is_sent_tells_each_field(syncline: Command, api: FakeApi) -> None:
    subject = {"field": "Subject", "attribute": "title", "before": "Call", "after": "Call back"}
    row = {"crm_id": "00T1", "platform_id": "t1", "detail": "", "values": {"title": "Call back"}}
    rows = [
        {**row, "verb": "update", "reason": "changed", "fields": [subject]},
        {**row, "verb": "reject", "reason": "no_title", "detail": "needs title", "fields": []},
        {**row, "verb": "delete", "reason": "deleted_on_platform", "fields": []},
    ]
    api.answers["POST", "/acme/jobs/tasks/preview"] = lambda *_: JSONResponse(
        {"direction": "outbound", "rows": rows, "total": 7}
    )

    shown = syncline("job", "preview", "tasks").out

    for told in (
        "Subject: Call → Call back", "no title: needs title", "nothing of Call back",
        "the record is deleted", "3 to be sent or refused, of 7 edited",
    ):  # fmt: skip
        assert told in shown


def test_conditions_of_a_job_are_told_in_words(syncline: Command, api: FakeApi) -> None:
    api.jobs["tasks"]["conditions"] = [
        {"attribute": "status", "operator": "not_in", "value": ["Done", "Lost"]},
        {"attribute": "title", "operator": "is_not_empty", "value": None},
    ]

    shown = syncline("job", "show", "tasks").out

    assert "status not in Done, Lost" in shown
    assert "title is not empty" in shown


def test_deleting_needs_yes_where_nobody_can_be_asked(syncline: Command, api: FakeApi) -> None:
    refused = syncline("job", "delete", "tasks")
    done = syncline("job", "delete", "tasks", "--yes", "--json")

    assert refused.code == 2
    assert done.json == {"deleted": "tasks"}
    assert api.jobs == {}


def test_a_story_of_a_record_without_counterpart_is_told(syncline: Command, api: FakeApi) -> None:
    told = {"title": "Salesforce refused it", "why": ["validation failed"], "bucket": "rejected"}
    send = {"kind": "create", "values": {"Subject": "Call"}}
    change = {"field": "title", "before": None, "after": "Call"}
    api.actions = [
        {**ACTION, **told, "crm_id": None, "platform_id": "t1", "changes": [change], "sent": send}
    ]

    shown = syncline("explain", "task", "t1").out

    for line in (
        "t1 on the platform, nothing in Salesforce", "Salesforce refused it", "validation failed",
        "wanted  title: ∅ → Call", "tried   Subject = Call",
    ):  # fmt: skip
        assert line in shown


def test_a_story_says_whose_change_was_written(syncline: Command, api: FakeApi) -> None:
    change = {"receipt": "0f0f", "origin": "task_completion", "actor": "ada", "at": None}
    api.actions = [{**ACTION, "announced": [change]}]

    shown = syncline("explain", "task", "t1").out

    assert "task completion, ada" in shown
    assert "receipt 0f0f" in shown


def test_a_record_is_edited_by_texts_and_json(syncline: Command, api: FakeApi) -> None:
    done = syncline("record", "put", "task", "t1", "title=A = b", "done:=true", "--clear", "due",
                    "--if-version", "3")  # fmt: skip

    assert done.code == 0
    assert api.bodies("PUT", "/records/task/t1") == [
        {"values": {"title": "A = b", "done": True, "due": None}}
    ]
    assert api.headers[-1]["if-match"] == '"3"'


@pytest.mark.parametrize("values", [(), ("title",), ("=x",), ("done:=yes",)])
def test_values_that_are_none_are_a_usage_error(
    syncline: Command, api: FakeApi, values: tuple[str, ...]
) -> None:
    assert syncline("record", "put", "task", "t1", *values).code == 2
    assert api.seen == []


def test_ids_are_one_part_of_the_path(syncline: Command, api: FakeApi) -> None:
    syncline("record", "show", "task", "../../tokens")

    assert api.seen[0][1] == "/acme/records/task/../../tokens"


def test_a_story_is_told_under_both_names(syncline: Command, api: FakeApi) -> None:
    api.actions = [ACTION]

    history, explain = (syncline(name, "task", "t1", "--json") for name in ("history", "explain"))

    assert history.json == explain.json
    assert history.json["items"][0]["run"] == "tasks.1"


def test_a_token_is_made_by_the_administrator_and_shown_once(
    syncline: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = syncline("token", "create", "ci")
    monkeypatch.setenv("SYNCLINE_ADMINISTRATOR_TOKEN", ADMINISTRATOR)

    done = syncline("token", "create", "ci", "-s", "read", "-s", "operate")
    listed = syncline("token", "list")

    assert refused.code == 5
    assert done.out.strip() == "shown-once"
    assert "read, operate" in listed.out
    assert "shown-once" not in listed.out


def test_a_connection_is_tested(syncline: Command, api: FakeApi) -> None:
    syncline_test = syncline("connection", "test", "crm")

    assert syncline_test.code == 0
    assert "sync@acme.example" in syncline_test.out
