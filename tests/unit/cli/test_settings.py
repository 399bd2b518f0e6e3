"""Where address, token and workspace come from, and that no token goes to a foreign address."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from cli.errors import UsageError
from cli.settings import Settings, config_file, read_profiles, resolve, write_profile
from tests.unit.cli.conftest import Command, call
from tests.unit.cli.fake_api import TOKEN, FakeApi

PROD = {"api": "https://prod.example", "token": "prod-token", "workspace": "acme"}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"SYNCLINE_CONFIG": str(tmp_path / "config.toml")}


def found(
    environment: dict[str, str], folder: Path, *, profile: str | None = None, **options: str
) -> Settings:
    return resolve(options, profile=profile, environment=environment, folder=folder)


def endpoints(folder: Path, **values: str) -> None:
    (folder / ".local").mkdir()
    (folder / ".local" / "endpoints.json").write_text(json.dumps(values))


def test_an_option_beats_the_environment(environment: dict[str, str], tmp_path: Path) -> None:
    environment |= {"SYNCLINE_API": "https://a.example", "SYNCLINE_WORKSPACE": "one"}

    settings = found(environment, tmp_path, workspace="two")

    assert (settings.api, settings.workspace) == ("https://a.example", "two")
    assert settings.origins["workspace"] == "option"


def test_the_environment_beats_a_profile(environment: dict[str, str], tmp_path: Path) -> None:
    write_profile(tmp_path / "config.toml", "default", PROD)

    settings = found({**environment, "SYNCLINE_WORKSPACE": "other"}, tmp_path)

    assert (settings.workspace, settings.token) == ("other", "prod-token")


def test_a_profile_named_on_the_command_line_beats_the_environment(
    environment: dict[str, str], tmp_path: Path
) -> None:
    write_profile(tmp_path / "config.toml", "prod", PROD)
    environment |= {"SYNCLINE_API": "https://a.example", "SYNCLINE_TOKEN": "a-token"}

    settings = found(environment, tmp_path, profile="prod")

    assert (settings.api, settings.token) == ("https://prod.example", "prod-token")


def test_a_running_house_is_found_from_a_folder_inside(
    environment: dict[str, str], tmp_path: Path
) -> None:
    endpoints(tmp_path, api="http://127.0.0.1:1", token="t", workspace="acme",
              administrator_token="admin")  # fmt: skip
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)

    settings = found(environment, inner)

    assert (settings.api, settings.token, settings.workspace, settings.administrator) == (
        "http://127.0.0.1:1", "t", "acme", "admin",
    )  # fmt: skip


def test_a_token_never_goes_to_another_address(environment: dict[str, str], tmp_path: Path) -> None:
    write_profile(tmp_path / "config.toml", "default", PROD)
    endpoints(tmp_path, api="http://127.0.0.1:1", token="t")

    by_option = found(environment, tmp_path, api="https://elsewhere.example")
    by_variable = found({**environment, "SYNCLINE_API": "https://elsewhere.example"}, tmp_path)

    assert by_option.token is None
    assert by_variable.token is None


def test_a_token_without_an_address_goes_to_the_chosen_one(
    environment: dict[str, str], tmp_path: Path
) -> None:
    environment |= {"SYNCLINE_TOKEN": "t"}

    assert found(environment, tmp_path, api="https://a.example").token == "t"


def test_a_token_goes_to_the_same_address_however_it_is_named(
    environment: dict[str, str], tmp_path: Path
) -> None:
    write_profile(tmp_path / "config.toml", "default", PROD)

    assert found(environment, tmp_path, api="https://prod.example/").token == "prod-token"


def test_a_profile_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "config.toml"

    write_profile(path, "one", {"api": "https://a.example", "token": 'quote" \\ ünï'})
    write_profile(path, "two", PROD)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    profiles = read_profiles(path)["profiles"]
    assert profiles["one"]["token"] == 'quote" \\ ünï'
    assert profiles["two"] == PROD


def test_a_profile_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    write_profile(path, "one", PROD)
    path.chmod(0o644)

    with pytest.raises(UsageError, match="others can read"):
        read_profiles(path)


@pytest.mark.parametrize(("name", "told"), [("nope", "no profile 'nope'")])
def test_an_unknown_profile_is_told(
    environment: dict[str, str], tmp_path: Path, name: str, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        found(environment, tmp_path, profile=name)


def test_the_profile_file_is_in_the_configuration_folder() -> None:
    assert config_file({"HOME": "/home/ada"}) == Path("/home/ada/.config/syncline/config.toml")
    assert config_file({"XDG_CONFIG_HOME": "/x"}) == Path("/x/syncline/config.toml")


def test_a_saved_profile_is_used_and_its_token_never_shown(
    home: Path, address: str, api: FakeApi
) -> None:
    saved = call("profile", "save", "--api", address, "--token", TOKEN, "-w", "acme")
    listed = call("profile", "list")
    used = call("job", "list", "--json")

    assert (saved.code, used.code) == (0, 0)
    assert TOKEN not in saved.out + saved.err + listed.out
    assert "acme" in listed.out


def test_without_an_address_it_says_how_to_give_one(home: Path) -> None:
    done = call("job", "list")

    assert done.code == 2
    assert "SYNCLINE_API" in done.err


def test_without_a_workspace_it_says_how_to_choose_one(
    syncline: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYNCLINE_WORKSPACE")

    done = syncline("job", "list")

    assert done.code == 2
    assert "--workspace" in done.err
