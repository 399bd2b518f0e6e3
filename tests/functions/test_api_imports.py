"""What each function of the HTTP API loads: Salesforce's libraries only where it is spoken to."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SALESFORCE = ("simple_salesforce", "requests", "lxml", "zeep")


def loaded(statements: str, among: tuple[str, ...]) -> list[str]:
    """Which of the packages a fresh process has after those statements."""
    program = f"{statements}\nimport sys\nprint(*[n for n in {among!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'shared'}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize("function", ["api", "authorizer", "inspect"])
def test_importing_a_function_loads_nothing_of_salesforce(function: str) -> None:
    assert loaded(f"import functions.{function}.app", SALESFORCE) == []


def test_api_can_do_everything_it_does_without_salesforce() -> None:
    statements = (
        "import functions.api.app\n"
        "from syncline.http.routes import ROUTES\n"
        "from syncline.http.document import openapi_document\n"
        "openapi_document(ROUTES)"
    )

    assert loaded(statements, SALESFORCE) == []


def test_opening_a_connection_does_load_it() -> None:
    assert "simple_salesforce" in loaded("import syncline.salesforce.connect", SALESFORCE)
