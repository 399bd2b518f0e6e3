"""Errors and the doctor: what is told, and with which code it ends."""

from __future__ import annotations

import pytest
from starlette.responses import Response

from tests.unit.cli.conftest import Command
from tests.unit.cli.fake_api import FakeApi, problem, run_body
from tests.unit.cli.samples import JOB, NOBODY


@pytest.fixture(autouse=True)
def job(api: FakeApi) -> None:
    api.jobs["tasks"] = dict(JOB)


def test_a_problem_is_told_whole(syncline: Command, api: FakeApi) -> None:
    flaw = {"in": "body", "field": "/filter", "code": "refused", "message": "unexpected token",
            "value": "Foo", "remedy": "Correct it."}  # fmt: skip
    api.answers["POST", "/acme/jobs/tasks/runs"] = lambda *_: problem(
        409, "run_unfinished", "a run is at work", run="tasks.7", errors=[flaw],
        remedy="Wait for it.",
    )  # fmt: skip

    done = syncline("job", "run", "tasks")
    programs = syncline("job", "run", "tasks", "--json")

    assert done.code == programs.code == 5
    assert done.out == ""
    for told in ("run unfinished", "a run is at work", "/filter", "unexpected token", "Correct it.",
                 "tasks.7", "Wait for it."):  # fmt: skip
        assert told in done.err
    assert programs.json["error"]["run"] == "tasks.7"


def test_a_wrong_token_is_told_by_the_gateway(
    syncline: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCLINE_TOKEN", "revoked")

    done = syncline("job", "list")

    assert done.code == 5
    assert "unknown or revoked" in done.err
    assert "revoked-token" not in done.err


def test_nothing_there_is_unreachable(syncline: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCLINE_API", NOBODY)

    done = syncline("job", "list")

    assert done.code == 6
    assert "did not answer" in done.err


def test_an_answer_of_something_else_is_unreachable(syncline: Command, api: FakeApi) -> None:
    api.answers["GET", "/acme/jobs"] = lambda *_: Response("<html>hello</html>")

    assert syncline("job", "list").code == 6


def test_an_unknown_option_is_a_usage_error(syncline: Command) -> None:
    assert syncline("job", "list", "--wrong").code == 2


def test_a_doctor_without_findings(syncline: Command, api: FakeApi) -> None:
    api.connections["crm"] = {"enabled": True}
    api.runs["tasks.1"] = [run_body()]

    done = syncline("doctor", "--json")

    assert done.code == 0
    assert {check["result"] for check in done.json["checks"]} == {"ok"}
    assert [check["name"] for check in done.json["checks"]] == [
        "address", "token", "scope write", "scope operate", "connection crm", "job tasks",
    ]  # fmt: skip


def test_a_doctor_names_missing_scopes_and_changes_nothing(syncline: Command, api: FakeApi) -> None:
    api.scopes = ("read",)
    api.runs["tasks.1"] = [run_body(status="partial")]

    done = syncline("doctor", "--json")

    results = {check["name"]: check["result"] for check in done.json["checks"]}
    assert done.code == 3
    assert results["scope write"] == results["scope operate"] == "warning"
    assert results["job tasks"] == "warning"


def test_a_doctor_stores_nothing_with_its_probes(syncline: Command, api: FakeApi) -> None:
    syncline("doctor")

    assert set(api.jobs) == {"tasks"}
    assert api.connections == {}


def test_a_doctor_without_an_answer(syncline: Command) -> None:
    done = syncline("doctor", "--api", NOBODY, "--json")

    assert done.code == 4
    assert [check["result"] for check in done.json["checks"]] == ["error"]


def test_versions_of_both_sides(syncline: Command) -> None:
    assert syncline("version", "--json").json["api"] == "9.9"
