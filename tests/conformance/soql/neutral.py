"""Our tree in plain JSON, in the shape that `foreign` brings the oracle's into."""

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
    Includes,
    Literal,
    Membership,
    Moment,
    Money,
    Not,
    Null,
    Number,
    Operand,
    Or,
    Path,
    Query,
    Selection,
    SemiJoin,
    Subquery,
    Text,
    TypeOf,
)


def query(found: Query) -> dict[str, Any]:
    """A statement or subquery: every clause, absent or not."""
    return {
        "fields": [_selection(each) for each in found.selections],
        "from": [found.source.name, found.source.alias],
        "scope": found.scope and found.scope.replace("_", "").lower(),
        "where": found.where and _condition(found.where),
        "categories": [[each.group, each.selector, *each.names] for each in found.categories],
        "group": [found.grouping.value, *(_operand(each) for each in found.group_by)],
        "having": found.having and _condition(found.having),
        "order": [
            [_operand(each.operand), each.descending, each.nulls_last] for each in found.order_by
        ],
        "limit": found.limit,
        "offset": found.offset,
        "for": list(found.purposes),
        "update": list(found.updates),
    }


def _selection(found: Selection) -> dict[str, Any]:
    match found:
        case Column(path, alias):
            return {"field": path.text, "alias": alias}
        case Computed(call, alias):
            return {"field": _operand(call), "alias": alias}
        case Fields(group):
            return {"field": ["FIELDS", group], "alias": None}
        case TypeOf(relationship, cases, otherwise):
            return {
                "typeof": relationship.text,
                "when": [[each.sobject, *(path.text for path in each.paths)] for each in cases],
                "else": [path.text for path in otherwise],
            }
        case Subquery(inner):
            return {"subquery": query(inner)}


def _operand(found: Operand) -> Any:
    if isinstance(found, Path):
        return found.text
    return [found.name.value.upper(), *(_argument(each) for each in found.arguments)]


def _argument(found: Argument) -> Any:
    if isinstance(found, Path | Call):
        return _operand(found)
    return _literal(found)


def _condition(found: Condition) -> dict[str, Any]:
    match found:
        case And(parts):
            return {"and": [_condition(each) for each in parts]}
        case Or(parts):
            return {"or": [_condition(each) for each in parts]}
        case Not(part):
            return {"not": _condition(part)}
        case SemiJoin(path, inner, negated):
            return _leaf(path, "NOT IN" if negated else "IN", query(inner))
        case _:
            return _plain(found)


def _plain(found: Comparison | Membership | Includes) -> dict[str, Any]:
    match found:
        case Comparison(operand, operator, value):
            return _leaf(operand, operator.value, _literal(value))
        case Membership(operand, values, negated):
            return _leaf(operand, "NOT IN" if negated else "IN", [_literal(v) for v in values])
        case Includes(operand, texts, negated):
            word = "EXCLUDES" if negated else "INCLUDES"
            return _leaf(operand, word, [_literal(each) for each in texts])


def _leaf(operand: Operand, word: str, value: Any) -> dict[str, Any]:
    return {"left": _operand(operand), "is": word, "right": value}


_LITERALS: Final[Mapping[type[Literal], Callable[[Any], list[Any]]]] = {
    Text: lambda found: ["text", found.value],
    Number: lambda found: ["number", str(found.value)],
    Money: lambda found: ["money", found.currency, str(found.value)],
    Flag: lambda found: ["flag", found.value],
    Null: lambda _: ["null"],
    Day: lambda found: ["day", found.value.isoformat()],
    Moment: lambda found: ["moment", found.value.isoformat()],
    DateWord: lambda found: ["word", found.word, found.count],
}


def _literal(found: Literal) -> list[Any]:
    return _LITERALS[type(found)](found)
