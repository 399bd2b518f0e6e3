"""Files that are wrong, files with variables, and files that `export` writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Command
from tests.unit.cli.fake_api import FakeApi
from tests.unit.cli.samples import FILE, SECRET


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("jobs: [a]\n", "'jobs'"),
        ("job: {}\n", "unknown key 'job'"),
        ("jobs:\n  a: {kind: x}\n  a: {kind: y}\n", "line 3, column 3: 'a' is there twice"),
        ("jobs: {a: {\n", "line"),
        ("- a\n", "no mapping"),
        ("jobs: {a: {kind: '${NOT_THERE}'}}\n", "NOT_THERE"),
        ("connections: {crm: {client_secret: 'hush\n", "line"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(
    syncline: Command, api: FakeApi, file: Path, text: str, told: str
) -> None:
    file.write_text(text)

    done = syncline("apply", str(file), "--yes")

    assert done.code == 2
    assert told in done.err
    assert "hush" not in done.err
    assert api.writes == []


def test_the_file_and_the_option_must_not_contradict(syncline: Command, file: Path) -> None:
    assert syncline("apply", str(file), "-w", "other", "--dry-run").code == 2


def test_values_of_a_running_house_can_be_used(
    syncline: Command, api: FakeApi, file: Path, home: Path
) -> None:
    (home / ".local").mkdir()
    (home / ".local" / "endpoints.json").write_text('{"salesforce": "http://127.0.0.1:1234"}')
    file.write_text(FILE.replace("https://acme.my.salesforce.com", "${endpoints.salesforce}"))

    syncline("apply", str(file), "--yes")

    assert api.connections["crm"]["login_url"] == "http://127.0.0.1:1234"


def test_an_export_applied_again_changes_nothing(
    syncline: Command, api: FakeApi, file: Path, home: Path
) -> None:
    file.write_text(FILE.replace("IsClosed = false", "Subject = '$${x} 10:30'"))
    syncline("apply", str(file), "--yes")
    copy = home / "copy.yaml"

    exported = syncline("export", "--output", str(copy))
    done = syncline("apply", str(copy))

    assert exported.code == 0
    assert done.code == 0
    assert "nothing to do" in done.out
    assert SECRET not in copy.read_text()
    assert "${CRM_CLIENT_SECRET}" in copy.read_text()
    assert api.jobs["tasks"]["filter"] == "Subject = '${x} 10:30'"


def test_an_export_leaves_defaults_out_unless_asked(
    syncline: Command, api: FakeApi, file: Path
) -> None:
    syncline("apply", str(file), "--yes")

    assert "delete_guard" not in syncline("export").out
    assert "delete_guard" in syncline("export", "--full").out
