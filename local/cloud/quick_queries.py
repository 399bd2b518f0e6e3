"""Lets MiniStack answer a Query without looking at a whole partition for each page.

It sorts a partition and parses the key condition anew for every item of it: a page of 200 out of
20,000 items takes more than a second, and reading all pages grows with the square. Here a partition
keeps its sort keys in order, and a Query is shown the items between its bounds alone, no more than
fill its page; what MiniStack makes of them is its own. A condition of another form than ours is
left to it. Standard library only: it runs in MiniStack's environment.
"""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

_PAGE_BYTES: Final = 1_048_576
"""A page ends with the item that fills it."""
_LAST: Final = "\U0010ffff"
_FORM: Final = re.compile(
    r"(?P<hash>\w+) = (?P<of>:\w+)"
    r"(?: AND (?:begins_with\((?P<begun>\w+), (?P<prefix>:\w+)\)"
    r"|(?P<ranged>\w+) BETWEEN (?P<low>:\w+) AND (?P<high>:\w+)))?"
)

Attribute = Mapping[str, Any]
Item = Mapping[str, Attribute]
Range = tuple[str, str]
Size = Callable[[Item], int]


class Partition(dict[str, Item]):
    """Items by sort key. While `shown` is set, `values` tells of those keys only."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[str] = []
        self.shown: list[str] | None = None

    def __setitem__(self, key: str, item: Item) -> None:
        if key not in self:
            insort(self.order, key)
        super().__setitem__(key, item)

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        del self.order[bisect_left(self.order, key)]

    def pop(self, key: str, *default: Any) -> Any:
        if key in self:
            del self.order[bisect_left(self.order, key)]
        return super().pop(key, *default)

    def values(self) -> Any:
        return super().values() if self.shown is None else [self[key] for key in self.shown]

    def __reduce__(self) -> Any:
        """A copy is a plain dict, which MiniStack goes through as it always did."""
        return dict, (dict(self),)

    def page(self, bounds: Range, *, forward: bool, limit: int | None, size: Size) -> list[str]:
        """Keys within the bounds that fill a page, and one more: a cursor is left out of it."""
        first, last = bisect_left(self.order, bounds[0]), bisect_right(self.order, bounds[1])
        places: Iterable[int] = range(first, last) if forward else range(last - 1, first - 1, -1)
        found: list[str] = []
        held = 0
        for place in places:
            if held > _PAGE_BYTES or (limit is not None and len(found) > limit):
                break
            key = self.order[place]
            found.append(key)
            held += size(self[key]) if len(found) > 1 else 0
        return found


@lru_cache
def parsed(condition: str) -> Mapping[str, str] | None:
    """The parts of a key condition of our form."""
    match = _FORM.fullmatch(condition)
    return {k: v for k, v in match.groupdict().items() if v} if match else None


def holds(form: Mapping[str, str], item: Item, values: Mapping[str, Attribute]) -> bool:
    """Whether an item meets a key condition of strings."""
    if item.get(form["hash"]) != values[form["of"]]:
        return False
    name = form.get("begun") or form.get("ranged")
    if name is None:
        return True
    text = item.get(name, {}).get("S")
    if text is None:
        return False
    low, high = bounds_of(form, values)
    return bool(text.startswith(low)) if "begun" in form else low <= text <= high


def bounds_of(form: Mapping[str, str], values: Mapping[str, Attribute]) -> Range:
    """First and last sort key that the condition can hold for."""
    if "begun" in form:
        prefix = str(values[form["prefix"]]["S"])
        return prefix, prefix + _LAST
    if "ranged" in form:
        return str(values[form["low"]]["S"]), str(values[form["high"]]["S"])
    return "", _LAST


def of_strings(form: Mapping[str, str], values: Mapping[str, Attribute]) -> bool:
    """Other types have another order."""
    named = [form[name] for name in ("of", "prefix", "low", "high") if name in form]
    return all(isinstance(values.get(each, {}).get("S"), str) for each in named)


def quicken(dynamodb: dict[str, Any]) -> None:
    """Changes MiniStack's module; `dynamodb` is its namespace."""
    query, evaluate = dynamodb["_query"], dynamodb["_evaluate_condition"]
    set_item = dynamodb["_set_item"]

    def quick_set(table: dict[str, Any], pk: str, sk: str, item: Item) -> Any:
        if isinstance(sk, str) and pk not in table["items"]:
            table["items"][pk] = Partition()
        return set_item(table, pk, sk, item)

    def quick_evaluate(condition: str, item: Item, values: Any, names: Any, **slot: str) -> Any:
        form = parsed(condition) if slot.get("slot") == "KeyConditionExpression" else None
        if form is None or not of_strings(form, values):
            return evaluate(condition, item, values, names, **slot)
        return holds(form, item, values)

    def quick_query(data: dict[str, Any]) -> Any:
        found = _asked(dynamodb, data)
        if found is None:
            return query(data)
        partition, sort_key = found
        limit = data.get("Limit")
        partition.shown = partition.page(
            _bounds(data, sort_key),
            forward=data.get("ScanIndexForward", True),
            limit=None if limit is None else int(limit),
            size=dynamodb["_item_size_bytes"],
        )
        try:
            return query(data)
        finally:
            partition.shown = None

    dynamodb.update(_query=quick_query, _evaluate_condition=quick_evaluate, _set_item=quick_set)


def _asked(dynamodb: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[Partition, str] | None:
    """Partition and sort key of a Query over a table's own keys that is answered in order."""
    form = parsed(str(data.get("KeyConditionExpression") or ""))
    values = data.get("ExpressionAttributeValues") or {}
    table = dynamodb["_tables"].get(dynamodb["_normalize_table_name"](data.get("TableName")))
    if form is None or table is None or "IndexName" in data or not of_strings(form, values):
        return None
    keys = form["hash"], form.get("begun") or form.get("ranged") or table["sk_name"]
    if keys != (table["pk_name"], table["sk_name"]):
        return None
    found = table["items"].get(values[form["of"]]["S"])
    ordered = dynamodb["_get_attr_type"](table, table["sk_name"]) == "S"
    return (found, table["sk_name"]) if ordered and isinstance(found, Partition) else None


def _bounds(data: Mapping[str, Any], sort_key: str) -> Range:
    """Of the condition and the cursor together."""
    values = data["ExpressionAttributeValues"]
    low, high = bounds_of(parsed(data["KeyConditionExpression"]) or {}, values)
    sk = (data.get("ExclusiveStartKey") or {}).get(sort_key, {}).get("S")
    if sk is None:
        return low, high
    return (max(low, sk), high) if data.get("ScanIndexForward", True) else (low, min(high, sk))
