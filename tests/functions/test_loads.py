"""What a function has loaded after an event: Salesforce's libraries only where it is spoken to.

Handlers build what they need at their first event, so imports alone do not tell.
"""

import os
import subprocess
import sys
from typing import Final

import pytest

from tests.budget.test_imports import SALESFORCE
from tests.functions.conftest import ROOT, Aws

PROGRAM: Final = """
import json, pathlib, sys
sys.path[:0] = ["shared", "."]
import functions.{folder}.app as app
app.handler(json.loads(pathlib.Path("events/{folder}/{case}.json").read_text()), None)
print()
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def loaded(aws: Aws, folder: str, case: str) -> frozenset[str]:
    """The modules that Salesforce needs, of those a fresh process has after one event."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(folder=folder, case=case)],
        cwd=ROOT,
        env={**os.environ, **aws.environment(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return SALESFORCE & frozenset(done.stdout.splitlines()[-1].split())


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("folder", "case"),
    [
        ("api", "get_connection"),
        ("api", "list_runs"),
        ("authorizer", "unknown_token"),
        ("authorizer", "administrator"),
        ("sweeper", "tick"),
    ],
)
def test_what_does_not_speak_to_salesforce_loads_none_of_it(
    aws: Aws, folder: str, case: str
) -> None:
    assert loaded(aws, folder, case) == frozenset()


@pytest.mark.usefixtures("workspace")
def test_what_does_loads_it(aws: Aws) -> None:
    assert "simple_salesforce" in loaded(aws, "inspect", "preview_job")
