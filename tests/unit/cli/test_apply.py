"""`apply` and `export`: the difference first, nothing twice, no secret anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.responses import JSONResponse

from tests.unit.cli.conftest import Command
from tests.unit.cli.fake_api import ADMINISTRATOR, FakeApi, problem
from tests.unit.cli.samples import FILE, SECRET


def test_a_first_apply_shows_and_creates_everything(
    syncline: Command, api: FakeApi, file: Path
) -> None:
    done = syncline("apply", str(file), "--yes")

    assert done.code == 0
    assert "+ connection crm (new)" in done.out
    assert 'filter: "IsClosed = false"\n' in done.out
    assert "mapping[Subject → title]" in done.out
    assert set(api.connections) == {"crm"}
    assert set(api.jobs) == {"accounts", "tasks"}
    assert api.secrets["crm"]["client_secret"] == SECRET


def test_things_are_saved_in_the_order_they_need(
    syncline: Command, api: FakeApi, file: Path
) -> None:
    syncline("apply", str(file), "--yes")

    assert [path for _, path in api.writes] == [
        "/acme/connections/crm", "/acme/jobs/accounts", "/acme/jobs/tasks",
    ]  # fmt: skip


def test_a_clock_time_stays_a_text(syncline: Command, api: FakeApi, file: Path) -> None:
    syncline("apply", str(file), "--yes")

    assert api.jobs["accounts"]["schedule"]["at"] == "10:30"


def test_a_second_apply_has_nothing_to_do(syncline: Command, api: FakeApi, file: Path) -> None:
    syncline("apply", str(file), "--yes")
    before = dict(api.jobs), dict(api.connections)

    done = syncline("apply", str(file))

    assert done.code == 0
    assert done.out.endswith("nothing to do\n")
    assert (api.jobs, api.connections) == before


def test_only_what_differs_is_shown_and_saved(syncline: Command, api: FakeApi, file: Path) -> None:
    syncline("apply", str(file), "--yes")
    api.seen.clear()
    changed = FILE.replace("IsClosed = false", "Priority = 'High'").replace(
        "      - {salesforce: Subject",
        "      - {salesforce: Status, platform: status}\n      - {salesforce: Subject",
    )
    file.write_text(changed)

    done = syncline("apply", str(file), "--yes")

    assert "~ job tasks" in done.out
    assert 'filter: "IsClosed = false" → "Priority = \'High\'"' in done.out
    assert "mapping[Status → status]" in done.out
    assert "mapping[Subject → title]" not in done.out
    assert ("PUT", "/acme/jobs/tasks") in api.writes
    assert ("PUT", "/acme/jobs/accounts") not in api.writes


def test_what_is_taken_out_of_the_file_returns_to_its_default(
    syncline: Command, api: FakeApi, file: Path
) -> None:
    syncline("apply", str(file), "--yes")
    file.write_text(FILE.replace("    filter: IsClosed = false\n", ""))

    done = syncline("apply", str(file), "--yes")

    assert 'filter: "IsClosed = false" → none' in done.out
    assert api.jobs["tasks"]["filter"] is None


def test_a_dry_run_sends_nothing(syncline: Command, api: FakeApi, file: Path) -> None:
    done = syncline("apply", str(file), "--dry-run", "--json")

    assert done.code == 0
    assert api.writes == []
    assert done.json["applied"] is False
    assert [step["verb"] for step in done.json["steps"]] == ["create", "create", "create"]


def test_without_anybody_to_ask_it_needs_yes(syncline: Command, api: FakeApi, file: Path) -> None:
    done = syncline("apply", str(file))

    assert done.code == 2
    assert "--yes" in done.err
    assert api.writes == []


@pytest.mark.parametrize(("typed", "code"), [("n\n", 1), ("y\n", 0), ("", 1)])
def test_a_person_decides_after_seeing_the_difference(
    syncline: Command, api: FakeApi, file: Path, monkeypatch: pytest.MonkeyPatch,
    typed: str, code: int,
) -> None:  # fmt: skip
    monkeypatch.setattr("cli.session.somebody_is_there", lambda: True)

    done = syncline("apply", str(file), typed=typed)

    assert done.code == code
    assert "+ job tasks (new)" in done.out
    assert "Apply these changes?" in done.err
    assert len(api.writes) == (3 if code == 0 else 0)


@pytest.mark.parametrize("options", [("--dry-run",), ("--yes",), ("--yes", "--json")])
def test_secrets_are_never_shown(syncline: Command, file: Path, options: tuple[str, ...]) -> None:
    first = syncline("apply", str(file), *options)
    file.write_text(FILE.replace("3MVG9", "3MVG0"))
    second = syncline("apply", str(file), *options)

    for done in (first, second):
        assert SECRET not in done.out + done.err
        assert "client_secret" in done.out


def test_a_changed_secret_is_found_by_the_api(
    syncline: Command, api: FakeApi, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncline("apply", str(file), "--yes")
    monkeypatch.setenv("CRM_SECRET", "another")

    done = syncline("apply", str(file), "--yes", "--json")

    assert done.json["steps"][0]["result"] == "changed"
    assert api.secrets["crm"]["client_secret"] == "another"


def test_an_unset_secret_keeps_the_stored_one(
    syncline: Command, api: FakeApi, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncline("apply", str(file), "--yes")
    monkeypatch.delenv("CRM_SECRET")

    done = syncline("apply", str(file))

    assert done.code == 0
    assert "its stored credentials stay" in done.err
    assert api.secrets["crm"]["client_secret"] == SECRET


def test_an_unset_secret_of_a_new_connection_is_refused(
    syncline: Command, api: FakeApi, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM_SECRET")

    done = syncline("apply", str(file), "--yes")

    assert done.code == 2
    assert "CRM_SECRET" in done.err
    assert api.writes == []


def test_what_the_api_found_out_is_no_difference(
    syncline: Command, api: FakeApi, file: Path
) -> None:
    syncline("apply", str(file), "--yes")
    api.connections["crm"].update(org_id="00D1", username="sync@acme.example")

    done = syncline("apply", str(file))

    assert "nothing to do" in done.out
    assert api.connections["crm"]["org_id"] == "00D1"


def test_a_refusal_after_something_was_saved_is_a_partial_success(
    syncline: Command, api: FakeApi, file: Path
) -> None:
    flaw = {"in": "body", "field": "/mapping/1/salesforce", "code": "unknown_field",
            "value": "Subjekt", "message": "Task has no such field",
            "remedy": "Use Subject."}  # fmt: skip
    api.answers["PUT", "/acme/jobs/tasks"] = lambda *_: problem(
        422, "invalid_mapping", "1 line is wrong", errors=[flaw]
    )

    done = syncline("apply", str(file), "--yes", "--json")

    assert done.code == 3
    assert done.json["error"]["code"] == "invalid_mapping"
    assert [step["result"] for step in done.json["steps"]] == ["created", "created", None]
    for told in ("/mapping/1/salesforce", "Task has no such field", 'given: "Subjekt"',
                 "Use Subject."):  # fmt: skip
        assert told in done.err


def test_a_refusal_of_the_first_is_a_refusal(syncline: Command, api: FakeApi, file: Path) -> None:
    file.write_text(FILE.replace("https://acme.my.salesforce.com", "nowhere"))

    done = syncline("apply", str(file), "--yes")

    assert done.code == 5
    assert "/login_url" in done.err
    assert api.jobs == {}


def test_the_workspace_needs_the_administrator(
    syncline: Command, api: FakeApi, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("workspace: {name: fresh, title: New}\n")
    refused = syncline("apply", str(file), "--yes")
    monkeypatch.setenv("SYNCLINE_ADMINISTRATOR_TOKEN", ADMINISTRATOR)

    done = syncline("apply", str(file), "--yes")

    assert refused.code == 5
    assert "SYNCLINE_ADMINISTRATOR_TOKEN" in refused.err
    assert done.code == 0
    assert api.workspaces["fresh"]["title"] == "New"


def test_a_run_that_was_started_is_told(syncline: Command, api: FakeApi, file: Path) -> None:
    api.answers["PUT", "/acme/jobs/tasks"] = lambda request, body: JSONResponse({
        "result": "created", "job": body, "findings": [],
        "run": {"id": f"tasks.{request.query_params['sync']}"},
    })  # fmt: skip

    done = syncline("apply", str(file), "--yes", "--sync", "--json")

    assert done.json["steps"][2]["run"] == "tasks.true"


def test_what_is_not_in_the_file_is_left_alone_and_named(
    syncline: Command, api: FakeApi, file: Path
) -> None:
    syncline("apply", str(file), "--yes")
    file.write_text("workspace: acme\n")

    done = syncline("apply", str(file))

    assert "job tasks is not in the file" in done.err
    assert set(api.jobs) == {"accounts", "tasks"}
