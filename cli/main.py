"""The console script; it says so where the packages of the command line are not installed."""

from __future__ import annotations

import sys
from typing import Final

_PACKAGES: Final = frozenset({"typer", "rich", "httpx", "yaml"})


def main() -> None:
    """The deployed package needs none of the command line's packages, so they may be missing."""
    try:
        from cli.program import build  # noqa: PLC0415  the reason is above
    except ModuleNotFoundError as error:
        if error.name not in _PACKAGES:
            raise
        sys.exit(f"{error.name} is missing; in the project's folder: pip install '.[cli]'")
    build()()
