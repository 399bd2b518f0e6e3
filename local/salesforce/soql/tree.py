"""The parsed statement. Offsets point into its text, so that errors can show the place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


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


Literal = Text | Number | Flag | Null | Day | Moment | DateWord


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
    """A field against one value."""

    path: Path
    operator: Operator
    value: Literal


@dataclass(frozen=True, slots=True)
class Membership:
    """A field IN or NOT IN a list of values."""

    path: Path
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

    path: Path
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
class Call:
    """An aggregate: `COUNT(Id)`, `MAX(CreatedDate)`; without a path it is `COUNT()`."""

    name: str
    path: Path | None
    alias: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Fields:
    """`FIELDS(ALL)`, `FIELDS(STANDARD)`, `FIELDS(CUSTOM)`."""

    group: str
    at: int


@dataclass(frozen=True, slots=True)
class Column:
    """A selected path; the alias is allowed in grouped queries only."""

    path: Path
    alias: str | None


@dataclass(frozen=True, slots=True)
class Subquery:
    """Children inside the SELECT list; FROM names the relationship."""

    query: Query
    at: int


Selection = Column | Call | Fields | Subquery


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key."""

    path: Path
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Source:
    """What stands after FROM."""

    name: str
    alias: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT statement or subquery."""

    selections: tuple[Selection, ...]
    source: Source
    where: Condition | None = None
    group_by: tuple[Path, ...] = ()
    order_by: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None
    all_rows: bool = False
