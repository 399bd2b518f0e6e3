"""What fits on a page of a query: rows, their children and theirs, and the locators of the rest.

Children count towards the size of a page, and a subquery that does not fit has a locator of its
own. With a batch of 200, one parent and 199 of its 257 children were seen on one page:
https://github.com/jsforce/jsforce/pull/1752
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice
from typing import Final

from local.salesforce.cursors import Cursor, keep
from local.salesforce.ids import mint
from local.salesforce.org import Org
from local.salesforce.soql.planned import ChildPlan, Plan
from local.salesforce.store.reader import Reader
from local.salesforce.store.shapes import Record

#: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_queryoptions.htm
SMALLEST_BATCH: Final = 200
LONG_TEXT: Final = 255
_SLICE: Final = 100


@dataclass(slots=True)
class _Budget:
    """How many records still fit."""

    left: int


@dataclass(frozen=True, slots=True)
class _Level:
    """The children of some rows, looked up for all of them at once."""

    ids: Mapping[int, str]
    below: tuple[tuple[ChildPlan, Mapping[str, array[int]], _Level], ...]


@dataclass(frozen=True, slots=True)
class _Result:
    """One subquery of one record: all its rows, and those that fit."""

    child: ChildPlan
    rows: array[int]
    taken: Sequence[_Node]


@dataclass(frozen=True, slots=True)
class _Node:
    """One row on the page and its subqueries."""

    row: int
    results: tuple[_Result, ...]


class Pages:
    """Pages of one request."""

    def __init__(self, org: Org, reader: Reader, *, base: str) -> None:
        self._org = org
        self._reader = reader
        self._base = base

    def page(self, cursor: Cursor, *, start: int, name: str | None) -> Record:
        """The page that begins at a row; `name` is the cursor's where it has one."""
        candidates = cursor.rows[start : start + cursor.size]
        if cursor.plan.children:
            nodes = self._nodes(cursor, candidates)
            records = list(self._attached(cursor, nodes).values())
            end = start + len(nodes)
        else:
            candidates = candidates[: self._fitting(cursor.plan, candidates)]
            records = self._reader.records(cursor.plan, candidates, everything=cursor.everything)
            end = start + len(candidates)
        return self._result(cursor, records, end=end, name=name)

    def _result(
        self, cursor: Cursor, records: list[Record], *, end: int, name: str | None
    ) -> Record:
        done = end >= len(cursor.rows)
        page: Record = {"totalSize": len(cursor.rows), "done": done}
        if not done:
            page["nextRecordsUrl"] = f"{self._base}/query/{name or self._keep(cursor)}-{end}"
        page["records"] = records
        return page

    def _keep(self, cursor: Cursor) -> str:
        name = mint("01g", self._org.database.reserve("01g"))
        keep(self._org.cursors, name, cursor, scratch=self._org.scratch)
        return name

    def _fitting(self, plan: Plan, rows: Sequence[int]) -> int:
        """How many rows fit by their texts, 200 at least.

        Salesforce makes pages of large records smaller and does not say by which rule: here a
        page ends before the columns longer than 255 exceed `page_characters` together.
        """
        long = [each for each in plan.outputs if each.field.length > LONG_TEXT]
        limit = self._org.settings.page_characters
        if sum(each.field.length for each in long) * len(rows) <= limit:
            return len(rows)
        widths = self._reader.widths(plan, [each.sql for each in long], rows)
        totals = accumulate(widths.get(row, 0) for row in rows)
        fitting = sum(1 for total in totals if total <= limit)
        return max(fitting, SMALLEST_BATCH)

    def _nodes(self, cursor: Cursor, rows: Sequence[int]) -> list[_Node]:
        """Slice by slice, for children soon fill a page."""
        budget = _Budget(cursor.size)
        nodes: list[_Node] = []
        for start in range(0, len(rows), _SLICE):
            part = rows[start : start + _SLICE]
            if nodes and budget.left <= 0:
                break
            level = self._level(cursor.plan, part, cursor)
            nodes += _take(level, part, budget, at_least=1)
        return nodes

    def _level(self, plan: Plan, rows: Sequence[int], cursor: Cursor) -> _Level:
        """No more rows of a level are looked up than fit on a page, each being one record."""
        if not plan.children:
            return _Level({}, ())
        ids = self._reader.ids(plan, rows)
        below: list[tuple[ChildPlan, Mapping[str, array[int]], _Level]] = []
        for child in plan.children:
            found = self._reader.children(child, list(ids.values()), everything=cursor.everything)
            ordered = chain.from_iterable(found.get(ids.get(row, ""), ()) for row in rows)
            first = list(islice(ordered, cursor.size))
            below.append((child, found, self._level(child.plan, first, cursor)))
        return _Level(ids, tuple(below))

    def _attached(self, cursor: Cursor, nodes: Sequence[_Node]) -> dict[int, Record]:
        """The records of a page by their rows, with the results of their subqueries."""
        rows = [node.row for node in nodes]
        shown = self._reader.shown(cursor.plan, rows, everything=cursor.everything)
        for at, child in enumerate(cursor.plan.children):
            taken = [each for node in nodes for each in node.results[at].taken]
            inner = Cursor(
                child.plan, array("q"), cursor.everything, cursor.size, cursor.opened,
                cursor.user_id,
            )  # fmt: skip
            records = self._attached(inner, taken)
            for node in nodes:
                if node.row in shown:
                    shown[node.row][child.name] = self._subresult(inner, node.results[at], records)
        return shown

    def _subresult(
        self, inner: Cursor, result: _Result, records: Mapping[int, Record]
    ) -> Record | None:
        if not result.rows:
            return None
        cursor = Cursor(
            inner.plan, result.rows, inner.everything, inner.size, inner.opened, inner.user_id
        )
        shown = [records[each.row] for each in result.taken if each.row in records]
        return self._result(cursor, shown, end=len(result.taken), name=None)


def _take(level: _Level, rows: Sequence[int], budget: _Budget, *, at_least: int) -> list[_Node]:
    """Rows with their children for as long as there is room; a result is never cut to nothing."""
    nodes: list[_Node] = []
    for row in rows:
        if budget.left <= 0 and len(nodes) >= at_least:
            break
        budget.left -= 1
        nodes.append(_Node(row, tuple(_results(level, row, budget))))
    return nodes


def _results(level: _Level, row: int, budget: _Budget) -> Iterator[_Result]:
    for child, found, below in level.below:
        rows = found.get(level.ids.get(row, ""), array("q"))
        yield _Result(child, rows, _take(below, rows, budget, at_least=1))
