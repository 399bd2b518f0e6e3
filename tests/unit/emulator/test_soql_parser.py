"""Statements the parser takes and refuses, by what the SOQL reference says."""

import pytest

from local.salesforce.errors import ApiError
from local.salesforce.soql.parser import parse
from local.salesforce.soql.tree import (
    And,
    Comparison,
    DateWord,
    Includes,
    Membership,
    Moment,
    Not,
    Number,
    Operator,
    Or,
    SemiJoin,
    Text,
)

ACCEPTED = r"""
SELECT Id FROM Account
select id from account
SELECT Id, Name FROM Account
SELECT  Id ,Name  FROM   Account
SELECT Account.Name FROM Account
SELECT a.Name FROM Account a
SELECT a.Name FROM Account AS a
SELECT Owner.Name FROM Task
SELECT a.b.c.d.e.F FROM Account
SELECT Account.Parent.Parent.Name FROM Contact
SELECT COUNT() FROM Account
SELECT count() FROM Account WHERE Name = 'x'
SELECT COUNT(Id) FROM Account
SELECT COUNT(Id) n FROM Account
SELECT COUNT(Id) n, MAX(CreatedDate) latest FROM Account
SELECT COUNT_DISTINCT(Name) FROM Account
SELECT MIN(CreatedDate), SUM(AnnualRevenue), AVG(AnnualRevenue) FROM Account
SELECT Status, COUNT(Id) FROM Task GROUP BY Status
SELECT Status s, COUNT(Id) n FROM Task GROUP BY Status ORDER BY Status
SELECT Status, Priority FROM Task GROUP BY Status, Priority
SELECT FIELDS(ALL) FROM Account LIMIT 200
SELECT FIELDS(STANDARD) FROM Account
SELECT FIELDS(CUSTOM), Id FROM Account LIMIT 10
SELECT Id, (SELECT Id FROM Contacts) FROM Account
SELECT (SELECT Id, Name FROM Contacts WHERE Name = 'x' ORDER BY Name LIMIT 2), Id FROM Account
SELECT Id FROM Account WHERE Name = 'x'
SELECT Id FROM Account WHERE Name != 'x'
SELECT Id FROM Account WHERE Name <> 'x'
SELECT Id FROM Account WHERE Name < 'x'
SELECT Id FROM Account WHERE Name <= 'x'
SELECT Id FROM Account WHERE Name > 'x'
SELECT Id FROM Account WHERE Name >= 'x'
SELECT Id FROM Account WHERE Name='x'
SELECT Id FROM Account WHERE Name LIKE 'x%'
SELECT Id FROM Account WHERE Name like '%a_b%'
SELECT Id FROM Account WHERE Name LIKE '100\%'
SELECT Id FROM Account WHERE Name LIKE 'a\_b'
SELECT Id FROM Account WHERE Name = ''
SELECT Id FROM Account WHERE Name = 'it\'s'
SELECT Id FROM Account WHERE Name = 'a\\b\"c\n\r\t\b\f'
SELECT Id FROM Account WHERE Name = 'Müller 😀'
SELECT Id FROM Account WHERE Name IN ('a')
SELECT Id FROM Account WHERE Name IN ('a', 'b', null)
SELECT Id FROM Account WHERE Name NOT IN ('a', 'b')
SELECT Id FROM Account WHERE Name not in ('a')
SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact)
SELECT Id FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact WHERE Name = 'x')
SELECT Id FROM Account WHERE Tags__c INCLUDES ('a;b', 'c')
SELECT Id FROM Account WHERE Tags__c EXCLUDES ('a')
SELECT Id FROM Account WHERE Name = null
SELECT Id FROM Account WHERE Name != NULL
SELECT Id FROM Account WHERE IsDeleted = true
SELECT Id FROM Account WHERE IsDeleted = FALSE
SELECT Id FROM Account WHERE AnnualRevenue > 5
SELECT Id FROM Account WHERE AnnualRevenue > -5.25
SELECT Id FROM Account WHERE AnnualRevenue = +5
SELECT Id FROM Account WHERE AnnualRevenue = .5
SELECT Id FROM Account WHERE AnnualRevenue < 1e6
SELECT Id FROM Account WHERE NumberOfEmployees IN (1, 2, 3)
SELECT Id FROM Task WHERE ActivityDate = 2024-02-29
SELECT Id FROM Task WHERE CreatedDate > 2024-01-01T00:00:00Z
SELECT Id FROM Task WHERE CreatedDate > 2024-01-01T00:00:00.000Z
SELECT Id FROM Task WHERE CreatedDate > 2024-01-01t00:00:00z
SELECT Id FROM Task WHERE CreatedDate > 2024-01-01T00:00:00+02:00
SELECT Id FROM Task WHERE CreatedDate > 2024-01-01T00:00:00.000-08:00
SELECT Id FROM Task WHERE CreatedDate > 2024-01-01T00:00:00.000+0000
SELECT Id FROM Task WHERE CreatedDate = TODAY
SELECT Id FROM Task WHERE CreatedDate = yesterday
SELECT Id FROM Task WHERE CreatedDate > LAST_WEEK
SELECT Id FROM Task WHERE CreatedDate <= THIS_MONTH
SELECT Id FROM Task WHERE CreatedDate != NEXT_YEAR
SELECT Id FROM Task WHERE CreatedDate = LAST_N_DAYS:30
SELECT Id FROM Task WHERE CreatedDate = NEXT_N_WEEKS: 2
SELECT Id FROM Task WHERE CreatedDate < N_DAYS_AGO:7
SELECT Id FROM Task WHERE CreatedDate = LAST_N_QUARTERS:1 AND ActivityDate = THIS_FISCAL_YEAR
SELECT Id FROM Task WHERE ActivityDate IN (TODAY, TOMORROW)
SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' AND Name = 'c'
SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b' or Name = 'c'
SELECT Id FROM Account WHERE (Name = 'a' OR Name = 'b') AND Name = 'c'
SELECT Id FROM Account WHERE Name = 'a' OR (Name = 'b' AND Name = 'c')
SELECT Id FROM Account WHERE ((Name = 'a'))
SELECT Id FROM Account WHERE NOT Name = 'a'
SELECT Id FROM Account WHERE NOT (Name = 'a' OR Name = 'b')
SELECT Id FROM Account WHERE Name = 'a' AND NOT Name LIKE 'b%'
SELECT Id FROM Account WHERE (NOT Name = 'a') AND (NOT Name = 'b')
SELECT Id FROM Contact WHERE Account.Owner.Name = 'x'
SELECT Id FROM Contact c WHERE c.Account.Name = 'x'
SELECT Id FROM Account ORDER BY Name
SELECT Id FROM Account ORDER BY Name ASC
SELECT Id FROM Account ORDER BY Name DESC NULLS LAST, Id
SELECT Id FROM Account ORDER BY Owner.Name NULLS FIRST
SELECT Id FROM Account LIMIT 5
SELECT Id FROM Account LIMIT 5 OFFSET 10
SELECT Id FROM Account OFFSET 10
SELECT Id FROM Account ORDER BY Name LIMIT 1
SELECT Id FROM Account FOR VIEW
SELECT Id FROM Account LIMIT 1 FOR UPDATE
SELECT Id FROM Account FOR REFERENCE
SELECT Id FROM Account USING SCOPE mine
SELECT Id FROM Account WITH SECURITY_ENFORCED
SELECT Id FROM Account WHERE Name = 'x' WITH USER_MODE LIMIT 1
SELECT Id FROM Group WHERE Type = 'Queue'
SELECT Limit__c, Order__c FROM Custom__c WHERE From__c = 'x'
""".strip().splitlines()

