# ruff: noqa: S608  the statements are what is tested
"""Pages, locators, relationships and counts; and that a keyset page is read from an index."""

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api
from local.salesforce.store.reader import find_sql

KEYSET = (
    "SELECT Id FROM Task WHERE SystemModstamp > 2026-01-01T00:00:05Z OR (SystemModstamp ="
    f" 2026-01-01T00:00:05Z AND Id > '{mint('00T', 5)}') ORDER BY SystemModstamp, Id"
)


def tasks(api: Api, count: int, *, per_second: int = 1) -> list[str]:
    ids = [mint("00T", at) for at in range(count)]
    api.load(
        "Task",
        [
            {
                "Id": each,
                "Subject": f"Task {at}",
                "SystemModstamp": f"2026-01-01T{at // per_second // 3600:02d}"
                f":{at // per_second // 60 % 60:02d}:{at // per_second % 60:02d}Z",
            }
            for at, each in enumerate(ids)
        ],
    )
    return ids


def test_pages_follow_until_done(api: Api) -> None:
    ids = tasks(api, 4_500)

    _, first = api.call("GET", "query", q="SELECT Id FROM Task ORDER BY Id")
    _, second = api.call("GET", first["nextRecordsUrl"])
    _, third = api.call("GET", second["nextRecordsUrl"])

    pages = [first, second, third]
    assert [len(page["records"]) for page in pages] == [2_000, 2_000, 500]
    assert [page["totalSize"] for page in pages] == [4_500] * 3
    assert [page["done"] for page in pages] == [False, False, True]
    assert "nextRecordsUrl" not in third
    assert first["nextRecordsUrl"].startswith("/services/data/v62.0/query/01g")
    assert first["nextRecordsUrl"].endswith("-2000")
    assert [each["Id"] for page in pages for each in page["records"]] == ids


@pytest.mark.parametrize(("asked", "given"), [("250", 250), ("5", 200), ("9999", 600), ("x", 600)])
def test_a_batch_has_at_least_200_and_at_most_2000_rows(api: Api, asked: str, given: int) -> None:
    tasks(api, 600)

    found = api.send(
        "GET",
        "query",
        query={"q": "SELECT Id FROM Task"},
        headers={"sforce-query-options": f"batchSize={asked}"},
    )

    assert isinstance(found.body, dict)
    assert len(found.body["records"]) == given


def test_a_page_shows_values_as_they_are_when_it_is_read(api: Api) -> None:
    ids = tasks(api, 4)
    api.call("POST", "/__emulator__/settings", {"page_size": 2})
    _, first = api.call("GET", "query", q="SELECT Id, Subject FROM Task ORDER BY Id")

    api.call("PATCH", f"sobjects/Task/{ids[2]}", {"Subject": "changed"})
    api.call("DELETE", f"sobjects/Task/{ids[3]}")
    _, second = api.call("GET", first["nextRecordsUrl"])

    assert first["totalSize"] == second["totalSize"] == 4
    assert [each["Subject"] for each in second["records"]] == ["changed"]


def test_a_locator_lives_for_two_days(api: Api) -> None:
    tasks(api, 3)
    api.call("POST", "/__emulator__/settings", {"page_size": 2})
    _, first = api.call("GET", "query", q="SELECT Id FROM Task")

    api.org.clock.advance(2 * 86_400)
    status, _ = api.call("GET", first["nextRecordsUrl"])
    api.org.clock.advance(1)
    expired, body = api.call("GET", first["nextRecordsUrl"])

    assert (status, expired, body[0]["errorCode"]) == (200, 400, "INVALID_QUERY_LOCATOR")


def test_two_long_texts_make_pages_of_200(api: Api) -> None:
    for name in ("A__c", "B__c"):
        field = {"sobject": "Task", "name": name, "type": "textarea", "length": 32_000}
        api.call("POST", "/__emulator__/fields", field)
    tasks(api, 300)

    _, page = api.call("GET", "query", q="SELECT A__c, B__c FROM Task")

    assert (len(page["records"]), page["done"]) == (200, False)


def test_a_keyset_goes_on_after_the_last_of_tied_rows(api: Api) -> None:
    ids = tasks(api, 50, per_second=10)

    found = api.query(KEYSET.replace("00:00:05Z", "00:00:00Z").replace(mint("00T", 5), ids[6]))

    assert [each["Id"] for each in found] == ids[7:]


def test_a_keyset_page_is_searched_in_the_index_and_needs_no_sorting(api: Api) -> None:
    plan = api.org.acting().plan(KEYSET + " LIMIT 2000")
    sql, parameters = find_sql(plan, everything=False)

    steps = [str(row[3]) for row in api.org.database.rows("EXPLAIN QUERY PLAN " + sql, parameters)]

    assert steps == ["SEARCH t1 USING COVERING INDEX Task_SystemModstamp (SystemModstamp>?)"]


