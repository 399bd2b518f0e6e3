# ruff: noqa: S608  the statements are what is tested
"""Statements of replication are answered from an index, wherever in a large table they begin.

Work is counted in steps of SQLite's machine, which are the same on every run, not in time.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api
from local.salesforce.org import opened
from local.salesforce.store.reader import find_sql

ROWS: Final = 12_000
PAGE: Final = 200
GRAIN: Final = 20
#: A page may cost this much more than another one of the same size.
FACTOR: Final = 1.5
PLACES: Final = {"start": 0, "middle": ROWS // 2, "end": ROWS - 2 * PAGE}
ACCOUNTS: Final = 1_000


def stamp(at: int) -> str:
    """Five rows share each second."""
    second = at // 5
    return f"2026-01-01T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"


@pytest.fixture(scope="module")
def large() -> Iterator[Api]:
    with opened() as org:
        api = Api.signed_in(org)
        external = {"sobject": "Task", "name": "Ext__c", "external_id": True, "unique": True}
        api.call("POST", "/__emulator__/fields", {**external, "type": "string", "length": 40})
        api.load("Account", [{"Id": mint("001", at), "Name": f"A{at}"} for at in range(ACCOUNTS)])
        api.load(
            "Task",
            [
                {
                    "Id": mint("00T", at),
                    "Subject": f"Task {at}",
                    "Ext__c": f"ext-{at}",
                    "WhatId": mint("001", at % ACCOUNTS),
                    "SystemModstamp": stamp(at),
                }
                for at in range(ROWS)
            ],
        )
        api.call("POST", "/__emulator__/settings", {"page_size": PAGE})
        yield api


def keyset(at: int) -> str:
    now, last = stamp(at), mint("00T", at)
    return (
        "SELECT Id, SystemModstamp, Subject FROM Task WHERE IsDeleted = false AND SystemModstamp"
        f" >= 2026-01-01T00:00:00Z AND (SystemModstamp > {now} OR (SystemModstamp = {now} AND"
        f" Id > '{last}')) ORDER BY SystemModstamp, Id LIMIT {PAGE}"
    )


def ids(prefix: str, at: int, count: int) -> str:
    return ", ".join(f"'{mint(prefix, at + step)}'" for step in range(count))


def parents(at: int) -> str:
    return f"SELECT Id FROM Task WHERE WhatId IN ({ids('001', at % (ACCOUNTS - 16), 16)})"


def externals(at: int) -> str:
    listed = ", ".join(f"'EXT-{at + step}'" for step in range(PAGE))
    return f"SELECT Id FROM Task WHERE Ext__c IN ({listed})"


STATEMENTS: Final[dict[str, Callable[[int], str]]] = {
    "keyset": keyset,
    "ids": lambda at: f"SELECT Id, Subject FROM Task WHERE Id IN ({ids('00T', at, PAGE)})",
    "after an id": lambda at: (
        f"SELECT Id FROM Task WHERE Id > '{mint('00T', at)}' ORDER BY Id LIMIT {PAGE}"
    ),
    "parents": parents,
    "external ids": externals,
}


def steps(api: Api, work: Callable[[], object]) -> int:
    """How many times twenty steps of SQLite's machine some work takes."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    api.org.database.connection.set_progress_handler(tick, GRAIN)
    try:
        work()
    finally:
        api.org.database.connection.set_progress_handler(None, 0)
    return count


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_a_page_costs_the_same_wherever_it_begins(large: Api, name: str) -> None:
    large.query(STATEMENTS[name](0))

    costs = {
        place: steps(large, partial(large.query, STATEMENTS[name](at)))
        for place, at in PLACES.items()
    }

    assert max(costs.values()) < FACTOR * min(costs.values()), costs
    assert max(costs.values()) * GRAIN < 100 * PAGE, costs


def test_stamp_searched_first_gets_its_index() -> None:
    statement = (
        "SELECT Id FROM Task WHERE LastModifiedDate > 2026-01-01T00:00:00Z"
        " ORDER BY LastModifiedDate LIMIT 10"
    )
    with opened() as org:
        api = Api.signed_in(org)
        api.load("Task", [{"Id": mint("00T", at)} for at in range(ROWS)])

        api.call("GET", "query", q=statement)
        cost = steps(api, lambda: api.call("GET", "query", q=statement))

    assert cost * GRAIN < ROWS


