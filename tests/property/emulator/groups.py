# ruff: noqa: S608  the statements are what is tested
"""Random statements with GROUP BY, ROLLUP, CUBE, HAVING and aggregates."""

from typing import Final

from hypothesis import strategies as st

from tests.property.emulator.clauses import ALL, date_call, order, where, window
from tests.property.emulator.statements import FIELDS, kind_of, objects

_UNGROUPED: Final = frozenset({"moment", "multi"})
#: Fields of these types are decimals or comboboxes in the schema and cannot be grouped by.
_NAMED: Final = frozenset({"AnnualRevenue", "Subject", "Parent.Parent.AnnualRevenue"})
#: Describe answers of real orgs say that the due date of an activity cannot be aggregated.
_UNCOUNTED: Final = frozenset({"ActivityDate"})


def _keys(name: str) -> list[str]:
    return [
        each
        for each in FIELDS[name]
        if kind_of(name, each) not in _UNGROUPED and each not in _NAMED
    ]


@st.composite
def aggregate(draw: st.DrawFn, name: str) -> str:
    """COUNT of anything, SUM of numbers, MIN and MAX of what has an order."""
    function = draw(st.sampled_from(["COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"]))
    numbers = [each for each in FIELDS[name] if kind_of(name, each) == "number"]
    others = [
        each
        for each in FIELDS[name]
        if kind_of(name, each) not in ("flag", "multi") and each not in _UNCOUNTED
    ]
    if function in ("SUM", "AVG") and not numbers:
        return "COUNT(Id)"
    path = draw(st.sampled_from(numbers if function in ("SUM", "AVG") else others))
    return f"{function}({path})"


@st.composite
def having(draw: st.DrawFn, name: str) -> str:
    """Nothing, or counts compared with numbers, in nested conditions."""
    leaf = st.builds(
        lambda call, operator, value: f"{call} {operator} {value}",
        st.sampled_from(["COUNT(Id)", f"COUNT({FIELDS[name][0]})"]),
        st.sampled_from(ALL),
        st.integers(0, 3),
    )
    joined = st.lists(leaf, min_size=1, max_size=2).map(" AND ".join)
    return draw(st.one_of(st.just(""), joined.map(lambda each: f" HAVING {each}")))


@st.composite
def grouped(draw: st.DrawFn) -> str:
    """A statement with GROUP BY, its groups in an order that no two of them share."""
    name = draw(objects())
    fields = draw(st.lists(st.sampled_from(_keys(name)), min_size=1, max_size=2, unique=True))
    keys = [*fields, *draw(st.lists(date_call(name), max_size=1))]
    word = draw(st.sampled_from(["", "", "ROLLUP", "CUBE"]))
    by = f"{word}({', '.join(keys)})" if word else ", ".join(keys)
    calls = draw(st.lists(aggregate(name), min_size=1, max_size=3, unique=True))
    marks = [f"GROUPING({each})" for each in fields] if word else []
    shown = [f"{each} k{at}" for at, each in enumerate(keys)]
    shown += [f"{each} a{at}" for at, each in enumerate([*calls, *marks])]
    last = ", ".join([*keys, *marks, *([] if not word else ["COUNT(Id)"])])
    first = draw(order([each for each in calls if "(" in each], ""))
    by_all = f"{first}, {last}" if first else f" ORDER BY {last}"
    clauses = f"{draw(where(name))} GROUP BY {by}{draw(having(name))}{by_all}{draw(window())}"
    return f"SELECT {', '.join(shown)} FROM {name}{clauses}"


@st.composite
def overall(draw: st.DrawFn) -> str:
    """Aggregates of all rows."""
    name = draw(objects())
    calls = draw(st.lists(aggregate(name), min_size=1, max_size=3, unique=True))
    return f"SELECT {', '.join(calls)} FROM {name}{draw(where(name))}"
