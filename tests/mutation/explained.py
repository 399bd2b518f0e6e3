"""Reads explained.toml: mutants that no test can tell from the code, each with the reason."""

import tomllib
from pathlib import Path
from typing import Final

PACKAGE: Final = Path("shared/syncline")
EXPLAINED: Final = Path(__file__).with_name("explained.toml")

Explanations = dict[tuple[str, str, str], str]
"""(module, line, line as mutated) → why no test can tell them apart."""


def explanations() -> Explanations:
    """All of them; modules are named from PACKAGE on."""
    stored = tomllib.loads(EXPLAINED.read_text()).get("mutant", ())
    return {(each["module"], each["before"], each["after"]): each["why"] for each in stored}
