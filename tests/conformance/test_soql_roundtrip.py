"""Any tree, printed and parsed, is itself again; no heap of words brings the parser down."""

import re
from dataclasses import fields, is_dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.salesforce.errors import ApiError
from local.salesforce.soql.parser import parse
from local.salesforce.soql.tree import Query
from tests.conformance.soql import corpus
from tests.conformance.soql.printing import statement
from tests.conformance.soql.statements import queries
from tests.searching import examples

TOKEN = re.compile(r"\s+|\w+|'(?:[^'\\]|\\.)*'|.", re.DOTALL)
STATEMENTS = [TOKEN.findall(each.text) for each in corpus.read() if each.text.strip()]
PIECES = [*sorted({each for tokens in STATEMENTS for each in tokens}), "\n", "\\", "\0", "é", "'"]
PLACE = re.compile(r"\n(.*)\n( *)\^\nERROR at Row:(\d+):Column:(\d+)\n(?s:.+)")


def shape(node: Any) -> Any:
    """A tree without the places in its statement."""
    if is_dataclass(node):
        parts = {each.name: shape(getattr(node, each.name)) for each in fields(node)}
        return type(node).__name__, {name: part for name, part in parts.items() if name != "at"}
    return tuple(map(shape, node)) if isinstance(node, tuple) else node


@given(queries)
@settings(max_examples=examples(80), suppress_health_check=[HealthCheck.too_slow])
def test_what_is_printed_is_parsed_back(query: Query) -> None:
    assert shape(parse(statement(query))) == shape(query)


@given(st.sampled_from(STATEMENTS), st.data())
@settings(max_examples=examples(300))
def test_mutations_are_parsed_or_refused_with_a_place(
    tokens: list[str], data: st.DataObject
) -> None:
    mutated = list(tokens)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        taken = data.draw(st.integers(0, 2))
        mutated[at : at + taken] = data.draw(st.lists(st.sampled_from(PIECES), max_size=2)) or [" "]
    text = "".join(mutated)

    assert_parsed_or_placed(text)


@given(st.text(max_size=200))
def test_any_text_is_refused_or_parsed(text: str) -> None:
    assert_parsed_or_placed(text)


def refusal(text: str) -> ApiError | None:
    try:
        parse(text)
    except ApiError as refused:
        return refused
    return None


def assert_parsed_or_placed(text: str) -> None:
    """Where a place is told, it is in the statement, and the caret stands under the column."""
    refused = refusal(text)
    if refused is None:
        return
    assert refused.code == "MALFORMED_QUERY"
    if "ERROR at Row:" not in str(refused):
        return
    found = PLACE.fullmatch(str(refused))
    assert found is not None, str(refused)
    shown, blanks, row, column = found.groups()
    line = text.split("\n")[int(row) - 1]
    caret = max(0, int(column) - 1)
    start = caret - len(blanks)
    assert 0 <= caret <= len(line)
    assert line[start : start + len(shown)] == shown
