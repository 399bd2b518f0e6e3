"""All conditions, orders and date functions of one field, to be tried one after the other."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from tests.property.emulator.clauses import ALL, MOMENT_ONLY, SAMENESS
from tests.property.emulator.naive_values import DATE_FUNCTIONS, WORDS
from tests.property.emulator.statements import MOMENTS, TAGS, kind_of, literal, values_of

_NULLS: Final = ("", " NULLS FIRST", " NULLS LAST")
_PATTERNS: Final = ("c%", "%R", "a\\_b", "a_b", "100\\%", "%", "ärg__", "it\\'s")
_FEW: Final = 12
_NEAR: Final = (MOMENTS[len(MOMENTS) // 3], MOMENTS[len(MOMENTS) // 2])


def leaves(name: str, path: str) -> Iterator[str]:
    """Every operator with every value; of many moments every twelfth."""
    kind = kind_of(name, path)
    known = values_of(kind, path.rpartition(".")[2])
    texts = [literal(kind, each) for each in (None, *known[:: max(1, len(known) // _FEW)])]
    operators = SAMENESS if kind in ("id", "flag", "multi") else ALL
    yield from (f"{path} {each} {text}" for each, text in product(operators, texts))
    if kind != "multi":
        for word, text in product(("IN", "NOT IN"), texts):
            yield f"{path} {word} ({text}, {texts[-1]})"
    if kind in ("text", "picklist"):
        yield from (f"{path} LIKE '{each}'" for each in _PATTERNS)
    if kind == "multi":
        for word, tag in product(("INCLUDES", "EXCLUDES"), (*TAGS, "red;blue")):
            yield f"{path} {word} ('{tag}')"
    if kind in ("day", "moment"):
        yield from (f"{path} {each} {word}" for each, word in product(ALL, _words()))


def _words() -> list[str]:
    return [f"{each}:{n}" if "N_" in each else each for each in sorted(WORDS) for n in (1, 3)]


def pairs() -> Iterator[str]:
    """Two moments near each other, compared and joined in every way."""
    for joint, first, second in product(("AND", "OR"), ALL, ALL):
        yield f"CreatedDate {first} {_NEAR[0]} {joint} CreatedDate {second} {_NEAR[1]}"
        yield f"CreatedDate {first} {_NEAR[1]} {joint} CreatedDate {second} {_NEAR[0]}"


def orders(name: str, path: str) -> Iterator[str]:
    """Both directions, with nulls wherever they can be."""
    if kind_of(name, path) != "multi":
        yield from (f"{path}{way}{nulls}" for way, nulls in product((" ASC", " DESC"), _NULLS))


def date_calls(name: str, path: str) -> Iterator[str]:
    """Every function of a day, in UTC and in the zone of the user."""
    kind = kind_of(name, path)
    if kind == "day":
        yield from (f"{each}({path})" for each in DATE_FUNCTIONS if each not in MOMENT_ONLY)
    if kind == "moment":
        yield from (f"{each}({path})" for each in DATE_FUNCTIONS)
        yield from (f"{each}(convertTimezone({path}))" for each in DATE_FUNCTIONS)
