"""The oracle's tree in the shape of `neutral`.

The oracle (npm @jetstreamapp/soql-parser-js) keeps conditions as a chain with counts of parentheses
and literals as they are written, so both are read here, by other means than our parser's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

Ast = dict[str, Any]


def query(ast: Ast) -> dict[str, Any]:
    """A statement or subquery: every clause, absent or not."""
    categories = ast.get("withDataCategory", {}).get("conditions", [])
    return {
        "fields": [_field(each) for each in ast["fields"]],
        "from": [_source(ast), ast.get("sObjectAlias")],
        "scope": ast["usingScope"].replace("_", "").lower() if "usingScope" in ast else None,
        "where": _condition(ast["where"]) if "where" in ast else None,
        "categories": [
            [each["groupName"], each["selector"].upper(), *each["parameters"]]
            for each in categories
        ],
        "group": _group(ast.get("groupBy", [])),
        "having": _condition(ast["having"]) if "having" in ast else None,
        "order": [_order(each) for each in ast.get("orderBy", [])],
        "limit": ast.get("limit"),
        "offset": ast.get("offset"),
        "for": [ast["for"]] if "for" in ast else [],
        "update": [ast["update"]] if "update" in ast else [],
    }


def _source(ast: Ast) -> str:
    name = ast["sObject"] if "sObject" in ast else ast["relationshipName"]
    return ".".join([*ast.get("sObjectPrefix", []), name])


def _field(ast: Ast) -> dict[str, Any]:
    match ast["type"]:
        case "FieldSubquery":
            return {"subquery": query(ast["subquery"])}
        case "FieldTypeof":
            return _typeof(ast)
        case "FieldFunctionExpression":
            return {"field": _call(ast), "alias": ast.get("alias")}
        case _:
            prefix = [ast["objectPrefix"]] if "objectPrefix" in ast else []
            path = [*prefix, *ast.get("relationships", []), ast["field"]]
            return {"field": ".".join(path), "alias": ast.get("alias")}


def _typeof(ast: Ast) -> dict[str, Any]:
    cases = ast["conditions"]
    return {
        "typeof": ast["field"],
        "when": [
            [each["objectType"], *each["fieldList"]] for each in cases if each["type"] == "WHEN"
        ],
        "else": [name for each in cases if each["type"] == "ELSE" for name in each["fieldList"]],
    }


def _call(ast: Ast) -> list[Any]:
    name = ast["functionName"].upper()
    if name == "FIELDS":
        return [name, ast["parameters"][0].upper()]
    return [name, *(_parameter(each) for each in ast["parameters"])]


def _parameter(found: Ast | str) -> Any:
    if isinstance(found, dict):
        return _call(found)
    return found if re.fullmatch(r"[A-Za-z]\w*(\.\w+)*", found) else _literal(found)


def _group(found: list[Ast]) -> list[Any]:
    kind = found[0].get("fn", {}).get("functionName", "") if found else ""
    if kind in ("ROLLUP", "CUBE"):
        return [kind, *(_parameter(each) for each in found[0]["fn"]["parameters"])]
    return ["", *(_left(each) for each in found)]


def _order(ast: Ast) -> list[Any]:
    last = {"FIRST": False, "LAST": True}.get(ast.get("nulls", ""))
    return [_left(ast), ast.get("order") == "DESC", last]


def _left(ast: Ast) -> Any:
    return _call(ast["fn"]) if "fn" in ast else ast["field"]


def _condition(ast: Ast) -> dict[str, Any]:
    return _Conditions(_pieces(ast)).level()


def _pieces(ast: Ast) -> Iterator[str | dict[str, Any]]:
    """The chain as parentheses, words and leaves."""
    left = ast.get("left") or {}
    yield from "(" * left.get("openParen", 0)
    if "operator" in left:
        yield _leaf(left)
    yield from ")" * left.get("closeParen", 0)
    if "operator" in ast:
        yield ast["operator"]
        yield from _pieces(ast["right"])


class _Conditions:
    """Pieces to a tree; AND and OR do not meet at one level in what Salesforce takes."""

    def __init__(self, pieces: Iterator[str | dict[str, Any]]) -> None:
        self._pieces = [*pieces, "end"]

    def level(self) -> dict[str, Any]:
        parts = [self._term()]
        word = ""
        while self._pieces[0] in ("AND", "OR"):
            word = str(self._pieces.pop(0)).lower()
            parts.append(self._term())
        return {word: parts} if word else parts[0]

    def _term(self) -> dict[str, Any]:
        piece = self._pieces.pop(0)
        if isinstance(piece, dict):
            return piece
        if piece == "NOT":
            return {"not": self._term()}
        inside = self.level()
        self._pieces.pop(0)
        return inside


def _leaf(ast: Ast) -> dict[str, Any]:
    word = "!=" if ast["operator"] == "<>" else ast["operator"].upper()
    if "valueQuery" in ast:
        return {"left": _left(ast), "is": word, "right": query(ast["valueQuery"])}
    value = ast["value"]
    right = [_literal(each) for each in value] if isinstance(value, list) else _literal(value)
    return {"left": _left(ast), "is": word, "right": right}


_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def _unescape(found: re.Match[str]) -> str:
    if found["code"]:
        return chr(int(found["code"], 16))
    letter = found["letter"]
    return _ESCAPES.get(letter.lower(), letter)


def _text(found: re.Match[str]) -> list[Any]:
    return ["text", re.sub(r"\\(u(?P<code>[0-9A-Fa-f]{4})|(?P<letter>.))", _unescape, found[1])]


def _moment(found: re.Match[str]) -> list[Any]:
    return ["moment", datetime.fromisoformat(found[0].upper()).astimezone(UTC).isoformat()]


def _word(found: re.Match[str]) -> list[Any]:
    return ["word", found[1].upper(), int(found[2] or 0)]


# The first that fits.
_LITERALS: Final[tuple[tuple[str, Callable[[re.Match[str]], list[Any]]], ...]] = (
    (r"(?s)'(.*)'", _text),
    (r"\d{4}-\d\d-\d\d", lambda found: ["day", date.fromisoformat(found[0]).isoformat()]),
    (r"\d{4}-\d\d-\d\d[Tt].*", _moment),
    (r"[+-]?[\d.]+", lambda found: ["number", str(Decimal(found[0]))]),
    (r"(?i)null", lambda _: ["null"]),
    (r"(?i)true|false", lambda found: ["flag", found[0].lower() == "true"]),
    (
        r"([A-Za-z]{3})(-?[\d.]+)",
        lambda found: ["money", found[1].upper(), str(Decimal(found[2]))],
    ),
    (r"(\w+?)(?::(\d+))?", _word),
)


def _literal(text: str) -> list[Any]:
    for form, read in _LITERALS:
        found = re.fullmatch(form, text)
        if found:
            return read(found)
    raise ValueError(text)
