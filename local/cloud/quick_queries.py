"""Lets MiniStack answer a Query or Scan without looking at a whole table for each page.

It sorts a partition and parses the key condition anew for every item of it: a page of 200 out of
20,000 items takes more than a second, and reading all pages grows with the square. Here a partition
keeps its sort keys in order, and a Query is shown the items between its bounds alone, no more than
fill its page; a Scan those behind its cursor. What MiniStack makes of them is its own; a condition
of another form than ours is left to it. Standard library only: it runs in MiniStack's environment.
"""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
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

    def after(self, key: str) -> list[str]:
        """Keys behind one."""
        return self.order[bisect_right(self.order, key) :]

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


class Partitions:
    """The partition keys of the table that was scanned last, in order."""

    def __init__(self) -> None:
        self._items: Mapping[str, Partition] = {}
        self._order: list[str] = []

    def forget(self) -> None:
        """One has come or gone."""
        self._items = {}

    def page(
        self,
        items: Mapping[str, Partition],
        after: tuple[str, str],
        *,
        limit: int | None,
        size: Size,
    ) -> dict[str, dict[str, Item]]:
        """What fills a page behind a key, and one item more."""
        if items is not self._items:
            self._items, self._order = items, sorted(items)
        found: dict[str, dict[str, Item]] = {}
        held = count = 0
        for pk, sk in self._behind(after):
            item = items[pk][sk]
            found.setdefault(pk, {})[sk] = item
            held, count = held + size(item), count + 1
            if held > _PAGE_BYTES or (limit is not None and count > limit):
                break
        return found

    def _behind(self, after: tuple[str, str]) -> Iterator[tuple[str, str]]:
        for at in range(bisect_left(self._order, after[0]), len(self._order)):
            pk = self._order[at]
            partition = self._items[pk]
            for sk in partition.after(after[1]) if pk == after[0] else partition.order:
                yield pk, sk


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
    quick = Quick(dynamodb)
    dynamodb.update(
        _query=quick.query,
        _scan=quick.scan,
        _evaluate_condition=quick.evaluate,
        _set_item=quick.set_item,
        _remove_item=quick.remove_item,
    )


class Quick:
    """What stands in for functions of MiniStack's module, and calls them."""

    def __init__(self, dynamodb: Mapping[str, Any]) -> None:
        self._all = dynamodb
        self._own = dict(dynamodb)
        self._partitions = Partitions()

    def set_item(self, table: dict[str, Any], pk: str, sk: str, item: Item) -> Any:
        if isinstance(sk, str) and pk not in table["items"]:
            table["items"][pk] = Partition()
            self._partitions.forget()
        return self._own["_set_item"](table, pk, sk, item)

    def remove_item(self, table: dict[str, Any], pk: str, sk: str) -> Any:
        self._partitions.forget()
        return self._own["_remove_item"](table, pk, sk)

    def evaluate(self, condition: str, item: Item, values: Any, names: Any, **slot: str) -> Any:
        form = parsed(condition) if slot.get("slot") == "KeyConditionExpression" else None
        if form is None or not of_strings(form, values):
            return self._own["_evaluate_condition"](condition, item, values, names, **slot)
        return holds(form, item, values)

    def query(self, data: dict[str, Any]) -> Any:
        table = self._table(data)
        partition = _asked(table, data) if table else None
        if table is None or partition is None:
            return self._own["_query"](data)
        partition.shown = partition.page(
            _bounds(data, table["sk_name"]),
            forward=data.get("ScanIndexForward", True),
            limit=_limit(data),
            size=self._own["_item_size_bytes"],
        )
        try:
            return self._own["_query"](data)
        finally:
            partition.shown = None

    def scan(self, data: dict[str, Any]) -> Any:
        table = self._table(data)
        if table is None or "Segment" in data or not _is_ours(table["items"]):
            return self._own["_scan"](data)
        start = data.get("ExclusiveStartKey") or {}
        pk, sk = (start.get(table[name], {}).get("S", "") for name in ("pk_name", "sk_name"))
        items = table["items"]
        table["items"] = self._partitions.page(
            items, (pk, sk), limit=_limit(data), size=self._own["_item_size_bytes"]
        )
        try:
            return self._own["_scan"](data)
        finally:
            table["items"] = items

    def _table(self, data: Mapping[str, Any]) -> dict[str, Any] | None:
        """The table that a request asks by its own keys, if they are two strings."""
        name = self._own["_normalize_table_name"](data.get("TableName"))
        table: dict[str, Any] | None = self._all["_tables"].get(name)
        return table if table and "IndexName" not in data and _has_strings(table) else None


def _limit(data: Mapping[str, Any]) -> int | None:
    return int(data["Limit"]) if data.get("Limit") is not None else None


def _has_strings(table: Mapping[str, Any]) -> bool:
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    return all(types.get(table[name]) == "S" for name in ("pk_name", "sk_name"))


def _is_ours(items: Mapping[str, object]) -> bool:
    return all(isinstance(each, Partition) for each in items.values())


def _asked(table: Mapping[str, Any], data: Mapping[str, Any]) -> Partition | None:
    """The partition of a Query that can be answered in order."""
    form = parsed(str(data.get("KeyConditionExpression") or ""))
    values = data.get("ExpressionAttributeValues") or {}
    if form is None or not of_strings(form, values):
        return None
    keys = form["hash"], form.get("begun") or form.get("ranged") or table["sk_name"]
    if keys != (table["pk_name"], table["sk_name"]):
        return None
    found = table["items"].get(values[form["of"]]["S"])
    return found if isinstance(found, Partition) else None


def _bounds(data: Mapping[str, Any], sort_key: str) -> Range:
    """Of the condition and the cursor together."""
    values = data["ExpressionAttributeValues"]
    low, high = bounds_of(parsed(data["KeyConditionExpression"]) or {}, values)
    sk = (data.get("ExclusiveStartKey") or {}).get(sort_key, {}).get("S")
    if sk is None:
        return low, high
    return (max(low, sk), high) if data.get("ScanIndexForward", True) else (low, min(high, sk))
