"""A fake API and a way to call the command against it, each test its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.program import build
from tests.unit.cli.fake_api import TOKEN, FakeApi
from tests.unit.cli.samples import FILE, SECRET
from tests.unit.cli.served import Gateway
from tests.unit.cli.stage import Stage, serving
from tests.unit.http.world import ADMINISTRATOR, World, furnished

APP = build()


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Done]


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(workspaces={"acme": {"title": "Acme", "attributes": {}}})


@pytest.fixture(scope="session")
def stage() -> Iterator[tuple[Stage, str]]:
    shared = Stage(FakeApi())
    with serving(shared) as found:
        yield shared, found


@pytest.fixture
def address(api: FakeApi, stage: tuple[Stage, str]) -> str:
    shared, found = stage
    shared.api = api
    return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without settings, in a folder without a running house, and no terminal."""
    monkeypatch.delenv("COLUMNS", raising=False)
    for name in ("API", "TOKEN", "ADMINISTRATOR_TOKEN", "WORKSPACE", "PROFILE"):
        monkeypatch.delenv(f"SYNCLINE_{name}", raising=False)
    monkeypatch.setenv("SYNCLINE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str, typed: str | None = None) -> Done:
    """`typed` is what somebody at the terminal answers, where there is somebody."""
    result = CliRunner().invoke(APP, list(words), input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def syncline(address: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command with address, token and workspace in the environment."""
    monkeypatch.setenv("SYNCLINE_API", address)
    monkeypatch.setenv("SYNCLINE_TOKEN", TOKEN)
    monkeypatch.setenv("SYNCLINE_WORKSPACE", "acme")
    return call


@pytest.fixture
def file(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRM_SECRET", SECRET)
    path = home / "acme.yaml"
    path.write_text(FILE)
    return path


@pytest.fixture
def world() -> World:
    return furnished()


@pytest.fixture
def real(
    world: World, stage: tuple[Stage, str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """The command with a workspace token and the administrator's."""
    shared, address = stage
    shared.api = Gateway(world)
    monkeypatch.setenv("SYNCLINE_API", address)
    monkeypatch.setenv("SYNCLINE_TOKEN", world.token())
    monkeypatch.setenv("SYNCLINE_ADMINISTRATOR_TOKEN", ADMINISTRATOR)
    monkeypatch.setenv("SYNCLINE_WORKSPACE", "acme")
    return call
