"""What a parsed statement is made of, and its limits.

What is taken and what is refused is told by the corpus of tests/conformance/soql.
"""

from decimal import Decimal

import pytest

from local.salesforce.errors import ApiError
from local.salesforce.soql.functions import Function
from local.salesforce.soql.parser import parse
from local.salesforce.soql.tree import (
    And,
    Call,
    Category,
    Column,
    Comparison,
    Computed,
    Context,
    DateWord,
    Flag,
    Grouping,
    Includes,
    Membership,
    Moment,
    Money,
    Not,
    Number,
    Operator,
    Or,
    Path,
    SemiJoin,
    Source,
    Subquery,
    Text,
    TypeOf,
    When,
)


def test_conditions_keep_their_structure() -> None:
    query = parse(
        "SELECT Id FROM Task WHERE (Subject LIKE 'a\\_%' OR NOT Priority IN ('High', null))"
        " AND Tags__c EXCLUDES ('x;y') AND Id IN (SELECT WhatId FROM Event) AND N__c >= -1.50"
    )

    assert isinstance(query.where, And)
    either, excludes, semi_join, number = query.where.parts
    assert isinstance(either, Or)
    like, negation = either.parts
    assert isinstance(like, Comparison)
    assert isinstance(like.value, Text)
    assert (like.value.value, like.value.pattern) == ("a_%", "a\\_%")
    assert isinstance(negation, Not)
    assert isinstance(negation.part, Membership)
    assert isinstance(excludes, Includes)
    assert excludes.negated
    assert isinstance(semi_join, SemiJoin)
    assert isinstance(number, Comparison)
    assert number.operator is Operator.GREATER_OR_EQUAL
    assert isinstance(number.value, Number)
    assert str(number.value.value) == "-1.50"


def test_moments_of_any_zone_are_told_in_utc() -> None:
    query = parse("SELECT Id FROM Task WHERE CreatedDate = 2024-01-01T01:30:00+02:00")

    assert isinstance(query.where, Comparison)
    assert isinstance(query.where.value, Moment)
    assert query.where.value.value.isoformat() == "2023-12-31T23:30:00+00:00"


def test_a_counted_date_word_keeps_its_count() -> None:
    query = parse("SELECT Id FROM Task WHERE CreatedDate = last_n_days:7")

    assert isinstance(query.where, Comparison)
    assert query.where.value == DateWord("LAST_N_DAYS", 7, 40)


def test_deep_nesting_is_refused_and_does_not_crash() -> None:
    statement = "SELECT Id FROM Account WHERE " + "(" * 20_000 + "Name = 'x'" + ")" * 20_000

    with pytest.raises(ApiError, match="nested too deeply"):
        parse(statement)


def test_a_statement_has_at_most_100_000_characters() -> None:
    """https://github.com/django-salesforce/django-salesforce/issues/164"""
    with pytest.raises(ApiError, match="can not be longer than 100000 characters"):
        parse("SELECT Id FROM Account WHERE Name = 'x'" + " " * 100_000)


@pytest.mark.parametrize("number", ["2147483648", "9" * 5_000])
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT Id FROM Account LIMIT {}",
        "SELECT Id FROM Account OFFSET {}",
        "SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:{}",
    ],
)
def test_counts_are_no_larger_than_integers(statement: str, number: str) -> None:
    with pytest.raises(ApiError, match="For input string"):
        parse(statement.format(number))


def test_typeof_keeps_its_cases() -> None:
    query = parse("SELECT TYPEOF Who WHEN Lead THEN Company, Email ELSE Name END FROM Task")

    assert query.selections == (
        TypeOf(
            Path(("Who",), 14),
            (When("Lead", (Path(("Company",), 33), Path(("Email",), 42)), 23),),
            (Path(("Name",), 53),),
            7,
        ),
    )


def test_functions_keep_what_they_are_called_with() -> None:
    query = parse("SELECT calendar_year(convertTimezone(a.CreatedDate)) y FROM Account a")

    (computed,) = query.selections
    assert isinstance(computed, Computed)
    assert computed.alias == "y"
    assert computed.call.name is Function.CALENDAR_YEAR
    assert computed.call.text == "CALENDAR_YEAR(convertTimezone(a.CreatedDate))"
    assert computed.call.path == Path(("a", "CreatedDate"), 37)


