"""Lock files say what pyproject.toml asks for, and the layer ships what the tests ran with."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def pins(path: str) -> dict[str, str]:
    """Package → version of a lock file, without markers and hashes."""
    lines = (ROOT / path).read_text().splitlines()
    pinned = [line.split(";")[0].split("\\")[0].strip() for line in lines if "==" in line[:80]]
    return dict(line.split("==") for line in pinned if not line.startswith(("-", "#")))


def test_everything_asked_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    asked = {re.split(r"[\[<>=;]", each)[0].strip() for group in groups for each in group}

    assert asked <= set(pins("requirements/dev.txt"))


def test_the_layer_is_pinned_to_what_the_tests_run_with() -> None:
    tested = pins("requirements/dev.txt")
    shipped = pins("layers/dependencies/requirements.txt")

    assert shipped
    assert {name: tested.get(name) for name in shipped} == shipped
    assert "boto3" not in shipped


def test_lock_files_name_no_place() -> None:
    for lock in [*ROOT.glob("requirements/*.txt"), *ROOT.glob("layers/*/requirements.txt")]:
        text = lock.read_text()
        assert "://" not in text, lock
        assert "--index" not in text, lock
        assert "--find-links" not in text, lock
