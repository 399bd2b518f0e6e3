"""One field against literals: which literals a type takes, and the SQL that compares them.

Logic has two values here as in SOQL: what is null is not equal, not like and not in, so its
opposite is true. SQL has three, hence `IS NOT TRUE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.ids import normalise
from local.salesforce.schema.describe import type_word
from local.salesforce.schema.types import NUMBER_TYPES, FieldType
from local.salesforce.soql.datewords import span
from local.salesforce.soql.faults import SoqlError
from local.salesforce.soql.scope import Bound
from local.salesforce.soql.tree import (
    Comparison,
    DateWord,
    Day,
    Flag,
    Includes,
    Literal,
    Membership,
    Moment,
    Null,
    Number,
    Operand,
    Operator,
    Text,
)
from local.salesforce.values import store_datetime

Parameter = str | int | float | None


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL and what stands for its question marks."""

    text: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """What date words depend on: today and midnight, both in the user's time zone."""

    today: date
    zone: tzinfo

    def midnight(self, day: date) -> str:
        """The stored form of the moment a day begins for the user."""
        return store_datetime(datetime.combine(day, time(), self.zone))


_TAKES: Final[dict[FieldType, tuple[type, ...]]] = {
    FieldType.BOOLEAN: (Flag,),
    FieldType.DATE: (Day, DateWord),
    FieldType.DATETIME: (Moment, DateWord),
    **dict.fromkeys(NUMBER_TYPES, (Number,)),
}


def fold(text: str | None) -> str | None:
    """Text as it is compared: case does not count, outside ASCII either."""
    return None if text is None else text.casefold()


def check(bound: Bound, path: Operand, literal: Literal) -> None:
    """Refuse a literal that the type of the field does not take, worded as Salesforce does."""
    if isinstance(literal, Null):
        return
    takes = _TAKES.get(bound.field.type, (Text,))
    if not isinstance(literal, takes):
        quotes = "should be" if takes == (Text,) else "should not be"
        raise SoqlError(
            Kind.QUERY_FIELD,
            f"value of filter criterion for field '{path.text}' must be of type"
            f" {type_word(bound.field) if takes != (Text,) else 'string'}"
            f" and {quotes} enclosed in quotes",
            path.at,
        )


def filterable(bound: Bound, path: Operand) -> None:
    """Refuse long text and compound fields in WHERE."""
    if bound.is_address:
        raise SoqlError(
            Kind.QUERY_FIELD,
            "Address fields can only be filtered using Distance expressions",
            path.at,
        )
    if not bound.field.filterable:
        raise SoqlError(
            Kind.QUERY_FIELD,
            f"field '{bound.field.name}' can not be filtered in a query call",
            path.at,
        )


def parameter(bound: Bound, literal: Literal) -> Parameter:
    """The stored form of a literal that is no date word."""
    match literal:
        case Text():
            return _text(bound, literal)
        case Number():
            whole = literal.value == literal.value.to_integral_value()
            return int(literal.value) if whole else float(literal.value)
        case Flag():
            return int(literal.value)
        case Day():
            return literal.value.isoformat()
        case Moment():
            return store_datetime(literal.value, milliseconds=True)
        case _:
            return None


def _text(bound: Bound, literal: Text) -> str | None:
    if not literal.value:
        return None
    if not bound.field.is_id:
        return literal.value if bound.field.case_sensitive else fold(literal.value)
    found = normalise(literal.value)
    if found is None:
        raise SoqlError(Kind.QUERY_OPERATOR, f"invalid ID field: {literal.value}", literal.at)
    return found


def operand(bound: Bound) -> str:
    """The column as it is compared and sorted."""
    folded = bound.field.is_text and not bound.field.case_sensitive
    return f"fold({bound.sql})" if folded else bound.sql


def comparison(bound: Bound, node: Comparison, calendar: Calendar) -> Sql:
    """`field = value` and the other operators."""
    filterable(bound, node.operand)
    if node.operator is Operator.LIKE:
        return _like(bound, node)
    check(bound, node.operand, node.value)
    if isinstance(node.value, DateWord):
        return _range(bound, node.operator, _edges(bound, node.value, calendar))
    value = parameter(bound, node.value)
    column = operand(bound)
    if node.operator is Operator.EQUAL:
        return Sql(f"{column} IS NULL") if value is None else Sql(f"{column} = ?", (value,))
    if node.operator is Operator.NOT_EQUAL:
        return Sql(f"{column} IS NOT ?", (value,))
    return Sql(f"{column} {node.operator.value} ?", (value,))


