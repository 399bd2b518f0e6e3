"""Clients that were not written here, of the emulator that a file starts as it needs it.

Where Node is missing its tests are skipped, and the reason is printed.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce

from local.salesforce.running import Running
from tests.conformance.javascript import Node, NodeMissingError, find


@pytest.fixture
def client(emulator: Running) -> Iterator[Any]:
    """Unmodified simple-salesforce with a session of its own."""
    with requests.Session() as session:
        session.verify = emulator.ca
        session.trust_env = False
        yield Salesforce(
            instance_url=emulator.https,
            session_id=emulator.session_id(),
            session=session,
            version="62.0",
        )


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
