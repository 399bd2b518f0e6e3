"""app.py of a function takes its handler from the runtime and does nothing else."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPS = sorted((ROOT / "functions").glob("*/app.py"))


@pytest.mark.parametrize("path", APPS, ids=lambda path: path.parent.name)
def test_app_imports_the_runtime_alone(path: Path) -> None:
    tree = ast.parse(path.read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]

    (found,) = imports
    assert isinstance(found, ast.ImportFrom)
    assert (found.module or "").startswith("syncline.runtime.")


@pytest.mark.parametrize("path", APPS, ids=lambda path: path.parent.name)
def test_app_is_a_docstring_an_import_and_a_handler(path: Path) -> None:
    tree = ast.parse(path.read_text())

    assert ast.get_docstring(tree)
    assert [type(node) for node in tree.body[1:]] == [ast.ImportFrom, ast.Assign]


def test_the_layer_is_pinned_to_what_the_tests_run_with() -> None:
    tested = pins("requirements/dev.txt")
    shipped = pins("layers/dependencies/requirements.txt")

    assert shipped
    assert {name: tested.get(name) for name in shipped} == shipped
    assert "boto3" not in shipped


def pins(path: str) -> dict[str, str]:
    """Package → version of a lock file, without markers and hashes."""
    lines = (ROOT / path).read_text().splitlines()
    pinned = [line.split(";")[0].split("\\")[0].strip() for line in lines if "==" in line[:80]]
    return dict(line.split("==") for line in pinned if not line.startswith(("-", "#")))
