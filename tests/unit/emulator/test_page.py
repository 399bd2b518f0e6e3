"""The page on the emulator names everything a user can ask for."""

from dataclasses import fields
from pathlib import Path
from typing import Final

import pytest

from local.salesforce.faultkinds import FaultKind
from local.salesforce.http.control.asking import CONTROL
from local.salesforce.http.dispatch import ROUTES
from local.salesforce.org import Settings

PAGE: Final = (Path(__file__).parents[3] / "docs" / "salesforce-emulator.md").read_text()
_CONTROL: Final = [each for each in ROUTES if each.endpoint == CONTROL]


@pytest.mark.parametrize(
    "asked",
    [f"{each.method} {each.pattern.removeprefix('/__emulator__/')}" for each in _CONTROL],
)
def test_every_control_route_is_on_the_page(asked: str) -> None:
    assert f"`{asked.replace('{transaction}', '{id}')}`" in PAGE


@pytest.mark.parametrize("name", sorted({each.endpoint for each in ROUTES} - {CONTROL}))
def test_every_endpoint_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", [each.name for each in fields(Settings)])
def test_every_setting_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("kind", [each.value for each in FaultKind])
def test_every_fault_is_on_the_page(kind: str) -> None:
    assert f"`{kind}`" in PAGE
