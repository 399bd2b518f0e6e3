"""Pages that count children, subqueries with locators of their own, and pages of wide rows."""

from typing import Any

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api

CONTACTS = "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account ORDER BY Id"


def accounts(api: Api, *children: int) -> list[str]:
    """Accounts with so many contacts each."""
    ids = [mint("001", 500 + at) for at in range(len(children))]
    api.load("Account", [{"Id": each, "Name": f"A{at}"} for at, each in enumerate(ids)])
    api.load(
        "Contact",
        [
            {"LastName": f"C{number:04d}", "AccountId": account}
            for account, count in zip(ids, children, strict=True)
            for number in range(count)
        ],
    )
    return ids


def ask(api: Api, statement: str, *, batch: int | None = None, version: str = "62.0") -> Any:
    headers = {} if batch is None else {"sforce-query-options": f"batchSize={batch}"}
    path = f"/services/data/v{version}/query"
    return api.send("GET", path, query={"q": statement}, headers=headers).body


def test_children_count_towards_the_page(api: Api) -> None:
    accounts(api, 150, 100, 3)

    first = ask(api, CONTACTS, batch=200)
    _, second = api.call("GET", first["nextRecordsUrl"])

    assert [each["Name"] for each in first["records"]] == ["A0", "A1"]
    assert first["nextRecordsUrl"].endswith("-2")
    assert [each["Contacts"]["totalSize"] for each in first["records"]] == [150, 100]
    assert [len(each["Contacts"]["records"]) for each in first["records"]] == [150, 48]
    assert [each["Name"] for each in second["records"]] == ["A2"]
    assert second["done"] is True


def test_a_subquery_that_does_not_fit_has_its_own_locator(api: Api) -> None:
    accounts(api, 257)

    page = ask(api, CONTACTS, batch=200)
    children = page["records"][0]["Contacts"]
    _, rest = api.call("GET", children["nextRecordsUrl"])

    assert (page["totalSize"], page["done"], "nextRecordsUrl" in page) == (1, True, False)
    assert (children["totalSize"], children["done"]) == (257, False)
    assert len(children["records"]) == 199
    assert children["nextRecordsUrl"].endswith("-199")
    assert (rest["totalSize"], rest["done"], len(rest["records"])) == (257, True, 58)
    assert rest["records"][0]["LastName"] == "C0199"


def test_children_of_children_count_too(api: Api) -> None:
    accounts(api, 2)
    contacts = [each["Id"] for each in api.query("SELECT Id FROM Contact ORDER BY LastName")]
    api.load("Task", [{"WhoId": each, "Subject": "T"} for each in contacts for _ in range(150)])
    statement = (
        "SELECT Name, (SELECT LastName, (SELECT Subject FROM Tasks) FROM Contacts ORDER BY"
        " LastName) FROM Account"
    )

    page = ask(api, statement, batch=200)

    inner = page["records"][0]["Contacts"]["records"]
    assert [len(each["Tasks"]["records"]) for each in inner] == [150, 47]
    assert [each["Tasks"]["done"] for each in inner] == [True, False]


@pytest.mark.parametrize(("version", "status"), [("57.0", 400), ("58.0", 200)])
def test_subqueries_within_subqueries_need_version_58(api: Api, version: str, status: int) -> None:
    statement = "SELECT Id, (SELECT Id, (SELECT Id FROM Tasks) FROM Contacts) FROM Account"

    found = api.send("GET", f"/services/data/v{version}/query", query={"q": statement})

    assert found.status == status
    if status == 400:
        assert found.body == [
            {
                "message": "SOQL statements cannot query aggregate relationships more than 1 level"
                " away from the root entity object.",
                "errorCode": "MALFORMED_QUERY",
            }
        ]


def test_a_subquery_has_a_limit_for_each_parent(api: Api) -> None:
    accounts(api, 5, 1, 0)

    found = api.query(CONTACTS.replace("LastName)", "LastName DESC LIMIT 2)"))

    shown = [each["Contacts"] and each["Contacts"]["records"] for each in found]
    assert [[each["LastName"] for each in some or []] for some in shown] == [
        ["C0004", "C0003"],
        ["C0000"],
        [],
    ]
    assert found[2]["Contacts"] is None


def test_deleted_children_are_seen_by_query_all_only(api: Api) -> None:
    accounts(api, 2)
    gone = api.query("SELECT Id FROM Contact WHERE LastName = 'C0000'")[0]["Id"]
    api.call("DELETE", f"sobjects/Contact/{gone}")

    alive = api.query(CONTACTS)
    everything = api.query(CONTACTS, everything=True)

    assert alive[0]["Contacts"]["totalSize"] == 1
    assert everything[0]["Contacts"]["totalSize"] == 2


def test_wide_rows_make_pages_smaller(api: Api) -> None:
    texts = {"Description": "x" * 1_000}
    api.load("Task", [{"Subject": str(at), **texts} for at in range(600)])
    api.call("POST", "/__emulator__/settings", {"page_characters": 250_500})
    statement = "SELECT {} FROM Task ORDER BY Id"

    wide = ask(api, statement.format("Subject, Description"))
    narrow = ask(api, statement.format("Subject"))
    _, second = api.call("GET", wide["nextRecordsUrl"])

    assert [len(each["records"]) for each in (wide, second)] == [250, 250]
    assert second["records"][0]["Subject"] == "250"
    assert (len(narrow["records"]), narrow["done"]) == (600, True)


def test_no_page_of_wide_rows_has_less_than_200(api: Api) -> None:
    api.load("Task", [{"Description": "x" * 30_000} for _ in range(250)])

    page = ask(api, "SELECT Description FROM Task")

    assert (len(page["records"]), page["done"]) == (200, False)


def test_a_locator_is_the_users_own(api: Api) -> None:
    other = mint("005", 71)
    api.load("User", [{"Id": other, "LastName": "O", "Username": "o@x.example", "IsActive": True}])
    accounts(api, 0, 0, 0)
    api.call("POST", "/__emulator__/settings", {"page_size": 2})
    page = ask(api, "SELECT Id FROM Account")

    stranger = Api(api.org, api.org.sessions.open(other))
    status, body = stranger.call("GET", page["nextRecordsUrl"])

    assert (status, body[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


def test_long_results_wait_outside_of_memory_and_expire(api: Api) -> None:
    api.load("Account", [{"Id": mint("001", at), "Name": "A"} for at in range(25_000)])

    page = ask(api, "SELECT Id FROM Account ORDER BY Id")
    _, last = api.call("GET", page["nextRecordsUrl"].replace("-2000", "-24000"))
    waiting = list(api.org.scratch.glob("cursor-*"))
    api.org.clock.advance(2 * 86_400 + 1)
    ask(api, "SELECT Id FROM Account")

    assert [each["Id"] for each in last["records"][:1]] == [mint("001", 24_000)]
    assert (len(waiting), len(api.org.cursors)) == (1, 1)
    assert waiting != list(api.org.scratch.glob("cursor-*"))
