"""Attributes in a file and on the command line: saved last, listed, deleted."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.responses import JSONResponse

from tests.unit.cli.conftest import Command
from tests.unit.cli.fake_api import FakeApi
from tests.unit.cli.samples import FILE

OWNER = "account.owner"
ATTRIBUTES = """
attributes:
  account.owner: {write_back: true, assignment: true}
  account.industry: {write_back: true}
"""
SYSTEM = {"system": True, "kind": "bulk_write_back", "connection": "crm", "enabled": True,
          "title": "Bulk Write-Back", "notify": {"failure": True, "partial": True}}  # fmt: skip


@pytest.fixture(autouse=True)
def attributes(file: Path) -> None:
    file.write_text(FILE + ATTRIBUTES)


def test_attributes_are_saved_after_the_jobs(syncline: Command, api: FakeApi, file: Path) -> None:
    done = syncline("apply", str(file), "--yes")

    assert "+ attribute account.owner (new)" in done.out
    assert [path for _, path in api.writes][-2:] == [
        "/acme/attributes/account/owner", "/acme/attributes/account/industry",
    ]  # fmt: skip
    assert api.attributes[OWNER]["assignment"] is True


def test_a_second_apply_saves_none(syncline: Command, api: FakeApi, file: Path) -> None:
    syncline("apply", str(file), "--yes")
    api.seen.clear()

    syncline("apply", str(file), "--yes")

    assert [path for _, path in api.writes if "attributes" in path] == []


def test_a_changed_setting_is_shown(syncline: Command, file: Path) -> None:
    syncline("apply", str(file), "--yes")
    file.write_text(FILE + ATTRIBUTES.replace(", assignment: true", ", reference: edit_value"))

    done = syncline("apply", str(file), "--yes")

    assert 'reference: "update_reference" → "edit_value"' in done.out
    assert "assignment: true → false" in done.out


def test_those_not_in_the_file_are_named(syncline: Command, api: FakeApi, file: Path) -> None:
    api.jobs["bulk_write_back_crm"] = SYSTEM
    api.attributes["task.title"] = {"write_back": True}

    done = syncline("apply", str(file), "--yes")

    assert "attribute task.title is not in the file" in done.err
    assert "bulk_write_back" not in done.err


def test_a_name_without_object_is_refused(syncline: Command, api: FakeApi, file: Path) -> None:
    file.write_text("attributes: {owner: {write_back: true}}\n")

    done = syncline("apply", str(file), "--yes")

    assert (done.code, api.writes) == (2, [])
    assert "OBJECT.ATTRIBUTE" in done.err


def test_an_export_has_them_and_no_system_job(
    syncline: Command, api: FakeApi, file: Path, home: Path
) -> None:
    syncline("apply", str(file), "--yes")
    api.jobs["bulk_write_back_crm"] = SYSTEM
    copy = home / "copy.yaml"

    syncline("export", "--output", str(copy))

    assert "account.owner:\n    write_back: true\n    assignment: true\n" in copy.read_text()
    assert "bulk_write_back_crm" not in copy.read_text()


def test_they_are_listed_with_their_targets(syncline: Command, file: Path) -> None:
    syncline("apply", str(file), "--yes")

    done = syncline("attribute", "list")

    assert "account.industry" in done.out
    assert "crm: Owner.Email" in done.out


def test_one_is_shown_with_its_targets(syncline: Command, file: Path) -> None:
    syncline("apply", str(file), "--yes")

    done = syncline("attribute", "show", OWNER)

    assert "Owner.Email" in done.out
    assert "update reference" in done.out


def test_one_can_be_deleted(syncline: Command, api: FakeApi, file: Path) -> None:
    syncline("apply", str(file), "--yes")

    done = syncline("attribute", "delete", OWNER, "--yes")

    assert done.code == 0
    assert list(api.attributes) == ["account.industry"]


def test_the_systems_job_starts_by_itself(syncline: Command, api: FakeApi) -> None:
    api.jobs["bulk_write_back_crm"] = SYSTEM

    assert "by itself" in syncline("job", "list").out
    assert "default" not in syncline("job", "show", "bulk_write_back_crm").out


def test_only_references_have_a_mode(syncline: Command, api: FakeApi, file: Path) -> None:
    syncline("apply", str(file), "--yes")
    plain = {"connection": "crm", "job": "accounts", "salesforce_object": "Account",
             "path": "Industry", "mode": "field"}  # fmt: skip
    item = {"name": "account.industry", "attribute": {"write_back": True}, "targets": [plain]}
    api.answers["GET", "/acme/attributes"] = lambda _request, _body: JSONResponse(
        {"items": [item], "next": None}
    )

    assert "update reference" not in syncline("attribute", "list").out
