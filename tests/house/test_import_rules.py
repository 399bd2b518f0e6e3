"""The dependency rule bites: a forbidden import planted into a copy of the package is refused."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package and of the rule, to be spoilt at will."""
    package = ROOT / "shared" / "syncline"
    shutil.copytree(package, tmp_path / "syncline", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)


def plant(house: Path, module: str, line: str) -> None:
    path = house / "syncline" / module
    path.write_text(f'"""Planted."""\n\n{line}\n')


def test_the_house_as_it_stands_keeps_the_rule(house: Path) -> None:
    assert lint(house).returncode == 0


@pytest.mark.parametrize("line", ["import boto3", "import os", "from botocore import config"])
def test_what_decides_cannot_speak_to_the_outside(house: Path, line: str) -> None:
    plant(house, "engine/planted.py", line)

    verdict = lint(house)

    assert verdict.returncode == 1
    assert "What decides speaks to nothing outside BROKEN" in verdict.stdout
    assert "syncline.engine.planted" in verdict.stdout


def test_a_room_cannot_import_the_one_above_it(house: Path) -> None:
    plant(house, "engine/planted.py", "import syncline.usecases")

    verdict = lint(house)

    assert verdict.returncode == 1
    assert "Each room imports only the rooms below it BROKEN" in verdict.stdout


def test_a_new_room_needs_its_place_in_the_rule(house: Path) -> None:
    (house / "syncline" / "attic").mkdir()
    plant(house, "attic/__init__.py", "")

    assert lint(house).returncode == 1


def test_the_deployed_code_cannot_import_the_laptop(house: Path) -> None:
    plant(house, "engine/planted.py", "import local")

    verdict = lint(house)

    assert verdict.returncode == 1
    assert "knows nothing of the laptop" in verdict.stdout
