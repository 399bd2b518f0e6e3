"""The functions of SOQL: how they are spelt, what they take, and where they may stand.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_functions.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Function(StrEnum):
    """Every function of SOQL but FIELDS, spelt as the reference spells it."""

    AVG = "AVG"
    COUNT = "COUNT"
    COUNT_DISTINCT = "COUNT_DISTINCT"
    MIN = "MIN"
    MAX = "MAX"
    SUM = "SUM"
    GROUPING = "GROUPING"
    CALENDAR_MONTH = "CALENDAR_MONTH"
    CALENDAR_QUARTER = "CALENDAR_QUARTER"
    CALENDAR_YEAR = "CALENDAR_YEAR"
    DAY_IN_MONTH = "DAY_IN_MONTH"
    DAY_IN_WEEK = "DAY_IN_WEEK"
    DAY_IN_YEAR = "DAY_IN_YEAR"
    DAY_ONLY = "DAY_ONLY"
    FISCAL_MONTH = "FISCAL_MONTH"
    FISCAL_QUARTER = "FISCAL_QUARTER"
    FISCAL_YEAR = "FISCAL_YEAR"
    HOUR_IN_DAY = "HOUR_IN_DAY"
    WEEK_IN_MONTH = "WEEK_IN_MONTH"
    WEEK_IN_YEAR = "WEEK_IN_YEAR"
    CONVERT_TIMEZONE = "convertTimezone"
    CONVERT_CURRENCY = "convertCurrency"
    TO_LABEL = "toLabel"
    FORMAT = "FORMAT"
    DISTANCE = "DISTANCE"
    GEOLOCATION = "GEOLOCATION"


AGGREGATES: Final = frozenset(
    {
        Function.AVG,
        Function.COUNT,
        Function.COUNT_DISTINCT,
        Function.MIN,
        Function.MAX,
        Function.SUM,
    }
)
DATE_FUNCTIONS: Final = frozenset(
    {
        Function.CALENDAR_MONTH,
        Function.CALENDAR_QUARTER,
        Function.CALENDAR_YEAR,
        Function.DAY_IN_MONTH,
        Function.DAY_IN_WEEK,
        Function.DAY_IN_YEAR,
        Function.DAY_ONLY,
        Function.FISCAL_MONTH,
        Function.FISCAL_QUARTER,
        Function.FISCAL_YEAR,
        Function.HOUR_IN_DAY,
        Function.WEEK_IN_MONTH,
        Function.WEEK_IN_YEAR,
    }
)

Names = frozenset[Function]
NOWHERE: Final[Names] = frozenset()

IN_SELECT: Final[Names] = (
    AGGREGATES
    | DATE_FUNCTIONS
    | {
        Function.GROUPING,
        Function.TO_LABEL,
        Function.FORMAT,
        Function.CONVERT_CURRENCY,
        Function.DISTANCE,
    }
)
IN_WHERE: Final[Names] = DATE_FUNCTIONS | {Function.TO_LABEL, Function.DISTANCE}
IN_HAVING: Final[Names] = AGGREGATES | DATE_FUNCTIONS | {Function.GROUPING}
IN_GROUP_BY: Final[Names] = DATE_FUNCTIONS
IN_ORDER_BY: Final[Names] = AGGREGATES | DATE_FUNCTIONS | {Function.GROUPING, Function.DISTANCE}


@dataclass(frozen=True, slots=True)
class Parameter:
    """What one argument is: a number, one of some words, or else a field or a function."""

    functions: Names = NOWHERE
    number: bool = False
    words: frozenset[str] = frozenset()


_FIELD: Final = (Parameter(),)

# What is not listed takes one field.
PARAMETERS: Final[Mapping[Function, tuple[Parameter, ...]]] = {
    **dict.fromkeys(Function, _FIELD),
    **dict.fromkeys(DATE_FUNCTIONS, (Parameter(frozenset({Function.CONVERT_TIMEZONE})),)),
    **dict.fromkeys(
        (Function.MIN, Function.MAX, Function.SUM, Function.AVG),
        (Parameter(frozenset({Function.CONVERT_CURRENCY})),),
    ),
    Function.FORMAT: (Parameter(AGGREGATES | {Function.CONVERT_CURRENCY}),),
    Function.DISTANCE: (
        Parameter(),
        Parameter(frozenset({Function.GEOLOCATION})),
        Parameter(words=frozenset({"mi", "km"})),
    ),
    Function.GEOLOCATION: (
        Parameter(number=True),
        Parameter(number=True),
    ),
}
