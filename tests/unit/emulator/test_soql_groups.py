# ruff: noqa: S608  the statements are what is tested
"""Grouped statements: subtotals, HAVING, date functions, extremes, names of columns."""

import pytest

from local.salesforce.inprocess import Api


def leads(api: Api) -> None:
    """Two sources, ratings partly missing."""
    for source, rating in (("Other", "Hot"), ("Web", "Warm"), ("Web", None), ("Web", "Hot")):
        api.create("Lead", LastName="L", Company="C", LeadSource=source, Rating=rating)


def table(api: Api, statement: str) -> list[tuple[object, ...]]:
    return [tuple(record.values()) for record in api.query(statement)]


def test_rollup_adds_subtotals_and_a_total(api: Api) -> None:
    leads(api)

    found = table(
        api,
        "SELECT LeadSource, Rating, GROUPING(LeadSource), GROUPING(Rating), COUNT(Id) FROM Lead"
        " GROUP BY ROLLUP(LeadSource, Rating)",
    )

    assert found == [
        ("Web", None, 0, 0, 1),
        ("Web", "Hot", 0, 0, 1),
        ("Web", "Warm", 0, 0, 1),
        ("Web", None, 0, 1, 3),
        ("Other", "Hot", 0, 0, 1),
        ("Other", None, 0, 1, 1),
        (None, None, 1, 1, 4),
    ]


def test_cube_adds_subtotals_of_every_combination(api: Api) -> None:
    leads(api)

    found = table(
        api,
        "SELECT LeadSource, Rating, COUNT(Id) FROM Lead GROUP BY CUBE(LeadSource, Rating)"
        " HAVING GROUPING(LeadSource) = 1 ORDER BY GROUPING(Rating), Rating",
    )

    assert found == [(None, None, 1), (None, "Hot", 2), (None, "Warm", 1), (None, None, 4)]


def test_rollup_of_nothing_has_no_total(api: Api) -> None:
    assert table(api, "SELECT Rating, COUNT(Id) FROM Lead GROUP BY ROLLUP(Rating)") == []


def test_aggregates_of_nothing_are_one_row(api: Api) -> None:
    found = table(api, "SELECT COUNT(Id), MAX(CreatedDate), SUM(NumberOfEmployees) FROM Lead")

    assert found == [(0, None, None)]


def test_having_keeps_groups_by_what_they_hold(api: Api) -> None:
    leads(api)

    found = table(
        api,
        "SELECT LeadSource FROM Lead GROUP BY LeadSource HAVING COUNT(Id) > 1 AND LeadSource"
        " LIKE 'w%'",
    )

    assert found == [("Web",)]


def test_days_group_in_utc_or_in_the_zone_of_the_user(api: Api) -> None:
    api.load("Lead", [{"LastName": "L", "Company": "C", "CreatedDate": "2026-01-01T05:00:00Z"}])

    utc = table(
        api, "SELECT CALENDAR_YEAR(CreatedDate) FROM Lead GROUP BY CALENDAR_YEAR(CreatedDate)"
    )
    local = table(
        api,
        "SELECT CALENDAR_YEAR(convertTimezone(CreatedDate)) y,"
        " HOUR_IN_DAY(convertTimezone(CreatedDate)) FROM Lead GROUP BY"
        " CALENDAR_YEAR(convertTimezone(CreatedDate)),"
        " HOUR_IN_DAY(convertTimezone(CreatedDate))",
    )

    assert (utc, local) == ([(2026,)], [(2025, 21)])


def test_fiscal_years_begin_where_the_organization_says(api: Api) -> None:
    api.create("Task", ActivityDate="2026-02-01")
    api.org.database.run('UPDATE "Organization" SET "FiscalYearStartMonth" = 2')

    found = table(
        api,
        "SELECT FISCAL_YEAR(ActivityDate), FISCAL_QUARTER(ActivityDate),"
        " FISCAL_MONTH(ActivityDate) FROM Task GROUP BY FISCAL_YEAR(ActivityDate),"
        " FISCAL_QUARTER(ActivityDate), FISCAL_MONTH(ActivityDate)",
    )

    assert found == [(2027, 1, 1)]


@pytest.mark.parametrize(
    ("word", "days"),
    [
        ("THIS_FISCAL_YEAR", ["2026-02-01"]),
        ("LAST_FISCAL_QUARTER", ["2026-01-31"]),
        ("NEXT_FISCAL_QUARTER", []),
    ],
)
def test_fiscal_words_follow_the_organization(api: Api, word: str, days: list[str]) -> None:
    for day in ("2026-01-31", "2026-02-01"):
        api.create("Task", ActivityDate=day)
    api.org.database.run('UPDATE "Organization" SET "FiscalYearStartMonth" = 2')

    found = table(api, f"SELECT ActivityDate FROM Task WHERE ActivityDate = {word}")

    assert [day for (day,) in found] == days


