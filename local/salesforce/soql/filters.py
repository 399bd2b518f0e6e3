"""One operand against literals: which literals a type takes, and the SQL that compares them.

Text is compared without case, but for fields that are unique and case-sensitive; LIKE never counts
it. https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_comparisonoperators.htm
Logic has two values here as in SOQL: what is null is not equal, not like and not in, so its
opposite is true. SQL has three, hence `IS NOT TRUE`.
"""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.ids import normalise
from local.salesforce.schema.fieldwords import type_word
from local.salesforce.schema.types import NUMBER_TYPES, FieldType
from local.salesforce.soql.calendar import Calendar
from local.salesforce.soql.faults import SoqlError
from local.salesforce.soql.scope import Bound
from local.salesforce.soql.sql import Parameter, Sql, join, negate
from local.salesforce.soql.tree import (
    Comparison,
    DateWord,
    Day,
    Flag,
    Includes,
    Literal,
    Membership,
    Moment,
    Money,
    Null,
    Number,
    Operand,
    Operator,
    Text,
)
from local.salesforce.values import store_datetime

# What SQLite keeps exactly.
_LARGEST_WHOLE: Final = 2**63

_TAKES: Final[dict[FieldType, tuple[type, ...]]] = {
    FieldType.BOOLEAN: (Flag,),
    FieldType.DATE: (Day, DateWord),
    FieldType.DATETIME: (Moment, DateWord),
    **dict.fromkeys(NUMBER_TYPES, (Number,)),
    FieldType.CURRENCY: (Number, Money),
}
_SAMENESS: Final = frozenset({Operator.EQUAL, Operator.NOT_EQUAL})
_UNORDERED: Final = frozenset({FieldType.BOOLEAN, FieldType.MULTIPICKLIST})


def fold(text: str | None) -> str | None:
    """Text as it is compared: case does not count, outside ASCII either."""
    return None if text is None else text.casefold()


def check(bound: Bound, operand: Operand, literal: Literal) -> None:
    """Refuse a literal that the type does not take, in the words that clients have recorded."""
    if isinstance(literal, Null):
        return
    takes = _TAKES.get(bound.field.type, (Text,))
    if not isinstance(literal, takes):
        quotes = "should be" if takes == (Text,) else "should not be"
        raise SoqlError(
            Kind.QUERY_FIELD,
            f"value of filter criterion for field '{operand.text}' must be of type"
            f" {type_word(bound.field) if takes != (Text,) else 'string'}"
            f" and {quotes} enclosed in quotes",
            operand.at,
        )


def filterable(bound: Bound, operand: Operand) -> None:
    """Refuse long text and compound fields in WHERE."""
    if bound.is_address:
        raise SoqlError(
            Kind.QUERY_FIELD,
            "Address fields can only be filtered using Distance expressions",
            operand.at,
        )
    if not bound.field.filterable:
        raise SoqlError(
            Kind.QUERY_FIELD,
            f"field '{bound.field.name}' can not be filtered in a query call",
            operand.at,
        )


def parameter(bound: Bound, literal: Literal, at: int) -> Parameter:
    """The stored form of a literal that is no date word; `at` is where its field stands."""
    match literal:
        case Text():
            return _text(bound, literal, at)
        case Number() | Money():
            whole = literal.value == literal.value.to_integral_value()
            small = abs(literal.value) < _LARGEST_WHOLE
            return int(literal.value) if whole and small else float(literal.value)
        case Flag():
            return int(literal.value)
        case Day():
            return literal.value.isoformat()
        case Moment():
            return store_datetime(literal.value, milliseconds=True)
        case _:
            return 0 if bound.field.type is FieldType.BOOLEAN else None


def _text(bound: Bound, literal: Text, at: int) -> str | None:
    if not literal.value:
        return None
    if not bound.field.is_id:
        return literal.value if bound.field.case_sensitive else fold(literal.value)
    found = normalise(literal.value)
    if found is None:
        raise SoqlError(Kind.QUERY_OPERATOR, f"invalid ID field: {literal.value}", at)
    return found


def compared(bound: Bound) -> str:
    """The column as it is compared and grouped.

    A boolean has no null: a missing parent's counts as false.
    https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_null.htm
    """
    if bound.field.type is FieldType.BOOLEAN:
        return f"ifnull({bound.sql}, 0)" if bound.outer else bound.sql
    folded = bound.field.is_text and not bound.field.case_sensitive
    return f"fold({bound.sql})" if folded else bound.sql


def comparison(bound: Bound, node: Comparison, calendar: Calendar) -> Sql:
    """`field = value` and the other operators."""
    filterable(bound, node.operand)
    if node.operator is Operator.LIKE:
        return _like(bound, node)
    check(bound, node.operand, node.value)
    if node.operator not in _SAMENESS and bound.field.type in _UNORDERED:
        raise SoqlError(Kind.QUERY_OPERATOR, "invalid operator", node.operand.at)
    if isinstance(node.value, DateWord):
        return _range(bound, node.operator, _edges(bound, node.value, calendar))
    return _compare(bound, node.operator, parameter(bound, node.value, node.operand.at))


def _compare(bound: Bound, operator: Operator, value: Parameter) -> Sql:
    column = compared(bound)
    if operator is Operator.EQUAL:
        return Sql(f"{column} IS NULL") if value is None else Sql(f"{column} = ?", (value,))
    if operator is Operator.NOT_EQUAL:
        none = Sql(f"{column} IS NOT NULL")
        return none if value is None else Sql(f"{column} IS NOT ?", (value,))
    if column != bound.sql:
        value = value.upper() if isinstance(value, str) else value
        return Sql(f"collated({bound.sql}) {operator.value} ?", (value,))
    return Sql(f"{column} {operator.value} ?", (value,))


def _like(bound: Bound, node: Comparison) -> Sql:
    if bound.field.is_id:
        raise SoqlError(Kind.QUERY_OPERATOR, "invalid operator on id field", node.operand.at)
    if not bound.field.is_text or bound.field.type is FieldType.MULTIPICKLIST:
        raise SoqlError(Kind.QUERY_OPERATOR, "invalid operator", node.operand.at)
    check(bound, node.operand, node.value)
    if not isinstance(node.value, Text):
        return Sql("0")
    # LIKE does not count case even where a field is case-sensitive.
    return Sql(f"fold({bound.sql}) LIKE ? ESCAPE '\\'", (fold(node.value.pattern),))


def _edges(bound: Bound, word: DateWord, calendar: Calendar) -> tuple[str, str]:
    try:
        first, after = calendar.span(word.word, word.count)
    except (OverflowError, ValueError) as error:
        message = f"{word.word} is out of range"
        raise SoqlError(Kind.QUERY_RANGE, message, word.at) from error
    if bound.field.type is FieldType.DATE:
        return first.isoformat(), after.isoformat()
    return calendar.midnight(first), calendar.midnight(after)


def _range(bound: Bound, operator: Operator, edges: tuple[str, str]) -> Sql:
    """A date word is a range: before it, inside it or after it."""
    column = bound.sql
    first, after = edges
    inside = Sql(f"({column} >= ? AND {column} < ?)", edges)
    forms = {
        Operator.EQUAL: inside,
        Operator.NOT_EQUAL: negate(inside),
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
        plain.append(parameter(bound, literal, node.operand.at))
    column = compared(bound)
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
    column = f"';' || {compared(bound)} || ';'"
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
