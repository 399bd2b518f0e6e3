"""A tree as the text of a statement, so that any tree can be parsed back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from local.salesforce.soql.tree import (
    And,
    Argument,
    Call,
    Column,
    Comparison,
    Computed,
    Condition,
    DateWord,
    Day,
    Fields,
    Flag,
    Grouping,
    Includes,
    Literal,
    Membership,
    Moment,
    Money,
    Not,
    Null,
    Number,
    Or,
    Order,
    Path,
    Query,
    Selection,
    SemiJoin,
    Source,
    Subquery,
    Text,
    TypeOf,
)


def statement(query: Query) -> str:
    """All clauses in the order that the grammar asks for."""
    clauses = [
        f"SELECT {_list(query.selections, _selection)}",
        f"FROM {_list((query.source, *query.joined), _source)}",
        f"USING SCOPE {query.scope}" if query.scope else "",
        f"WHERE {_condition(query.where)}" if query.where else "",
        *_with(query),
        _group(query),
        f"HAVING {_condition(query.having)}" if query.having else "",
        f"ORDER BY {_list(query.order_by, _order)}" if query.order_by else "",
        "" if query.limit is None else f"LIMIT {query.limit}",
        "" if query.offset is None else f"OFFSET {query.offset}",
        *(f"FOR {word}" for word in query.purposes),
        f"UPDATE {', '.join(query.updates)}" if query.updates else "",
        f"SET OPTIONS ({_settings(query.options)})" if query.options else "",
    ]
    return " ".join(clause for clause in clauses if clause)


def _list(items: tuple[Any, ...], one: Callable[[Any], str]) -> str:
    return ", ".join(one(each) for each in items)


def _selection(found: Selection) -> str:
    match found:
        case Column(path, alias):
            return _named(path.text, alias)
        case Computed(call, alias):
            return _named(_operand(call), alias)
        case Fields(group):
            return f"FIELDS({group})"
        case TypeOf():
            return _typeof(found)
        case Subquery(inner):
            return f"({statement(inner)})"


def _named(text: str, alias: str | None) -> str:
    return f"{text} {alias}" if alias else text


def _typeof(found: TypeOf) -> str:
    cases = " ".join(f"WHEN {each.sobject} THEN {_list(each.paths, _text)}" for each in found.cases)
    otherwise = f" ELSE {_list(found.otherwise, _text)}" if found.otherwise else ""
    return f"TYPEOF {found.relationship.text} {cases}{otherwise} END"


def _text(path: Path) -> str:
    return path.text


def _source(source: Source) -> str:
    return _named(source.name, source.alias)


def _operand(found: Argument) -> str:
    if isinstance(found, Path):
        return found.text
    if isinstance(found, Call):
        return f"{found.name.value}({_list(found.arguments, _operand)})"
    return _literal(found)


def _with(query: Query) -> list[str]:
    found = [f"{each.group} {each.selector} ({', '.join(each.names)})" for each in query.categories]
    clauses = [f"WITH DATA CATEGORY {' AND '.join(found)}"] if found else []
    for context in query.contexts:
        settings = _settings(context.values)
        clauses.append(f"WITH {context.name} ({settings})" if context.name else f"WITH {settings}")
    return clauses


def _settings(values: tuple[tuple[str, Literal], ...]) -> str:
    return ", ".join(f"{name} = {_literal(value)}" for name, value in values)


def _group(query: Query) -> str:
    if not query.group_by:
        return ""
    operands = _list(query.group_by, _operand)
    plain = query.grouping is Grouping.PLAIN
    return f"GROUP BY {operands}" if plain else f"GROUP BY {query.grouping.value}({operands})"


def _order(order: Order) -> str:
    nulls = {None: "", True: " NULLS LAST", False: " NULLS FIRST"}[order.nulls_last]
    return f"{_operand(order.operand)}{' DESC' if order.descending else ''}{nulls}"


def _condition(found: Condition) -> str:
    match found:
        case And(parts):
            return " AND ".join(_nested(each) for each in parts)
        case Or(parts):
            return " OR ".join(_nested(each) for each in parts)
        case Not(part):
            return f"NOT {_nested(part)}"
        case _:
            return _leaf(found)


def _nested(found: Condition) -> str:
    text = _condition(found)
    return f"({text})" if isinstance(found, And | Or) else text


def _leaf(found: Comparison | Membership | SemiJoin | Includes) -> str:
    match found:
        case Comparison(operand, operator, value):
            return f"{_operand(operand)} {operator.value} {_literal(value)}"
        case Membership(operand, values, negated):
            return f"{_operand(operand)}{' NOT' * negated} IN ({_list(values, _literal)})"
        case SemiJoin(path, query, negated):
            return f"{path.text}{' NOT' * negated} IN ({statement(query)})"
        case Includes(operand, values, negated):
            word = "EXCLUDES" if negated else "INCLUDES"
            return f"{_operand(operand)} {word} ({_list(values, _literal)})"


_LINES: Final = str.maketrans(
    {"'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)


def _string(found: Text) -> str:
    """The pattern has the backslashes that a statement has, those before wildcards with them."""
    return "'" + found.pattern.translate(_LINES) + "'"


_LITERALS: Final[Mapping[type[Literal], Callable[[Any], str]]] = {
    Text: _string,
    Number: lambda found: str(found.value),
    Money: lambda found: f"{found.currency}{found.value}",
    Flag: lambda found: str(found.value).lower(),
    Null: lambda _: "null",
    Day: lambda found: found.value.isoformat(),
    Moment: lambda found: found.value.isoformat(),
    DateWord: lambda found: f"{found.word}:{found.count}" if found.count else found.word,
}


def _literal(found: Literal) -> str:
    return _LITERALS[type(found)](found)
