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