def test_a_missing_parent_is_null_and_so_are_missing_children(api: Api) -> None:
    account = api.create("Account", Name="A")
    api.create("Contact", LastName="X", AccountId=account)
    api.create("Contact", LastName="Y")
    api.create("Account", Name="B", ParentId=account)

    contacts = api.query("SELECT Name, Account.Name, Account.Owner.Name FROM Contact ORDER BY Name")
    accounts = api.query(
        "SELECT Name, Parent.Name, (SELECT LastName FROM Contacts) FROM Account ORDER BY Name"
    )

    assert [each["Account"] for each in contacts] == [
        {"Name": "A", "Owner": {"Name": "Integration User"}},
        None,
    ]
    assert [each["Parent"] for each in accounts] == [None, {"Name": "A"}]
    assert accounts[1]["Contacts"] is None
    assert [each["LastName"] for each in accounts[0]["Contacts"]["records"]] == ["X"]


def test_nested_records_carry_their_own_attributes(api: Api) -> None:
    contact = api.create("Contact", LastName="X")
    task = api.create("Task", WhoId=contact)

    _, page = api.call("GET", "query", q="SELECT Who.Name, CreatedBy.Name FROM Task")

    record = page["records"][0]
    base = "/services/data/v62.0/sobjects"
    assert record["attributes"] == {"type": "Task", "url": f"{base}/Task/{task}"}
    assert record["Who"]["attributes"] == {"type": "Name", "url": f"{base}/Contact/{contact}"}
    assert record["CreatedBy"]["attributes"]["type"] == "User"


def test_counts_and_groups(api: Api) -> None:
    for status in ("Completed", "Completed", "Deferred"):
        api.create("Task", Status=status)

    _, count = api.call("GET", "query", q="SELECT COUNT() FROM Task WHERE Status = 'completed'")
    groups = api.query("SELECT Status, COUNT(Id) FROM Task GROUP BY Status ORDER BY Status")

    assert count == {"totalSize": 2, "done": True, "records": []}
    assert groups == [
        {"Status": "Completed", "expr0": 2},
        {"Status": "Deferred", "expr0": 1},
    ]


def test_semi_joins(api: Api) -> None:
    account = api.create("Account", Name="A")
    other = api.create("Account", Name="B")
    api.create("Contact", LastName="C", AccountId=account)

    within = api.query("SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact)")
    without = api.query("SELECT Id FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact)")

    assert [each["Id"] for each in within] == [account]
    assert [each["Id"] for each in without] == [other]


def test_days_of_a_date_word_are_those_of_the_user(api: Api) -> None:
    api.load(
        "Task", [{"CreatedDate": "2026-03-10T06:59:59Z"}, {"CreatedDate": "2026-03-10T07:00:00Z"}]
    )

    today = api.query("SELECT CreatedDate FROM Task WHERE CreatedDate = TODAY")
    before = api.query("SELECT CreatedDate FROM Task WHERE CreatedDate < TODAY")

    assert [each["CreatedDate"] for each in today] == ["2026-03-10T07:00:00.000+0000"]
    assert [each["CreatedDate"] for each in before] == ["2026-03-10T06:59:59.000+0000"]


def test_loaded_activities_get_their_account(api: Api) -> None:
    account, contact = mint("001", 50), mint("003", 50)
    api.load("Account", [{"Id": account, "Name": "A"}])
    api.load("Contact", [{"Id": contact, "LastName": "C", "AccountId": account}])

    api.load("Task", [{"WhatId": account}, {"WhoId": contact}, {"AccountId": account}, {}])

    found = api.query("SELECT AccountId FROM Task ORDER BY Id")
    assert [each["AccountId"] for each in found] == [account, account, account, None]


def test_a_row_loaded_again_changes_only_what_is_given(api: Api) -> None:
    task, owner = tasks(api, 1)[0], mint("005", 70)
    api.load("User", [{"Id": owner, "LastName": "L", "Username": "l"}])
    api.load("Task", [{"Id": task, "Priority": "High", "OwnerId": owner}])
    stamp = "2026-02-01T00:00:00Z"

    api.load("Task", [{"Id": task, "Status": "Completed", "SystemModstamp": stamp}])

    found = api.query(
        "SELECT Subject, Priority, IsHighPriority, OwnerId, Status, IsClosed, SystemModstamp"
        " FROM Task"
    )
    assert found == [
        {
            "Subject": "Task 0",
            "Priority": "High",
            "IsHighPriority": True,
            "OwnerId": owner,
            "Status": "Completed",
            "IsClosed": True,
            "SystemModstamp": "2026-02-01T00:00:00.000+0000",
        }
    ]
