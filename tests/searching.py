"""How property tests search, decided here for all of them; tests/conftest.py puts it in force.

SYNCLINE_PROPERTY chooses the profile:

- `committed` (the default, and what CI runs): the same examples in every run, so a test fails
  because of a change and never by chance;
- `deep`: new examples in every run and twenty times as many of them, to search for what is not
  known yet. It prints the seed of what it finds (`--hypothesis-seed`), and remembers it;
- `mutants`: few, the same ones for every mutant.

A test that wants another number than Hypothesis' hundred says `examples(number)`.
"""

import os
from typing import Final

from hypothesis import settings

COMMITTED, DEEP, MUTANTS = "committed", "deep", "mutants"
_USUAL: Final = 100
_DEEPER: Final = 20
_OF_A_MUTANT: Final = 30


def chosen() -> str:
    """The profile's name. LookupError for one that does not exist."""
    name = os.environ.get("SYNCLINE_PROPERTY", COMMITTED)
    if name not in (COMMITTED, DEEP, MUTANTS):
        raise LookupError(f"SYNCLINE_PROPERTY is {COMMITTED}, {DEEP} or {MUTANTS}, not {name!r}")
    return name


def examples(number: int) -> int:
    """How many examples stand in for that number in the chosen profile."""
    name = chosen()
    if name == MUTANTS:
        return min(number, _OF_A_MUTANT)
    return number * _DEEPER if name == DEEP else number


def load() -> None:
    """Puts the profile in force for tests that are imported from now on."""
    name, number = chosen(), examples(_USUAL)
    if name == DEEP:
        settings.register_profile(name, deadline=None, max_examples=number, print_blob=True)
    else:
        steady = settings(derandomize=True, database=None, deadline=None)
        settings.register_profile(name, steady, max_examples=number)
    settings.load_profile(name)
