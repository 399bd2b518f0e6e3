# ruff: noqa: S608  the statements are what is tested
"""What the evaluator refuses, and in which words; the grammar's refusals are tested elsewhere."""

from itertools import product

import pytest

from local.salesforce.inprocess import Api

NESTED = (
    "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested"
    " WHERE expressions."
)
CONTACTS = "Id IN (SELECT AccountId FROM Contact)"


def refusal(api: Api, statement: str) -> tuple[str, str]:
    """The code and the last line of the text."""
    status, body = api.call("GET", "query", q=statement)
    assert status == 400, body
    return body[0]["errorCode"], body[0]["message"].rpartition("\n")[2]


def selected(count: int) -> str:
    """A path through some parents."""
    return ".".join(["Parent"] * count + ["Name"])


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (f"{CONTACTS} OR Name = 'x'",
         "Semi join sub-selects are not allowed with the 'OR' operator"),
        (f"Name = 'x' AND (Name = 'y' AND {CONTACTS})", NESTED),
        (f"NOT {CONTACTS}", NESTED),
        (f"{CONTACTS} AND {CONTACTS} AND {CONTACTS}",
         "Maximum 2 semi join sub-selects are allowed"),
        ("Id IN (SELECT AccountId FROM Contact WHERE AccountId IN (SELECT AccountId FROM Case))",
         "Nesting of semi join sub-selects is not supported"),
        ("ParentId IN (SELECT Id FROM Account)",
         "The inner and outer selects should not be on the same object type"),
        ("Id IN (SELECT WhatId FROM Task)",
         "Entity 'Task' is not supported for semi join inner selects"),
        ("Id IN (SELECT LastName FROM Contact)",
         "Semi join sub-selects can only query id fields, cannot use: 'LastName'"),
        ("Name IN (SELECT AccountId FROM Contact)",
         ("The left operand field in the where expression for outer query should be an id field,"
         " cannot use: 'Name'")),
        ("Id IN (SELECT OwnerId FROM Contact)",
         ("The selected field 'OwnerId' in the subquery and the left operand field in the where"
         " expression in the outer query 'Id' should point to the same object type")),
        ("Id IN (SELECT AccountId FROM Contact LIMIT 1)", "missing value at 'LIMIT'"),
    ],
)  # fmt: skip
def test_a_sub_select_out_of_place_is_refused(api: Api, where: str, text: str) -> None:
    assert refusal(api, f"SELECT Id FROM Account WHERE {where}") == ("MALFORMED_QUERY", text)


@pytest.mark.parametrize(
    ("where", "code", "text"),
    [
        ("Description = 'x'", "INVALID_FIELD",
         "field 'Description' can not be filtered in a query call"),
        ("BillingAddress = 'x'", "INVALID_FIELD",
         "Address fields can only be filtered using Distance expressions"),
        ("CreatedDate > 2024-01-01", "INVALID_FIELD",
         ("value of filter criterion for field 'CreatedDate' must be of type dateTime and should"
         " not be enclosed in quotes")),
        ("CreatedDate > '2024-01-01T00:00:00Z'", "INVALID_FIELD",
         ("value of filter criterion for field 'CreatedDate' must be of type dateTime and should"
         " not be enclosed in quotes")),
        ("LastActivityDate = 2024-01-01T00:00:00Z", "INVALID_FIELD",
         ("value of filter criterion for field 'LastActivityDate' must be of type date and should"
         " not be enclosed in quotes")),
        ("Name = 5", "INVALID_FIELD",
         ("value of filter criterion for field 'Name' must be of type string and should be"
         " enclosed in quotes")),
        ("Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: x"),
        ("Id LIKE '001%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on id field"),
        ("IsDeleted > false", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
        ("AnnualRevenue LIKE '1%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
        ("Name INCLUDES ('x')", "INVALID_QUERY_FILTER_OPERATOR",
         "includes or excludes operator only valid on multipicklist field"),
    ],
)  # fmt: skip
def test_a_condition_of_the_wrong_type_is_refused(
    api: Api, where: str, code: str, text: str
) -> None:
    assert refusal(api, f"SELECT Id FROM Account WHERE {where}") == (code, text)


@pytest.mark.parametrize(
    ("statement", "code", "text"),
    [
        ("SELECT Id, Name, id FROM Account", "INVALID_FIELD", "duplicate field selected: Id"),
        ("SELECT FIELDS(STANDARD), Name FROM Account", "INVALID_FIELD",
         "duplicate field selected: Name"),
        ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY",
         "The SOQL FIELDS function must have a LIMIT of at most 200"),
        ("SELECT FIELDS(CUSTOM) FROM Account LIMIT 201", "MALFORMED_QUERY",
         "The SOQL FIELDS function must have a LIMIT of at most 200"),
        ("SELECT Name n FROM Account", "MALFORMED_QUERY",
         "only aggregate expressions use field aliasing"),
        ("SELECT Id FROM Account ORDER BY Description", "MALFORMED_QUERY",
         "field 'Description' can not be sorted in a query call"),
        ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE",
         "Maximum SOQL offset allowed is 2000"),
        ("SELECT Id FROM Account ORDER BY Name FOR UPDATE", "MALFORMED_QUERY",
         "Explicit ORDER BY not allowed when locking rows (Id order is implied)"),
        ("SELECT TYPEOF Owner WHEN User THEN Name END FROM Account", "MALFORMED_QUERY",
         "TYPEOF operand 'Owner' is not a polymorphic relationship field"),
        ("SELECT TYPEOF Who WHEN Lead THEN Name WHEN Lead THEN Id END FROM Task",
         "MALFORMED_QUERY", "WHEN clause operand [Lead] is not unique"),
        (
            "SELECT Owner.Name, TYPEOF Owner WHEN User THEN Alias END FROM Task",
            "INVALID_FIELD",
            "duplicate field selected: Owner",
        ),
        (f"SELECT {selected(6)} FROM Account", "MALFORMED_QUERY",
         ("SOQL statements cannot query foreign key relationships more than 5 levels away from the"
         " root entity object.")),
    ],
)  # fmt: skip
def test_a_statement_that_asks_too_much_is_refused(
    api: Api, statement: str, code: str, text: str
) -> None:
    assert refusal(api, statement) == (code, text)


