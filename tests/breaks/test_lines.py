"""Every requirement has tests that exist, and breaks that those tests catch."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import pytest

from tests.breaks.breaking import Outcome, run_tests
from tests.breaks.page import PAGE, page
from tests.breaks.table import BROKEN, IDS, ROOT, Break, Requirement, requirements

LINES: Final = requirements()
BREAKS: Final = tuple(each for line in LINES for each in line.breaks)
AT_ONCE: Final = 2

Outcomes = dict[Break, Future[Outcome]]


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest) -> Iterator[Outcomes]:
    """Of the breaks that were asked for, each once, two at a time: starting Python is most of
    each."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    chosen: dict[Break, None] = {
        call.params["broken"]: None for call in calls if call and "broken" in call.params
    }
    pool = ThreadPoolExecutor(AT_ONCE)
    yield {broken: pool.submit(run_tests, broken.tests, broken) for broken in chosen}
    pool.shutdown(cancel_futures=True)


def test_every_line_has_its_row() -> None:
    assert tuple(line.id for line in LINES) == IDS


def test_the_page_tells_what_the_table_does() -> None:
    assert PAGE.read_text() == page(LINES), "run python -m tests.breaks"


@pytest.mark.parametrize("line", LINES, ids=[line.id for line in LINES])
def test_a_line_is_shown_in_full(line: Requirement) -> None:
    assert line.tests
    assert line.breaks


def test_every_named_test_exists() -> None:
    named = sorted({test for line in LINES for test in line.tests})

    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, *named], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_without_a_break_they_pass() -> None:
    outcome = run_tests(sorted({test for each in BREAKS for test in each.tests}))

    assert outcome.status == 0, outcome.told


@pytest.mark.parametrize("broken", BREAKS, ids=str)
def test_a_break_is_code_of_the_package(broken: Break) -> None:
    source = broken.apply((ROOT / broken.file).read_text())

    assert broken.before.strip() != broken.after.strip()
    assert (ROOT / broken.file).is_relative_to(ROOT / BROKEN)
    compile(source, broken.file, "exec")


@pytest.mark.parametrize("broken", BREAKS, ids=str)
def test_a_break_is_caught(broken: Break, outcomes: Outcomes) -> None:
    outcome = outcomes[broken].result()

    assert outcome.status == 1, outcome.told
    assert set(broken.tests) <= outcome.failed, outcome.told