def _like(bound: Bound, node: Comparison) -> Sql:
    if bound.field.is_id:
        raise SoqlError(Kind.QUERY_OPERATOR, "invalid operator on id field", node.operand.at)
    if not bound.field.is_text:
        raise SoqlError(Kind.QUERY_OPERATOR, "invalid operator", node.operand.at)
    check(bound, node.operand, node.value)
    if not isinstance(node.value, Text):
        return Sql("0")
    return Sql(f"{operand(bound)} LIKE ? ESCAPE '\\'", (fold(node.value.pattern),))


def _edges(bound: Bound, word: DateWord, calendar: Calendar) -> tuple[str, str]:
    try:
        first, after = span(word.word, count=word.count, today=calendar.today)
    except (OverflowError, ValueError) as error:
        message = f"{word.word} is out of range"
        raise SoqlError(Kind.QUERY_RANGE, message, word.at) from error
    if bound.field.type is FieldType.DATE:
        return first.isoformat(), after.isoformat()
    return calendar.midnight(first), calendar.midnight(after)


def _range(bound: Bound, operator: Operator, edges: tuple[str, str]) -> Sql:
    """A date word is a range: before it, inside it or after it."""
    column = operand(bound)
    first, after = edges
    inside = Sql(f"({column} >= ? AND {column} < ?)", edges)
    forms = {
        Operator.EQUAL: inside,
        Operator.NOT_EQUAL: Sql(f"({inside.text}) IS NOT TRUE", inside.parameters),
        Operator.LESS: Sql(f"{column} < ?", (first,)),
        Operator.LESS_OR_EQUAL: Sql(f"{column} < ?", (after,)),
        Operator.GREATER: Sql(f"{column} >= ?", (after,)),
        Operator.GREATER_OR_EQUAL: Sql(f"{column} >= ?", (first,)),
    }
    return forms[operator]


def membership(bound: Bound, node: Membership, calendar: Calendar) -> Sql:
    """IN and NOT IN a list; null in the list finds null."""
    filterable(bound, node.operand)
    parts: list[Sql] = []
    plain: list[Parameter] = []
    for literal in node.values:
        check(bound, node.operand, literal)
        if isinstance(literal, DateWord):
            parts.append(_range(bound, Operator.EQUAL, _edges(bound, literal, calendar)))
            continue
        plain.append(parameter(bound, literal))
    column = operand(bound)
    if None in plain:
        parts.append(Sql(f"{column} IS NULL"))
    known = tuple(value for value in plain if value is not None)
    if known:
        parts.append(Sql(f"{column} IN ({', '.join('?' * len(known))})", known))
    inside = join(parts, "OR")
    return negate(inside) if node.negated else inside


def includes(bound: Bound, node: Includes) -> Sql:
    """INCLUDES and EXCLUDES: every value of one string, of any of the strings."""
    if bound.field.type is not FieldType.MULTIPICKLIST:
        raise SoqlError(
            Kind.QUERY_OPERATOR,
            "includes or excludes operator only valid on multipicklist field",
            node.operand.at,
        )
    column = f"';' || {operand(bound)} || ';'"
    wanted = [
        join(
            [
                Sql(f"instr({column}, ?) > 0", (f";{fold(part)};",))
                for part in text.value.split(";")
            ],
            "AND",
        )
        for text in node.values
    ]
    inside = join(wanted, "OR")
    return negate(inside) if node.negated else inside


def join(parts: list[Sql], word: str) -> Sql:
    """Several conditions as one."""
    if len(parts) == 1:
        return parts[0]
    text = f" {word} ".join(f"({part.text})" for part in parts)
    return Sql(text, tuple(value for part in parts for value in part.parameters))


def negate(inside: Sql) -> Sql:
    """The opposite in logic of two values."""
    return Sql(f"({inside.text}) IS NOT TRUE", inside.parameters)
