"""The size limits of files and functions: the orchestrator that eats a project grows line by line.

Run by `make check`. Exempt are only the data tables that pyproject.toml lists with a reason.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

FILE_LIMIT = 300
FUNCTION_LIMIT = 40
APP_LIMIT = 40
CODE = ("shared", "functions", "local", "cli", "tests")


def exemptions(root: Path) -> dict[str, str]:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    exempt: dict[str, str] = project["tool"]["syncline"]["sizes"]["exempt"]
    return exempt


def function_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring, which may be as long as its reason."""
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is not None:
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length


def oversized(path: Path, source: str) -> Iterator[str]:
    limit = APP_LIMIT if path.name == "app.py" else FILE_LIMIT
    lines = source.count("\n")
    if lines > limit:
        yield f"{path}: {lines} lines, at most {limit}"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = function_length(node)
            if length > FUNCTION_LIMIT:
                yield f"{path}:{node.lineno} {node.name}: {length} lines, at most {FUNCTION_LIMIT}"


def findings(root: Path) -> Iterator[str]:
    exempt = exemptions(root)
    for folder in CODE:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root)
            if str(name) not in exempt:
                yield from oversized(name, path.read_text())
    yield from (f"{name}: exempt, but not there" for name in exempt if not (root / name).exists())


def main() -> int:
    found = list(findings(Path.cwd()))
    for line in found:
        sys.stdout.write(f"{line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
