"""Queries of Bulk 1.0: which statements can be, and their rows in the format of the job."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from local.salesforce.acting import Acting
from local.salesforce.bulk.v1 import Format, Order
from local.salesforce.bulk.v1_errors import BatchError
from local.salesforce.bulk.v1_results import NO_RECORDS, Frame, query_frame, xml_record
from local.salesforce.errors import ApiError
from local.salesforce.schema.types import FieldType
from local.salesforce.soql.planned import Plan
from local.salesforce.store.reader import Reader
from local.salesforce.store.shapes import Record
from local.salesforce.values import dump

_FAILED: Final = "InvalidBatch : Failed to process query: "
_TIMES: Final = frozenset({FieldType.DATE, FieldType.DATETIME})
_MILLISECOND: Final = 1_000
_WHERE: Final = re.compile(r"\bwhere\b", re.IGNORECASE)

Convert = Callable[[str], object]


def planned(order: Order, statement: str, acting: Acting) -> Plan:
    """The plan of a statement that Bulk can run; raises BatchError.

    What cannot be: https://developer.salesforce.com/docs/platform/api-asynch/guide/asynch-api-using-bulk-query.html
    with the texts of https://github.com/simple-salesforce/simple-salesforce/issues/502,
    https://github.com/xjsender/haoide/issues/137 and https://github.com/jsforce/jsforce/issues/732;
    the one for grouping is not documented.
    """
    try:
        plan = acting.plan(statement)
    except ApiError as error:
        raise BatchError(f"{_FAILED}{error.code}: {error.message}") from error
    if plan.sobject.name.lower() != order.sobject.lower():
        raise BatchError(
            f"{_FAILED}INVALID_TYPE_FOR_OPERATION: The root entity of the requested query"
            f" ({plan.sobject.name}) does not match the entity of the requested Bulk API Job"
            f" ({order.sobject})."
        )
    if plan.children and order.format is not Format.JSON:
        raise BatchError(
            "FeatureNotEnabled : Aggregate Relationships not supported in Bulk Query with"
            f" {order.format.value} content type"
        )
    if any(output.is_address for output in plan.outputs):
        raise _disabled("Selecting compound data not supported in Bulk Query")
    if plan.groups or plan.count_only or plan.offset or plan.switches:
        raise _disabled("GROUP BY, aggregates, OFFSET and TYPEOF not supported in Bulk Query")
    return plan


def _disabled(text: str) -> BatchError:
    return BatchError(f"{_FAILED}FUNCTIONALITY_NOT_ENABLED: {text}")


def chunked(order: Order, statement: str, plan: Plan, acting: Acting) -> tuple[str, ...]:
    """The statements that PK chunking makes of one; none where it is not asked for or cannot be.

    Boundaries are ids of the table, whether their rows are found or not; a statement with
    anything behind WHERE is left whole.
    https://developer.salesforce.com/docs/platform/api-asynch/guide/async-api-headers-enable-pk-chunking.html
    """
    if order.chunk_size is None or plan.ordered or plan.limit is not None or plan.children:
        return ()
    sql = f'SELECT "Id" FROM "{plan.sobject.name}" ORDER BY "Id"'  # noqa: S608  of the schema
    starts = [str(row[0]) for row in acting.database.rows(sql)[:: order.chunk_size]]
    head, _, condition = _WHERE.sub("\0", statement, count=1).partition("\0")
    also = f"({condition.strip()}) AND " if condition else ""
    bounds = [f"Id >= '{start}'" for start in starts]
    for at, end in enumerate(starts[1:]):
        bounds[at] += f" AND Id < '{end}'"
    return tuple(f"{head.strip()} WHERE {also}{bound}" for bound in bounds)


@dataclass(slots=True)
class Found:
    """The rows of a query as they are when it begins; values are read slice by slice."""

    order: Order
    plan: Plan
    reader: Reader
    rows: array[int] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = self.reader.find(self.plan, everything=self._everything)

    @property
    def _everything(self) -> bool:
        return self.order.operation == "queryAll"

    @property
    def frame(self) -> Frame:
        """What stands around the rows."""
        return query_frame(self.order.format, self.plan)

    def write_nothing(self, path: Path, result_id: str) -> str | None:
        """A query without rows has a result only as CSV, which says so in words.

        https://github.com/simple-salesforce/simple-salesforce/issues/176 shows the empty list.
        """
        if self.order.format is not Format.CSV:
            return None
        path.write_bytes(NO_RECORDS)
        return result_id

    def lines(self, rows: Sequence[int]) -> list[bytes]:
        """Some rows, each as it stands in the file."""
        if self.order.format is Format.CSV:
            lines = self.reader.csv_lines(self.plan, rows, delimiter=",", ending="\n")
            return [line.encode() for line in lines]
        if self.order.format is Format.XML:
            return [xml_record(each) for each in self._records(self.plan, rows, _zulu).values()]
        return [dump(each) for each in self._records(self.plan, rows, _milliseconds).values()]

    def _records(self, plan: Plan, rows: Sequence[int], convert: Convert) -> Mapping[int, Record]:
        shown = self.reader.shown(plan, rows, everything=self._everything)
        for record in shown.values():
            _retime(plan, record, convert)
        ids = self.reader.ids(plan, rows) if plan.children else {}
        for child in plan.children:
            found = self.reader.children(child, list(ids.values()), everything=self._everything)
            for row, record in shown.items():
                nested = found.get(ids[row], array("q"))
                records = list(self._records(child.plan, nested, convert).values())
                several = {"totalSize": len(records), "done": True, "records": records}
                record[child.name] = several if records else None
        return shown


def _retime(plan: Plan, record: Record, convert: Convert) -> None:
    for output in plan.outputs:
        if output.field.type not in _TIMES:
            continue
        holder: object = record
        for name in output.names[:-1]:
            holder = holder.get(name) if isinstance(holder, dict) else None
        value = holder.get(output.names[-1]) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and isinstance(value, str):
            holder[output.names[-1]] = convert(value)


def _milliseconds(text: str) -> object:
    """Moments in JSON are numbers, unlike those of REST; of dates this is from practice.

    https://github.com/simple-salesforce/simple-salesforce/issues/290
    """
    moment = datetime.fromisoformat(text.replace("+0000", "+00:00"))
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * _MILLISECOND)


def _zulu(text: str) -> object:
    return text.replace("+0000", "Z")
