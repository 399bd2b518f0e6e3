"""Node for the tests marked so; where it is missing they are skipped, and the reason is printed."""

import pytest

from tests.conformance.javascript import Node, NodeMissingError, find


@pytest.fixture(scope="session")
def node() -> Node:
    try:
        return find()
    except NodeMissingError as missing:
        pytest.skip(str(missing))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if "tests/conformance" in report.nodeid
    ]
    for reason in sorted({report.longrepr[2] for report in skipped}):
        terminalreporter.write_line(f"conformance: {len(skipped)} tests did not run: {reason}")
