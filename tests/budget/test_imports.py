"""What an entry point loads before its first event: the list is the budget of its cold start.

Which packages, not how many milliseconds: the first is the same on every machine.
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
HEAVY: Final = frozenset(
    {
        "aws_lambda_powertools",
        "aws_xray_sdk",
        "boto3",
        "botocore",
        "cryptography",
        "jwt",
        "lxml",
        "pydantic",
        "requests",
        "simple_salesforce",
        "tzdata",
        "urllib3",
        "zeep",
    }
)
SALESFORCE: Final = frozenset(
    {"cryptography", "jwt", "lxml", "requests", "simple_salesforce", "zeep"}
)
AWS: Final = frozenset({"aws_lambda_powertools", "boto3", "botocore", "pydantic", "urllib3"})
BUDGET: Final[Mapping[str, frozenset[str]]] = {
    "api": AWS,
    "authorizer": AWS - {"aws_lambda_powertools"},
    "sweeper": AWS,
    "inspect": AWS,
    "accounts_inbound": AWS,
    "accounts_outbound": AWS,
    "users_inbound": AWS,
    "tasks_inbound": AWS,
    "tasks_outbound": AWS,
    "touchpoints_inbound": AWS,
    "touchpoints_outbound": AWS,
    "campaign_touches_outbound": AWS,
    "write_back": AWS,
    "bulk_write_back": AWS,
}
PROGRAM: Final = """
import sys
sys.path[:0] = ["shared", "."]
import functions.{folder}.app
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def loaded(folder: str) -> frozenset[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(folder=folder)],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    return HEAVY & frozenset(done.stdout.split())


@pytest.mark.parametrize("folder", BUDGET)
def test_an_entry_point_loads_no_more_than_its_budget(folder: str) -> None:
    assert loaded(folder) <= BUDGET[folder]


def test_every_entry_point_has_a_budget() -> None:
    assert set(BUDGET) == {path.name for path in (ROOT / "functions").iterdir() if path.is_dir()}
