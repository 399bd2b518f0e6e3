"""Node for the tests marked so; where it is missing they are skipped, and the reason is printed."""

import pytest

from tests.conformance.javascript import Node, NodeMissingError, find

MISSING: dict[str, str] = {}


@pytest.fixture(scope="session")
def node() -> Node:
    try:
        return find()
    except NodeMissingError as missing:
        MISSING["reason"] = str(missing)
        pytest.skip(str(missing))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason in MISSING.values():
        terminalreporter.write_line(f"conformance on Node did not run: {reason}")
