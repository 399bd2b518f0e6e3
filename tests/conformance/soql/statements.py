"""Hypothesis strategies for trees of every shape that the grammar knows."""

from __future__ import annotations

from datetime import UTC, date
from functools import cache
from typing import Any

from hypothesis import strategies as st

from local.salesforce.soql import functions, tree
from local.salesforce.soql.datewords import COUNTED, PLAIN
from local.salesforce.soql.functions import Function, Names

_NAMES = st.sampled_from(
    ["Id", "Name", "Amount", "Owner", "Account", "x", "Custom__c", "Parent__r", "ns__F__c", "Group",
     "Order", "Today", "Min", "Count", "Offset", "End", "When", "Format", "View"]
)  # fmt: skip
_ALIASES = st.none() | st.sampled_from(["a", "n", "total", "today", "min", "end"])
_COUNTS = st.integers(0, 100_000)

paths = st.lists(_NAMES, min_size=1, max_size=6).map(lambda parts: tree.Path(tuple(parts), 0))


def _tuples(items: st.SearchStrategy[Any], least: int = 1) -> st.SearchStrategy[Any]:
    return st.lists(items, min_size=least, max_size=2).map(tuple)


def _pattern(pieces: list[str]) -> tree.Text:
    """Pieces are plain text, or an escaped wildcard or backslash."""
    value = "".join(each[-1] if each.startswith("\\") else each for each in pieces)
    return tree.Text(value, "".join(pieces), 0)


texts = st.lists(
    st.sampled_from(["\\_", "\\%", "\\\\", "_", "%"])
    | st.text(
        st.characters(exclude_characters="\\\0\1\2", exclude_categories=["Cs"]),
        min_size=1,
        max_size=3,
    ),
    max_size=4,
).map(_pattern)
# What is escaped for LIKE alone is not in other strings.
_plain_texts = texts.filter(lambda text: "\\" not in text.pattern.replace("\\\\", ""))
numbers = st.decimals(-(10**9), 10**9, places=2).map(lambda value: tree.Number(value, 0))
literals = st.one_of(
    _plain_texts,
    numbers,
    st.builds(
        tree.Money, st.sampled_from(["USD", "EUR"]), numbers.map(lambda n: n.value), st.just(0)
    ),
    st.builds(tree.Flag, st.booleans(), st.just(0)),
    st.just(tree.Null(0)),
    st.dates(date(1, 1, 1)).map(lambda value: tree.Day(value, 0)),
    st.datetimes(timezones=st.just(UTC)).map(lambda value: tree.Moment(value, 0)),
    st.sampled_from(sorted(PLAIN)).map(lambda word: tree.DateWord(word, 0, 0)),
    st.builds(tree.DateWord, st.sampled_from(sorted(COUNTED)), st.integers(1, 999), st.just(0)),
)


@cache
def calls(allowed: Names) -> st.SearchStrategy[tree.Call]:
    """Any of the functions with what its table says it takes."""
    return st.sampled_from(sorted(allowed)).flatmap(_call)


@cache
def _call(function: Function) -> st.SearchStrategy[tree.Call]:
    arguments = st.tuples(*(_argument(each) for each in functions.PARAMETERS[function]))
    return arguments.map(lambda found: tree.Call(function, found, 0))


def _argument(parameter: functions.Parameter) -> st.SearchStrategy[Any]:
    if parameter.number:
        return numbers
    if parameter.words:
        return st.sampled_from(sorted(parameter.words)).map(lambda word: tree.Text(word, word, 0))
    return operands(parameter.functions)


@cache
def operands(allowed: Names) -> st.SearchStrategy[tree.Operand]:
    """A field, or a function if any is allowed."""
    return paths | calls(allowed) if allowed else paths


@cache
def conditions(
    allowed: Names, queries: st.SearchStrategy[tree.Query]
) -> st.SearchStrategy[tree.Condition]:
    """Leaves in AND, OR and NOT, a few levels deep."""
    operand = operands(allowed)
    plain = [each for each in tree.Operator if each is not tree.Operator.LIKE]
    leaves: st.SearchStrategy[tree.Condition] = st.one_of(
        st.builds(tree.Comparison, operand, st.sampled_from(plain), literals),
        st.builds(tree.Comparison, operand, st.just(tree.Operator.LIKE), texts),
        st.builds(tree.Membership, operand, _tuples(literals), st.booleans()),
        st.builds(tree.Includes, operand, _tuples(_plain_texts), st.booleans()),
        st.builds(tree.SemiJoin, paths, queries, st.booleans()),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(tree.And, _tuples(inner, 2)),
            st.builds(tree.Or, _tuples(inner, 2)),
            st.builds(tree.Not, inner),
        ),
        max_leaves=5,
    )


_whens = st.builds(tree.When, _NAMES, _tuples(paths), st.just(0))
_types = st.builds(tree.TypeOf, paths, _tuples(_whens), _tuples(paths, 0), st.just(0))
_settings = st.tuples(_NAMES, literals)
_sources = st.builds(tree.Source, paths.map(lambda path: path.text), _ALIASES, st.just(0))
_categories = st.builds(
    tree.Category, _NAMES, st.sampled_from(["AT", "ABOVE", "BELOW"]), _tuples(_NAMES)
)
_contexts = st.builds(tree.Context, st.just("Visibility"), _tuples(_settings)) | st.builds(
    tree.Context, st.none(), _settings.map(lambda setting: (setting,))
)
_orders = st.builds(
    tree.Order,
    operands(functions.IN_ORDER_BY),
    st.booleans(),
    st.none() | st.booleans(),
)


@cache
def _selections(children: st.SearchStrategy[tree.Query]) -> st.SearchStrategy[Any]:
    return _tuples(
        st.one_of(
            st.builds(tree.Column, paths, _ALIASES),
            st.builds(tree.Computed, calls(functions.IN_SELECT), _ALIASES),
            st.builds(tree.Fields, st.sampled_from(["ALL", "CUSTOM", "STANDARD"]), st.just(0)),
            _types,
            st.builds(tree.Subquery, children, st.just(0)),
        )
    )


@st.composite
def _queries(draw: st.DrawFn, inner: st.SearchStrategy[tree.Query]) -> tree.Query:
    groups = draw(_tuples(operands(functions.IN_GROUP_BY), 0))
    having = conditions(functions.IN_HAVING, inner) if groups else st.none()
    return tree.Query(
        selections=draw(_selections(inner)),
        source=draw(_sources),
        joined=draw(_tuples(_sources, 0)),
        scope=draw(st.none() | st.sampled_from(["MINE", "EVERYTHING"])),
        where=draw(st.none() | conditions(functions.IN_WHERE, inner)),
        categories=draw(_tuples(_categories, 0)),
        contexts=draw(_tuples(_contexts, 0)),
        grouping=draw(st.sampled_from(tree.Grouping)) if groups else tree.Grouping.PLAIN,
        group_by=groups,
        having=draw(st.none() | having),
        order_by=draw(_tuples(_orders, 0)),
        limit=draw(st.none() | _COUNTS),
        offset=draw(st.none() | _COUNTS),
        purposes=draw(st.sampled_from([(), ("VIEW",), ("VIEW", "REFERENCE"), ("UPDATE",)])),
        updates=draw(st.sampled_from([(), ("TRACKING",), ("TRACKING", "VIEWSTAT")])),
        options=draw(_tuples(_settings, 0)),
    )


_simple = st.builds(tree.Query, _tuples(st.builds(tree.Column, paths, _ALIASES)), _sources)
queries = _queries(_simple)
