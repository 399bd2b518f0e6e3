"""What a Bulk 1.0 batch does, in steps: chunks of rows written, or slices of a query read."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, Final

from local.salesforce.acting import Acting
from local.salesforce.bulk.rows import CHUNK, Operation, RowResult, Work, run_chunk
from local.salesforce.bulk.v1 import Batch, BatchState, Job
from local.salesforce.bulk.v1_errors import BatchError
from local.salesforce.bulk.v1_query import Found, chunked, planned
from local.salesforce.bulk.v1_results import Frame, ingest_frame, ingest_row
from local.salesforce.bulk.v1_rows import Sheet, read_rows
from local.salesforce.ids import checksum

#: From this version on a row that failed is told with the id it came with.
#: https://github.com/simple-salesforce/simple-salesforce/issues/627 (57.0 does, 42.0 does not);
#: the version is that of the same change in Bulk 2.0.
IDS_OF_FAILURES_SINCE: Final = 53.0
#: Rows of a query written before the server looks at other requests.
SLICE: Final = 2_000


def work_of(job: Job, batch: Batch, acting: Acting) -> Iterator[None]:
    """The steps of a batch; its end is noted in it, whatever happens."""
    try:
        yield from _query(job, batch, acting) if job.order.is_query else _ingest(job, batch, acting)
    except BatchError as error:
        batch.finish(BatchState.FAILED, str(error))
    except Exception as error:  # noqa: BLE001  one batch must not stop all others
        traceback.print_exc()
        batch.finish(BatchState.FAILED, f"InternalServerError : {error}")
    else:
        batch.finish(BatchState.NOT_PROCESSED if batch.chunks else BatchState.COMPLETED)


def _ingest(job: Job, batch: Batch, acting: Acting) -> Iterator[None]:
    work = _work(job, acting)
    sheet = read_rows(job.order.format, batch.request.read_bytes(), acting.schema, work)
    frame = ingest_frame(job.order.format)
    with batch.result.open("wb") as file:
        file.write(frame.head)
        for start in range(0, len(sheet.rows), CHUNK):
            results = _written(job, acting, work, sheet, start)
            rows = [ingest_row(job.order.format, each) for each in results]
            _append(file, frame, rows, first=start == 0)
            batch.processed += len(results)
            batch.failed += sum(each.failure is not None for each in results)
            yield
        file.write(frame.tail)


def _work(job: Job, acting: Acting) -> Work:
    sobject = acting.schema.get(job.order.sobject)
    if sobject is None:
        raise BatchError(f"InvalidBatch : Unable to find object: {job.order.sobject}")
    key = sobject.get(job.order.external_id) if job.order.external_id else None
    return Work(Operation(job.order.operation), sobject, key)


def _written(job: Job, acting: Acting, work: Work, sheet: Sheet, start: int) -> list[RowResult]:
    rows = sheet.rows[start : start + CHUNK]
    results = run_chunk(acting, work, rows, columns=sheet.columns)
    if float(job.version) >= IDS_OF_FAILURES_SINCE:
        return results
    return [each if each.success else replace(each, id="") for each in results]


def _append(file: BinaryIO, frame: Frame, rows: Sequence[bytes], *, first: bool) -> None:
    if rows and not first:
        file.write(frame.between)
    file.write(frame.between.join(rows))


def _query(job: Job, batch: Batch, acting: Acting) -> Iterator[None]:
    order = job.order
    statement = batch.request.read_text()
    plan = planned(order, statement, acting)
    if batch.whole:
        batch.chunks = chunked(order, statement, plan, acting)
    if batch.chunks:
        return
    found = Found(order, plan, acting.reader(f"/services/data/v{job.version}"))
    yield
    if not found.rows:
        batch.result_id = found.write_nothing(batch.result, _result_id(batch))
        return
    frame = found.frame
    with batch.result.open("wb") as file:
        file.write(frame.head)
        for start in range(0, len(found.rows), SLICE):
            part = found.rows[start : start + SLICE]
            _append(file, frame, found.lines(part), first=start == 0)
            batch.processed += len(part)
            yield
        file.write(frame.tail)
    batch.result_id = _result_id(batch)


def _result_id(batch: Batch) -> str:
    """The id of the result, which differs from that of its batch in the prefix."""
    short = f"752{batch.id[3:15]}"
    return short + checksum(short)
