"""Statements of which the oracle says otherwise than Salesforce, each with a reason and its source.

The oracle reads more than Salesforce does where it does not look inside, and less where its
grammar is older. What is said here without a source follows from the reference's own syntax.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Reason to the statements that Salesforce takes and the oracle refuses.
OURS_ALONE: Final[Mapping[str, tuple[str, ...]]] = {
    "Several objects in FROM: SOQL reference, Alias Notation": (
        "SELECT COUNT() FROM Contact c, c.Account a WHERE a.Name = 'x'",
        "SELECT a.Name, o.Name FROM Contact c, c.Account a, a.Owner o",
    ),
    "Currencies below zero: release notes of Winter '25; a fraction as above zero": (
        "SELECT Id FROM Account WHERE Balance__c < USD-500.25",
    ),
    "FOR VIEW in conjunction with FOR REFERENCE: SOQL reference, FOR VIEW and FOR REFERENCE": (
        "SELECT Id FROM Account LIMIT 1 FOR VIEW FOR REFERENCE",
    ),
    "UPDATE TRACKING, VIEWSTAT: SOQL reference, Typographical Conventions": (
        "SELECT Title FROM KnowledgeArticleVersion LIMIT 5 UPDATE TRACKING, VIEWSTAT",
    ),
    "SET OPTIONS came with API 67.0: SOQL reference, SET OPTIONS": (
        "SELECT Id FROM Account LIMIT 1 SET OPTIONS (honorEmptyStrings = true)",
        "SELECT Id FROM Account FOR VIEW SET OPTIONS (honorEmptyStrings = true) FOR UPDATE",
        "SELECT Id FROM Account SET OPTIONS (dataspace = 'default', honorEmptyStrings = false)",
    ),
    "The scope mine_and_my_groups: SOQL reference, USING SCOPE": (
        "SELECT Id FROM Account USING SCOPE mine_and_my_groups",
    ),
    "WITH other than DATA CATEGORY: SOQL reference, WITH; Connect REST, RecordVisibilityContext": (
        "SELECT Id FROM UserProfileFeed WITH UserId = '005000000000001AAA' LIMIT 20",
        "SELECT Id FROM X WITH RecordVisibilityContext (supportsDomains = true, top = 100)",
    ),
}

# Reason to the statements that the oracle takes and Salesforce refuses.
ORACLE_ALONE: Final[Mapping[str, tuple[str, ...]]] = {
    "AND and OR need parentheses: release notes of Summer '24 show the refusal": (
        "SELECT Id FROM Account WHERE A = 1 AND B = 2 OR C = 3",
        "SELECT Id FROM Account WHERE A = 1 OR B = 2 AND C = 3",
        "SELECT Id FROM Account WHERE (A = 1 AND B = 2 OR C = 3)",
        "SELECT Id FROM Account WHERE (A = 1 AND B = 2) OR C = 3 AND D = 4",
        "SELECT A FROM X GROUP BY A HAVING MIN(B) > 1 AND MAX(B) < 5 OR A = 'x'",
    ),
    "No condition begins with AND": ("SELECT Id FROM Account WHERE AND A = 1",),
    "No path ends with a dot": ("SELECT Owner. FROM Account",),
    "LIKE takes a string: release notes of Winter '25": (
        "SELECT Id FROM Account WHERE Name LIKE null",
        "SELECT Id FROM Account WHERE Name LIKE 5",
    ),
    "Aggregates stand in HAVING, not in WHERE: SOQL reference, HAVING": (
        "SELECT Id FROM Account WHERE COUNT(Id) > 1",
    ),
    "IN, INCLUDES and EXCLUDES take a list, of strings the latter: SOQL reference": (
        "SELECT Id FROM Account WHERE Name IN 'x'",
        "SELECT Id FROM Account WHERE Tags__c INCLUDES 'a'",
        "SELECT Id FROM Account WHERE Tags__c INCLUDES (1)",
    ),
    "A subquery stands after IN alone: SOQL reference, Semi-Joins": (
        "SELECT Id FROM Account WHERE Id = (SELECT AccountId FROM Contact)",
    ),
    "Escapes are few: SOQL reference, Quoted String Escape Sequences": (
        r"SELECT Id FROM Account WHERE Name = 'a\qb'",
        r"SELECT Id FROM Account WHERE Name = 'a\u12g4'",
        r"SELECT Id FROM Account WHERE Name = 'a\_b'",
        r"SELECT Id FROM Account WHERE Name IN ('50\%')",
    ),
    "Invalid datetime: release notes of Winter '25; dates alike": (
        "SELECT Id FROM Task WHERE ActivityDate = 2024-13-01",
        "SELECT Id FROM Task WHERE ActivityDate = 2024-02-30",
        "SELECT Id FROM Task WHERE CreatedDate = 2024-01-01T25:00:00Z",
        "SELECT Id FROM Task WHERE CreatedDate > 2020-12-12T12:12:00-25:00",
    ),
    "The count of a date word has no sign: not documented": (
        "SELECT Id FROM Task WHERE CreatedDate = LAST_N_DAYS:-1",
    ),
    "Only COUNT may be empty, and a function takes a field: SOQL reference, Functions": (
        "SELECT MAX() FROM Account",
        "SELECT CALENDAR_YEAR() FROM Account GROUP BY CALENDAR_YEAR()",
        "SELECT COUNT(Id, Name) FROM Account",
        "SELECT MAX('x') FROM Account",
        "SELECT SUM(1) FROM Account",
    ),
    "convertTimezone() stands in a date function: SOQL reference, convertTimezone()": (
        "SELECT convertTimezone(CreatedDate) FROM Account",
        "SELECT FORMAT(convertTimezone(CreatedDate)) FROM Account",
    ),
    "convertCurrency() and FORMAT() stand in SELECT alone: SOQL reference": (
        "SELECT Id FROM Account WHERE convertCurrency(AnnualRevenue) > 5",
        "SELECT Id FROM Account WHERE FORMAT(AnnualRevenue) = '5'",
    ),
    "ROLLUP takes all fields of GROUP BY, one at least: SOQL reference, GROUP BY ROLLUP": (
        "SELECT Name FROM Account GROUP BY ROLLUP()",
        "SELECT Name, Phone FROM Account GROUP BY ROLLUP(Name), Phone",
    ),
    "Access modes are of Apex: release notes of Summer '24, SOQL": (
        "SELECT Id FROM Account WITH SECURITY_ENFORCED",
        "SELECT Id FROM Account WHERE Name = 'x' WITH USER_MODE LIMIT 1",
        "SELECT Id FROM Account WITH SYSTEM_MODE",
    ),
}
