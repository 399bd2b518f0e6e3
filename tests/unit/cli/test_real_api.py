"""The command against the real routes over memory ports: the two agree about what they say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from syncline.ports import FieldDescription
from tests.unit.cli.conftest import Command, Done
from tests.unit.cli.samples import FILE, SECRET
from tests.unit.http.world import World

DEMO = Path(__file__).parents[3] / "local" / "demo.yaml"


def well(done: Done) -> Done:
    assert done.code == 0, done.err
    return done


def test_a_file_is_applied_once_and_never_again(real: Command, file: Path) -> None:
    file.write_text(FILE.replace("workspace: acme", "workspace: {name: fresh, title: Fresh}"))

    first = well(real("apply", str(file), "--yes", "--json"))
    second = well(real("apply", str(file), "--json"))

    assert [step["result"] for step in first.json["steps"]] == ["created"] * 4
    assert [step["result"] for step in second.json["steps"]] == ["unchanged"] * 4
    assert [step["verb"] for step in second.json["steps"]] == ["none", "compare", "none", "none"]


def add_creation_key(world: World) -> None:
    """The field that `make demo` adds to its org."""
    for object in ("task", "event"):
        known = world.crm.org.objects[object]
        key = FieldDescription(
            "Syncline_Id__c", "string", "Key", length=255, createable=True, updateable=True,
            external_id=True, unique=True, case_sensitive=True,
        )  # fmt: skip
        fields = {**known.fields, "syncline_id__c": key}
        world.crm.org.objects = {**world.crm.org.objects, object: replace(known, fields=fields)}


def test_the_demo_file_of_a_running_house_is_applied(
    real: Command, home: Path, world: World
) -> None:
    """But for its jobs of events, whose fields and filter only the emulator's org knows."""
    add_creation_key(world)
    demo = yaml.safe_load(DEMO.read_text())
    demo["jobs"] = {
        name: job for name, job in demo["jobs"].items() if job["kind"].startswith(("acc", "tasks"))
    }
    (home / "demo.yaml").write_text(yaml.safe_dump(demo))
    (home / ".local").mkdir()
    endpoints = {"salesforce": "http://127.0.0.1:1", "salesforce_client_id": "id",
                 "salesforce_client_secret": SECRET}  # fmt: skip
    (home / ".local" / "endpoints.json").write_text(json.dumps(endpoints))

    done = well(real("apply", str(home / "demo.yaml"), "--yes", "--json"))

    results = [step["result"] for step in done.json["steps"]]
    assert results == ["changed", *["created"] * 5]
    assert SECRET not in done.out + done.err