SEARCHES_OF_PARENTS: Final[dict[str, str]] = {
    "where": "SELECT Id FROM Task WHERE WhatId = '{account}'",
    "grouped": "SELECT COUNT(Id) FROM Task WHERE WhatId = '{account}'",
    "children": "SELECT Id, (SELECT Id FROM Tasks) FROM Account WHERE Id = '{account}'",
    "sub-select": (
        "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Task WHERE WhatId = '{account}')"
    ),
}


@pytest.mark.parametrize("name", sorted(SEARCHES_OF_PARENTS))
def test_parent_searched_first_gets_its_index(name: str) -> None:
    account = mint("001", 1)
    statement = SEARCHES_OF_PARENTS[name].format(account=account)
    with opened() as org:
        api = Api.signed_in(org)
        api.load("Account", [{"Id": account, "Name": "A"}])
        api.load("Task", [{"Id": mint("00T", at)} for at in range(ROWS)])

        api.call("GET", "query", q=statement)
        cost = steps(api, lambda: api.call("GET", "query", q=statement))

    assert cost * GRAIN < ROWS


def test_deleting_a_parent_finds_its_activities_by_index() -> None:
    with opened() as org:
        api = Api.signed_in(org)
        first, second = mint("001", 1), mint("001", 2)
        api.load("Account", [{"Id": first, "Name": "A"}, {"Id": second, "Name": "B"}])
        api.load("Task", [{"Id": mint("00T", at)} for at in range(ROWS)])

        api.call("DELETE", f"sobjects/Account/{first}")
        cost = steps(api, lambda: api.call("DELETE", f"sobjects/Account/{second}"))

    assert cost * GRAIN < ROWS


def test_following_pages_cost_the_same(large: Api) -> None:
    _, page = large.call("GET", "query", q="SELECT Id, Subject FROM Task ORDER BY Id")
    locator = page["nextRecordsUrl"].rpartition("-")[0]

    costs = {
        place: steps(large, partial(large.call, "GET", f"{locator}-{at}"))
        for place, at in PLACES.items()
    }

    assert max(costs.values()) < FACTOR * min(costs.values()), costs


def test_children_are_looked_up_by_their_parents(large: Api) -> None:
    statement = "SELECT Id, (SELECT Id FROM Tasks) FROM Account ORDER BY Id LIMIT 10"
    large.call("GET", "query", q=statement)

    cost = steps(large, lambda: large.call("GET", "query", q=statement))

    assert cost * GRAIN < 20_000


@pytest.mark.parametrize(
    ("statement", "step"),
    [
        (keyset(5), "SEARCH t1 USING COVERING INDEX Task_SystemModstamp (SystemModstamp>?)"),
        (
            (
                "SELECT Id FROM Task WHERE SystemModstamp < 2026-01-02T00:00:00Z"
                " AND SystemModstamp >= 2026-01-01T00:00:00Z"
            ),
            (
                "SEARCH t1 USING COVERING INDEX Task_SystemModstamp"
                " (SystemModstamp>? AND SystemModstamp<?)"
            ),
        ),
        (STATEMENTS["ids"](0), "SEARCH t1 USING INDEX sqlite_autoindex_Task_1 (Id=?)"),
        (STATEMENTS["after an id"](0), "SEARCH t1 USING INDEX sqlite_autoindex_Task_1 (Id>?)"),
        (parents(0), "SEARCH t1 USING INDEX Task_WhatId (WhatId=?)"),
        (externals(0), "SEARCH t1 USING INDEX Task_Ext__c (<expr>=?)"),
        (
            "SELECT Id FROM Account WHERE MasterRecordId != null",
            "SEARCH t1 USING INDEX Account_MasterRecordId (MasterRecordId>?)",
        ),
        (
            "SELECT Id FROM Contact WHERE Email = 'a@b.de'",
            "SEARCH t1 USING INDEX Contact_Email (<expr>=?)",
        ),
        (
            "SELECT Id FROM Task WHERE WhatId IN (SELECT Id FROM Account WHERE Name = 'A7')",
            "SEARCH t1 USING INDEX Task_WhatId (WhatId=?)",
        ),
    ],
)
def test_the_planner_takes_the_index(large: Api, statement: str, step: str) -> None:
    sql, parameters = find_sql(large.org.acting().plan(statement), everything=False)

    large.query(statement)
    found = large.org.database.rows("EXPLAIN QUERY PLAN " + sql, parameters)

    assert str(found[0][3]) == step
