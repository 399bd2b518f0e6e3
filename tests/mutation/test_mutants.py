"""The mutants of a module are its source with one thing wrong each, and all of them compile."""

from typing import Final

import pytest

from tests.mutation.explained import PACKAGE, explanations
from tests.mutation.mutants import mutants_of

CASES: Final = [
    ("if a < b:\n    pass", {"if a <= b:", "if a >= b:"}),
    ("x = a is None", {"x = a is not None"}),
    ("x = a and b", {"x = (a or b)"}),
    ("x = not a", {"x = (a)"}),
    ("x = a + 1", {"x = (a - 1)", "x = a + 2"}),
    ("if a:\n    pass", {"if (not (a)):"}),
    ("x = [a for a in b if a]", {"x = [a for a in b if (not (a))]"}),
    ("x = True", {"x = False"}),
    ("x = 'Zoë'", {"x = 'XXZoë'"}),
    ("f(a)", {"pass"}),
    ("a.b = c", {"pass"}),
    ("a += b", {"pass"}),
    ("x = f'{a}'", {'x = "XX"'}),
    ("def f(a=None):\n    return a", {'def f(a="XX"):', "return None"}),
    ("for a in b:\n    continue", {"pass"}),
]


@pytest.mark.parametrize(("source", "after"), CASES)
def test_each_piece_has_its_mutants(source: str, after: set[str]) -> None:
    assert {mutant.after for mutant in mutants_of(source)} == after


@pytest.mark.parametrize(
    "source",
    [
        '"""Why."""',
        "import a",
        "x: Literal['a']",
        "@dataclass(frozen=True)\nclass A:\n    pass",
        "def f(a: 'b') -> 'c':\n    pass",
    ],
)
def test_what_behaviour_cannot_tell_is_left_alone(source: str) -> None:
    assert list(mutants_of(source)) == []


def test_a_mutant_differs_in_its_line_alone() -> None:
    source = "é = 1\nif a == 'ö' and b:\n    pass\n"

    for mutant in mutants_of(source):
        lines = source.split("\n")
        assert mutant.before == lines[mutant.line - 1].strip()
        lines[mutant.line - 1] = mutant.after
        assert mutant.source == "\n".join(lines)


def test_what_is_explained_still_exists() -> None:
    stored = explanations()
    lines = {before for _, before, _ in stored}

    there = {
        (module, mutant.before, mutant.after)
        for module in {module for module, _, _ in stored}
        for mutant in mutants_of((PACKAGE / module).read_text(), lines)
    }

    assert stored.keys() <= there


def test_each_explanation_is_a_sentence() -> None:
    assert all(why[0].isupper() and why.endswith(".") for why in explanations().values())
