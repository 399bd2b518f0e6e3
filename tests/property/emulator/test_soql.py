# ruff: noqa: S608  the statements are what is tested
"""The evaluator in SQL finds what a naive one finds, row by row, on random rows and statements."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.salesforce.inprocess import Api
from local.salesforce.org import opened
from local.salesforce.soql.parser import parse
from tests.property.emulator.clauses import plain
from tests.property.emulator.exhaustive import date_calls, leaves, orders, pairs
from tests.property.emulator.groups import grouped, overall
from tests.property.emulator.naive import Naive
from tests.property.emulator.naive_values import World
from tests.property.emulator.statements import FIELDS, NOWS, ZONES, tables
from tests.searching import examples

#: A busy machine is no failure.
CALM: Final = settings(
    suppress_health_check=[HealthCheck.too_slow],
)
RUNS: Final = settings(CALM, max_examples=examples(120))
SETUP: Final = (
    {"sobject": "Account", "name": "Tags__c", "type": "multipicklist",
     "picklist": ["red", "green", "blue"]},
    {"sobject": "Account", "name": "Code__c", "type": "string", "length": 20,
     "external_id": True, "unique": True, "case_sensitive": True},
)  # fmt: skip


@pytest.fixture(scope="module")
def org_api() -> Iterator[Api]:
    with opened() as org:
        api = Api.signed_in(org)
        for field in SETUP:
            status, body = api.call("POST", "/__emulator__/fields", field)
            assert status == 200, body
        org.database.run('UPDATE "Organization" SET "FiscalYearStartMonth" = 4')
        yield api


@st.composite
def worlds(draw: st.DrawFn, *, full: bool = False) -> World:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    return World(draw(tables(full=full)), draw(st.sampled_from(NOWS)), zone)


def settle(api: Api, world: World) -> None:
    """Make the org hold exactly the rows of a world, at its moment and in its zone."""
    database = api.org.database
    for name in ("Task", "Contact", "Account"):
        database.run(f'DELETE FROM "{name}"')
        api.load(name, [{"SystemModstamp": row["CreatedDate"] or "2024-01-01T00:00:00Z", **row}
                        for row in world.tables[name]])  # fmt: skip
    database.run('UPDATE "User" SET "TimeZoneSidKey" = ?', (str(world.zone),))
    api.org.clock.fix(world.now)


def found(api: Api, statement: str) -> list[dict[str, Any]]:
    return [_shown(record) for record in api.query(statement)]


def _shown(value: Any) -> Any:
    """Records without what surrounds them, moments as they were loaded."""
    if isinstance(value, dict):
        if "records" in value:
            return [_shown(each) for each in value["records"]]
        return {key: _shown(each) for key, each in value.items() if key != "attributes"}
    if isinstance(value, str) and value.endswith(".000+0000"):
        return value.removesuffix(".000+0000") + "Z"
    return value


def expected(world: World, statement: str) -> list[dict[str, Any]]:
    return Naive(world).run(parse(statement))


@RUNS
@given(world=worlds(), statement=plain())
def test_records_are_those_of_a_naive_evaluator(org_api: Api, world: World, statement: str) -> None:
    settle(org_api, world)

    records = found(org_api, statement)

    assert records == expected(world, statement)


@RUNS
@given(world=worlds(), statement=st.one_of(grouped(), overall()))
def test_groups_are_those_of_a_naive_evaluator(org_api: Api, world: World, statement: str) -> None:
    settle(org_api, world)

    groups = found(org_api, statement)

    wanted = expected(world, statement)
    assert [_rounded(each) for each in groups] == [_rounded(each) for each in wanted]


def _rounded(record: dict[str, Any]) -> dict[str, Any]:
    """Averages are sums in one order or another."""
    return {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in record.items()
    }


@pytest.fixture(scope="module")
def one_world(org_api: Api) -> World:
    """One world with many rows, for what can be asked exhaustively."""
    found: list[World] = []

    @settings(CALM, max_examples=examples(6))
    @given(world=worlds(full=True))
    def draw(world: World) -> None:
        found.append(world)

    draw()
    return found[-1]


def sweep() -> Iterator[str]:
    """Every field with every operator and value, in every order, and every function of days."""
    for name, paths in FIELDS.items():
        yield from (f"SELECT Id FROM {name} WHERE {each} ORDER BY Id" for each in pairs())
        for path in paths:
            yield from (
                f"SELECT Id FROM {name} WHERE {each} ORDER BY Id" for each in leaves(name, path)
            )
            yield from (f"SELECT Id FROM {name} ORDER BY {each}, Id" for each in orders(name, path))
            yield from (
                f"SELECT {call} k, COUNT(Id) n FROM {name} GROUP BY {call} ORDER BY {call}"
                for call in date_calls(name, path)
            )


def test_everything_asked_for_alone_is_as_a_naive_evaluator_has_it(
    org_api: Api, one_world: World
) -> None:
    settle(org_api, one_world)
    naive = Naive(one_world)

    wrong = [each for each in sweep() if found(org_api, each) != naive.run(parse(each))]

    assert wrong == []


def test_the_days_around_now_are_those_of_the_user(org_api: Api) -> None:
    world = World({"Account": [], "Contact": [], "Task": []}, datetime.fromisoformat(
        "2024-03-31T22:30:00+00:00"), ZoneInfo("Europe/Berlin"))  # fmt: skip
    settle(org_api, world)

    assert str(org_api.org.acting().calendar().today) == "2024-04-01"
