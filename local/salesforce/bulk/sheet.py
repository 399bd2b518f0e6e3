"""An upload as a job works through it: its header checked, its chunks read as they are wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from local.salesforce.bulk.columns import Columns, HeaderError, columns
from local.salesforce.bulk.rows import Operation, Work
from local.salesforce.bulk.states import Dialect
from local.salesforce.bulk.upload import Cells, Upload, UploadError
from local.salesforce.schema.registry import Schema

_REMOVING: Final = frozenset({Operation.DELETE, Operation.HARD_DELETE})


@dataclass(slots=True)
class Sheet:
    """The upload on its way in: chunks that were read and wait, and those still in the file.

    `taken` counts the rows read; `begun` is the stamp of the chunk that runs.
    """

    upload: Upload
    columns: Columns
    work: Work
    waiting: list[list[Cells]] = field(default_factory=list)
    taken: int = 0
    begun: datetime | None = None


def open_sheet(path: Path, dialect: Dialect, work: Work, schema: Schema) -> Sheet:
    """The file with its header found in the schema; raises UploadError."""
    if not path.exists():
        raise UploadError("InvalidBatch : Records not found")
    upload = Upload(path, dialect)
    try:
        found = columns(schema, work.sobject, upload.header)
        check_header(found, work)
    except HeaderError as error:
        upload.close()
        raise UploadError(f"InvalidBatch : Field name not found : {error}") from error
    except UploadError:
        upload.close()
        raise
    return Sheet(upload, found, work)


def check_header(found: Columns, work: Work) -> None:
    """The column that tells the record must be there, and alone when records are deleted.

    Raises HeaderError for the one, UploadError for the other. The text for a missing one:
    https://github.com/heroku/salesforce-bulk/issues/101; that for more than the Id is from
    practice.
    """
    names = [each.field.name for each in found.all if each.parent is None]
    wanted = _key(work)
    if wanted is not None and wanted not in names:
        raise HeaderError(wanted)
    if work.operation in _REMOVING and len(found.all) > 1:
        raise UploadError(f"InvalidBatch : The '{work.operation}' batch must contain only ids")


def _key(work: Work) -> str | None:
    if work.operation is Operation.INSERT:
        return None
    upsert = work.operation is Operation.UPSERT
    return work.external_id.name if upsert and work.external_id else "Id"
