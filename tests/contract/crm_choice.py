"""Which orgs the suites of the Crm contract run over: rows in memory and the emulator, or in their
place the one of another adapter (docs/connector.md)."""

import os
from importlib import import_module
from typing import Final

import pytest

from tests.contract.crm_orgs import Emulated, InMemory, Org

ELSEWHERE: Final = os.environ.get("SYNCLINE_CRM_ORG", "")
"""`package.module:name` of what gives an Org that holds nothing, at each call another."""
READ: Final = ("elsewhere",) if ELSEWHERE else ("memory", "memory-bulk", "rest", "bulk")
ASKED: Final = ("elsewhere",) if ELSEWHERE else ("memory", "rest")
WRITTEN: Final = tuple(
    f"{org}-{way}"
    for org in (("elsewhere",) if ELSEWHERE else ("memory", "salesforce"))
    for way in ("rows", "job")
)


def opened(request: pytest.FixtureRequest) -> Org:
    """An empty one, by the parameter of the fixture that asks."""
    if ELSEWHERE:
        module, _, name = ELSEWHERE.partition(":")
        found: Org = getattr(import_module(module), name)()
        return found
    if request.param.startswith("memory"):
        return InMemory(bulk=request.param == "memory-bulk")
    running: Emulated = request.getfixturevalue("running")
    return running.fresh("bulk" if request.param == "bulk" else "rest")
