"""The whole org as a file to start from, and in a database that is kept."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.salesforce.graph import ImageError
from local.salesforce.inprocess import Api
from local.salesforce.org import opened
from local.salesforce.running import start
from tests.unit.emulator.living import CONTROL, CUSTOM, check, control, image_of, lived_in, ruin

# --- files ------------------------------------------------------------------------------------


def test_another_emulator_begins_from_a_file(api: Api, tmp_path: Path) -> None:
    facts = lived_in(api)
    path = tmp_path / "org.zip"
    path.write_bytes(image_of(api))

    with opened(image=path) as org:
        other = Api(org, api.token)
        assert other.call("GET", "limits")[0] == 503
        assert other.call("GET", "limits")[0] == 200
        assert org.clock.now() == api.org.clock.now()
        check(other, facts)


def test_an_image_is_put_into_a_running_org(api: Api) -> None:
    facts = lived_in(api)
    content = image_of(api)
    ruin(api, facts)

    control(api, "PUT", "image", content)

    check(api, facts)
    assert not [each for each in api.org.scratch.iterdir() if each.suffix in (".zip", ".sqlite")]


def test_a_bad_image_changes_nothing(api: Api, tmp_path: Path) -> None:
    facts = lived_in(api)
    path = tmp_path / "org.zip"
    path.write_bytes(image_of(api))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**parts, "state": b"cos\nsystem\n(S'true'\ntR."}.items():
            archive.writestr(name, content)

    status, answer = api.call("PUT", f"{CONTROL}/image", path.read_bytes())

    assert status == 400
    assert "an image holds no" in answer["error"]
    check(api, facts)


def test_an_image_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "org.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("about.json", '{"format": 99}')

    with pytest.raises(ImageError, match="99"), opened(image=path):
        pass


# --- a database that is kept --------------------------------------------------------------------


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "org.sqlite")


def test_a_database_keeps_the_whole_org(database: str) -> None:
    with opened(database) as org:
        org.clock.fix(datetime(2026, 3, 10, 12, tzinfo=UTC))
        first = Api.signed_in(org)
        facts = lived_in(first)

    with opened(database) as org:
        again = Api(org, first.token)
        assert again.call("GET", "limits")[0] == 503
        check(again, facts)
        assert org.clock.now() == datetime(2026, 3, 10, 12, tzinfo=UTC)


def crashes(database: str) -> None:
    with opened(database) as org:
        api = Api.signed_in(org)
        control(api, "POST", "fields", CUSTOM)
        api.create("Account", Name="B", Ext__c="x1")
        raise RuntimeError("crash")


def test_what_was_made_survives_a_crash(database: str) -> None:
    with pytest.raises(RuntimeError, match="crash"):
        crashes(database)

    with opened(database) as org:
        found = Api.signed_in(org).query("SELECT Name FROM Account WHERE Ext__c = 'x1'")
    assert found == [{"Name": "B"}]


def test_the_command_begins_from_a_file(api: Api, tmp_path: Path) -> None:
    api.create("Account", Name="prepared")
    control(api, "PUT", "clock", {"real": True})
    path = tmp_path / "org.zip"
    path.write_bytes(image_of(api))

    with start(image=path) as emulator:
        found = emulator.control.org()

    assert found["organization_id"] == api.org.sessions.org_id
    assert emulator.refresh_token == control(api, "GET", "org")["refresh_token"]
