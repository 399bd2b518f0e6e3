"""The records of a Bulk 1.0 batch, from CSV, JSON or XML, as the row engine takes them.

An empty value leaves a field as it is; null is `#N/A` in CSV, null in JSON and nil in XML.
https://developer.salesforce.com/docs/platform/api-asynch/guide/datafiles-xml-valid-records.html
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from local.salesforce.bulk.cells import READERS, CellError
from local.salesforce.bulk.columns import Columns, HeaderError, columns
from local.salesforce.bulk.rows import Operation, Work
from local.salesforce.bulk.sheet import check_header
from local.salesforce.bulk.upload import UploadError
from local.salesforce.bulk.v1 import Format
from local.salesforce.bulk.v1_errors import BatchError
from local.salesforce.bulk.v1_xml import XmlError, name_of, parse, record
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import SObject

#: https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_bulkapi.htm
MAXIMUM_RECORDS: Final = 10_000
MAXIMUM_BYTES: Final = 10_000_000
_REMOVING: Final = frozenset({Operation.DELETE, Operation.HARD_DELETE})

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows: bodies, or cells with the columns they belong to."""

    rows: Sequence[Record] | Sequence[Sequence[str]]
    columns: Columns | None = None


def read_rows(form: Format, content: bytes, schema: Schema, work: Work) -> Sheet:
    """The batch as rows; raises BatchError for what fails it as a whole.

    "Records not found" and "Field name not found" are recorded
    (https://github.com/heroku/salesforce-bulk/issues/101, https://github.com/egen/spark-salesforce/issues/71);
    the text for too many records is not documented.
    """
    sheet = _READ[form](content, schema, work)
    if not sheet.rows:
        raise BatchError("InvalidBatch : Records not found")
    if len(sheet.rows) > MAXIMUM_RECORDS:
        raise BatchError(f"InvalidBatch : More than {MAXIMUM_RECORDS} records in a batch")
    return sheet


def _read_csv(content: bytes, schema: Schema, work: Work) -> Sheet:
    try:
        text = content.replace(b"\0", b"").decode()
        lines = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (csv.Error, UnicodeDecodeError) as error:
        raise BatchError(f"InvalidBatch : Failed to parse CSV. {error}") from error
    if not lines:
        return Sheet([])
    header, *rows = lines
    if any(len(row) > len(header) for row in rows):
        raise BatchError(
            "InvalidBatch : Failed to parse CSV. A row has more columns than the header"
        )
    return Sheet(rows, _header(header, schema, work))


def _header(names: Sequence[str], schema: Schema, work: Work) -> Columns:
    try:
        found = columns(schema, work.sobject, names)
        check_header(found, work)
    except HeaderError as error:
        raise BatchError(f"InvalidBatch : Field name not found : {error}") from error
    except UploadError as error:
        raise BatchError(str(error)) from error
    return found


def _read_json(content: bytes, schema: Schema, work: Work) -> Sheet:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise BatchError(f"InvalidBatch : Failed to parse JSON. {error}") from error
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BatchError("InvalidBatch : Failed to parse JSON. A list of records is required")
    return _bodies(found, schema, work)


def _read_xml(content: bytes, schema: Schema, work: Work) -> Sheet:
    try:
        root = parse(content)
    except XmlError as error:
        raise BatchError(f"InvalidBatch : Failed to parse XML. {error}") from error
    return _bodies([record(each) for each in root if name_of(each) == "sObject"], schema, work)


def _bodies(records: Sequence[Record], schema: Schema, work: Work) -> Sheet:
    """Bodies with typed values; a text that fits no type is left for the writer to refuse."""
    sobject = work.sobject
    names = dict.fromkeys(name for each in records for name in each if name != "attributes")
    for name in names:
        if sobject.get(name) is None and schema.parent(sobject, name) is None:
            raise BatchError(f"InvalidBatch : Field name not found : {name}")
    if names and work.operation in _REMOVING:
        _header(list(names), schema, work)
    return Sheet([_body(sobject, each) for each in records])


def _body(sobject: SObject, given: Record) -> Record:
    body: dict[str, object] = {}
    for name, value in given.items():
        if name == "attributes" or value == "":
            continue
        field = sobject.get(name)
        read = READERS.get(field.type) if field is not None else None
        body[name] = _typed(read, value) if read is not None else _plain(value)
    return body


def _typed(read: Callable[[str], object], value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return read(value)
    except CellError:
        return value


def _plain(value: object) -> object:
    """Numbers come as text into fields of text; a parent may tell its type beside its key."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Mapping) and "type" in value and "attributes" not in value:
        others = {name: each for name, each in value.items() if name != "type"}
        return {"attributes": {"type": value["type"]}, **others}
    return value


_READ: Final[Mapping[Format, Callable[[bytes, Schema, Work], Sheet]]] = {
    Format.CSV: _read_csv,
    Format.JSON: _read_json,
    Format.XML: _read_xml,
}