def test_distance_is_compared_like_a_field() -> None:
    query = parse("SELECT Id FROM X WHERE DISTANCE(L__c, GEOLOCATION(1.5, -2), 'mi') < 20")

    assert isinstance(query.where, Comparison)
    assert isinstance(query.where.operand, Call)
    field, place, unit = query.where.operand.arguments
    assert field == Path(("L__c",), 32)
    assert isinstance(place, Call)
    assert [each.value for each in place.arguments if isinstance(each, Number)] == [
        Decimal("1.5"),
        Decimal(-2),
    ]
    assert unit == Text("mi", "mi", 60)


def test_groups_keep_their_kind_and_condition() -> None:
    query = parse("SELECT Type, COUNT(Id) FROM Case GROUP BY CUBE(Type) HAVING COUNT(Id) > 1")

    assert query.grouping is Grouping.CUBE
    assert query.group_by == (Path(("Type",), 47),)
    assert isinstance(query.having, Comparison)
    assert query.having.operand.text == "COUNT(Id)"


def test_what_order_does_not_say_is_none() -> None:
    query = parse("SELECT Id FROM Case ORDER BY A, B ASC NULLS FIRST, C DESC NULLS LAST")

    assert [(each.descending, each.nulls_last) for each in query.order_by] == [
        (False, None),
        (False, False),
        (True, True),
    ]


def test_currencies_are_codes_and_amounts() -> None:
    query = parse("SELECT Id FROM X WHERE A IN (usd5, EUR1.50, CHF-3)")

    assert isinstance(query.where, Membership)
    assert query.where.values == (
        Money("USD", Decimal(5), 29),
        Money("EUR", Decimal("1.50"), 35),
        Money("CHF", Decimal(-3), 44),
    )


def test_what_follows_the_conditions_is_kept() -> None:
    query = parse(
        "SELECT Id FROM Contact c, c.Account a USING SCOPE mine WITH DATA CATEGORY G__c AT (E__c)"
        " WITH UserId = 'x' FOR VIEW UPDATE TRACKING SET OPTIONS (honorEmptyStrings = true)"
    )

    assert query.joined == (Source("c.Account", "a", 26),)
    assert query.scope == "MINE"
    assert query.categories == (Category("G__c", "AT", ("E__c",)),)
    assert query.contexts == (Context(None, (("UserId", Text("x", "x", 103)),)),)
    assert (query.purposes, query.updates) == (("VIEW",), ("TRACKING",))
    assert query.options == (("honorEmptyStrings", Flag(value=True, at=165)),)


def test_words_are_names_where_they_can_be() -> None:
    query = parse("SELECT Order.Group, End FROM Group today OFFSET 5")

    assert query.selections == (
        Column(Path(("Order", "Group"), 7), None),
        Column(Path(("End",), 20), None),
    )
    assert query.source == Source("Group", "today", 29)
    assert query.offset == 5


def test_a_string_has_at_most_4_000_characters() -> None:
    statement = "SELECT Id FROM Account WHERE Name = '{}'"
    longest = parse(statement.format("x" * 4_000))

    assert isinstance(longest.where, Comparison)
    with pytest.raises(ApiError, match="4000"):
        parse(statement.format("x" * 4_001))


def test_a_statement_has_at_most_twenty_subqueries() -> None:
    statement = "SELECT Id{} FROM Account"
    most = parse(statement.format(", (SELECT Id FROM Contacts)" * 20))

    assert len([each for each in most.selections if isinstance(each, Subquery)]) == 20
    with pytest.raises(ApiError, match="20 subqueries"):
        parse(statement.format(", (SELECT Id FROM Contacts)" * 21))


def test_children_go_four_levels_deep() -> None:
    def nested(levels: int) -> str:
        inside, parent = "SELECT Id FROM Contacts", "SELECT Id, ({}) FROM Contacts"
        for _ in range(levels):
            inside = parent.format(inside)
        return inside

    assert parse(nested(4)).selections
    with pytest.raises(ApiError, match="more than 4 levels away"):
        parse(nested(5))


def test_an_empty_statement_is_named_so() -> None:
    """https://github.com/dufoli/Salesforce-Inspector-Advanced/issues/284"""
    with pytest.raises(ApiError, match="SOQL statements cannot be empty or null"):
        parse("\n ")
