"""Rows of one parent in chunks that run at the same time: some cannot lock it.

https://developer.salesforce.com/docs/platform/api-asynch/guide/asynch-api-planning-guidelines.html
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from local.salesforce.bulk.columns import Columns
from local.salesforce.bulk.rows import RowResult
from local.salesforce.bulk.upload import Cells
from local.salesforce.errors import ApiError, Kind
from local.salesforce.schema.types import FieldType

#: Owners and record types are not locked by the records they belong to.
_FREE: Final = frozenset({"OwnerId", "RecordTypeId"})


def parents(columns: Columns, rows: Sequence[Cells]) -> list[frozenset[str]]:
    """The parents each row names, as its cells name them."""
    places = [
        at
        for at, column in enumerate(columns.all)
        if column.field.type is FieldType.REFERENCE and column.field.name not in _FREE
    ]
    return [frozenset(row[at] for at in places if at < len(row) and row[at]) for row in rows]


def unlucky(mine: Sequence[frozenset[str]], others: frozenset[str], *, share: float, seed: str
            ) -> dict[int, RowResult]:  # fmt: skip
    """Rows whose parent another chunk needs too, and which did not get it: a share of them."""
    draw = random.Random(seed)
    lost: dict[int, RowResult] = {}
    for at, wanted in enumerate(mine):
        contended = sorted(wanted & others)
        if contended and draw.random() < share:
            failure = ApiError(Kind.LOCKED_ROW, count=1, ids=contended[0])
            lost[at] = RowResult("", failure=failure)
    return lost