@pytest.mark.parametrize(
    ("statement", "code", "start"),
    [
        ("SELECT Who.Company FROM Task", "INVALID_FIELD",
         "No such column 'Company' on entity 'Name'."),
        ("SELECT TYPEOF Who WHEN Lead THEN Nothing END FROM Task", "INVALID_FIELD",
         "No such column 'Nothing' on entity 'Lead'."),
        ("SELECT TYPEOF Who WHEN Lead THEN Id ELSE Company END FROM Task", "INVALID_FIELD",
         "No such column 'Company' on entity 'Name'."),
        ("SELECT TYPEOF Who WHEN Account THEN Id END FROM Task", "INVALID_TYPE",
         "sObject type 'Account' is not supported."),
        ("SELECT TYPEOF Nobody WHEN Lead THEN Id END FROM Task", "INVALID_FIELD",
         "No such relation 'Nobody' on entity 'Task'."),
        ("SELECT Id, (SELECT Id FROM Nothings) FROM Account", "INVALID_TYPE",
         "Didn't understand relationship 'Nothings' in FROM part of query call."),
        ("SELECT Industry FROM Account GROUP BY Industry HAVING Nothing = 'x'", "INVALID_FIELD",
         "No such column 'Nothing' on entity 'Account'."),
    ],
)  # fmt: skip
def test_a_name_that_is_not_there_is_told(api: Api, statement: str, code: str, start: str) -> None:
    found, text = refusal(api, statement)

    assert found == code
    assert text.startswith(start)


def test_five_parents_are_as_far_as_a_path_goes(api: Api) -> None:
    api.create("Account", Name="A")

    assert api.query(f"SELECT {selected(5)} FROM Account") == [{"Parent": None}]


def test_a_statement_names_55_relationships_at_most(api: Api) -> None:
    ways = ("Manager", "CreatedBy", "LastModifiedBy")
    paths = [
        f"Owner.{first}.{second}.{third}.Name" for first, second, third in product(ways, repeat=3)
    ]
    more = [path.replace("Owner", "CreatedBy") for path in paths]
    least = f"SELECT {', '.join(paths)} FROM Account"

    code, text = refusal(api, f"{least[:-13]}, {', '.join(more)} FROM Account")

    assert api.query(least) == []
    assert (code, "55 foreign key relationships" in text) == ("MALFORMED_QUERY", True)


def test_more_than_twenty_subqueries_are_refused(api: Api) -> None:
    listed = ", ".join(["(SELECT Id FROM Contacts)"] * 21)

    code, _ = refusal(api, f"SELECT Id, {listed} FROM Account")

    assert code == "MALFORMED_QUERY"