def test_a_grouped_day_may_be_shown_by_its_month(api: Api) -> None:
    api.create("Contact", LastName="C", Birthdate="2000-05-06")

    found = table(api, "SELECT CALENDAR_MONTH(Birthdate) FROM Contact GROUP BY Birthdate")

    assert found == [(5,)]


def test_extremes_follow_the_order_of_each_type(api: Api) -> None:
    for priority, subject in (("Low", "a_"), ("High", "ab"), ("Normal", "A")):
        api.create("Task", Priority=priority, Subject=subject)

    found = table(api, "SELECT MIN(Priority), MAX(Priority), MIN(Subject), MAX(Subject) FROM Task")

    assert found == [("High", "Low", "A", "a_")]


def test_columns_are_named_by_alias_field_or_number(api: Api) -> None:
    api.create("Account", Name="A", Industry="Banking", AnnualRevenue=5)

    found = api.query(
        "SELECT Industry, Name n, COUNT(Id), SUM(AnnualRevenue) total, MAX(AnnualRevenue),"
        " FORMAT(MAX(AnnualRevenue)) shown FROM Account GROUP BY Industry, Name"
    )

    assert found == [
        {
            "Industry": "Banking",
            "n": "A",
            "expr0": 1,
            "total": 5.0,
            "expr1": 5.0,
            "shown": "$5",
        }
    ]


@pytest.mark.parametrize(
    "statement",
    ["SELECT COUNT() FROM Lead GROUP BY Name", "SELECT Name, COUNT() FROM Lead GROUP BY Name",
     "SELECT COUNT(), Name FROM Lead"],
)  # fmt: skip
def test_count_of_everything_stands_alone(api: Api, statement: str) -> None:
    status, body = api.call("GET", "query", q=statement)

    assert (status, body[0]["errorCode"]) == (400, "MALFORMED_QUERY")


def test_groups_do_not_come_in_pages(api: Api) -> None:
    api.call("POST", "/__emulator__/settings", {"page_size": 2})
    for name in ("A", "B", "C"):
        api.create("Account", Name=name)
    statement = "SELECT Name FROM Account GROUP BY Name"

    status, body = api.call("GET", "query", q=statement)
    limited = api.query(statement + " LIMIT 2")

    assert (status, body) == (
        400,
        [
            {
                "message": "Aggregate query does not support queryMore(), use LIMIT to restrict"
                " the results to a single batch",
                "errorCode": "EXCEEDED_ID_LIMIT",
            }
        ],
    )
    assert len(limited) == 2


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("SELECT Industry, Name FROM Account GROUP BY Industry",
         "Field must be grouped or aggregated: Name"),
        ("SELECT Industry FROM Account GROUP BY Industry ORDER BY Name",
         "Ordered field must be grouped or aggregated: Name"),
        ("SELECT AnnualRevenue FROM Account GROUP BY AnnualRevenue",
         "field 'AnnualRevenue' can not be grouped in a query call"),
        ("SELECT Subject FROM Task GROUP BY Subject",
         "field 'Subject' can not be grouped in a query call"),
        ("SELECT SUM(Name) FROM Account", "field Name does not support aggregate operator SUM"),
        ("SELECT MAX(IsDeleted) FROM Account",
         "field IsDeleted does not support aggregate operator MAX"),
        ("SELECT COUNT(Description) FROM Account",
         "field Description does not support aggregate operator COUNT"),
        ("SELECT COUNT(Id) FROM Account LIMIT 1",
         "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"),
        ("SELECT Account.Name, Owner.Name FROM Contact GROUP BY Account.Name, Owner.Name",
         "duplicate alias: Name"),
        ("SELECT CALENDAR_YEAR(CreatedDate) FROM Account",
         "Date-aggregate functions can only be selected in grouped queries"),
        ("SELECT Name, (SELECT COUNT(Id) FROM Contacts) FROM Account",
         "only root queries support aggregate expressions"),
    ],
)  # fmt: skip
def test_what_cannot_be_grouped_is_refused(api: Api, statement: str, text: str) -> None:
    status, body = api.call("GET", "query", q=statement)

    assert (status, body[0]["errorCode"]) == (400, "MALFORMED_QUERY")
    assert body[0]["message"].rpartition("\n")[2] == text