REFUSED = r"""
SELEKT Id FROM Account
SELECT FROM Account
SELECT Id
SELECT Id FROM
SELECT Id, FROM Account
SELECT ,Id FROM Account
SELECT Id Name Email FROM Account
SELECT * FROM Account
SELECT Id FROM Account WHERE
SELECT Id FROM Account WHERE Name
SELECT Id FROM Account WHERE Name =
SELECT Id FROM Account WHERE = 'x'
SELECT Id FROM Account WHERE Name = x
SELECT Id FROM Account WHERE Name = "x"
SELECT Id FROM Account WHERE Name = 'x
SELECT Id FROM Account WHERE Name = 'x\q'
SELECT Id FROM Account WHERE Name == 'x'
SELECT Id FROM Account WHERE Name = :name
SELECT Id FROM Account WHERE Name IN 'x'
SELECT Id FROM Account WHERE Name IN ()
SELECT Id FROM Account WHERE Name IN ('x',)
SELECT Id FROM Account WHERE Name IN :names
SELECT Id FROM Account WHERE Name NOT LIKE 'x'
SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'
SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b' AND Name = 'c'
SELECT Id FROM Account WHERE (Name = 'a' AND Name = 'b' OR Name = 'c')
SELECT Id FROM Account WHERE (Name = 'a'
SELECT Id FROM Account WHERE Name = 'a')
SELECT Id FROM Account WHERE Name = 'a' AND
SELECT Id FROM Account WHERE AND Name = 'a'
SELECT Id FROM Account WHERE (Name, Id) > ('a', 'b')
SELECT Id FROM Account WHERE AnnualRevenue = 1.2.3
SELECT Id FROM Task WHERE CreatedDate > 2024-13-01T00:00:00Z
SELECT Id FROM Task WHERE CreatedDate > 2024-01-01T00:00:00
SELECT Id FROM Task WHERE ActivityDate = 2024-02-30
SELECT Id FROM Task WHERE ActivityDate = 24-02-01
SELECT Id FROM Task WHERE CreatedDate = LAST_N_DAYS
SELECT Id FROM Task WHERE CreatedDate = LAST_N_DAYS:
SELECT Id FROM Task WHERE CreatedDate = LAST_N_DAYS:x
SELECT Id FROM Task WHERE CreatedDate = LAST_N_DAYS:-1
SELECT Id FROM Task WHERE CreatedDate = SOMEDAY
SELECT Id FROM Account WHERE Tags__c INCLUDES 'a'
SELECT Id FROM Account WHERE Tags__c INCLUDES (1)
SELECT Id FROM Account ORDER Name
SELECT Id FROM Account ORDER BY
SELECT Id FROM Account ORDER BY Name UP
SELECT Id FROM Account ORDER BY Name NULLS MIDDLE
SELECT Id FROM Account LIMIT
SELECT Id FROM Account LIMIT x
SELECT Id FROM Account LIMIT -1
SELECT Id FROM Account LIMIT 1.5
SELECT Id FROM Account OFFSET 1 LIMIT 1
SELECT Id FROM Account LIMIT 1 WHERE Name = 'x'
SELECT Id FROM Account GROUP Name
SELECT Id FROM Account;
SELECT Id FROM Account # comment
SELECT Id FROM Account WHERE Name LIKE
SELECT FIELDS(SOME) FROM Account
SELECT COUNT( FROM Account
SELECT UPPER(Name) FROM Account
SELECT Id, (SELECT Id FROM Contacts FROM Account
SELECT Id FROM Account WITH NOTHING
SELECT Id FROM Account ALL ROWS
DELETE FROM Account
""".strip().splitlines()


@pytest.mark.parametrize("statement", ACCEPTED)
def test_a_valid_statement_is_parsed(statement: str) -> None:
    query = parse(statement)

    assert query.selections
    assert query.source.name


@pytest.mark.parametrize("statement", ["", " ", *REFUSED])
def test_an_invalid_statement_is_malformed(statement: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse(statement)

    assert (refused.value.status, refused.value.code) == (400, "MALFORMED_QUERY")


def test_the_corpus_is_large_enough() -> None:
    assert len({*ACCEPTED, *REFUSED}) >= 150


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
    with pytest.raises(ApiError, match="100,000"):
        parse("SELECT Id FROM Account WHERE Name = 'x'" + " " * 100_000)
