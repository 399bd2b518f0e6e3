"""For all tests: how property tests search, and what a run tells at its end."""

from collections.abc import Callable

import pytest

from tests import searching

searching.load()


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Keeps a line for the end of the whole run, whichever process the test is in."""
    return lambda line: record_property("told", line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    ended = [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]
    for report in ended:
        for name, line in report.user_properties:
            if name == "told":
                terminalreporter.write_line(str(line))
