"""docs/requirements-shown.md, made from the table, so that the two cannot differ."""

from collections.abc import Iterable
from typing import Final

from tests.breaks.table import ROOT, Requirement

PAGE: Final = ROOT / "docs" / "requirements-shown.md"

_HEAD: Final = """\
# What shows that each requirement holds

The lines of the requirements on tasks, touchpoints and campaign touches (T), on write-back (W), and
of what goes beyond them (X), each with the tests that show it and a break: one line of the code
made wrong, with which those tests fail. `pytest tests/breaks` runs every break on a copy of the
package; a break that no test catches, a test that does not exist and a line without a row fail it.

This page is made by `python -m tests.breaks` from `tests/breaks/lines.toml`; change that.
"""


def page(requirements: Iterable[Requirement]) -> str:
    return "\n".join([_HEAD, *_table(requirements), ""])


def _table(rows: Iterable[Requirement]) -> Iterable[str]:
    yield "| line | what holds | shown by | a break that this catches |"
    yield "|---|---|---|---|"
    for row in rows:
        tests = "<br>".join(f"`{test}`" for test in row.tests)
        breaks = "<br>".join(
            f"`{each.file.removeprefix('shared/syncline/')}`: {_code(each.before)} → "
            f"{_code(each.after)}"
            for each in row.breaks
        )
        yield f"| {row.id} | {row.holds} | {tests} | {breaks} |"


def _code(line: str) -> str:
    text = line.strip().replace("|", r"\|")
    return f"`{text}`"
