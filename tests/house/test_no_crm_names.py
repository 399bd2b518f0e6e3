"""What decides knows no CRM by name (W15): the engine and the use cases hold none of its words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import syncline
from syncline.kinds.salesforce import DIALECT, KINDS

ROOT: Final = Path(str(syncline.__file__)).parent
FILES: Final = sorted([*(ROOT / "engine").glob("*.py"), *(ROOT / "usecases").glob("*.py")])
PATHS: Final = [
    *(line.crm for kind in KINDS for line in kind.lines),
    *(name for kind in KINDS for name in (*kind.people, *kind.create_only, *kind.asked_of_fields)),
    *(name for kind in KINDS for group in kind.targets for name in group),
    DIALECT.id_field, DIALECT.modified_field,
]  # fmt: skip
NAMES: Final = {part for path in PATHS for part in path.split(".")}
OBJECTS: Final = {*(kind.crm_object for kind in KINDS), *DIALECT.people, "Lead"}
COMPOUND: Final = {name for name in NAMES if re.search(r"[a-z][A-Z]", name)}
"""Names that are no English words: these may stand in no sentence either."""


def spoken(tree: ast.Module) -> Iterator[str]:
    """All texts but docstrings."""
    told = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in told:
            yield each.value


@pytest.mark.parametrize("path", FILES, ids=lambda each: f"{each.parent.name}/{each.name}")
def test_no_module_names_a_crm(path: Path) -> None:
    tree = ast.parse(path.read_text())

    texts = list(spoken(tree))

    assert not [each for each in texts if DIALECT.title in each]
    assert not [each for each in texts if each in NAMES | OBJECTS]
    assert not [each for each in texts if re.search(r"(?<!External )\bId\b", each)]
    assert not [each for each in texts if COMPOUND & set(re.findall(r"\w+", each))]


@pytest.mark.parametrize("path", FILES, ids=lambda each: f"{each.parent.name}/{each.name}")
def test_no_module_imports_a_crm(path: Path) -> None:
    imports = [
        each for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.ImportFrom)
    ]

    names = [f"{each.module}.{name.name}" for each in imports for name in each.names]

    assert not [each for each in names if "salesforce" in each]
