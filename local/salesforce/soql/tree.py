"""The parsed statement. Offsets point into its text, so that errors can show the place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from local.salesforce.soql.functions import Function


@dataclass(frozen=True, slots=True)
class Path:
    """`Owner.Name`: relationships and then a field."""

    parts: tuple[str, ...]
    at: int

    @property
    def text(self) -> str:
        """The path as written."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted string; `pattern` keeps the backslash before `_` and `%` for LIKE."""

    value: str
    pattern: str
    at: int


@dataclass(frozen=True, slots=True)
class Number:
    """An unquoted number, exact as written."""

    value: Decimal
    at: int


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`."""

    value: bool
    at: int


@dataclass(frozen=True, slots=True)
class Null:
    """`null`."""

    at: int


@dataclass(frozen=True, slots=True)
class Day:
    """An unquoted date."""

    value: date
    at: int


@dataclass(frozen=True, slots=True)
class Moment:
    """An unquoted datetime with its zone."""

    value: datetime
    at: int


@dataclass(frozen=True, slots=True)
class DateWord:
    """`TODAY` or `LAST_N_DAYS:30`: a range of days in the user's time zone."""

    word: str
    count: int
    at: int


@dataclass(frozen=True, slots=True)
class Money:
    """`USD5000`: an amount with the ISO code of its currency in front."""

    currency: str
    value: Decimal
    at: int


Literal = Text | Number | Flag | Null | Day | Moment | DateWord | Money


@dataclass(frozen=True, slots=True)
class Call:
    """`CALENDAR_YEAR(convertTimezone(CreatedDate))`; `COUNT()` alone has no arguments."""

    name: Function
    arguments: tuple[Argument, ...]
    at: int

    @property
    def path(self) -> Path | None:
        """The field at the heart of it: the first one, through all nesting."""
        for argument in self.arguments:
            if isinstance(argument, Path):
                return argument
            if isinstance(argument, Call):
                return argument.path
        return None

    @property
    def text(self) -> str:
        """The call as Salesforce would print it in an error."""
        return f"{self.name.value}({', '.join(_argument_text(each) for each in self.arguments)})"


Operand = Path | Call
Argument = Path | Call | Text | Number


def _argument_text(argument: Argument) -> str:
    if isinstance(argument, Path | Call):
        return argument.text
    return f"'{argument.value}'" if isinstance(argument, Text) else str(argument.value)


class Operator(StrEnum):
    """How a field is compared with one value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LIKE = "LIKE"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field or function against one value."""

    operand: Operand
    operator: Operator
    value: Literal


@dataclass(frozen=True, slots=True)
class Membership:
    """A field or function IN or NOT IN a list of values."""

    operand: Operand
    values: tuple[Literal, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class SemiJoin:
    """A field IN or NOT IN what another query selects."""

    path: Path
    query: Query
    negated: bool


@dataclass(frozen=True, slots=True)
class Includes:
    """A multi-select INCLUDES or EXCLUDES; `A;B` asks for both."""

    operand: Operand
    values: tuple[Text, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite, in logic of two values: null is simply not equal."""

    part: Condition


Condition = Comparison | Membership | SemiJoin | Includes | And | Or | Not


@dataclass(frozen=True, slots=True)
class Column:
    """A selected path; the alias is allowed in grouped queries only."""

    path: Path
    alias: str | None


@dataclass(frozen=True, slots=True)
class Computed:
    """A selected function: `COUNT(Id) n`, `toLabel(Status)`, `FORMAT(MIN(CloseDate)) first`."""

    call: Call
    alias: str | None


@dataclass(frozen=True, slots=True)
class Fields:
    """`FIELDS(ALL)`, `FIELDS(STANDARD)`, `FIELDS(CUSTOM)`."""

    group: str
    at: int


@dataclass(frozen=True, slots=True)
class When:
    """The fields to read where a polymorphic reference names this object."""

    sobject: str
    paths: tuple[Path, ...]
    at: int


@dataclass(frozen=True, slots=True)
class TypeOf:
    """`TYPEOF Who WHEN Contact THEN Email ELSE Name END`; `otherwise` is empty without ELSE."""

    relationship: Path
    cases: tuple[When, ...]
    otherwise: tuple[Path, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Subquery:
    """Children inside the SELECT list; FROM names the relationship."""

    query: Query
    at: int


Selection = Column | Computed | Fields | TypeOf | Subquery


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key; `nulls_last` is None where the statement does not say."""

    operand: Operand
    descending: bool
    nulls_last: bool | None


class Grouping(StrEnum):
    """Which subtotals a GROUP BY asks for."""

    PLAIN = ""
    ROLLUP = "ROLLUP"
    CUBE = "CUBE"


@dataclass(frozen=True, slots=True)
class Category:
    """`Geography__c ABOVE_OR_BELOW (Europe__c, Asia__c)` of WITH DATA CATEGORY."""

    group: str
    selector: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """`WITH UserId = '005…'`, or with a name `WITH RecordVisibilityContext (a = 1, b = true)`."""

    name: str | None
    values: tuple[tuple[str, Literal], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """What stands after FROM; a relationship path (`c.Account a`) after the first comma."""

    name: str
    alias: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT statement or subquery.

    `scope` is the word of USING SCOPE, `purposes` are those of FOR, `updates` those of UPDATE; all
    in capitals. `options` are names and values of SET OPTIONS.
    """

    selections: tuple[Selection, ...]
    source: Source
    where: Condition | None = None
    group_by: tuple[Operand, ...] = ()
    order_by: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None
    joined: tuple[Source, ...] = ()
    scope: str | None = None
    categories: tuple[Category, ...] = ()
    contexts: tuple[Context, ...] = ()
    grouping: Grouping = Grouping.PLAIN
    having: Condition | None = None
    purposes: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    options: tuple[tuple[str, Literal], ...] = ()
