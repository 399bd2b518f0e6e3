# ruff: noqa: S608  the statements are what is tested
"""Random clauses: conditions of every operator, groups, orders, windows, children."""

from typing import Final

from hypothesis import strategies as st

from tests.property.emulator.naive_values import CHILDREN, DATE_FUNCTIONS, WORDS
from tests.property.emulator.statements import (
    CHILD_NAMES,
    FIELDS,
    MOMENTS,
    TAGS,
    kind_of,
    literal,
    objects,
    quoted,
    values_of,
)

Text = st.SearchStrategy[str]
ALL: Final = ("=", "!=", "<", "<=", ">", ">=")
SAMENESS: Final = ("=", "!=")
MOMENT_ONLY: Final = ("HOUR_IN_DAY", "DAY_ONLY")
_SEMI_JOINS: Final = {
    "Account": ("Id", "SELECT AccountId FROM Contact"),
    "Contact": ("AccountId", "SELECT ParentId FROM Account"),
    "Task": ("WhoId", "SELECT Id FROM Contact"),
}


@st.composite
def comparison(draw: st.DrawFn, name: str) -> str:
    path = draw(st.sampled_from(FIELDS[name]))
    kind = kind_of(name, path)
    known = values_of(kind, path.rpartition(".")[2])
    value = draw(st.sampled_from((None, *known)))
    ordered = kind in ("text", "picklist", "number", "day", "moment", "exact")
    operator = draw(st.sampled_from(ALL if ordered else SAMENESS))
    return f"{path} {operator} {literal(kind, value)}"


@st.composite
def membership(draw: st.DrawFn, name: str) -> str:
    path = draw(st.sampled_from([each for each in FIELDS[name] if kind_of(name, each) != "multi"]))
    kind = kind_of(name, path)
    known = values_of(kind, path.rpartition(".")[2])
    values = draw(st.lists(st.sampled_from((None, *known)), min_size=1, max_size=3))
    listed = ", ".join(literal(kind, value) for value in values)
    return f"{path} {draw(st.sampled_from(['IN', 'NOT IN']))} ({listed})"


@st.composite
def pattern(draw: st.DrawFn, name: str) -> str:
    texts = [each for each in FIELDS[name] if kind_of(name, each) in ("text", "picklist")]
    like = draw(st.sampled_from(["c%", "%R", "a\\_b", "a_b", "100\\%", "%", "ärg__", "it\\'s"]))
    return f"{draw(st.sampled_from(texts))} LIKE '{like}'"


def word() -> Text:
    return st.sampled_from(sorted(WORDS)).flatmap(
        lambda each: (
            st.integers(1, 40).map(lambda n: f"{each}:{n}") if "N_" in each else st.just(each)
        )
    )


@st.composite
def dated(draw: st.DrawFn, name: str) -> str:
    days = [each for each in FIELDS[name] if kind_of(name, each) in ("day", "moment")]
    return f"{draw(st.sampled_from(days))} {draw(st.sampled_from(ALL))} {draw(word())}"


@st.composite
def date_call(draw: st.DrawFn, name: str) -> str:
    days = [each for each in FIELDS[name] if kind_of(name, each) in ("day", "moment")]
    path = draw(st.sampled_from(days))
    moment = kind_of(name, path) == "moment"
    known = [each for each in sorted(DATE_FUNCTIONS) if moment or each not in MOMENT_ONLY]
    function = draw(st.sampled_from(known))
    inner = f"convertTimezone({path})" if moment and draw(st.booleans()) else path
    return f"{function}({inner})"


@st.composite
def computed(draw: st.DrawFn, name: str) -> str:
    call = draw(date_call(name))
    if call.startswith("DAY_ONLY"):
        return f"{call} {draw(st.sampled_from(ALL))} {draw(word())}"
    return f"{call} {draw(st.sampled_from(ALL))} {draw(st.sampled_from([1, 2, 4, 7, 12, 2024]))}"


@st.composite
def chosen(draw: st.DrawFn, name: str) -> str:
    path = {"Account": "Tags__c", "Contact": "Account.Tags__c"}[name]
    groups = st.lists(st.sampled_from(TAGS), min_size=1, max_size=2, unique=True).map(";".join)
    texts = draw(st.lists(groups, min_size=1, max_size=2))
    operator = draw(st.sampled_from(["INCLUDES", "EXCLUDES"]))
    return f"{path} {operator} ({', '.join(quoted(each) for each in texts)})"


