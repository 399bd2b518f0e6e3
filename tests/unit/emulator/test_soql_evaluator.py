# ruff: noqa: S608  the statements are what is tested
"""SQL finds what a naive evaluator in Python finds, on random rows and random conditions."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api
from local.salesforce.org import opened

Row = Mapping[str, Any]
Predicate = Callable[[Row], bool]
Condition = tuple[str, Predicate]

NOW = datetime(2024, 5, 15, 12, tzinfo=UTC)
TEXTS = (None, "Call", "call", "ÄRGER", "ärger", "a_b", "axb", "100%", "100x", "it's", "")
STAMPS = tuple((NOW + timedelta(hours=step)).isoformat() for step in range(-60, 61, 12))
DAYS = (None, "2024-05-13", "2024-05-14", "2024-05-15", "2024-05-16", "2024-06-01")
NUMBERS = (None, 0, 1, 60, 3600)
PRIORITIES = ("High", "Normal", "Low")
WHATS = (None, mint("001", 90), mint("001", 91))


def rows() -> st.SearchStrategy[list[dict[str, Any]]]:
    row = st.fixed_dictionaries(
        {
            "Subject": st.sampled_from(TEXTS).map(lambda text: text or None),
            "SystemModstamp": st.sampled_from(STAMPS),
            "ActivityDate": st.sampled_from(DAYS),
            "CallDurationInSeconds": st.sampled_from(NUMBERS),
            "IsReminderSet": st.booleans(),
            "Priority": st.sampled_from(PRIORITIES),
            "WhatId": st.sampled_from(WHATS),
        }
    )
    return st.lists(row, max_size=25)


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: None not in (left, right) and left < right,
    "<=": lambda left, right: None not in (left, right) and left <= right,
    ">": lambda left, right: None not in (left, right) and left > right,
    ">=": lambda left, right: None not in (left, right) and left >= right,
}


def folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def literal(field: str, value: Any) -> str:
    if value is None:
        return "null"
    if field in ("Subject", "Priority", "WhatId"):
        return quoted(value)
    if field == "SystemModstamp":
        return str(value).replace("+00:00", "Z")
    return str(value).lower() if isinstance(value, bool) else str(value)


VALUES: Mapping[str, tuple[Any, ...]] = {
    "Subject": tuple(text or None for text in TEXTS),
    "SystemModstamp": STAMPS,
    "ActivityDate": DAYS,
    "CallDurationInSeconds": NUMBERS,
    "IsReminderSet": (True, False),
    "Priority": PRIORITIES,
    "WhatId": WHATS,
}


@st.composite
def comparisons(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from(sorted(VALUES)))
    value = draw(st.sampled_from(VALUES[field]))
    plain = field in ("IsReminderSet", "WhatId")
    operator = draw(st.sampled_from(["=", "!="] if plain else sorted(COMPARE)))
    text = f"{field} {operator} {literal(field, value)}"
    compare = COMPARE[operator]
    return text, lambda row: compare(folded(row[field]), folded(value))


@st.composite
def memberships(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from(["Subject", "ActivityDate", "Priority", "WhatId"]))
    values = draw(st.lists(st.sampled_from(VALUES[field]), min_size=1, max_size=3))
    negated = draw(st.booleans())
    listed = ", ".join(literal(field, value) for value in values)
    wanted = {folded(value) for value in values}
    text = f"{field} {'NOT IN' if negated else 'IN'} ({listed})"
    return text, lambda row: (folded(row[field]) in wanted) != negated


def like(value: str | None, prefix: str) -> bool:
    return value is not None and value.casefold().startswith(prefix.casefold())


@st.composite
def patterns(draw: st.DrawFn) -> Condition:
    prefix = draw(st.sampled_from(["c", "CALL", "är", "a_", "100%", "it's"]))
    escaped = quoted(prefix)[1:-1].replace("_", "\\_").replace("%", "\\%")
    return f"Subject LIKE '{escaped}%'", lambda row: like(row["Subject"], prefix)


def words() -> st.SearchStrategy[Condition]:
    days: Mapping[str, tuple[str, str]] = {
        "TODAY": ("2024-05-15", "2024-05-16"),
        "YESTERDAY": ("2024-05-14", "2024-05-15"),
        "THIS_WEEK": ("2024-05-12", "2024-05-19"),
        "LAST_N_DAYS:2": ("2024-05-13", "2024-05-16"),
        "NEXT_MONTH": ("2024-06-01", "2024-07-01"),
    }

    def condition(word: str) -> Condition:
        first, after = days[word]
        return (
            f"ActivityDate = {word}",
            lambda row: row["ActivityDate"] is not None and first <= row["ActivityDate"] < after,
        )

    return st.sampled_from(sorted(days)).map(condition)


def negated(inside: Condition) -> Condition:
    return f"(NOT {inside[0]})", lambda row: not inside[1](row)


def joined(word: str, parts: list[Condition]) -> Condition:
    every = all if word == "AND" else any
    text = f" {word} ".join(part[0] for part in parts)
    return f"({text})", lambda row: every(part[1](row) for part in parts)


def conditions() -> st.SearchStrategy[Condition]:
    leaves = st.one_of(comparisons(), memberships(), patterns(), words())
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            inner.map(negated),
            st.builds(
                joined, st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3)
            ),
        ),
        max_leaves=6,
    )


@pytest.fixture(scope="module")
def org_api() -> Iterator[Api]:
    with opened() as org:
        org.clock.fix(NOW)
        yield Api.signed_in(org)


@settings(max_examples=250, deadline=None)
@given(data=rows(), condition=conditions())
def test_a_condition_finds_what_a_naive_evaluator_finds(
    org_api: Api, data: list[dict[str, Any]], condition: Condition
) -> None:
    text, predicate = condition
    org_api.org.database.run('DELETE FROM "Task"')
    org_api.load("Task", [{"Id": mint("00T", at + 1), **row} for at, row in enumerate(data)])
    expected = {mint("00T", at + 1) for at, row in enumerate(data) if predicate(row)}

    found = org_api.query(f"SELECT Id FROM Task WHERE {text} ORDER BY SystemModstamp, Id")

    assert {record["Id"] for record in found} == expected


@settings(max_examples=60, deadline=None)
@given(
    data=rows(),
    descending=st.booleans(),
    nulls=st.sampled_from(["", " NULLS FIRST", " NULLS LAST"]),
    field=st.sampled_from(["Subject", "ActivityDate", "CallDurationInSeconds"]),
)
def test_order_places_nulls_first_unless_told(
    org_api: Api, data: list[dict[str, Any]], descending: bool, nulls: str, field: str
) -> None:
    org_api.org.database.run('DELETE FROM "Task"')
    org_api.load("Task", data)
    present = sorted(
        (folded(row[field]) for row in data if row[field] is not None), reverse=descending
    )
    missing = [None for row in data if row[field] is None]
    last = nulls == " NULLS LAST"

    direction = " DESC" if descending else ""
    found = org_api.query(f"SELECT {field} FROM Task ORDER BY {field}{direction}{nulls}")

    expected = [*present, *missing] if last else [*missing, *present]
    assert [folded(record[field]) for record in found] == expected
