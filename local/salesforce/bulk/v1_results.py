"""Results of Bulk 1.0 batches in the format of their job, rows in the order they came.

https://developer.salesforce.com/docs/platform/api-asynch/guide/asynch-api-batches-get-results.html
A failed row in XML: https://github.com/forcedotcom/wsc/issues/173; in JSON:
https://github.com/simple-salesforce/simple-salesforce/issues/627.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from local.salesforce.bulk.rows import RowResult
from local.salesforce.bulk.v1 import Format
from local.salesforce.bulk.v1_xml import INSTANCE, NAMESPACE, PROLOG, sobject, tag
from local.salesforce.errors import ApiError
from local.salesforce.soql.planned import Plan
from local.salesforce.store.printing import csv_header
from local.salesforce.values import dump

#: What the CSV of a query without rows says, instead of a header.
#: https://github.com/StevenMMortimer/salesforcer/issues/21
NO_RECORDS: Final = b"Records not found for this query"
MEDIA: Final = {
    Format.CSV: "text/csv; charset=UTF-8",
    Format.JSON: "application/json;charset=UTF-8",
    Format.XML: "application/xml; charset=UTF-8",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around and between the rows of a file."""

    head: bytes
    between: bytes
    tail: bytes


_FRAMES: Final[Mapping[Format, Frame]] = {
    Format.CSV: Frame(b'"Id","Success","Created","Error"\n', b"", b""),
    Format.JSON: Frame(b"[", b",", b"]"),
    Format.XML: Frame(f'{PROLOG}\n<results xmlns="{NAMESPACE}">'.encode(), b"", b"</results>\n"),
}


def ingest_frame(form: Format) -> Frame:
    """Around the results of rows that were written."""
    return _FRAMES[form]


def ingest_row(form: Format, result: RowResult) -> bytes:
    """What became of one row."""
    return _ROWS[form](result)


def _csv_row(result: RowResult) -> bytes:
    flags = f'"{str(result.success).lower()}","{str(result.created).lower()}"'
    error = result.error.replace('"', '""')
    return f'"{result.id}",{flags},"{error}"\n'.encode()


def _json_row(result: RowResult) -> bytes:
    errors = [] if result.failure is None else result.failure.items()
    return dump(
        {
            "success": result.success,
            "created": result.created,
            "id": result.id or None,
            "errors": errors,
        }
    )


def _xml_row(result: RowResult) -> bytes:
    parts = [tag("id", result.id)] if result.id else []
    if result.failure is not None:
        parts = [*map(_xml_error, (result.failure, *result.failure.others)), *parts]
    parts += [tag("success", result.success), tag("created", result.created)]
    return f"<result>{''.join(parts)}</result>".encode()


def _xml_error(error: ApiError) -> str:
    fields = "".join(tag("fields", name) for name in error.fields)
    message, code = tag("message", error.message), tag("statusCode", error.code)
    return f"<errors>{fields}{message}{code}</errors>"


_ROWS: Final[Mapping[Format, Callable[[RowResult], bytes]]] = {
    Format.CSV: _csv_row,
    Format.JSON: _json_row,
    Format.XML: _xml_row,
}


def query_frame(form: Format, plan: Plan) -> Frame:
    """Around the rows of a query."""
    if form is Format.CSV:
        return Frame(csv_header(plan.outputs, delimiter=",", ending="\n").encode(), b"", b"")
    if form is Format.JSON:
        return _FRAMES[form]
    head = f'{PROLOG}<queryResult xmlns="{NAMESPACE}" xmlns:xsi="{INSTANCE}">'
    return Frame(head.encode(), b"", b"</queryResult>\n")


def xml_record(record: Mapping[str, object]) -> bytes:
    """One record of a query as XML."""
    return sobject("records", record).encode()