@st.composite
def moments(draw: st.DrawFn) -> str:
    """Two comparisons of moments, joined as keysets join them or otherwise."""
    first, second = draw(st.sampled_from(MOMENTS)), draw(st.sampled_from(MOMENTS))
    operators = st.sampled_from(ALL)
    joint = draw(st.sampled_from(["AND", "OR"]))
    return (
        f"(CreatedDate {draw(operators)} {first} {joint}"
        f" (CreatedDate {draw(operators)} {second} AND Id != null))"
    )


def leaf(name: str) -> Text:
    kinds = [comparison(name), membership(name), pattern(name), dated(name), computed(name)]
    kinds.append(moments())
    return st.one_of(kinds if name == "Task" else [*kinds, chosen(name)])


def condition(name: str) -> Text:
    """Nested AND, OR and NOT."""
    return st.recursive(
        leaf(name),
        lambda inner: st.one_of(
            inner.map(lambda each: f"(NOT {each})"),
            st.builds(
                lambda joint, parts: f"({f' {joint} '.join(parts)})",
                st.sampled_from(["AND", "OR"]),
                st.lists(inner, min_size=2, max_size=3),
            ),
        ),
        max_leaves=4,
    )


@st.composite
def where(draw: st.DrawFn, name: str) -> str:
    """Nothing, a condition, or one with a semi-join beside it."""
    own = draw(
        st.sampled_from([st.just(""), leaf(name), condition(name)]).flatmap(lambda each: each)
    )
    if draw(st.integers(0, 4)):
        return f" WHERE {own}" if own else ""
    path, inner = _SEMI_JOINS[name]
    inside = draw(condition(inner.rpartition(" ")[2]))
    negation = draw(st.sampled_from(["", "NOT "]))
    join = f"{path} {negation}IN ({inner} WHERE {inside})"
    return f" WHERE {join} AND {own}" if own else f" WHERE {join}"


@st.composite
def order(draw: st.DrawFn, keys: list[str], last: str) -> str:
    """Some keys and one that no two rows share."""
    picked = draw(st.lists(st.sampled_from(keys), max_size=2, unique=True)) if keys else []
    direction = st.sampled_from(["", " ASC", " DESC"])
    nulls = st.sampled_from(["", " NULLS FIRST", " NULLS LAST"])
    found = [f"{each}{draw(direction)}{draw(nulls)}" for each in picked]
    found += [last] if last else []
    return f" ORDER BY {', '.join(found)}" if found else ""


@st.composite
def window(draw: st.DrawFn) -> str:
    limit, offset = draw(st.integers(0, 6)), draw(st.integers(0, 3))
    return draw(st.sampled_from(["", f" LIMIT {limit}", f" LIMIT {limit} OFFSET {offset}"]))


@st.composite
def children(draw: st.DrawFn, name: str) -> str:
    """One subquery, which may have one of its own."""
    relation = draw(st.sampled_from(CHILD_NAMES[name]))
    kind = CHILDREN[name, relation][0]
    inner = draw(children(kind)) if bool(CHILD_NAMES[kind]) and draw(st.booleans()) else ""
    deeper = f", ({inner})" if inner else ""
    filtered = not draw(st.integers(0, 3))
    inside = f" WHERE {draw(condition(kind))}" if filtered else ""
    limit = draw(st.sampled_from(["", " LIMIT 1", " LIMIT 3"]))
    return f"SELECT Id{deeper} FROM {relation}{inside} ORDER BY Id DESC{limit}"


@st.composite
def plain(draw: st.DrawFn) -> str:
    """A statement without groups."""
    name = draw(objects())
    fields = draw(st.lists(st.sampled_from(FIELDS[name]), max_size=4, unique=True))
    selected = ["Id", *fields]
    if bool(CHILD_NAMES[name]) and draw(st.booleans()):
        selected.append(f"({draw(children(name))})")
    sortable = [each for each in FIELDS[name] if kind_of(name, each) != "multi"]
    clauses = draw(where(name)) + draw(order(sortable, "Id")) + draw(window())
    return f"SELECT {', '.join(selected)} FROM {name}{clauses}"