def test_an_export_applied_again_changes_nothing(
    real: Command, file: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_CLIENT_SECRET", SECRET)
    well(real("apply", str(file), "--yes"))
    well(real("export", "-o", "copy.yaml"))

    again = well(real("apply", "copy.yaml", "--json"))

    assert {step["result"] for step in again.json["steps"]} == {"unchanged"}


def test_a_wrong_mapping_is_told_with_line_and_remedy(real: Command, file: Path) -> None:
    file.write_text(FILE.replace("salesforce: Subject", "salesforce: Subjekt"))

    done = real("apply", str(file), "--yes")

    assert done.code == 3
    assert "/mapping/2" in done.err
    assert "Subjekt" in done.err
    assert "→" in done.err


def test_a_refused_filter_is_told_in_salesforce_words(real: Command, file: Path) -> None:
    file.write_text(FILE.replace("IsClosed = false", "IsClosed = maybe"))

    done = real("apply", str(file), "--yes")

    assert done.code == 3
    assert "/filter" in done.err


def test_jobs_and_connections_are_looked_at(real: Command, file: Path) -> None:
    well(real("apply", str(file), "--yes"))

    assert "tasks_inbound" in well(real("job", "list")).out
    assert "IsClosed" in well(real("job", "show", "tasks")).out
    assert SECRET not in well(real("connection", "show", "crm")).out
    assert "Account" in well(real("connection", "test", "crm")).out
    assert well(real("job", "validate", "tasks", "--json")).json["valid"]
    assert well(real("job", "preview", "tasks", "--json")).json["rows"] == []


def test_a_job_is_paused_and_resumed(real: Command, file: Path) -> None:
    well(real("apply", str(file), "--yes"))

    well(real("job", "pause", "tasks"))
    refused = real("job", "run", "tasks")
    well(real("job", "resume", "tasks"))
    started = well(real("job", "run", "tasks", "--detach", "--json"))

    assert refused.code == 5
    assert started.json["status"] == "queued"
    assert started.json["id"] in well(real("run", "list")).out
    assert well(real("run", "show", started.json["id"])).code == 0
    assert real("run", "cancel", started.json["id"]).code == 0


def test_records_are_put_and_shown(real: Command) -> None:
    well(real("record", "put", "account", "a-1", "name=Müller & Söhne"))

    assert "Müller & Söhne" in well(real("record", "show", "account", "a-1")).out
    assert "a-1" in well(real("record", "list", "account")).out
    assert "no run has decided anything" in well(real("history", "account", "a-1")).out
    assert real("record", "put", "account", "a-1", "name=B", "--if-version", "7").code == 5
    assert real("record", "put", "account", "a-1", "nonsense=1").code == 5


def test_tokens_are_made_listed_and_revoked(real: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    made = well(real("token", "create", "reader", "--json")).json
    well(real("token", "revoke", made["id"], "--yes"))

    listed = well(real("token", "list", "--json")).json["items"]

    assert made["scopes"] == ["read"]
    revoked = [each for each in listed if each["id"] == made["id"]]
    assert revoked[0]["revoked_at"]


def test_the_doctor_finds_scopes_by_harmless_requests(
    real: Command, world: World, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    well(real("apply", str(file), "--yes"))
    monkeypatch.delenv("SYNCLINE_ADMINISTRATOR_TOKEN")

    for scopes, expected in (
        (("read", "write", "operate"), {"write": "ok", "operate": "ok"}),
        (("read",), {"write": "warning", "operate": "warning"}),
    ):
        monkeypatch.setenv("SYNCLINE_TOKEN", world.token("acme", *scopes))

        checks = real("doctor", "--json").json["checks"]

        found = {check["name"]: check["result"] for check in checks}
        assert {name: found[f"scope {name}"] for name in expected} == expected
        assert found["token"] == "ok"


def test_another_workspace_is_refused(real: Command) -> None:
    assert real("job", "list", "-w", "other").code == 5


def test_attributes_are_applied_once_and_exported(real: Command, file: Path, home: Path) -> None:
    file.write_text(f"{FILE}\nattributes:\n  account.owner: {{write_back: true}}\n")
    well(real("apply", str(file), "--yes"))
    copy = home / "copy.yaml"
    well(real("export", "--output", str(copy)))

    again = well(real("apply", str(file), "--json"))

    assert again.json["steps"][-1]["kind"] == "attribute"
    assert again.json["steps"][-1]["result"] == "unchanged"
    assert again.json["not_in_file"] == []
    assert yaml.safe_load(copy.read_text())["attributes"] == {"account.owner": {"write_back": True}}
    assert set(yaml.safe_load(copy.read_text())["jobs"]) == {"accounts", "tasks"}


def test_a_refused_attribute_is_told_with_what_to_do(real: Command, file: Path) -> None:
    file.write_text(f"{FILE}\nattributes:\n  account.city: {{write_back: true}}\n")

    done = real("apply", str(file), "--yes")

    assert done.code == 3
    assert "no inbound job maps 'city'" in done.err
    assert "Add a line for 'city'" in done.err


def test_deleting_the_last_job_of_an_attribute_warns(real: Command, file: Path) -> None:
    file.write_text(f"{FILE}\nattributes:\n  account.owner: {{write_back: true}}\n")
    well(real("apply", str(file), "--yes"))

    done = well(real("job", "delete", "accounts", "--yes"))

    assert "accounts was deleted" in done.out
    assert "'owner' is written back" in done.out
    assert "switch its write-back off" in done.out


def test_the_doctor_finds_nothing_wrong_with_a_system_job(real: Command) -> None:
    checks = {each["name"]: each for each in real("doctor", "--json").json["checks"]}

    assert checks["job bulk_write_back_crm"]["result"] == "ok"
