"""The size limits hold, and the check that says so sees an overgrown function and file."""

from pathlib import Path

import pytest

from tests.house import sizes


def test_everything_is_within_the_limits() -> None:
    assert list(sizes.findings(Path(__file__).parents[2])) == []


@pytest.mark.parametrize(("lines", "found"), [(39, 0), (40, 1)])
def test_a_function_over_forty_lines_is_found(lines: int, found: int) -> None:
    source = "def f() -> None:\n" + "    pass\n" * lines

    assert len(list(sizes.oversized(Path("f.py"), source))) == found


def test_a_docstring_does_not_count() -> None:
    source = 'def f() -> None:\n    """Why.\n' + "\n" * 40 + '    """\n'

    assert list(sizes.oversized(Path("f.py"), source)) == []


@pytest.mark.parametrize(("name", "lines", "found"), [("f.py", 300, 0), ("app.py", 41, 1)])
def test_a_file_over_its_limit_is_found(name: str, lines: int, found: int) -> None:
    assert len(list(sizes.oversized(Path(name), "x = 1\n" * lines))) == found
